"""Look up names that users type, with suggestions for misspelt ones."""

import difflib
from collections.abc import Iterable, Mapping
from typing import TypeVar

from isolex.errors import InputError

Value = TypeVar("Value")


def look_up(name: object, table: Mapping[str, Value], what: str) -> Value:
    """The value of `name` in `table`.

    Args:
        name: The name as the user typed it.
        table: The known names and their values.
        what: The kind of thing that is named, for the message.

    Raises:
        InputError: The name is unknown; the message gives the most similar name and all known names.
    """
    if not isinstance(name, str):
        raise InputError(f"got {name!r}, expected a name", where=what, fix=f"choose from {', '.join(table)}")
    if name in table:
        return table[name]
    near = nearest(name, table)
    guess = f"did you mean {near!r}? " if near else ""
    raise InputError(f"unknown {what} {name!r}", fix=f"{guess}choose from {', '.join(table)}")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is spelt most like `name`, or None if none is similar."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)
