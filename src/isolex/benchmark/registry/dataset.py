"""What a dataset is, and which files it has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from string import Formatter
from typing import Any

from isolex.names import look_up


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
        name: What it is asked for by.
        title: Its name in words.
        task: What it measures.
        address: What the paths of its files are relative to; a pinned revision where there is one.
        files: Path of each part, with `{source}`, `{target}` and `{pair}`, or `{language}`, in it.
        licence: Under which its owners give it, or `not stated`.
        non_commercial: The licence forbids commercial use; None if that is not known.
        split: What is for training and what for tests.
        protocol: How it is scored, or None for vectors.
        main_score: The figure to quote, or None for vectors.
        citation: Whom to cite.
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
        """What its files come by: language pairs or languages."""
        return self.pairs or self.languages

    @property
    def in_one_piece(self) -> bool:
        """Its files hold all languages at once."""
        return not any(placeholders(template) for template in self.files.values())

    def check(self, unit: str) -> None:
        """Raise `InputError` unless it has this language pair or language."""
        kind = "language pair" if self.pairs else "language"
        look_up(unit, dict.fromkeys(self.units), f"{kind} of {self.name}")

    def select(self, units: Sequence[str] = (), parts: Sequence[str] = ()) -> list[DataFile]:
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
                of = unit if placeholders(template) else None
                yield DataFile(self.name, part, of, path, self.address + path, self.checksums.get(path))

    def _values(self, unit: str) -> dict[str, str]:
        if not self.pairs:
            return {"language": unit}
        source, target = unit.split("-")
        return {"pair": unit, "source": source, "target": target}


def placeholders(template: str) -> set[str]:
    """Names in braces; a brace that does not close counts as a name that nobody knows."""
    try:
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError:
        return {template}
