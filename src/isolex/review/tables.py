"""Decisions as files: tables for spreadsheets, and glossaries and dictionaries for other programs."""

import csv
import json
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, TypeAlias
from unicodedata import normalize

from isolex.choices import MARKUP_FORMATS
from isolex.errors import FormatError, InputError
from isolex.files import atomic_file
from isolex.lexicon import LexiconLike, as_lexicon
from isolex.names import look_up
from isolex.reranking import RerankedDictionary
from isolex.reranking.entry_files import check_languages
from isolex.reranking.entry_files import format_of as entry_format_of
from isolex.reranking.markup import LanguageCodes, xml_problem
from isolex.review.decisions import Decision, Judgements
from isolex.review.markup import status_text, write_tbx, write_tei
from isolex.review.rows import (
    ACCEPTED,
    COLUMNS,
    CONFIDENCE,
    LEXICON,
    PROPOSED,
    REJECTED,
    DecidedPair,
    rows_of,
    whole_dictionary,
)
from isolex.tables import (
    COMMA,
    SEMICOLON,
    TAB,
    cells_of,
    check_utf8,
    numbered,
    read_lines,
    row_of,
    without_quotes,
)
from isolex.tables.cells import trim

BothVocabularies: TypeAlias = tuple[Container[str], Container[str]]

_REVIEWER = "import"
_EXPECTED = "a table of decisions"
_FIX = f"give a table with the columns {', '.join(COLUMNS)}, as isolex review --export FILE.tsv writes it"


def write_decisions(
    judgements: Judgements,
    path: str | Path,
    *,
    format: str = "tsv",
    languages: tuple[str | None, str | None] = (None, None),
    dictionary: RerankedDictionary | None = None,
    min_confidence: float = 0.5,
    lexicon: LexiconLike | None = None,
) -> int:
    """Write what was decided, atomically, and say how many pairs that is.

    With a dictionary, the file also has the pairs of the lexicon that nobody rejected, marked as `lexicon`,
    and what the dictionary proposes for words that lack a translation then, marked as `proposed`, with
    confidences.

    | format | what is written |
    |---|---|
    | `tsv` | a row a pair: source, target, decision, reviewer, when, comment |
    | `jsonl` | the same, an object a line |
    | `tei` | all but rejected pairs as entries of TEI P5; who decided, and when, as responsibility |
    | `tbx` | TBX (ISO 30042:2008), as Weblate reads it; rejected terms have the status `forbidden` |
    | `omegat` | all but rejected pairs as a glossary of OmegaT: source, target, comment |

    Args:
        judgements: The decisions.
        path: The file; `-` is standard output.
        format: One of the above.
        languages: Codes of the source and the target language (BCP 47), which TEI and TBX hold.
        dictionary: The dictionary that proposes, if the file is to have it.
        min_confidence: The least confidence of a proposed pair.
        lexicon: Pairs that are certain unless somebody rejected them or their weight is 0, such as the seed
            pairs, or a file of them.

    Raises:
        InputError: The format or a language is none, the dictionary has no confidences, or the file cannot be
            written.
    """
    write = look_up(format, _WRITERS, "format of decisions")
    codes = check_languages(format, languages)
    if dictionary is None:
        rows = list(rows_of(judgements))
    else:
        certain = None if lexicon is None else as_lexicon(lexicon)
        rows = whole_dictionary(judgements, dictionary, min_confidence, lexicon=certain)
    if format in MARKUP_FORMATS:
        rows = [row for row in rows if not any(map(xml_problem, (row.source, row.target)))]
    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        return write(rows, codes, stream)


def read_decisions(
    path: str | Path, *, reviewer: str = _REVIEWER, vocabularies: BothVocabularies | None = None
) -> tuple[list[Decision], list[str]]:
    """Decisions out of a table with the columns of `write_decisions`, as spreadsheets give it back.

    Args:
        path: A file with a header, its columns separated by tabs, commas or semicolons, in any order. Only
            source, target and decision are needed.
        reviewer: Who decided, where the table does not say.
        vocabularies: The source and the target words that there are; by default any.

    Returns:
        The decisions, one a word, reviewer, time and remark, and why other rows were refused, a line each.

    Raises:
        FormatError: The file is no such table.
        InputError: It cannot be read.
    """
    lines = read_lines(path, expected=_EXPECTED, fix=_FIX)
    check_utf8(path, lines)
    return parse_decisions(lines, where=path, reviewer=reviewer, vocabularies=vocabularies)


def parse_decisions(
    lines: Sequence[str],
    *,
    where: object,
    reviewer: str = _REVIEWER,
    vocabularies: BothVocabularies | None = None,
) -> tuple[list[Decision], list[str]]:
    """As `read_decisions`, from the lines of a table."""
    content = numbered(lines)
    if not content:
        raise FormatError("is empty", where=where, fix=_FIX)
    separator = max((TAB, SEMICOLON, COMMA), key=lambda one: len(cells_of(one, content[0][1])))
    head, *table = without_quotes(
        [row_of(number, cells_of(separator, line)) for number, line in content], separator
    )
    names = [trim(cell).lower() for cell in head.cells]
    if missing := [column for column in COLUMNS[:3] if column not in names]:
        raise FormatError(f"has no column {' and no column '.join(missing)}", where=where, fix=_FIX)
    said: dict[tuple[str, str], list[_Said]] = {}
    refused = []
    for row in table:
        found = dict.fromkeys(COLUMNS, "") | dict(zip(names, map(trim, row.cells), strict=False))
        found |= {name: _composed(cell, name, vocabularies) for name, cell in found.items()}
        found["decision"], found["when"] = found["decision"].lower(), _time(found["when"])
        # So earlier releases wrote proposals. Whoever decides on one in the table may leave the name there.
        if found["reviewer"] == "isolex" and found.get(CONFIDENCE):
            found["reviewer"] = ""
        if found["decision"] in (LEXICON, PROPOSED):  # nobody has decided on it
            continue
        if problem := _problem(found, vocabularies):
            refused.append(f"row {row.line} {problem}")
            continue
        own = said.setdefault((found["source"], found["reviewer"] or reviewer), [])
        if not any(one.takes(found) for one in own):
            own.append(_Said(row.line, found["when"], found["comment"]))
            own[-1].takes(found)
    decisions = []
    for (source, who), own in said.items():
        for one in own:
            try:
                decisions.append(one.decision(source, who))
            except InputError as error:
                refused.append(f"row {one.row}: {source[:40]!r} is left out: {error.problem}")
    return decisions, refused


