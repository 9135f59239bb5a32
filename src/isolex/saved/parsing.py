"""Read the bytes of saved files, and parse strict JSON."""

import json
import math
import re
import stat
from collections import Counter
from collections.abc import Collection, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from isolex.errors import FormatError, InputError
from isolex.saved.unsound import UnsoundError, shown, sound

CARD_BYTES = 1 << 24
_DEPTH = 64  # brackets inside brackets
_DIGITS = 100  # of a number, as it is written


def read_saved(path: Path, fix: str, *, most: int | None = None) -> bytes:
    """The bytes of a saved file.

    Args:
        path: The file.
        fix: What to do if the file is damaged.
        most: Maximum number of bytes.

    Raises:
        InputError: The file cannot be read, for example without permission.
        FormatError: The file is missing, is not a regular file, or is too big.
    """
    try:
        return regular_file(path, fix, most=most).read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path) from error


def regular_file(path: Path, fix: str, *, most: int | None = None) -> Path:
    """The path itself, if a file is there that can be read to its end; as for `read_saved`."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise FormatError("is damaged (there is no such file)", where=path, fix=fix) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path) from error
    with sound(path, fix):
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for, a device has no end
            raise UnsoundError("is no regular file")
        if most is not None and found.st_size > most:
            raise UnsoundError(f"has {found.st_size:,} bytes, expected at most {most:,}")
    return path


def read_json(path: Path, fix: str, *, most: int = CARD_BYTES) -> Any:
    """The one value that a JSON file holds; see `parse_json`.

    Raises:
        InputError: It cannot be read.
        FormatError: It is not there, or damaged.
    """
    data = read_saved(path, fix, most=most)
    with sound(path, fix):
        return parse_json(data)


def parse_json(data: bytes | str) -> Any:
    """The value of a JSON text without NaN, repeated keys, huge numbers or very deep nesting.

    Raises:
        UnsoundError: The text is anything else.
    """
    try:
        value = _DECODER.decode(data if isinstance(data, str) else data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnsoundError("is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise UnsoundError(f"is no JSON: {error}") from error
    except RecursionError as error:
        raise UnsoundError(_TOO_DEEP) from error
    level = [value]
    for _ in range(_DEPTH):
        if not level:
            return value
        level = list(chain.from_iterable(map(_inside, level)))
    raise UnsoundError(_TOO_DEEP)


def json_text(value: Any, *, indent: int | None = None, ascii: bool = False) -> str:
    r"""A value as JSON for anybody's parser.

    NaN and infinite numbers, which JSON does not have, become null. Letters stay as they are, unless `ascii`
    is set; parts of names that are not UTF-8 are escaped, as `\udcff`.
    """
    try:
        made = json.dumps(value, ensure_ascii=ascii, indent=indent, allow_nan=False)
    except ValueError:
        made = json.dumps(_without_nan(value), ensure_ascii=ascii, indent=indent, allow_nan=False)
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", made)


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_TOO_DEEP = f"is nested more than {_DEPTH} deep"


def _inside(value: Any) -> Collection[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _whole_number(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise UnsoundError(f"holds a number of {len(digits):,} digits")
    return int(digits)


def _finite_number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise UnsoundError(f"holds the number {shown(digits)}, which is too big")
    return value


def _constant(name: str) -> None:
    raise UnsoundError(f"holds {name}, which is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise UnsoundError(f"holds the key {shown(twice)} twice")
    return made


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole_number,
    parse_float=_finite_number,
    parse_constant=_constant,
)
