"""Pairs of words with the similarity that people gave them, in the layouts that the published sets have."""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TypeAlias

from isolex.errors import FormatError, InputError
from isolex.evaluation.set_files import Unicode, read_set_lines

ScoredWords: TypeAlias = tuple[str, str, float]
_Splitter: TypeAlias = Callable[[str], list[str]]
_Lines: TypeAlias = Sequence[tuple[int, str]]

# What a header calls the column of scores, if it is not the third.
_SCORE_NAMES = {"simlex999", "average score", "score", "similarity"}
_SAMPLE = 1000
_TAGGED = re.compile(r"(.+)-[a-z]")


@dataclass(frozen=True)
class SimilaritySet:
    """Word pairs and their gold similarity, on whatever scale.

    Args:
        pairs: (first word, second word, similarity); words may be multiword items such as "ice cream".
        name: What results are labelled with.

    Raises:
        InputError: There are no pairs, or one is not two words and a finite number.

    Examples:
        >>> from isolex.evaluation import SimilaritySet
        >>> pairs = SimilaritySet([("cat", "dog", 2.5), ("cat", "car", 0.5)])
        >>> len(pairs), pairs.reversed().pairs[0]
        (2, ('dog', 'cat', 2.5))
    """

    pairs: Sequence[ScoredWords]
    name: str = "pairs"

    def __post_init__(self) -> None:
        given = tuple(self.pairs)
        if not given:
            raise InputError("holds no pairs, expected at least one", where=self.name)
        for pair in given:
            if not _is_scored(pair):
                raise InputError(f"got {pair!r}, expected two words and a finite score", where=self.name)
        pairs = tuple((first, second, float(score)) for first, second, score in given)
        object.__setattr__(self, "pairs", pairs)

    @classmethod
    def read(cls, path: str | Path, *, unicode: Unicode = "nfc") -> "SimilaritySet":
        """Read a set in any of the published layouts; the content tells which.

        Fields are parted by tabs (SemEval-2017, RG-65, MC-30, SimLex-999), commas (MTurk-771, multilingual
        SimLex), colons (Gurevych's German sets) or blanks (MEN). The first two are the words; the score is
        in the column that a header names (SimLex999, Average Score, Score or Similarity), else in the third.
        Lines that begin with "#" and are no rows are remarks. A part of speech behind every word, as in
        "berry-n", is taken off. The file is UTF-8 and may be compressed.

        Args:
            path: The file; its name becomes the name of the set.
            unicode: "nfc" brings words to Unicode NFC, "keep" leaves them as they are.

        Raises:
            InputError: The file cannot be read.
            FormatError: It is no such set, or a line does not fit the others; the message has its number.
        """
        rows = list(_rows(read_set_lines(path, unicode), Path(path)))
        if not rows:
            raise FormatError("holds a header and no pairs", where=path, fix="fetch or make it again")
        return cls(_without_tags(rows), Path(path).name)

    def reversed(self) -> "SimilaritySet":
        """The same pairs with first and second word exchanged."""
        return SimilaritySet([(second, first, score) for first, second, score in self.pairs], self.name)

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[ScoredWords]:
        return iter(self.pairs)


def _is_scored(pair: object) -> bool:
    match pair:
        case (str(first), str(second), Real() as score):
            return bool(first.strip() and second.strip() and math.isfinite(score))
    return False


def _rows(lines: _Lines, path: Path) -> Iterator[ScoredWords]:
    split = _sniff(lines, path)
    table = [(number, split(line)) for number, line in lines if not _is_remark(line, split)]
    _, first = table[0]
    column = _score_column(first)
    for number, fields in table[1:] if _is_header(first) else table:
        if problem := _problem(fields, len(first), column):
            raise FormatError(problem, where=f"{path}, line {number}", fix="mend or remove the line")
        yield fields[0], fields[1], float(fields[column])


def _sniff(lines: _Lines, path: Path) -> _Splitter:
    """The way of splitting that makes rows of most lines; of equal ones the first."""
    sample = [line for _, line in lines[:_SAMPLE]]
    counts = {split: sum(_is_row(split(line)) for line in sample) for split in _SPLITTERS}
    best = max(counts, key=lambda split: counts[split])
    # All but a header and remarks should be rows.
    expected = sum(not line.startswith("#") for line in sample) - 1
    if counts[best] == 0 or 2 * counts[best] < expected:
        raise FormatError(
            "is no similarity set: most lines are not two words and a score",
            where=path,
            fix="give 'word<tab>word<tab>score' lines, or one of the published sets",
        )
    return best


def _split_csv(line: str) -> list[str]:
    try:
        return _stripped(next(csv.reader([line], skipinitialspace=True)))
    except csv.Error:
        return []


def _split_blanks(line: str) -> list[str]:
    # More fields would be multiword items, which blanks cannot part, or a file of word vectors.
    fields = line.split()
    return fields if len(fields) == 3 else []


def _stripped(fields: Iterable[str]) -> list[str]:
    return [field.strip() for field in fields]


_SPLITTERS: tuple[_Splitter, ...] = (
    lambda line: _stripped(line.split("\t")),
    _split_csv,
    lambda line: _stripped(line.split(":")),
    _split_blanks,
)


def _is_row(fields: Sequence[str]) -> bool:
    return len(fields) >= 3 and all(fields[:2]) and any(map(_is_number, fields[2:]))


def _is_remark(line: str, split: _Splitter) -> bool:
    return line.startswith("#") and not _is_row(split(line))


def _is_header(fields: Sequence[str]) -> bool:
    named = any(field.lower() in _SCORE_NAMES for field in fields[2:])
    return named or (len(fields) >= 3 and not _is_number(fields[2]))


def _score_column(fields: Sequence[str]) -> int:
    names = [field.lower() for field in fields[2:]]
    return 2 + next((place for place, name in enumerate(names) if name in _SCORE_NAMES), 0)


def _problem(fields: Sequence[str], width: int, column: int) -> str | None:
    """Why a line is no row of this set, or None if it is one."""
    if len(fields) < 3:
        return "does not hold two words and a score"
    if len(fields) != width:
        return f"has {len(fields)} fields, the first line has {width}"
    if not all(fields[:2]):
        return "has an empty word"
    if not _is_number(fields[column]):
        return f"has {fields[column]!r} for a score, expected a finite number"
    return None


def _is_number(field: str) -> bool:
    try:
        return math.isfinite(float(field))
    except ValueError:
        return False


def _without_tags(rows: list[ScoredWords]) -> list[ScoredWords]:
    """Parts of speech as in "berry-n" go if every word has one; else such endings belong to the words."""
    if not all(_TAGGED.fullmatch(word) for first, second, _ in rows for word in (first, second)):
        return rows
    return [(first[:-2], second[:-2], score) for first, second, score in rows]
