"""The text formats of lexicon files: which one a file is in, and what its lines say."""

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from isolex.lexicon.headers import Columns, named_by_languages, named_columns
from isolex.lexicon.words import as_weight, counted
from isolex.tables import (
    BARS,
    BLANK,
    COLON_BLANK,
    COMMA,
    QUOTES,
    SEMICOLON,
    TAB,
    Cells,
    NotARowError,
    Row,
    Separator,
    choose,
    number,
    numbered,
    row_of,
    trim,
    without_quotes,
    without_row_numbers,
)

Format: TypeAlias = Literal["space", "tsv", "csv", "jsonl"]

FORMATS: tuple[Format, ...] = ("space", "tsv", "csv", "jsonl")

_SEPARATORS = (TAB, BARS, SEMICOLON, COMMA, COLON_BLANK, QUOTES, BLANK)
# Lists and tuples as JSON and Python write them: any that begins with a string, and those of two strings.
_STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_LIST = re.compile(rf"\s*[\[(]\s*{_STRING}\s*,.*[\])]\s*,?\s*")
_FLAT = re.compile(rf"[\[(]\s*{_STRING}\s*,\s*{_STRING}\s*(?:,\s*[^\[\](){{}}]*)?[\])]")
_MANY = 10
# One in so many is often enough to be told.
_OFTEN = 5
_SEVERAL = re.compile(r"[^\W\d_]\s*(?:[,/]\s+|;\s*)[^\W\d_]")
_THIRD = "third column"
# In tables of decisions: what is wrong, and what isolex would otherwise teach itself.
_LEFT_OUT = ("rejected", "proposed")


class LexiconEntry(NamedTuple):
    """What one line says.

    Attributes:
        line: Its number, from 1.
        source: Source word.
        target: Target word.
        weight: Weight of the pair, or None.
    """

    line: int
    source: str
    target: str
    weight: float | None = None


@dataclass
class Contents:
    """What a file says.

    Attributes:
        entries: The pairs, in order; their words are as they stand there.
        faults: Line number and reason of other lines that are neither blank nor remarks nor a header.
        notes: What was left out or taken for something that it may not be.
    """

    entries: list[LexiconEntry] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Cells(NamedTuple):
    """What stands in a line for the words and the weight; None for a weight that it lacks."""

    line: int
    source: str
    target: str
    weight: object


def parse(lines: Sequence[str], format: Format | None = None) -> Contents:
    """The pairs of the lines of a file.

    Args:
        lines: All of them.
        format: How to read them; None to find out. Only then a line is taken for a header that names
            languages, or stands among pairs parted by blanks, and running numbers for those of rows.
    """
    content = numbered(lines)
    sample = [line for _, line in content if not _is_remark(line)]
    contents = Contents()
    if format == "jsonl" or (format is None and _is_json(sample)):
        cells, weight_name = _of_json(content, contents), "weight"
    else:
        separator = _separator(sample, format)
        cells, weight_name = _of_table(content, separator, contents, guess=format is None)
    weights = _weights(cells, weight_name, contents)
    _note_places(cells, weights, weight_name, contents)
    contents.entries.extend(
        LexiconEntry(*cell[:3], weight) for cell, weight in zip(cells, weights, strict=True)
    )
    contents.faults.sort()
    _note_numbers(contents)
    _note_several(contents)
    return contents


def is_comment(line: str) -> bool:
    """Whether a line that holds no pair is a remark: "#" may also begin a word, as in "#the #the"."""
    return line.startswith("#")


def _is_remark(line: str) -> bool:
    # For sniffing only: our own TSV may hold nothing but words that begin with "#".
    return is_comment(line) and "\t" not in line


def _is_json(sample: Sequence[str]) -> bool:
    alike = sum("\t" not in line and (line.startswith("{") or bool(_LIST.fullmatch(line))) for line in sample)
    return 2 * alike > len(sample)


def _separator(sample: Sequence[str], format: Format | None) -> Separator:
    if format == "csv":
        return choose(sample, (SEMICOLON, COMMA), _is_pair) or COMMA
    if format is not None:
        return {"tsv": TAB, "space": BLANK}[format]
    separator = choose(sample, _SEPARATORS, _is_pair) or BLANK
    if separator is TAB and not all("\t" in line for line in sample):
        # A file of single words may mix tabs and spaces from line to line, as some published ones do.
        return BLANK if all(len(BLANK.split(line)) == 2 for line in sample) else TAB
    return separator


def _is_pair(separator: Separator, cells: Cells) -> bool:
    if len(cells) < 2 or not all(cells[:2]):
        return False
    if separator is not BLANK or len(cells) == 2:
        return True
    # More would be entries of several words, which blanks cannot part.
    return len(cells) == 3 and (_is_weighted(cells) or named_columns(cells) is not None)


def _is_weighted(cells: Cells) -> bool:
    return len(cells) == 3 and number(cells[2], decimal_comma=True) is not None


