"""Declarations of datasets: small JSON files, checked when they are read."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from isolex.benchmark.registry.dataset import Dataset, placeholders
from isolex.errors import FormatError, InputError
from isolex.saved import UnsoundError, parse_json

_SHA256 = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>\S+)")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# No way out of the cache folder, and nothing that an address would have to quote.
_PATH = re.compile(r"[\w{}-][\w{}.-]*(/[\w{}-][\w{}.-]*)*", re.ASCII)


def read_dataset(path: Path) -> Dataset:
    """Read a declaration, and the checksums beside it if it names a file of them.

    Raises:
        FormatError: It is no JSON object, a field is unknown, missing or of the wrong type, or what it says
            does not fit together.
        InputError: It cannot be read.
    """
    given = read_json(path)
    _check_fields(given, path)
    name = given.pop("checksums")
    for listed in ("pairs", "languages"):
        given[listed] = tuple(given.get(listed, ()))
    dataset = Dataset(**given, checksums={} if name is None else _checksums(path, name))
    _check(dataset, path)
    return dataset


def read_json(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        FormatError: It is no JSON.
        InputError: It cannot be read.
    """
    try:
        return parse_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path) from error
    except UnsoundError as error:
        raise FormatError(f"is no JSON ({error})", where=path) from error


_KINDS: Mapping[str, tuple[str, Any]] = {
    **dict.fromkeys(("name", "title", "task", "address"), ("text", str)),
    **dict.fromkeys(("licence", "split", "citation", "note"), ("text", str)),
    **dict.fromkeys(("protocol", "main_score", "checksums"), ("text or null", str | None)),
    **dict.fromkeys(("pairs", "languages"), ("a list of text", list)),
    "files": ("an object of text", dict),
    "non_commercial": ("true, false or null", bool | None),
}
_OPTIONAL = ("pairs", "languages", "note")


def _check_fields(given: Any, path: object) -> None:
    """Every field is known, there, and of its type."""
    if not isinstance(given, dict):
        raise FormatError("is not one JSON object", where=path)
    unknown = sorted(set(given) - set(_KINDS))
    if unknown:
        known = ", ".join(_KINDS)
        raise FormatError(f"has the unknown field {unknown[0]!r}", where=path, fix=f"fields are {known}")
    missing = [name for name in _KINDS if name not in given and name not in _OPTIONAL]
    if missing:
        raise FormatError(f"lacks the field {missing[0]!r}", where=path)
    for name, value in given.items():
        what, kind = _KINDS[name]
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if not isinstance(value, kind) or not all(isinstance(one, str) for one in inner):
            raise FormatError(f"has {value!r} as {name}, expected {what}", where=path)


def _check(dataset: Dataset, path: Path) -> None:
    """What it says fits together."""
    fault = next(_faults(dataset, path.name), None)
    if fault is not None:
        raise FormatError(fault, where=path)


def _faults(dataset: Dataset, file_name: str) -> Iterator[str]:
    if not _NAME.fullmatch(dataset.name) or file_name != f"{dataset.name}.json":
        yield f"declares {dataset.name!r}, expected the name of the file"
    if bool(dataset.pairs) == bool(dataset.languages):
        yield "has both pairs and languages, or neither; expected one of them"
    for unit in dataset.units:
        if len(unit.split("-")) != (2 if dataset.pairs else 1) or not _PATH.fullmatch(unit):
            yield f"has {unit!r} among its pairs or languages, expected xx-yy for pairs, xx for languages"
    if len(set(dataset.units)) < len(dataset.units):
        yield "names a pair or language twice"
    if not re.fullmatch(r"https?://\S+/", dataset.address):
        yield f"has the address {dataset.address!r}, expected http(s)://…/"
    if not dataset.files:
        yield "has no files"
    known = {"pair", "source", "target"} if dataset.pairs else {"language"}
    for template in dataset.files.values():
        strange = placeholders(template) - known
        if strange or not _PATH.fullmatch(template):
            yield f"has the path {template!r}, expected plain names with {', '.join(sorted(known))} in braces"
    stray = set(dataset.checksums) - {file.path for file in dataset.select()}
    if stray:
        yield f"has a checksum for {min(stray)}, which is none of its files"


def _checksums(path: Path, name: str) -> dict[str, str]:
    """What `sha256sum` prints: digest, two spaces, path."""
    beside = path.parent / name
    try:
        lines = beside.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"names {name}, which cannot be read ({error})", where=path) from error
    found = [_SHA256.fullmatch(line) for line in lines]
    for number, match in enumerate(found, 1):
        if match is None:
            raise FormatError(
                "expected 64 hexadecimal digits, two spaces, a path", where=f"{beside}, line {number}"
            )
    return {match["path"]: match["digest"] for match in found if match is not None}
