"""What induction yields: dictionary entries with their evidence, and the files they are written to."""

import csv
import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal

from isolex.errors import IsolexWarning
from isolex.files import atomic_file
from isolex.lexicon import Lexicon
from isolex.lexicon.words import word_problem
from isolex.names import look_up

Direction = Literal["forward", "backward", "mutual"]


@dataclass(frozen=True)
class Entry:
    """One induced translation.

    Attributes:
        source: Source word.
        target: Target word.
        score: The criterion's score, higher is better.
        rank: 1 for the best answer to the word that was asked for (the target word if asked backward).
        mutual: Each is the other's best answer.
    """

    source: str
    target: str
    score: float
    rank: int
    mutual: bool


@dataclass(frozen=True)
class InducedLexicon:
    """A dictionary made by an alignment, in frequency order of the words that were asked for.

    Attributes:
        entries: The entries.
        direction: How they were asked for.
    """

    entries: tuple[Entry, ...]
    direction: Direction

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def lexicon(self) -> Lexicon:
        """The bare pairs, for instance as the seed of another alignment.

        Warns:
            IsolexWarning: Words that no lexicon holds (with tabs, line breaks, outer spaces) are left out.
        """
        return Lexicon((entry.source, entry.target) for entry in _usable(self.entries))

    def write(self, path: str | Path, *, format: str | None = None) -> None:
        """Write TSV (with a header, and without words that `lexicon` leaves out) or JSON Lines, atomically.

        Args:
            path: The file.
            format: "tsv" or "jsonl"; by default JSON Lines if the name ends so, else TSV.

        Raises:
            InputError: No such format, or the file cannot be written.
        """
        if format is None:
            format = "jsonl" if Path(path).suffix == ".jsonl" else "tsv"
        write = look_up(format, _WRITERS, "lexicon format")
        with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
            write(self, stream)


def _usable(entries: tuple[Entry, ...]) -> list[Entry]:
    """The entries whose words can stand in a lexicon; of the others there is one warning."""
    usable = [e for e in entries if not (word_problem(e.source) or word_problem(e.target))]
    if len(usable) < len(entries):
        first = next(e for e in entries if word_problem(e.source) or word_problem(e.target))
        warnings.warn(
            f"left out {len(entries) - len(usable):,} of {len(entries):,} entries, whose words no lexicon "
            f"can hold (first {first.source!r} {first.target!r})",
            IsolexWarning,
            stacklevel=2,
        )
    return usable


def _write_tsv(lexicon: InducedLexicon, stream: IO[str]) -> None:
    # These hold no tabs and no line ends, so nothing is quoted: a quotation mark is a word like any other.
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
    writer.writerow(("source", "target", "score", "rank", "mutual"))
    for entry in _usable(lexicon.entries):
        mutual = "yes" if entry.mutual else "no"
        writer.writerow((entry.source, entry.target, f"{entry.score:.4f}", entry.rank, mutual))


def _write_jsonl(lexicon: InducedLexicon, stream: IO[str]) -> None:
    for entry in lexicon:
        row = asdict(entry) | {"score": round(entry.score, 4)}
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")


_WRITERS: dict[str, Callable[[InducedLexicon, IO[str]], None]] = {"tsv": _write_tsv, "jsonl": _write_jsonl}
INDUCED_FORMATS = tuple(_WRITERS)
