"""What a reader looked at, what it left out and why, in numbers and in one line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TOO_SHORT = "too short"
TOO_LONG = "too long"
NOT_NUMBERS = "not numbers"
NOT_FINITE = "NaN or infinite"
DUPLICATE = "duplicate word"
EMPTY = "empty word"
NOT_UTF8 = "not valid UTF-8"


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
    """

    format: str
    rows: int
    skipped: Mapping[str, Skip] = field(default_factory=dict)
    header: str | None = None
    zero_rows: int | None = None
    unit: Literal["line", "row"] = "line"

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth knowing although no row was skipped for it."""
        zeros = f"{self.zero_rows:,} zero vectors kept" if self.zero_rows else None
        return tuple(note for note in (self.header, zeros) if note is not None)

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
        if self.header is not None:
            parts.append(self.header)
        return "; ".join(parts) or None
