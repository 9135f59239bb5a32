"""What callers give, made sure of before it is used: objects or the paths that hold them, and plain numbers.

One rule holds for all public functions: where `Vectors`, a `Lexicon`, an `Alignment` or a test set is taken,
so is the path of its file or folder.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, get_args

from isolex.errors import InputError

Kind = TypeVar("Kind")


def given_or_read(
    given: object, kind: type[Kind], read: Callable[[str | Path], Kind], *, what: str, fix: str
) -> Kind:
    """An object of a kind, or the one that a path holds.

    Args:
        given: The one or the other.
        kind: What it may be.
        read: Reads it.
        what: What it is called in messages.
        fix: What to give instead of something else.

    Raises:
        InputError: It is neither.
    """
    if isinstance(given, kind):
        return given
    if isinstance(given, str | Path):
        return read(given)
    raise InputError(f"got {type(given).__name__}, expected {kind.__name__} or a path", where=what, fix=fix)


def as_words(given: Iterable[str]) -> list[str]:
    """The words as a list.

    Raises:
        InputError: They are none, or one is no string.
    """
    try:
        words = list(given)
    except TypeError:
        raise InputError(f"got {type(given).__name__}, expected one word or several", where="words") from None
    wrong = next((word for word in words if not isinstance(word, str)), None)
    if wrong is not None:
        raise InputError(f"got {wrong!r} among them, expected strings", where="words")
    return words


def whole_number(value: object, name: str, *, where: object, least: int = 1) -> int:
    """The value, if it is a whole number of at least `least`; true and false are none.

    Raises:
        InputError: It is not.
    """
    try:
        number = None if isinstance(value, bool) else value.__index__()  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        number = None
    if number is None:
        raise InputError(f"got {name} = {value!r}, expected a whole number", where=where)
    if number < least:
        raise InputError(f"got {name} = {number}, expected at least {least}", where=where)
    return int(number)


def check_numbers(settings: Any) -> None:
    """Raise `InputError` unless each setting that is declared as a number is one, or None where it may be.

    Bounds are not looked at: this comes before, since strings and numbers are not compared.

    Args:
        settings: A dataclass. True and false are no numbers, and strings that look like some are none.
    """
    where = type(settings).__name__
    for one in fields(settings):
        value, kinds = getattr(settings, one.name), get_args(one.type) or (one.type,)
        if value is None and NoneType in kinds:
            continue
        if int in kinds:
            whole_number(value, one.name, where=where, least=-(2**64))
        elif float in kinds and not _is_number(value):
            raise InputError(f"got {one.name} = {value!r}, expected a number", where=where)


def _is_number(value: object) -> bool:
    try:
        return not isinstance(value, str | bool) and isinstance(float(value), float)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def share(value: object, name: str, *, where: object) -> float:
    """The value, if it is a number from 0 to 1.

    Raises:
        InputError: It is not, or it is NaN.
    """
    try:
        number = math.nan if isinstance(value, str | bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= 1:
        raise InputError(f"got {name} = {value!r}, expected a number from 0 to 1", where=where)
    return number
