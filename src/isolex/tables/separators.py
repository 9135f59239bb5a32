"""Separators between the cells of a line, and how to find the separator of a file."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from isolex.tables.cells import number

Cells = list[str]

_SAMPLE = 1000
_NEARLY_ALL = 0.95
_COLON_BLANK = re.compile(r":[ \t]+")
_BLANK_RUN = re.compile(r"[ \t]+")
# As R writes it: quoted cells, among them bare numbers and NA; a quotation mark inside is doubled or escaped.
_QUOTED = r'"(?:[^"\\]|\\.|"")*"'
_QUOTED_LINE = re.compile(rf'(?:{_QUOTED}|[^" \t]+)(?:[ \t]+(?:{_QUOTED}|[^" \t]+))*')
_QUOTED_CELL = re.compile(rf'{_QUOTED}|[^" \t]+')
_ESCAPED = re.compile(r'""|\\(["\\])')
_BEHIND_QUOTE = re.compile(r'"[ \t]+(?=[,;])')
_COMMA_OF_WORDS = re.compile(r",(?!\d)|(?<!\d),")


class NotARowError(Exception):
    """A line cannot be split, or is no row; the message gives the reason."""


@dataclass(frozen=True)
class Separator:
    """A separator between the cells of a line.

    Attributes:
        name: Name of the separator in messages.
        split: Function that gives the cells of a line, without spaces at their ends; raises `NotARowError`.
        quoting: Whether quotes belong to the layout, so that `split` already removes them.
    """

    name: str
    split: Callable[[str], Cells]
    quoting: bool = False


def _stripped(cells: Sequence[str]) -> Cells:
    return [cell.strip(" ") for cell in cells]


def _by_csv(delimiter: str) -> Callable[[str], Cells]:
    def parted(line: str) -> Cells:
        cells = line.split(delimiter)
        if '"' in line:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True))
            if line.count('"') % 2:
                raise csv.Error("a quotation mark does not close; cells hold no line ends here")
        return _stripped(cells)

    def split(line: str) -> Cells:
        try:
            return parted(line)
        except csv.Error as error:
            # The standard allows no blank behind a closing quote; people write it.
            mended = _BEHIND_QUOTE.sub('"', line)
            if mended == line:
                raise NotARowError(f"not CSV ({error})") from error
        try:
            return parted(mended)
        except csv.Error as error:
            raise NotARowError(f"not CSV ({error})") from error

    return split


def _by_quotes(line: str) -> Cells:
    line = line.strip(" \t")
    if _QUOTED_LINE.fullmatch(line) is None:
        raise NotARowError("not quoted words and blanks")
    cells = _QUOTED_CELL.findall(line)
    quoted = [cell.startswith('"') for cell in cells]
    if sum(quoted) < 2:
        raise NotARowError("fewer than 2 quoted words")
    if not all(
        mark or cell == "NA" or number(cell) is not None for cell, mark in zip(cells, quoted, strict=True)
    ):
        raise NotARowError("words without quotes")
    return _stripped(
        [_unescaped(cell) if is_quoted else cell for cell, is_quoted in zip(cells, quoted, strict=True)]
    )


def _unescaped(cell: str) -> str:
    return _ESCAPED.sub(lambda found: found[1] or '"', cell[1:-1])


# str.split would also split at no-break spaces, which stand inside words of real vocabularies.
TAB = Separator("tabs", lambda line: _stripped(line.split("\t")))
BARS = Separator("|||", lambda line: _stripped(line.split("|||")))
SEMICOLON = Separator("semicolons", _by_csv(";"), quoting=True)
COMMA = Separator("commas", _by_csv(","), quoting=True)
COLON = Separator("colons", lambda line: _stripped(line.split(":")))
COLON_BLANK = Separator("colons and blanks", lambda line: _stripped(_COLON_BLANK.split(line)))
QUOTES = Separator("quotes and blanks", _by_quotes, quoting=True)
BLANK = Separator("blanks", lambda line: _BLANK_RUN.split(line.strip(" \t")))


def cells_of(separator: Separator, line: str) -> Cells:
    """The cells of a line; no cells if it cannot be split."""
    try:
        return separator.split(line)
    except NotARowError:
        return []


def choose(
    lines: Sequence[str],
    separators: Sequence[Separator],
    is_row: Callable[[Separator, Cells], bool],
    *,
    least: float = 0.5,
) -> Separator | None:
    """The separator that makes rows of most lines, and of one width; None if there is none.

    A few bad lines do not matter. If several separators are equally good, one that is no decimal comma (a
    comma that always stands between digits) is chosen, and otherwise the first.

    Args:
        lines: Lines of the file that should be rows; only the first thousand are used.
        separators: The separators to choose from.
        is_row: Whether the cells that a separator makes of a line are a row of the table that is wanted.
        least: Share of the lines that must be rows.
    """
    sample = lines[:_SAMPLE]
    best, best_key = None, (least, 0.0, False)
    for separator in separators:
        rows = [cells for line in sample if is_row(separator, cells := cells_of(separator, line))]
        if not rows:
            continue
        widths = Counter(map(len, rows))
        even = widths.most_common(1)[0][1]
        decimal = separator is COMMA and not any(map(_COMMA_OF_WORDS.search, sample))
        key = (_nearly(len(rows) / len(sample)), _nearly(even / len(sample)), not decimal)
        if key > best_key:
            best, best_key = separator, key
    return best


def _nearly(share: float) -> float:
    return 1.0 if share >= _NEARLY_ALL else share
