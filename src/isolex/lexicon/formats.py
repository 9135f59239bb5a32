"""The text formats of lexicon files: which one a file is in, and what one line of it says."""

import csv
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from isolex.lexicon.words import as_weight, counted

Format: TypeAlias = Literal["space", "tsv", "csv", "jsonl"]
Entry: TypeAlias = tuple[str, str, float | None]
LineParser: TypeAlias = Callable[[str], Entry]
_Splitter: TypeAlias = Callable[[str], list[str]]

FORMATS: tuple[Format, ...] = ("space", "tsv", "csv", "jsonl")

_HEADERS = (("source", "target"), ("src", "tgt"), ("src", "trg"), ("word", "translation"))
_BLANK_RUN = re.compile(r"[ \t]+")
_SAMPLE = 1000


class BadLineError(Exception):
    """A line that holds no word pair; its message is the reason."""


@dataclass(frozen=True)
class Plan:
    """How to read a file: the parser of its lines, and the index of the first line after any header."""

    parse: LineParser
    start: int


def plan(lines: Sequence[str], format: Format | None) -> Plan:
    """Settle the format (sniffed from the content if None), the delimiter and the columns of a file."""
    content = [i for i, line in enumerate(lines) if line.strip(" \t") and not _is_remark(line)]
    rows = [lines[i] for i in content]
    format = format or _sniff(rows)
    if format == "space":
        return Plan(_parse_space, 0)
    if format == "jsonl":
        return Plan(_parse_json, 0)
    split = _split_tsv if format == "tsv" else _csv_splitter(_csv_delimiter(rows) or ",")
    header = _Columns.named(_fields(split, rows[0])) if rows else None
    if header is None:
        return Plan(lambda line: _parse_unnamed(split(line)), 0)
    return Plan(lambda line: header.parse(split(line)), content[0] + 1)


def is_header(fields: Sequence[str]) -> bool:
    """Whether a first row names its columns; only pairs of names that nobody would mistake count."""
    return _Columns.named(fields) is not None


def is_comment(line: str) -> bool:
    """Whether a line that holds no pair is a remark: "#" may also begin a word, as in "#the #the"."""
    return line.startswith("#")


def _is_remark(line: str) -> bool:
    # For sniffing only: our own TSV may hold nothing but words that begin with "#".
    return is_comment(line) and "\t" not in line


def _sniff(rows: Sequence[str]) -> Format:
    if rows and is_header(_split_tsv(rows[0])):
        return "tsv"
    if 2 * sum("\t" in row for row in rows) > len(rows):
        # A file of single words may mix tabs and spaces from line to line, as some published ones do.
        return "space" if all(len(_blank_fields(row)) == 2 for row in rows) else "tsv"
    if 2 * sum(row.startswith("{") for row in rows) > len(rows):
        return "jsonl"
    return "csv" if _csv_delimiter(rows) else "space"


def _blank_fields(line: str) -> list[str]:
    # str.split would also split at no-break spaces, which stand inside words of real vocabularies.
    return _BLANK_RUN.split(line.strip(" \t"))


def _parse_space(line: str) -> Entry:
    fields = _blank_fields(line)
    if len(fields) != 2:
        hint = "; multiword entries need tabs" if len(fields) > 2 else ""
        raise BadLineError(f"{counted(len(fields), 'field')}, expected 2{hint}")
    return fields[0], fields[1], None


def _split_tsv(line: str) -> list[str]:
    return [field.strip(" ") for field in line.split("\t")]


def _csv_delimiter(rows: Sequence[str]) -> str | None:
    """The comma or, as spreadsheets write it where the comma is decimal, the semicolon; None if neither."""
    sample = rows[:_SAMPLE]
    for delimiter in ",;":
        split = _csv_splitter(delimiter)
        if 2 * sum(_holds_pair(_fields(split, row)) for row in sample) > len(sample):
            return delimiter
    return None


def _holds_pair(fields: Sequence[str]) -> bool:
    return len(fields) > 1 and all(fields[:2])


def _fields(split: _Splitter, row: str) -> list[str]:
    try:
        return split(row)
    except BadLineError:
        return []


def _csv_splitter(delimiter: str) -> _Splitter:
    def split(line: str) -> list[str]:
        if line.startswith("# "):
            # A remark may well hold commas; an entry that begins like this needs quotes, as our writer's.
            raise BadLineError("a remark")
        try:
            fields = next(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True))
        except csv.Error as error:
            raise BadLineError(f"not CSV ({error})") from error
        return [field.strip(" ") for field in fields]

    return split


@dataclass(frozen=True)
class _Columns:
    """Where a header says that the words and perhaps a weight stand."""

    source: int
    target: int
    weight: int | None

    @classmethod
    def named(cls, fields: Sequence[str]) -> "_Columns | None":
        names = [field.lower() for field in fields]
        for source, target in _HEADERS:
            if source in names and target in names:
                weight = names.index("weight") if "weight" in names else None
                return cls(names.index(source), names.index(target), weight)
        return None

    def parse(self, fields: Sequence[str]) -> Entry:
        if len(fields) <= max(self.source, self.target):
            raise BadLineError(f"{counted(len(fields), 'field')}, fewer than the header names")
        # Weights may be missing, as a short row or an empty field.
        text = "" if self.weight is None else "".join(fields[self.weight : self.weight + 1])
        return fields[self.source], fields[self.target], _weight(text) if text else None


def _parse_unnamed(fields: Sequence[str]) -> Entry:
    if len(fields) not in (2, 3):
        hint = "; more columns need a header such as source, target, weight" if len(fields) > 3 else ""
        raise BadLineError(f"{counted(len(fields), 'field')}, expected 2, or 3 with a weight{hint}")
    return fields[0], fields[1], _weight(fields[2]) if fields[2:] else None


def _parse_json(line: str) -> Entry:
    try:
        entry: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLineError("not JSON") from error
    match entry:
        case {"source": str(source), "target": str(target)}:
            weight = entry.get("weight")
            return source.strip(" "), target.strip(" "), None if weight is None else _weight(weight)
    raise BadLineError('no object with strings "source" and "target"')


def _weight(value: object) -> float:
    weight = as_weight(value)
    if weight is None:
        raise BadLineError(f"weight {str(value)[:20]!r}, expected a finite number of at least 0")
    return weight
