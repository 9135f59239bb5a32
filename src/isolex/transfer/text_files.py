"""Files of texts: plain lines, TSV and JSON Lines; with labels, or with the documents that answer queries."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from isolex.errors import FormatError, InputError
from isolex.evaluation.set_files import read_set_lines
from isolex.lexicon.words import counted
from isolex.tables import TAB, Row, tidy, trim, without_quotes
from isolex.text.json_lines import holds_text, layout_of, text_object

_Lines = Sequence[tuple[int, str]]

_TEXT, _IDS, _LABELS = "text", ("id", "index_id"), ("label", "category", "class", "topic")
_NAMES = {_TEXT, *_IDS, *_LABELS}
_RELEVANCE = "write: query document, or as TREC: query 0 document relevance"
_QUERY, _DOCUMENT = {"query-id", "query_id", "qid"}, {"corpus-id", "corpus_id", "docid", "doc-id", "doc_id"}
_HEADER = re.compile(r"[1-9]\d{0,9} [1-9]\d{0,4}")  # of word2vec text
_FOUR_COLUMNS = 4  # query, nothing, document, relevance: TREC's layout


@dataclass(frozen=True)
class Text:
    """A document, query or sentence.

    Attributes:
        id: Its name in its collection.
        text: The text.
    """

    id: str
    text: str


@dataclass(frozen=True)
class LabelledText:
    """A text and the class it belongs to."""

    text: str
    label: str


def read_texts(path: str | Path) -> list[Text]:
    """The texts of a file, plain or compressed, UTF-8.

    * `.jsonl`: one object a line with `text` and perhaps `id`.
    * `.tsv`: the two columns id and text, or columns that the first line names: `text` and perhaps `id` are
      read. A line counts as names if a cell is `id`, `text` or `label`, or another name of these.
    * Any other file: one text a line.

    Texts are converted to Unicode NFC, without blanks and invisible characters at their ends. Texts without
    an id are numbered from 1.

    Raises:
        InputError: The file cannot be read.
        FormatError: A line has another layout, or an id is repeated.
    """
    lines = _lines(path)
    layout = layout_of(path)
    if layout == ".jsonl":
        texts = [(number, _of_object(path, number, line)) for number, line in lines]
    elif layout == ".tsv":
        rows = enumerate(_columns(path, lines, _IDS), start=1)
        texts = [
            (row.line, Text(str(place) if row.key is None else row.key, row.text)) for place, row in rows
        ]
    else:
        _check_plain(path, lines)
        texts = [
            (number, Text(str(place), tidy(line, "nfc")))
            for place, (number, line) in enumerate(lines, start=1)
        ]
    _check_unique(path, texts)
    return [text for _, text in texts]


def read_labelled(path: str | Path) -> list[LabelledText]:
    """Labelled texts of a TSV file: the two columns label and text, or columns that a first line names.

    The column of labels may be named `label`, `category`, `class` or `topic`; that of texts is `text`.

    Raises:
        InputError: The file cannot be read.
        FormatError: A line is not of the layout.
    """
    texts = []
    for row in _columns(path, _lines(path), _LABELS):
        if row.key is None:
            raise FormatError(
                f"names no column {_LABELS[0]!r} in its first line, and labelled texts need one",
                where=path,
                fix=f"call it {', '.join(_LABELS[:-1])} or {_LABELS[-1]}",
            )
        if not row.key:
            raise FormatError("has no label", where=f"{path}, line {row.line}", fix="mend or remove the line")
        texts.append(LabelledText(row.text, row.key))
    return texts


def read_relevance(path: str | Path) -> dict[str, list[str]]:
    """The relevant documents of each query: query and document id a line, or TREC's four columns.

    Lines of relevance 0 are left out, and so is a first line of names such as query-id and corpus-id.

    Raises:
        InputError: The file cannot be read.
        FormatError: A line is not of the layout.
    """
    relevant: dict[str, dict[str, None]] = {}  # dicts, which keep the order and hold nothing twice
    for number, line in read_set_lines(path, expected="ids of queries and documents", fix=_RELEVANCE):
        columns = [tidy(column, "nfc") for column in line.split()]
        if len(columns) not in (2, 3, _FOUR_COLUMNS):
            raise FormatError(
                f"has {counted(len(columns), 'column')}, expected query and document",
                where=f"{path}, line {number}",
                fix=_RELEVANCE,
            )
        if (
            not relevant
            and columns[0].lower() in _QUERY
            and not _DOCUMENT.isdisjoint(map(str.lower, columns))
        ):
            continue
        document = columns[2] if len(columns) == _FOUR_COLUMNS else columns[1]
        if len(columns) == 2 or columns[-1] != "0":
            relevant.setdefault(columns[0], {})[document] = None
    return {query: list(documents) for query, documents in relevant.items()}


def places(asked: list[str], known: list[Text], *, where: object) -> list[int]:
    """Where texts of given ids stand in a collection.

    Raises:
        InputError: One is not there.
    """
    place = {text.id: number for number, text in enumerate(known)}
    missing = [name for name in asked if name not in place]
    if missing:
        raise InputError(
            f"lacks {len(missing):,} of the {counted(len(asked), 'id')} asked for, such as {missing[0]!r}",
            where=where,
            fix="check the ids, and the order of the files",
        )
    return [place[name] for name in asked]


@dataclass(frozen=True)
class _Row:
    """A line's text, and its id or label; None where the file has no such column."""

    line: int
    key: str | None
    text: str


