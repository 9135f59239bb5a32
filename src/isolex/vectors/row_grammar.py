"""The grammar of one line of vectors: a word, which may hold blanks, and its numbers.

The numbers are found from the right, and only ASCII blanks separate them, so that tokens such as ". . ."
or those with a no-break space survive. That leaves one thing which a line cannot say: whether the 5 of
"catch 5 0.1 0.2" belongs to the word. It is taken for a number, hence the row for a long one: a row that is
skipped and counted does less harm than a word with its neighbour's numbers.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from isolex.vectors.reading_report import EMPTY, NOT_NUMBERS, TOO_LONG, TOO_SHORT

SAMPLE = 100
"""Rows that decide what a file is and how wide its rows are."""

_NO_BREAK_SPACE = "\u00a0".encode()
_INVISIBLE = (_NO_BREAK_SPACE, *(mark.encode() for mark in "\u200b\u2060\u202f\u3000\ufeff"))


class RowError(Exception):
    """A line is no row; its only argument is the reason, one of those of the report."""


@dataclass(frozen=True)
class Block:
    """Consecutive rows of a file, parsed.

    Attributes:
        words: The words, not yet decoded, [b].
        values: Their numbers, [b, d]; NaN and infinite ones may be among them.
        places: Their line or row numbers, [b].
        faults: Line number and reason of every other line that is not blank.
    """

    words: Sequence[bytes]
    values: np.ndarray
    places: Sequence[int]
    faults: Sequence[tuple[int, str]] = ()


def is_number(field: bytes) -> bool:
    """Whether a field is one number, NaN and infinite ones included."""
    try:
        _numbers([field])
    except ValueError:
        return False
    return True


def ends_in_number(word: bytes) -> bool:
    """Whether a word has several parts and the last is a number, so that it cannot be told in a line."""
    parts = word.rsplit(None, 1)
    return len(parts) == 2 and is_number(parts[1])


def row_width(line: bytes) -> int:
    """Numbers at the end of a line, the word left out."""
    fields = _trimmed(line).split()[1:]
    rejected = (place for place, field in enumerate(reversed(fields)) if not is_number(field))
    return next(rejected, len(fields))


def common_width(lines: Iterable[bytes], *, prefer: int = 0) -> tuple[int, float]:
    """The most common width of the lines that are not blank, and the share of lines that have it.

    Lines that end in no number count for the share only; a tie goes to `prefer`; without any row, 0 and 0.
    """
    widths = Counter(row_width(line) for line in lines if line.strip())
    total = sum(widths.values())
    del widths[0]
    if not widths:
        return 0, 0.0
    width = max(widths, key=lambda width: (widths[width], width == prefer))
    return width, widths[width] / total


def parse_block(lines: Sequence[bytes], dimension: int, first: int) -> Block:
    """Parse consecutive lines, the first of which has the line number `first`."""
    try:
        return _parse_together(lines, dimension, first)
    except ValueError:
        return _parse_each(lines, dimension, first)


def parse_row(line: bytes, dimension: int) -> tuple[bytes, list[float]]:
    """The word of one line and its numbers.

    Raises:
        RowError: The line is no row of this dimension.
    """
    word, *fields = _trimmed(line).rsplit(None, dimension) or (b"",)
    if len(fields) < dimension:
        wordless = line[:1].isspace() and row_width(b"word" + line) == dimension
        raise RowError(EMPTY if wordless else TOO_SHORT)
    try:
        values = _numbers(fields)
    except ValueError:
        raise RowError(NOT_NUMBERS) from None
    word = word.strip()
    if ends_in_number(word):
        raise RowError(TOO_LONG)
    return word, values


def _parse_together(lines: Sequence[bytes], dimension: int, first: int) -> Block:
    """The fast way, open to lines that are all rows and have words without blanks; else a ValueError."""
    words, tails = zip(*(line.split(None, 1) for line in lines), strict=True)
    text = b"".join(tails)
    if any(separator in text for separator in (b"\x1c", b"\x1d", b"\x1e", b"\x1f")):
        raise ValueError("NumPy would take for a blank what is none in the grammar")
    fields = [tail.decode("ascii") for tail in tails]
    values = np.loadtxt(fields, dtype=np.float32, comments=None, ndmin=2)
    if values.shape != (len(lines), dimension):
        raise ValueError("rows of another width")
    return Block(words, values, range(first, first + len(lines)))


def _parse_each(lines: Sequence[bytes], dimension: int, first: int) -> Block:
    words, rows, places, faults = [], [], [], []
    for place, line in enumerate(lines, first):
        if not line.strip():
            continue
        try:
            word, values = parse_row(line, dimension)
        except RowError as error:
            faults.append((place, str(error)))
            continue
        words.append(word)
        rows.append(np.array(values, dtype=np.float64))
        places.append(place)
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is reported as such
        matrix = np.array(rows, dtype=np.float32).reshape(len(rows), dimension)
    return Block(words, matrix, places, faults)


def _trimmed(line: bytes) -> bytes:
    """The line without what nobody sees at its end: blanks, no-break and zero-width ones included."""
    line = line.rstrip()
    while line.endswith(_INVISIBLE):
        line = line[:-2].rstrip() if line.endswith(_NO_BREAK_SPACE) else line[:-3].rstrip()
    return line


def _numbers(fields: Sequence[bytes]) -> list[float]:
    if b"_" in b" ".join(fields):
        raise ValueError("Python reads 1_000 as a number; files of vectors do not")
    return list(map(float, fields))
