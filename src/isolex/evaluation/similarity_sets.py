"""Pairs of words with human similarity scores, in the layouts of the published sets."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import InitVar, dataclass
from numbers import Real
from pathlib import Path
from typing import TypeAlias

from isolex.errors import FormatError, InputError
from isolex.evaluation.set_files import in_form, read_set_lines
from isolex.tables import (
    BLANK,
    COLON,
    COMMA,
    QUOTES,
    SEMICOLON,
    TAB,
    Cells,
    Row,
    Separator,
    Unicode,
    cells_of,
    choose,
    number,
    row_of,
    tidy,
    trim,
    without_quotes,
    without_row_numbers,
)

ScoredWords: TypeAlias = tuple[str, str, float]

# What a header calls the column of scores, if it is not the third.
_SCORE_NAMES = {"simlex999", "average score", "score", "similarity"}
_SEPARATORS = (TAB, SEMICOLON, COMMA, COLON, QUOTES, BLANK)
_FIX = "give 'word<tab>word<tab>score' lines, or one of the published sets"
_TAGGED = re.compile(r"(.+)-[a-z]")


@dataclass(frozen=True)
class SimilaritySet:
    """Word pairs and their gold similarity, on any scale.

    Args:
        pairs: (first word, second word, similarity); words may be multiword items such as "ice cream".
        name: Name of the set in results.
        unicode: "nfc" brings words to Unicode NFC, as in vectors; "keep" leaves them.

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
    unicode: InitVar[Unicode] = "nfc"

    def __post_init__(self, unicode: Unicode) -> None:
        given = tuple(self.pairs)
        if not given:
            raise InputError("holds no pairs, expected at least one", where=self.name)
        for pair in given:
            if not _is_scored(pair):
                raise InputError(f"got {pair!r}, expected two words and a finite score", where=self.name)
        pairs = tuple((in_form(a, unicode), in_form(b, unicode), float(score)) for a, b, score in given)
        object.__setattr__(self, "pairs", pairs)

    @classmethod
    def read(cls, path: str | Path, *, unicode: Unicode = "nfc") -> "SimilaritySet":
        """Read a set in any of the published layouts; isolex recognises the layout by the content.

        Fields are separated by tabs (SemEval-2017, RG-65, MC-30, SimLex-999), semicolons, commas (MTurk-771,
        multilingual SimLex), colons (Gurevych's German sets) or blanks (MEN). The first two fields are the
        words, after row numbers if there are any. The score is in the column that a header names (SimLex999,
        Average Score, Score or Similarity), else in the third field, with a decimal point or comma. Quotes
        are removed if all words of a column have them. Lines that begin with "#" and are no rows are
        comments. A part of speech after every word, as in "berry-n", is removed. The file is UTF-8 and may be
        compressed.

        Args:
            path: The file; its name becomes the name of the set.
            unicode: "nfc" brings words to Unicode NFC, without blanks and invisible characters at their ends;
                "keep" leaves them as they are.

        Raises:
            InputError: The file cannot be read.
            FormatError: It is no such set, or a line does not fit the others; the message has its number.
        """
        lines = read_set_lines(path, expected="pairs of words with scores", fix=_FIX)
        rows = [(tidy(a, unicode), tidy(b, unicode), score) for a, b, score in _rows(lines, Path(path))]
        if not rows:
            raise FormatError("holds a header and no pairs", where=path, fix="fetch or make it again")
        return cls(_without_tags(rows), Path(path).name, unicode)

    def reversed(self) -> "SimilaritySet":
        """The same pairs with first and second word exchanged."""
        return SimilaritySet([(b, a, score) for a, b, score in self.pairs], self.name, "keep")

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[ScoredWords]:
        return iter(self.pairs)


def _is_scored(pair: object) -> bool:
    match pair:
        case (str(first), str(second), Real() as score):
            return bool(first.strip() and second.strip() and math.isfinite(score))
    return False


def _rows(lines: Sequence[tuple[int, str]], path: Path) -> Iterator[ScoredWords]:
    separator = _separator([line for _, line in lines], path)
    table = _table(lines, separator)
    first = table[0].cells
    column, headed = _score_column(first), _is_header(first)
    body = table[1:] if headed else table
    # Where a point stands in the column, a comma would part thousands.
    decimal_comma = not any("." in cell for row in body for cell in row.cells[column : column + 1])
    for row in body:
        score = number("".join(row.cells[column : column + 1]), decimal_comma=decimal_comma)
        if problem := _problem(row.cells, len(first), column, score):
            raise FormatError(problem, where=f"{path}, line {row.line}", fix="mend or remove the line")
        yield row.cells[0], row.cells[1], score or 0.0


def _separator(lines: Sequence[str], path: Path) -> Separator:
    """What makes rows of most lines."""
    separator = choose(lines, _SEPARATORS, _is_row, least=0.0)
    # All but a header and remarks should be rows.
    expected = sum(not line.startswith("#") for line in lines) - 1
    rows = 0 if separator is None else sum(_is_row(separator, cells_of(separator, line)) for line in lines)
    if separator is None or 2 * rows < expected:
        raise FormatError(
            "is no similarity set: most lines are not two words and a score", where=path, fix=_FIX
        )
    return separator


def _table(lines: Sequence[tuple[int, str]], separator: Separator) -> list[Row]:
    parted = [(place, cells_of(separator, line)) for place, line in lines if not _is_remark(line, separator)]
    if separator is BLANK:
        # More fields would be multiword items, which blanks cannot part, or a file of word vectors.
        parted = [(place, cells if len(cells) == 3 else []) for place, cells in parted]
    width = len(row_of(*parted[0]).cells)
    rows = [row_of(place, cells, least=width) for place, cells in parted]
    return without_row_numbers(without_quotes(rows, separator))[0]


def _is_row(separator: Separator, cells: Cells) -> bool:
    if separator is BLANK and len(cells) != 3:
        return False
    return len(cells) >= 3 and all(cells[:2]) and any(map(_is_number, cells[2:]))


def _is_remark(line: str, separator: Separator) -> bool:
    return line.startswith("#") and not _is_row(separator, cells_of(separator, line))


def _is_header(fields: Sequence[str]) -> bool:
    named = any(trim(field).lower() in _SCORE_NAMES for field in fields[2:])
    return named or (len(fields) >= 3 and not _is_number(fields[2]))


def _score_column(fields: Sequence[str]) -> int:
    names = [trim(field).lower() for field in fields[2:]]
    return 2 + next((place for place, name in enumerate(names) if name in _SCORE_NAMES), 0)


def _problem(fields: Sequence[str], width: int, column: int, score: float | None) -> str | None:
    """Why a line is no row of this set, or None if it is one."""
    if len(fields) < 3:
        return "does not hold two words and a score"
    if len(fields) != width:
        return f"has {len(fields)} fields, the first line has {width}"
    if not all(map(trim, fields[:2])):
        return "has an empty word"
    if score is None:
        return f"has {fields[column]!r} for a score, expected a finite number"
    return None


def _is_number(field: str) -> bool:
    return number(field, decimal_comma=True) is not None


def _without_tags(rows: list[ScoredWords]) -> list[ScoredWords]:
    """Parts of speech as in "berry-n" go if every word has one; else such endings belong to the words."""
    if not all(_TAGGED.fullmatch(word) for first, second, _ in rows for word in (first, second)):
        return rows
    return [(first[:-2], second[:-2], score) for first, second, score in rows]