def _lines(path: str | Path) -> _Lines:
    fix = "give UTF-8 text: a text a line, TSV, or JSON Lines"
    lines = [
        (n, line) for n, line in read_set_lines(path, expected="texts", fix=fix, prose=True) if trim(line)
    ]
    head = [line.split() for _, line in lines[:2]]
    if len(head) > 1 and _HEADER.fullmatch(" ".join(head[0])) and len(head[1]) == int(head[0][1]) + 1:
        raise FormatError("looks like a file of word vectors, expected texts", where=path, fix=fix)
    return lines


def _columns(path: str | Path, lines: _Lines, keys: Sequence[str]) -> list[_Row]:
    """Two columns of each line: those that a first line names so, or the only ones that there are."""
    table = without_quotes([Row(number, TAB.split(line)) for number, line in lines], TAB)
    rows = [(row.line, [tidy(cell, "nfc") for cell in row.cells]) for row in table]
    names = [cell.lower() for cell in rows[0][1]]
    if _NAMES.isdisjoint(names):
        names = [keys[0], _TEXT]
    else:
        _check_header(path, rows.pop(0)[0], names)
        if not rows:
            raise FormatError(
                "holds names of columns and nothing else", where=path, fix="add texts below them"
            )
    for number, row in rows:
        if len(row) != len(names):
            raise FormatError(
                f"has {counted(len(row), 'column')}, expected {len(names)}, by tabs: {', '.join(names)}",
                where=f"{path}, line {number}",
                fix=f"mend it, or name other columns in a first line, such as {keys[0]}<tab>text<tab>source",
            )
    key = next((place for place, name in enumerate(names) if name in keys), None)
    text = names.index(_TEXT)
    return [_Row(number, None if key is None else row[key], row[text]) for number, row in rows]


def _check_plain(path: str | Path, lines: _Lines) -> None:
    """Raise `FormatError` if texts, one a line, are plainly rows of columns or objects."""
    number, first = lines[0]
    names = {name.strip(" \"'").lower() for name in re.split("[\t,;]", first)}
    layout = "columns by tabs, in a file called .tsv" if _TEXT in names and len(names & _NAMES) > 1 else None
    if holds_text(first, field=_TEXT):
        layout = "an object a line, in a file called .jsonl"
    if layout is not None:
        raise FormatError(
            f"begins with {first[:40]!r}, expected one text a line, as the file name says",
            where=f"{path}, line {number}",
            fix=f"give {layout}, or the bare texts",
        )


def _check_header(path: str | Path, number: int, names: Sequence[str]) -> None:
    if _TEXT not in names:
        raise FormatError(
            f"names columns ({', '.join(names)}), but none {_TEXT!r}",
            where=f"{path}, line {number}",
            fix="call the column of texts 'text'; if the line is not a header, write id<tab>text above it",
        )


def _check_unique(path: str | Path, texts: Iterable[tuple[int, Text]]) -> None:
    first: dict[str, int] = {}
    for number, text in texts:
        if text.id in first:
            raise FormatError(
                f"has the id {text.id!r} of line {first[text.id]} again",
                where=f"{path}, line {number}",
                fix="give each text its own id; if these are labels, write label<tab>text above them",
            )
        first[text.id] = number


def _of_object(path: str | Path, number: int, line: str) -> Text:
    data = text_object(line, field=_TEXT, where=f"{path}, line {number}", fix='write {"id": …, "text": …}')
    name = data.get("id")
    return Text(tidy(str(number if name is None else name), "nfc"), tidy(data[_TEXT], "nfc"))