def _of_table(
    content: Sequence[tuple[int, str]], separator: Separator, contents: Contents, *, guess: bool
) -> tuple[list[_Cells], str]:
    """The cells of every pair, and what to call the column of weights."""
    rows = without_quotes(_rows(content, separator, contents), separator)
    columns, rows = _header(rows, separator, contents, guess=guess)
    named = None if columns is None or columns.first_two else columns
    weighted = _has_weights(rows, separator)
    if named is not None and named.decision is not None:
        rows = _accepted(rows, named.decision, contents)
    cells = []
    for row in rows:
        try:
            read = _by_place(row, separator, weighted=weighted) if named is None else _by_name(row, named)
        except NotARowError as reason:
            contents.faults.append((row.line, str(reason)))
        else:
            cells.append(read)
    if not weighted and separator is BARS:
        contents.notes.append("columns after the second are left out")
    return cells, _THIRD if named is None else "column of weights"


def _accepted(rows: Sequence[Row], place: int, contents: Contents) -> list[Row]:
    """The rows of a table of decisions without pairs that are wrong, or that isolex alone proposes."""
    marks = [_left_out(row.cells[place]) if len(row.cells) > place else None for row in rows]
    _note_left_out(marks, contents)
    return [row for row, mark in zip(rows, marks, strict=True) if mark is None]


def _left_out(decision: object) -> str | None:
    """What is decided on a pair, if the pair is to be left out for that."""
    mark = trim(decision).lower() if isinstance(decision, str) else None
    return mark if mark in _LEFT_OUT else None


def _note_left_out(marks: Sequence[str | None], contents: Contents) -> None:
    for mark in _LEFT_OUT:
        if count := marks.count(mark):
            contents.notes.append(f"{counted(count, f'{mark} pair')} left out")


def _has_weights(rows: Sequence[Row], separator: Separator) -> bool:
    """Whether what stands behind two words may be a weight."""
    if separator is BLANK:
        three = sum(len(row.cells) == 3 for row in rows)
        found = sum(_is_weighted(row.cells) for row in rows)
        # A few may be entries of several words, of which one is a number.
        return 2 * found > len(rows) or (found == three and 10 * found > len(rows))
    return separator is not BARS or all(len(row.cells) <= 3 for row in rows)


def _rows(content: Sequence[tuple[int, str]], separator: Separator, contents: Contents) -> list[Row]:
    rows = []
    for line, text in content:
        # A remark may well hold commas; an entry that begins like this needs quotes, as our writer's.
        if separator in (COMMA, SEMICOLON) and text.startswith("# "):
            continue
        try:
            row = row_of(line, separator.split(text))
        except NotARowError as reason:
            if not is_comment(text):
                contents.faults.append((line, str(reason)))
        else:
            if not is_comment(text) or _is_pair(separator, row.cells):
                rows.append(row)
    return rows


def _header(
    rows: list[Row], separator: Separator, contents: Contents, *, guess: bool
) -> tuple[Columns | None, list[Row]]:
    """What the first row of two cells says of the columns, or None if it is a pair; and the other rows."""
    top = next((place for place, row in enumerate(rows) if sum(map(bool, row.cells)) > 1), len(rows))
    title, rows = rows[:top], rows[top:]
    if not rows or not (guess or separator is not BLANK):
        return None, [*title, *rows]
    columns = named_columns(rows[0].cells)
    # Running numbers need no room of their own where a name stands above them.
    if guess and (columns is None or columns.width < max(len(row.cells) for row in rows)):
        rows, found = without_row_numbers(rows)
        if found:
            contents.notes.append("the first column holds row numbers and is left out")
        columns = named_columns(rows[0].cells)
    plain = columns is not None and separator is not BLANK
    if columns is None and guess:
        columns = named_by_languages(rows)
    if columns is None:
        return None, [*title, *rows]
    if not plain:
        contents.notes.append(
            f"line {rows[0].line} ({', '.join(map(repr, rows[0].cells))}) is taken for a header; "
            "if it is a pair, write the words source and target in a line above it"
        )
    return columns, [*title, *rows[1:]]


def _by_place(row: Row, separator: Separator, *, weighted: bool) -> _Cells:
    count = len(row.cells)
    if separator is BLANK and not (count == 2 or (weighted and _is_weighted(row.cells))):
        hint = "; multiword entries need tabs" if count > 2 else ""
        if count == 3 and not any(map(str.isalnum, row.cells[1])):
            hint = f"; put a tab in the place of {row.cells[1][:5]!r}"
        raise NotARowError(f"{counted(count, 'field')}, expected 2{hint}")
    if count < 2 or (count > 3 and separator is not BARS):
        hint = "; more columns need a header such as source, target, weight" if count > 3 else ""
        raise NotARowError(f"{counted(count, 'field')}, expected 2, or 3 with a weight{hint}")
    return _Cells(row.line, row.cells[0], row.cells[1], row.cells[2] if weighted and count == 3 else None)


