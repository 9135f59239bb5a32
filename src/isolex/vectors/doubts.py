"""What the first rows of a text hold beside vectors: row numbers, a column of counts, or quotation marks."""

import re
from collections.abc import Sequence

import numpy as np

from isolex.vectors.row_grammar import SAMPLE, Block

_FEWEST = 3  # rows; fewer are in some order by chance
_OUT_OF_SCALE = 10  # times the largest number of the other columns
_SMALL_COUNT = 20  # the most frequent words of any corpus are more frequent

_NUMBERED = re.compile(rb"(\d+)\s+(?=\S)")


def doubts(block: Block, *, file: str, header: bool) -> tuple[str, ...]:
    """Say what seems to be no part of the vectors, and how to take it out.

    A real vector has no whole number in a place where all others of the file have one, too. So nothing is
    said of vectors that are whole numbers altogether, nor of words that are numbers.

    Args:
        block: The first rows of the file; no more than `SAMPLE` are looked at.
        file: Its name.
        header: The file has a header, which the commands proposed leave alone.
    """
    if len(block.words) < _FEWEST:
        return ()
    sed = f"sed -E '{'2,$' if header else ''}s/^"
    found = []
    example = _numbered(block.words[:SAMPLE])
    if example is not None:
        found.append(
            f"the words seem to have row numbers or counts before them ({example!r}); if so, take these off,"
            f" for instance by: {sed}[0-9]+[[:blank:]]+//' {file} > NEW"
        )
    if all(len(word) > 2 and word[:1] == word[-1:] == b'"' for word in block.words[:SAMPLE]):
        found.append(
            "all words stand in quotation marks; if these are no part of them, take them off, for instance"
            f" by: tr -d '\"' < {file} > NEW"
        )
    column = _column(block.values[:SAMPLE])
    if column is not None:
        place, order = column
        take = f", for instance by: {sed}([^[:blank:]]+)[[:blank:]]+[^[:blank:]]+/\\1/' {file} > NEW"
        found.append(
            f"number {place + 1} of each row seems to be a count or a row number, not part of the vector"
            f" (they are whole, {order} and out of scale with the others); if so, take it out"
            + ("" if place else take)
        )
    return tuple(found)


def _numbered(words: Sequence[bytes]) -> str | None:
    """The first word, if all begin with a whole number and these are in order."""
    starts = [_NUMBERED.match(word) for word in words]
    numbers = np.array([float(start[1]) for start in starts if start is not None])
    if len(numbers) < len(words) or _order(numbers) is None:
        return None
    return words[0].decode("utf-8", "replace")


def _column(values: np.ndarray) -> tuple[int, str] | None:
    """The place and the order of a column of whole numbers in order among others of another scale."""
    values = values[np.isfinite(values).all(axis=1)].astype(np.float64)
    if len(values) < _FEWEST or values.shape[1] < 2:
        return None
    whole = (values == np.rint(values)).all(axis=0)
    if whole.sum() != 1:
        return None
    (place,) = np.flatnonzero(whole)
    column, others = values[:, place], np.abs(np.delete(values, place, axis=1))
    order = _order(column)
    ranks = column[0] in (0, 1) and bool((np.diff(column) == 1).all())
    counts = column.min() >= 1 and column.max() >= max(_SMALL_COUNT, _OUT_OF_SCALE * others.max())
    return (int(place), order) if order is not None and (ranks or counts) else None


def _order(numbers: np.ndarray) -> str | None:
    """How numbers are ordered; None if they are not, or hardly differ."""
    if len(np.unique(numbers)) < _FEWEST:
        return None
    steps = np.diff(numbers)
    if (steps >= 0).all():
        return "ascending"
    return "descending" if (steps <= 0).all() else None
