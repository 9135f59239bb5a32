"""Lexicon files, written whole or not at all."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from isolex.errors import InputError
from isolex.files import atomic_file
from isolex.lexicon.lexicon_formats import parse
from isolex.tables import is_quoted, split_lines

_SAMPLE = 1000
SPREADSHEETS = (".xlsx", ".xls", ".ods")
NOT_WRITTEN = (
    *(".gz", ".bz2", ".xz", ".zst", ".zip", ".json"),
    *SPREADSHEETS,
    *(".docx", ".doc", ".odt", ".rtf", ".pdf", ".html", ".htm", ".tmx", ".xliff", ".po"),
)


def write_pairs(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None, path: str | Path) -> None:
    """Write pairs, and weights if there are any, in the format that the ending of `path` names.

    Raises:
        InputError: The ending names a format that is not written, or the place cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in NOT_WRITTEN:
        raise InputError(
            f"isolex does not write {ending} lexicons", where=path, fix="use .tsv, .csv or .jsonl"
        )
    encode = {".csv": _csv, ".jsonl": _jsonl}.get(ending, _tsv)
    with atomic_file(path) as temporary:
        temporary.write_text(encode(pairs, weights), encoding="utf-8", newline="\n")


def _tsv(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None) -> str:
    names, *rows = _rows(pairs, weights)
    for place in (0, 1):
        # Quotes that all words of a column have would be taken for the file's, which come off.
        if is_quoted([str(row[place]) for row in rows]):
            rows = [(*row[:place], _in_quotes(row[place]), *row[place + 1 :]) for row in rows]
    # What a file is told by stands in its first lines, as `tables.choose` looks at a thousand.
    alone = weights is None and bool(pairs) and _reads_as(pairs[:_SAMPLE], _lines(rows[:_SAMPLE]))
    # Without a header other programs take the file as it is, so it stands only where its lack would mislead.
    return _lines(rows if alone else [names, *rows])


def _lines(rows: Sequence[Sequence[object]]) -> str:
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def _in_quotes(word: object) -> str:
    return '"' + str(word).replace('"', '""') + '"'


def _reads_as(pairs: Sequence[tuple[str, str]], text: str) -> bool:
    contents = parse(split_lines(text.encode()))
    read = [(entry.source, entry.target) for entry in contents.entries]
    return read == list(pairs) and not (contents.faults or contents.notes)


def _csv(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None) -> str:
    text = io.StringIO()
    # Quoted words cannot be taken for a remark, a header or a delimiter.
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(_rows(pairs, weights))
    return text.getvalue()


def _jsonl(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None) -> str:
    names, *rows = _rows(pairs, weights)
    objects = (dict(zip(names, row, strict=True)) for row in rows)
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in objects)


def _rows(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None) -> list[tuple[object, ...]]:
    if weights is None:
        return [("source", "target"), *pairs]
    weighted = ((s, t, weight) for (s, t), weight in zip(pairs, weights, strict=True))
    return [("source", "target", "weight"), *weighted]
