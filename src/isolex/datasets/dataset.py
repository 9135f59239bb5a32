"""What a dataset is, which files it has, and its declaration: a small JSON file, checked when it is read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from string import Formatter
from typing import Any

from isolex.errors import FormatError, InputError
from isolex.names import look_up
from isolex.saved import UnsoundError, parse_json

_SHA256 = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>\S+)")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# No way out of the cache folder, and nothing that an address would have to quote.
_PATH = re.compile(r"[\w{}-][\w{}.-]*(/[\w{}-][\w{}.-]*)*", re.ASCII)


@dataclass(frozen=True)
class DataFile:
    """One file of a dataset.

    Attributes:
        dataset: Name of the dataset.
        part: Which of its files, such as `train`.
        unit: Language pair or language that it is for, or None if one file holds them all.
        path: Where it stands, below the dataset's address and below its folder in the cache.
        address: Where its owners publish it.
        sha256: Its digest, 64 hexadecimal digits, or None if that is not known.
    """

    dataset: str
    part: str
    unit: str | None
    path: str
    address: str
    sha256: str | None


@dataclass(frozen=True)
class Dataset:
    """What is known of one dataset.

    Attributes:
        name: Its name in isolex.
        title: Its name in words.
        task: What it measures.
        address: Base of the paths of its files; a pinned revision where there is one.
        files: Path of each part, with `{source}`, `{target}` and `{pair}`, or `{language}`, in it.
        licence: The licence of its owners, or `not stated`.
        non_commercial: The licence forbids commercial use; None if that is not known.
        split: Which parts are for training and which for tests.
        protocol: How it is scored, or None for vectors.
        main_score: The figure to quote, or None for vectors.
        citation: The work to cite.
        pairs: Language pairs, `xx-yy`; empty for a dataset with files by language.
        languages: Languages; empty for a dataset with files by language pair.
        checksums: SHA-256 by path; empty if its owners' files could not be seen.
        note: What else its users should know.
    """

    name: str
    title: str
    task: str
    address: str
    files: Mapping[str, str]
    licence: str
    non_commercial: bool | None
    split: str
    protocol: str | None
    main_score: str | None
    citation: str
    pairs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    checksums: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """The language pairs or the languages that it has files for."""
        return self.pairs or self.languages

    @property
    def in_one_piece(self) -> bool:
        """Its files hold all languages at once."""
        return not any(_placeholders(template) for template in self.files.values())

    def check(self, unit: str) -> None:
        """Raise `InputError` unless it has this language pair or language."""
        kind = "language pair" if self.pairs else "language"
        look_up(unit, dict.fromkeys(self.units), f"{kind} of {self.name}")

    def select(self, units: Sequence[str] = (), *, parts: Sequence[str] = ()) -> list[DataFile]:
        """Files of these language pairs or languages.

        Args:
            units: As in `units`; empty for all.
            parts: Names out of `files`; empty for all.

        Raises:
            InputError: It has no such unit or part.
        """
        for unit in units:
            self.check(unit)
        for part in parts:
            look_up(part, self.files, f"part of {self.name}")
        return list(dict.fromkeys(self._files(units or self.units, parts or tuple(self.files))))

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values, the checksums as their number."""
        values = {own.name: getattr(self, own.name) for own in fields(self)}
        lists = {"pairs": list(self.pairs), "languages": list(self.languages), "files": dict(self.files)}
        return values | lists | {"checksums": len(self.checksums)}

    def _files(self, units: Sequence[str], parts: Sequence[str]) -> Iterator[DataFile]:
        for unit in units:
            for part in parts:
                template = self.files[part]
                path = template.format(**self._values(unit))
                of = unit if _placeholders(template) else None
                yield DataFile(self.name, part, of, path, self.address + path, self.checksums.get(path))

    def _values(self, unit: str) -> dict[str, str]:
        if not self.pairs:
            return {"language": unit}
        source, target = unit.split("-")
        return {"pair": unit, "source": source, "target": target}


def _placeholders(template: str) -> set[str]:
    """Names in braces; a brace that does not close counts as a name that nobody knows."""
    try:
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError:
        return {template}


def read_dataset(path: Path) -> Dataset:
    """Read a declaration, and the file of checksums if it names one.

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
        strange = _placeholders(template) - known
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
