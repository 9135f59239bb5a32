"""Names that users type, looked up once at the edge, with help for near misses."""

import difflib
from collections.abc import Iterable, Mapping
from typing import TypeVar

from isolex.errors import InputError

Value = TypeVar("Value")


def look_up(name: object, table: Mapping[str, Value], what: str) -> Value:
    """The value that goes by `name` in `table`.

    Args:
        name: As the user typed it.
        table: What there is to choose from.
        what: What kind of thing it names, for the message.

    Raises:
        InputError: No such name; the message tells the nearest one, and all there are.
    """
    if not isinstance(name, str):
        raise InputError(f"got {name!r}, expected a name", where=what, fix=f"choose from {', '.join(table)}")
    if name in table:
        return table[name]
    near = nearest(name, table)
    guess = f"did you mean {near!r}? " if near else ""
    raise InputError(f"unknown {what} {name!r}", fix=f"{guess}choose from {', '.join(table)}")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is written most like `name`, or None if none is written nearly so."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)
