"""Lexicon files, written whole or not at all."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from isolex.errors import InputError
from isolex.files import atomic_file
from isolex.lexicon.formats import is_header

NOT_WRITTEN = (".gz", ".bz2", ".xz", ".zst", ".zip", ".json")


def write_pairs(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None, path: str | Path) -> None:
    """Write pairs, and weights if there are any, in the format that the ending of `path` names.

    Raises:
        InputError: The ending names a format that is not written, or the place cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in NOT_WRITTEN:
        raise InputError(
            f"{ending} lexicons are read or known but not written", where=path, fix="use .tsv, .csv or .jsonl"
        )
    encode = {".csv": _csv, ".jsonl": _jsonl}.get(ending, _tsv)
    with atomic_file(path) as temporary:
        temporary.write_text(encode(pairs, weights), encoding="utf-8", newline="\n")


def _tsv(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None) -> str:
    rows = _rows(pairs, weights)
    # Without a header other programs take the file as it is, so it stands only where its lack would mislead.
    if weights is None and pairs and not is_header(pairs[0]) and not pairs[0][0].startswith("\ufeff"):
        rows = rows[1:]
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def _csv(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None) -> str:
    text = io.StringIO()
    # Quoted words cannot be taken for a remark, a header or a delimiter.
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(_rows(pairs, weights))
    return text.getvalue()


def _jsonl(pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None) -> str:
    names, *rows = _rows(pairs, weights)
    objects = (dict(zip(names, row, strict=True)) for row in rows)
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in objects)


def _rows(
    pairs: Sequence[tuple[str, str]], weights: Sequence[float] | None
) -> list[tuple[str, str] | tuple[str, str, float | str]]:
    if weights is None:
        return [("source", "target"), *pairs]
    weighted = ((s, t, weight) for (s, t), weight in zip(pairs, weights, strict=True))
    return [("source", "target", "weight"), *weighted]
