"""Declarations of JSON values, each of which checks a value."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from isolex.saved.unsound import UnsoundError, bounds, shown

Check: TypeAlias = Callable[[Any], Any]
"""From a value of parsed JSON to what is made of it, or an `UnsoundError`."""


def record(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *, others: Check | None = None
) -> Check:
    """An object: the declared keys that it has, checked.

    Args:
        required: Keys that must be there.
        optional: Keys that may be there.
        others: Declaration of the values of all other keys; without it they are left out.
    """
    declared = {**required, **(optional or {})}

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(value, "an object")
        for name in required:
            if name not in value:
                raise UnsoundError(f"lacks {name!r}")
        kept = value if others is not None else [name for name in declared if name in value]
        return {text(name): _at(name, declared.get(name) or others or plain, value[name]) for name in kept}

    return check


def by_name(check: Check) -> Check:
    """An object whose values all have the same declaration."""
    return record({}, others=check)


def many(check: Check, *, least: int = 0, most: int | None = None) -> Check:
    """A list of values of one kind, as a tuple."""

    def check_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise _wrong(value, "a list")
        if len(value) < least or (most is not None and len(value) > most):
            wanted = f"{least:,}" if least == most else bounds(least, most).removeprefix("of ")
            raise UnsoundError(f"has {len(value):,} items, expected {wanted}")
        return tuple(_at(str(place), check, item) for place, item in enumerate(value))

    return check_all


def maybe(check: Check) -> Check:
    """A value with the given declaration, or null."""
    return lambda value: None if value is None else check(value)


def whole(least: int, most: int) -> Check:
    """A whole number from `least` to `most`; true and false do not count as numbers."""

    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise _wrong(value, f"a whole number {bounds(least, most)}")
        return value

    return check


def number(least: float = -math.inf, most: float = math.inf) -> Check:
    """A finite number from `least` to `most`."""

    def check(value: Any) -> float:
        if type(value) not in (int, float) or not math.isfinite(value) or not least <= value <= most:
            raise _wrong(value, f"a number {bounds(least, most)}".rstrip())
        made: float = value
        return made

    return check


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise _wrong(value, "true or false")
    return value


def text(value: Any) -> str:
    """Any text that can be written down."""
    if not isinstance(value, str):
        raise _wrong(value, "text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UnsoundError("is not valid Unicode") from error
    return value


def place(value: Any) -> str:
    """The name of a file or folder; bytes that are not UTF-8 are in it as `os.fsdecode` gives them."""
    if not isinstance(value, str) or not value or "\0" in value:
        raise _wrong(value, "a path")
    try:
        value.encode(errors="surrogateescape")
    except UnicodeEncodeError as error:
        raise UnsoundError("is no path") from error
    return value


def date(value: Any) -> str:
    """A date as ISO 8601 writes it."""
    try:
        datetime.fromisoformat(text(value))
    except ValueError as error:
        raise _wrong(value, "a date in ISO 8601") from error
    return text(value)


def one_of(*names: str) -> Check:
    """One of these texts."""

    def check(value: Any) -> str:
        if value not in names:
            raise _wrong(value, " or ".join(names))
        return text(value)

    return check


def plain(value: Any) -> Any:
    """Any JSON value whose numbers are finite and whose texts can be written down."""
    if isinstance(value, dict):
        return {text(key): _at(key, plain, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_at(str(place), plain, inner) for place, inner in enumerate(value)]
    if isinstance(value, str):
        return text(value)
    return value if value is None or isinstance(value, bool) else number()(value)


def _at(name: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except UnsoundError as error:
        short = name if len(name) <= 40 else f"{name[:40]}…"
        raise UnsoundError(error.problem, (short, *error.path)) from error


def _wrong(value: Any, expected: str) -> UnsoundError:
    return UnsoundError(f"is {shown(value)}, expected {expected}")
