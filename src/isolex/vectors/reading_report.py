"""What a reader looked at, what it left out and why, in numbers and in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

TOO_SHORT = "too short"
TOO_LONG = "too long"
NOT_NUMBERS = "not numbers"
NOT_FINITE = "NaN or infinite"
DUPLICATE = "duplicate word"
EMPTY = "empty word"
NOT_UTF8 = "not valid UTF-8"

NAMED = 5
"""Words that a message names of many."""


@dataclass(frozen=True)
class Skip:
    """How many rows were left out for one reason, and where the first of them stands.

    Attributes:
        count: Rows left out.
        first_line: Line of the first one, counted from 1 with the header; in binary files, its row.
    """

    count: int
    first_line: int


@dataclass(frozen=True)
class ReadReport:
    """How the reading of a file of vectors went.

    Attributes:
        format: What the file is, for example "word2vec text, gzip".
        rows: Rows looked at: the usable ones and those skipped.
        skipped: Reason to `Skip`, for every reason that occurred.
        header: In what the file's header contradicts its rows, or None.
        zero_rows: Usable rows of zeros only; they are kept. None where they were not counted, which is so
            for a memory-mapped store.
        unit: What `Skip.first_line` counts.
        underflowed: Those of the zero rows that have other numbers in the file, too small for float16.
        doubts: What part of the rows seems to be no part of vectors, such as a column of frequencies.
        wanted: How many words the vocabulary asked for; 0 without one.
        missing: Those of them that no usable row has.
    """

    format: str
    rows: int
    skipped: Mapping[str, Skip] = field(default_factory=dict)
    header: str | None = None
    zero_rows: int | None = None
    unit: Literal["line", "row"] = "line"
    underflowed: int = 0
    doubts: tuple[str, ...] = ()
    wanted: int = 0
    missing: Sequence[str] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth knowing although no row was skipped for it."""
        found = (self.header, *self.doubts, self._zeros(), self._missing())
        return tuple(note for note in found if note is not None)

    def summary(self) -> str | None:
        """One line on everything that was left out or wrong, or None when nothing was."""
        parts = []
        if self.skipped:
            reasons = (
                f"{skip.count:,} {reason} (first at {self.unit} {skip.first_line})"
                for reason, skip in self.skipped.items()
            )
            total = sum(skip.count for skip in self.skipped.values())
            parts.append(f"skipped {total:,} of {self.rows:,} rows: {', '.join(reasons)}")
        return "; ".join((*parts, *self.notes)) or None

    def _zeros(self) -> str | None:
        if not self.zero_rows:
            return None
        words = "1 word has" if self.zero_rows == 1 else f"{self.zero_rows:,} words have"
        cause = f" ({self.underflowed:,} only in float16, which is too coarse)" if self.underflowed else ""
        return f"{words} a zero vector{cause} and will be left out"

    def _missing(self) -> str | None:
        if not self.missing:
            return None
        are = "is" if len(self.missing) == 1 else "are"
        return (
            f"{len(self.missing):,} of the {self.wanted:,} words asked for {are} not among the rows read"
            f" ({some(self.missing)})"
        )


def some(words: Sequence[str]) -> str:
    """The first words of many, for a message."""
    shown = ", ".join(repr(word) for word in words[:NAMED])
    return shown if len(words) <= NAMED else f"{shown}, …"
