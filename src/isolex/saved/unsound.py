"""The error for a saved value that is not as its format declares."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from isolex.errors import FormatError


class UnsoundError(ValueError):
    """A saved value is not what its format declares.

    Args:
        problem: What was found and what was expected, as the rest of a sentence about the value.
        path: The keys that lead to the value, the outermost first.
    """

    def __init__(self, problem: str, path: tuple[str, ...] = ()) -> None:
        self.problem, self.path = problem, path
        super().__init__(f"{'.'.join(path) or 'it'} {problem}")


@contextmanager
def sound(where: object, fix: str) -> Iterator[None]:
    """Turn an `UnsoundError` in the block into an error about a damaged file.

    Raises:
        FormatError: The file "is damaged", with the reason.
    """
    try:
        yield
    except UnsoundError as error:
        raise FormatError(f"is damaged ({error})", where=where, fix=fix) from error


def shown(value: Any) -> str:
    """A short form of a value for an error message."""
    if isinstance(value, dict | list | tuple):
        return "an object" if isinstance(value, dict) else "a list"
    shown = json.dumps(value) if isinstance(value, str | bool | None) else repr(value)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"


def bounds(least: float, most: float | None) -> str:
    """A range of numbers in words."""
    if most is None or most == math.inf:
        return "" if least == -math.inf else f"of at least {least:,}"
    return f"from {least:,} to {most:,}"
