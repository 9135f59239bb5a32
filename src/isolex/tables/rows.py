"""Make rows of a table from lines, without the quotes and row numbers that a program has added."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from isolex.tables.cells import number, trim
from isolex.tables.separators import Cells, Separator

_QUOTES = (
    (re.compile(r'"((?:[^"]|"")*)"'), '""', '"'),
    (re.compile(r"'((?:[^']|'')*)'"), "''", "'"),
    # These are never doubled.
    (re.compile("\u201c([^\u201c\u201d]*)\u201d"), "\u201d\u201d", "\u201d"),
    (re.compile("\u201e([^\u201e\u201c]*)\u201c"), "\u201c\u201c", "\u201c"),
    (re.compile("\u00ab([^\u00ab\u00bb]*)\u00bb"), "\u00bb\u00bb", "\u00bb"),
)
_OPENING = ('"', "'", "\u201c", "\u201e", "\u00ab")


class Row(NamedTuple):
    """The cells of one line.

    Attributes:
        line: Number of the line in the file, from 1.
        cells: Texts of the cells, without spaces at their ends; empty cells at the end of the row are
            removed, except the first two cells.
    """

    line: int
    cells: Cells


def numbered(lines: Iterable[str]) -> list[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1."""
    return [(place, line) for place, line in enumerate(lines, 1) if line.strip()]


def row_of(line: int, cells: Cells, *, least: int = 2) -> Row:
    """A row without the empty cells that spreadsheets leave at its end; at least `least` cells stay."""
    end = len(cells)
    while end > least and not trim(cells[end - 1]):
        end -= 1
    return Row(line, cells[:end])


def without_quotes(rows: Sequence[Row], separator: Separator) -> list[Row]:
    """Remove quotation marks if all cells of a column have them; its first cell, perhaps a heading, need not.

    A mark that only some cells have, or that stands alone, is part of the word.
    """
    if separator.quoting:
        return list(rows)
    changed: dict[int, list[str]] = {}
    for place in range(_width(rows)):
        if _begins_quoted(rows, place):
            column = [trim(cell) for row in rows for cell in row.cells[place : place + 1] or [""]]
            if cells := _unquoted(column):
                changed[place] = cells
    if not changed:
        return list(rows)
    for place, cell in enumerate(rows[0].cells):
        # The name of a column of numbers may stand in quotes above them.
        changed.setdefault(place, _unquoted([cell]) or [cell])
    return [
        Row(
            row.line,
            [own[n] if n < len(own := changed.get(p, [])) else cell for p, cell in enumerate(row.cells)],
        )
        for n, row in enumerate(rows)
    ]


def is_quoted(words: Sequence[str]) -> bool:
    """Whether quotation marks would be removed from these words if they were a column of a table."""
    return _unquoted(words) is not None


def without_row_numbers(rows: Sequence[Row]) -> tuple[list[Row], bool]:
    """Remove a first column of running numbers, as R and pandas write it, and tell whether there was one.

    It is removed only if two columns of words follow. In a line of headings, the cell of this column may be
    empty, or missing as in R.
    """
    for body in (rows, rows[1:]):
        if _runs(["".join(row.cells[:1]) for row in body]) and _has_words([row.cells[1:] for row in body]):
            rest = [Row(row.line, row.cells[1:]) for row in body]
            if body is rows:
                return rest, True
            names = rows[0].cells
            shift = len(names) - _width(rest)
            return [Row(rows[0].line, names[max(shift, 0) :]), *rest], True
    return list(rows), False


def _begins_quoted(rows: Sequence[Row], place: int) -> bool:
    cells = (cell for row in rows[1:] or rows for cell in row.cells[place : place + 1] if cell)
    return trim(next(cells, "") or "".join(rows[0].cells[place : place + 1])).startswith(_OPENING)


def _runs(column: Sequence[str]) -> bool:
    """Whether these are all numbers from 0, or from 1, in order."""
    if len(column) < 2 or column[0] not in ("0", "1"):
        return False
    return all(cell == str(place) for place, cell in enumerate(column, int(column[0])))


def _has_words(rows: Sequence[Cells]) -> bool:
    """Whether every row has two cells, of which the second is no number throughout, as a weight would be."""
    return all(len(cells) >= 2 for cells in rows) and any(
        number(cells[1], decimal_comma=True) is None for cells in rows
    )


def _unquoted(column: Sequence[str]) -> list[str] | None:
    """The cells without their quotes, or None if not all but the first, which may be a name, have them."""
    body = [cell for cell in column[1:] if cell] or [cell for cell in column if cell]
    for pattern, doubled, single in _QUOTES:
        inside = [found[1] for cell in body if (found := pattern.fullmatch(cell))]
        if any(inside) and len(inside) == len(body):
            return [
                found[1].replace(doubled, single) if (found := pattern.fullmatch(cell)) else cell
                for cell in column
            ]
    return None


def _width(rows: Sequence[Row]) -> int:
    return max((len(row.cells) for row in rows), default=0)
