"""Induced dictionaries: entries with their evidence, and the files that they are written to."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal

from isolex.files import atomic_file
from isolex.lexicon import Lexicon
from isolex.lexicon.words import holdable
from isolex.names import look_up

LexiconDirection = Literal["forward", "backward", "mutual"]


@dataclass(frozen=True)
class InducedEntry:
    """One induced translation.

    Attributes:
        source: Source word.
        target: Target word.
        score: Score by the criterion; higher is better.
        rank: Rank of this answer to the source word, from 1 (to the target word if the direction is
            backward).
        mutual: Whether each word is the best answer to the other.
    """

    source: str
    target: str
    score: float
    rank: int
    mutual: bool

    def to_dict(self) -> dict[str, Any]:
        """The attributes as plain JSON values, the score to 4 digits."""
        return asdict(self) | {"score": round(self.score, 4)}


@dataclass(frozen=True)
class InducedLexicon:
    """A dictionary made by an alignment, in order of the frequency of the words that were translated.

    Attributes:
        entries: The entries.
        direction: Direction of the translation.
    """

    entries: tuple[InducedEntry, ...]
    direction: LexiconDirection

    def __repr__(self) -> str:
        return f"<InducedLexicon: {len(self):,} entries, {self.direction}>"

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[InducedEntry]:
        return iter(self.entries)

    def to_dict(self) -> dict[str, Any]:
        """Direction and entries as plain JSON values."""
        return {"direction": self.direction, "entries": [entry.to_dict() for entry in self]}

    def lexicon(self) -> Lexicon:
        """The pairs of words alone, for instance as the seed lexicon of another alignment.

        Warns:
            IsolexWarning: Words that a lexicon cannot hold (with tabs, line breaks or outer spaces) are left
                out.
        """
        return Lexicon((_words(entry) for entry in holdable(self.entries, _words)), unicode="keep")

    def write(self, path: str | Path, *, format: str | None = None) -> tuple[InducedEntry, ...]:
        """Write TSV (with a header, and without words that `lexicon` leaves out) or JSON Lines, atomically.

        Args:
            path: The file.
            format: "tsv" or "jsonl"; by default JSON Lines if the name ends in .jsonl, else TSV.

        Returns:
            The entries in the file.

        Raises:
            InputError: No such format, or the file cannot be written.
        """
        if format is None:
            format = "jsonl" if Path(path).suffix == ".jsonl" else "tsv"
        write = look_up(format, _WRITERS, "lexicon format")
        entries = self.entries if format == "jsonl" else tuple(holdable(self.entries, _words))
        with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
            write(entries, stream)
        return entries


def _words(entry: InducedEntry) -> tuple[str, str]:
    return entry.source, entry.target


def _write_tsv(entries: Sequence[InducedEntry], stream: IO[str]) -> None:
    # These hold no tabs and no line ends, so nothing is quoted: a quotation mark is a word like any other.
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
    writer.writerow(("source", "target", "score", "rank", "mutual"))
    for entry in entries:
        mutual = "yes" if entry.mutual else "no"
        writer.writerow((entry.source, entry.target, f"{entry.score:.4f}", entry.rank, mutual))


def _write_jsonl(entries: Sequence[InducedEntry], stream: IO[str]) -> None:
    for entry in entries:
        stream.write(json.dumps(entry.to_dict(), ensure_ascii=False) + "\n")


_WRITERS: dict[str, Callable[[Sequence[InducedEntry], IO[str]], None]] = {
    "tsv": _write_tsv,
    "jsonl": _write_jsonl,
}
