"""Small text files as people have them: their lines, the cells of a table and what these say."""

from isolex.tables.cells import UNICODE, Unicode, number, tidy, trim
from isolex.tables.lines import LATIN, check_utf8, is_utf8, read_lines, split_lines
from isolex.tables.rows import Row, is_quoted, numbered, row_of, without_quotes, without_row_numbers
from isolex.tables.separators import (
    BARS,
    BLANK,
    COLON,
    COLON_BLANK,
    COMMA,
    QUOTES,
    SEMICOLON,
    TAB,
    Cells,
    NotARowError,
    Separator,
    cells_of,
    choose,
)

__all__ = [
    "BARS",
    "BLANK",
    "COLON",
    "COLON_BLANK",
    "COMMA",
    "LATIN",
    "QUOTES",
    "SEMICOLON",
    "TAB",
    "UNICODE",
    "Cells",
    "NotARowError",
    "Row",
    "Separator",
    "Unicode",
    "cells_of",
    "check_utf8",
    "choose",
    "is_quoted",
    "is_utf8",
    "number",
    "numbered",
    "read_lines",
    "row_of",
    "split_lines",
    "tidy",
    "trim",
    "without_quotes",
    "without_row_numbers",
]