def _by_name(row: Row, columns: Columns) -> _Cells:
    count = len(row.cells)
    if count <= max(columns.source, columns.target):
        raise NotARowError(f"{counted(count, 'field')}, fewer than the header names")
    if count > columns.width:
        raise NotARowError(f"{counted(count, 'field')}, more than the {columns.width} that the header names")
    # Weights may be missing, as a short row or an empty field.
    weight = row.cells[columns.weight] if columns.weight is not None and columns.weight < count else None
    return _Cells(row.line, row.cells[columns.source], row.cells[columns.target], weight)


def _of_json(content: Sequence[tuple[int, str]], contents: Contents) -> list[_Cells]:
    cells, left_out = [], list[str]()
    for line, text in content:
        try:
            cells.append(_Cells(line, *_json_entry(text)))
        except _LeftOutError as error:
            left_out.append(str(error))
        except NotARowError as reason:
            if not is_comment(text):
                contents.faults.append((line, str(reason)))
    _note_left_out(left_out, contents)
    return cells


class _LeftOutError(NotARowError):
    """A pair that is left out for what is decided on it, which is the message."""


def _json_entry(line: str) -> tuple[str, str, object]:
    """Source, target and weight of an object or a list, or of a list or tuple as Python prints it."""
    text = line.strip().removesuffix(",")
    try:
        # What the pattern allows is not nested, so that Python's parser has nothing to choke on.
        entry: Any = json.loads(text) if not _is_python(text) else ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError) as error:
        raise NotARowError("not JSON") from error
    match entry:
        case dict():
            named = named_columns(list(entry))
            if named is not None:
                values = list(entry.values())
                if named.decision is not None and (mark := _left_out(values[named.decision])):
                    raise _LeftOutError(mark)
                weight = None if named.weight is None else values[named.weight]
                entry = [values[named.source], values[named.target], weight]
    match entry:
        case [str(source), str(target)] | (str(source), str(target)):
            return source.strip(" "), target.strip(" "), None
        case [str(source), str(target), weight]:
            return source.strip(" "), target.strip(" "), weight
    raise NotARowError('no object with strings "source" and "target", and no list of two strings')


def _is_python(text: str) -> bool:
    return text[:1] in ("(", "[") and "'" in text and _FLAT.fullmatch(text) is not None


def _weights(cells: Sequence[_Cells], name: str, contents: Contents) -> list[float | None]:
    """A weight for each pair that has one; for none, and a note, unless all that stands there is one."""
    decimal_comma = not any("." in cell.weight for cell in cells if isinstance(cell.weight, str))
    weights = []
    for cell in cells:
        empty = cell.weight is None or (isinstance(cell.weight, str) and not trim(cell.weight))
        weight = None if empty else _weight(cell.weight, decimal_comma=decimal_comma)
        if weight is None and not empty:
            contents.notes.append(
                f"the {name} is left out, since line {cell.line} has {str(cell.weight)[:20]!r} there, "
                "expected numbers of at least 0"
            )
            return [None] * len(cells)
        weights.append(weight)
    return weights


def _weight(given: object, *, decimal_comma: bool) -> float | None:
    if isinstance(given, bool):
        return None
    return as_weight(number(given, decimal_comma=decimal_comma) if isinstance(given, str) else given)


def _note_places(
    cells: Sequence[_Cells], weights: Sequence[float | None], name: str, contents: Contents
) -> None:
    """Between the words there may stand what few words share, such as parts of speech."""
    third = {cell.weight for cell in cells if isinstance(cell.weight, str)}
    if name != _THIRD or len(third) < _MANY or any(weight is not None for weight in weights):
        return
    second = {cell.target for cell in cells}
    if _OFTEN * len(second) < len(third):
        few = counted(len(second), "different word")
        contents.notes.append(
            f"the second column holds only {few}: if the translations stand in the third, write the names "
            "source, other and target in a line above, with tabs between them"
        )


def _note_several(contents: Contents) -> None:
    """Several translations in one field are one entry of several words, which no vocabulary holds."""
    entries = contents.entries
    found = next((entry for entry in entries if _SEVERAL.search(entry.target)), None)
    if found is None or len(entries) < _MANY:
        return
    count = sum(_SEVERAL.search(entry.target) is not None for entry in entries)
    if _OFTEN * count >= len(entries):
        contents.notes.append(
            f"{counted(count, 'line')} may hold several translations (line {found.line}: "
            f"{found.target[:40]!r}); give each a line of its own, with the source word before it"
        )


def _note_numbers(contents: Contents) -> None:
    entries = contents.entries
    if len(entries) < _MANY or any(number(entry.target) is None for entry in entries):
        return
    if 2 * sum(number(entry.source) is None for entry in entries) > len(entries):
        contents.notes.append("every second word is a number: is it a list of frequencies?")