def _composed(cell: str, name: str, vocabularies: BothVocabularies | None) -> str:
    """A cell in NFC, unless it is a word that a vocabulary has as it is written."""
    words = dict(zip(COLUMNS[:2], vocabularies or ((), ()), strict=True)).get(name, ())
    return cell if cell in words else normalize("NFC", cell)


@dataclass
class _Said:
    """What the rows of one decision say: those of a word and a reviewer, with one time and one remark."""

    row: int
    when: str
    comment: str
    words: dict[str, dict[str, None]] = field(default_factory=lambda: {ACCEPTED: {}, REJECTED: {}})

    def takes(self, row: dict[str, str]) -> bool:
        """Whether a row belongs to it, which then has its word, too."""
        when, comment = row["when"], row["comment"]
        is_same = (when, comment) == (self.when, self.comment)
        # A row that leaves them out may belong to any.
        is_alike = "" in (when, self.when) and (comment == self.comment or "" in (comment, self.comment))
        if not is_same and not is_alike:
            return False
        self.when, self.comment = self.when or when, self.comment or comment
        self.words[row["decision"]][row["target"]] = None
        return True

    def decision(self, source: str, reviewer: str) -> Decision:
        """All of it."""
        accepted, rejected = (tuple(self.words[verdict]) for verdict in (ACCEPTED, REJECTED))
        return Decision(source, accepted, rejected, reviewer, comment=self.comment, at=self.when)


_NO_TIME = "?"


def _time(cell: str) -> str:
    """A time in UTC, as the log has it; empty if there is none, and `?` before what is none."""
    if not cell:
        return ""
    try:
        found = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", cell))
        found = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
        return found.astimezone(timezone.utc).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return f"{_NO_TIME}{cell}"


def _problem(row: dict[str, str], vocabularies: BothVocabularies | None) -> str:
    """Why a row says nothing; empty if it does."""
    if not row["source"] or not row["target"]:
        return "has no source or no target"
    if row["decision"] not in (ACCEPTED, REJECTED):
        return (
            f"has the decision {row['decision'][:20]!r}, expected {ACCEPTED} or {REJECTED}, "
            f"or {LEXICON} or {PROPOSED}, which are ignored"
        )
    if row["when"].startswith(_NO_TIME):
        return f"has the time {row['when'][1:31]!r}, expected one such as 2026-05-06T07:08:09+00:00, or none"
    if vocabularies is not None and row["source"] not in vocabularies[0]:
        turned = row["source"] in vocabularies[1]
        why = "; it is a word of the target language: exchange source and target" if turned else ""
        return f"has the word {row['source'][:40]!r}, which the vocabulary lacks{why}"
    return ""


_OMEGAT_ENDINGS = (".utf8", ".omegat")


def format_of(path: str | Path) -> str:
    """The format that the end of a file's name stands for; `tsv` if it says nothing.

    Raises:
        InputError: As that of `isolex.reranking.entry_files.format_of`.
    """
    if Path(path).suffix.lower() in _OMEGAT_ENDINGS:
        return "omegat"
    return entry_format_of(path, more=_OMEGAT_ENDINGS)


def _write_tsv(rows: Sequence[DecidedPair], _: LanguageCodes, stream: IO[str]) -> int:
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
    columns = (*COLUMNS, CONFIDENCE) if any(row.confidence is not None for row in rows) else COLUMNS
    writer.writerow(columns)
    cells = ({CONFIDENCE: ""} | row.to_dict() for row in rows)
    writer.writerows([_plain(str(row[column])) for column in columns] for row in cells)
    return len(rows)


def _write_jsonl(rows: Sequence[DecidedPair], _: LanguageCodes, stream: IO[str]) -> int:
    stream.writelines(json.dumps(row.to_dict(), ensure_ascii=False) + "\n" for row in rows)
    return len(rows)


def _write_omegat(rows: Sequence[DecidedPair], _: LanguageCodes, stream: IO[str]) -> int:
    usable = [row for row in rows if row.decision != REJECTED]
    for row in usable:
        remark = _plain(row.comment) if row.decision == ACCEPTED else status_text(row)
        stream.write(f"{row.source}\t{row.target}\t{remark}\n")
    return len(usable)


def _plain(text: str) -> str:
    """A remark without tabs and line ends, on which tables break."""
    return " ".join(text.split()) if any(mark in text for mark in "\t\r\n") else text


_WRITERS: dict[str, Callable[[Sequence[DecidedPair], LanguageCodes, IO[str]], int]] = {
    "tsv": _write_tsv,
    "jsonl": _write_jsonl,
    "tei": write_tei,
    "tbx": write_tbx,
    "omegat": _write_omegat,
}
