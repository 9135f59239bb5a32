"""Files of entries with confidences: tables, and the XML of dictionaries and of termbases."""

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from isolex.choices import MARKUP_FORMATS
from isolex.errors import InputError
from isolex.files import atomic_file
from isolex.lexicon.words import holdable, word_problem
from isolex.lexicon.writing import NOT_WRITTEN, SPREADSHEETS
from isolex.names import look_up
from isolex.reranking.markup import (
    UNKNOWN_LANGUAGE,
    LanguageCodes,
    alternatives_text,
    evidence_text,
    is_language,
    write_tbx,
    write_tei,
    xml_problem,
)
from isolex.reranking.reranked_dictionary import TrustedEntry

_COLUMNS = ("source", "target", "confidence", "no_translation", "evidence", "alternatives")

# The endings that messages name.
_NAMED_ENDINGS = (".tsv", ".jsonl", ".tei", ".tbx")
_ENDINGS = {".tei": "tei", ".tei.xml": "tei", ".tbx": "tbx", ".tbx.xml": "tbx", ".jsonl": "jsonl"}


def write_entries(
    entries: Sequence[TrustedEntry],
    path: str | Path,
    *,
    format: str | None = None,
    languages: tuple[str | None, str | None] = (None, None),
) -> list[TrustedEntry]:
    """Write entries, those of one source word next to each other, atomically.

    | format | an entry is |
    |---|---|
    | `tsv` | a row below a header; evidence and alternatives are text for people |
    | `jsonl` | an object a line |
    | `tei` | part of the `entry` of its word, in TEI P5 as FreeDict has it |
    | `tbx` | part of the `conceptEntry` of its word, in TBX-Basic (ISO 30042:2019) |

    Args:
        entries: From `RerankedDictionary.entries` or `one_to_one_entries`.
        path: The file.
        format: One of the above; by default as the file's name ends, else `tsv`.
        languages: Codes of the source and the target language (BCP 47), which TEI and TBX hold.

    Returns:
        The entries that were written.

    Raises:
        InputError: The entries have no confidences, the format is unknown, a language code is invalid, or the
            file cannot be written.

    Warns:
        IsolexWarning: Entries are left out because no file of the format can hold their words.
    """
    format = format_of(path) if format is None else format
    write = look_up(format, _WRITERS, "dictionary format")
    codes = check_languages(format, languages)
    if any(math.isnan(entry.confidence) for entry in entries):
        raise InputError(
            "the entries have no confidences", where=path, fix="write alignment.induce() instead"
        )
    usable = _usable(entries, xml_problem if format in MARKUP_FORMATS else word_problem)
    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        write(usable, codes, stream)
    return usable


def format_of(path: str | Path, *, more: tuple[str, ...] = ()) -> str:
    """The format for the ending of a file's name; `tsv` for any other ending.

    Args:
        path: The file.
        more: Further endings that the message names, of formats that the caller knows.

    Raises:
        InputError: The ending is XML of no certain kind, or belongs to a format that isolex does not write.
    """
    name = Path(path).name.lower()
    ending = Path(name).suffix
    if ending in (*NOT_WRITTEN, ".csv"):
        *others, last = (*_NAMED_ENDINGS, *more)
        fix = f"use {', '.join(others)} or {last}"
        if ending in (*SPREADSHEETS, ".csv"):
            fix += "; spreadsheets open .tsv"
        raise InputError(f"dictionaries are not written as {ending}", where=path, fix=fix)
    if name.endswith(".xml") and not name.endswith(tuple(_ENDINGS)):
        raise InputError("its name does not tell TEI from TBX", where=path, fix="give the format, tei or tbx")
    return next((_ENDINGS[ending] for ending in _ENDINGS if name.endswith(ending)), "tsv")


def check_languages(format: str, languages: tuple[str | None, str | None]) -> LanguageCodes:
    """The codes that a format is written with, `und` where one is not known.

    Raises:
        InputError: XML does not accept a code, or the two codes are the same, which TBX does not allow.
    """
    source, target = (language or UNKNOWN_LANGUAGE for language in languages)
    for side, code in (("source", source), ("target", target)):
        if format in MARKUP_FORMATS and not is_language(code):
            raise InputError(
                f"got {side} language {code!r}, expected a code such as en or zh-Hant",
                fix=f"give it by --{side}-language",
            )
    if format == "tbx" and source == target:
        got = "no language codes" if source == UNKNOWN_LANGUAGE else f"{source!r} as both languages"
        raise InputError(
            f"got {got}, expected two: TBX holds terms by language",
            fix="give them by --source-language and --target-language",
        )
    return source, target


def _usable(entries: Sequence[TrustedEntry], problem: Callable[[str], str | None]) -> list[TrustedEntry]:
    """The entries whose words the file can hold, with such alternatives."""
    return [
        replace(entry, alternatives=tuple(pair for pair in entry.alternatives if not problem(pair[0])))
        for entry in holdable(
            entries, lambda entry: (entry.source, entry.target), problem=problem, holder="the file cannot"
        )
    ]


def _write_tsv(entries: Sequence[TrustedEntry], languages: LanguageCodes, stream: IO[str]) -> None:  # noqa: ARG001
    # These hold no tabs and no line ends, so nothing is quoted: a quotation mark is a word like any other.
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
    writer.writerow(_COLUMNS)
    for entry in entries:
        probabilities = (f"{entry.confidence:.4f}", f"{entry.no_translation:.4f}")
        writer.writerow(
            (entry.source, entry.target, *probabilities, evidence_text(entry), alternatives_text(entry))
        )


def _write_jsonl(entries: Sequence[TrustedEntry], languages: LanguageCodes, stream: IO[str]) -> None:  # noqa: ARG001
    for entry in entries:
        stream.write(json.dumps(entry.to_dict(), ensure_ascii=False) + "\n")


_WRITERS: dict[str, Callable[[Sequence[TrustedEntry], LanguageCodes, IO[str]], None]] = {
    "tsv": _write_tsv,
    "jsonl": _write_jsonl,
    "tei": write_tei,
    "tbx": write_tbx,
}
