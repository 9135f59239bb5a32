"""Files of texts: plain lines, TSV and JSON Lines; with labels, or with the documents that answer queries."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from isolex.errors import FormatError, InputError
from isolex.evaluation.set_files import read_set_lines

_LABEL_COLUMNS = ("label", "category", "class", "topic")
_HEADER = ("id", "index_id", "text", *_LABEL_COLUMNS)
_FOUR_COLUMNS = 4  # query, nothing, document, relevance: TREC's layout

Key = TypeVar("Key")


@dataclass(frozen=True)
class Text:
    """A document, query or sentence.

    Attributes:
        id: What it is known by in its collection.
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

    `.jsonl`: one object a line with `text` and, if there is one, `id`. `.tsv`: id and text, or columns named
    in a first line. Any other file: a text a line. Texts without an id are numbered from 1.

    Raises:
        InputError: The file cannot be read.
        FormatError: A line is not of the layout, or an id is there twice.
    """
    lines = read_set_lines(path, "nfc")
    layout = Path(str(path).removesuffix(".gz")).suffix
    if layout == ".jsonl":
        texts = [_of_object(path, number, line) for number, line in lines]
    elif layout == ".tsv":
        texts = [Text(row[0], row[1]) for _, row in _columns(path, lines, (("id", "index_id"), ("text",)))]
    else:
        texts = [Text(str(place), line) for place, (_, line) in enumerate(lines, start=1)]
    _check_unique(path, [text.id for text in texts])
    return texts


def read_labelled(path: str | Path) -> list[LabelledText]:
    """Labelled texts of a TSV file: label and text, or columns named in a first line (`category`, `text`).

    Raises:
        InputError: The file cannot be read.
        FormatError: A line is not of the layout.
    """
    rows = _columns(path, read_set_lines(path, "nfc"), (_LABEL_COLUMNS, ("text",)))
    for number, (label, _) in rows:
        if not label:
            raise FormatError("has no label", where=f"{path}, line {number}")
    return [LabelledText(text, label) for _, (label, text) in rows]


def read_relevance(path: str | Path) -> dict[str, list[str]]:
    """The relevant documents of each query: query and document id a line, or TREC's four columns.

    Lines of relevance 0 are left out.

    Raises:
        InputError: The file cannot be read.
        FormatError: A line is not of the layout.
    """
    relevant: dict[str, dict[str, None]] = {}  # dicts, which keep the order and hold nothing twice
    for number, line in read_set_lines(path, "nfc"):
        columns = line.split()
        if len(columns) not in (2, 3, _FOUR_COLUMNS):
            raise FormatError(
                f"has {len(columns)} columns, expected query and document",
                where=f"{path}, line {number}",
                fix="write: query document, or as TREC: query 0 document relevance",
            )
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
        raise InputError(f"no text has the id {missing[0]!r} ({len(missing)} are missing)", where=where)
    return [place[name] for name in asked]


def _columns(
    path: str | Path, lines: list[tuple[int, str]], wanted: tuple[tuple[str, ...], tuple[str, ...]]
) -> list[tuple[int, tuple[str, str]]]:
    """Two columns of each line: the first two, or those that a first line names so."""
    rows = [(number, line.split("\t")) for number, line in lines]
    names = [name.strip().lower() for name in rows[0][1]]
    chosen = (0, 1)
    if all(name in _HEADER for name in names):
        found = [next((names.index(name) for name in some if name in names), None) for some in wanted]
        if found[0] is None or found[1] is None:
            missing = wanted[found.index(None)][0]
            raise FormatError(f"has no column {missing!r}", where=f"{path}, line {rows[0][0]}")
        chosen, rows = (found[0], found[1]), rows[1:]
        if not rows:
            raise FormatError("holds names of columns and nothing else", where=path)
    for number, row in rows:
        if len(row) <= max(chosen):
            raise FormatError(
                f"has {len(row)} columns, expected {max(chosen) + 1} or more, parted by tabs",
                where=f"{path}, line {number}",
            )
    return [(number, (row[chosen[0]].strip(), row[chosen[1]].strip())) for number, row in rows]


def _of_object(path: str | Path, number: int, line: str) -> Text:
    try:
        data = json.loads(line)
        name, text = data.get("id"), data["text"]
        if not isinstance(text, str):
            raise TypeError(text)  # noqa: TRY301
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise FormatError(
            'is no object with a "text"', where=f"{path}, line {number}", fix='write {"id": …, "text": …}'
        ) from error
    return Text(str(number if name is None else name), text)


def _check_unique(path: str | Path, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise FormatError(f"has the id {name!r} twice", where=path)
        seen.add(name)
