"""The XML that TEI and TBX share: which words and languages it holds, and how a document is written."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import IO, TypeAlias
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from isolex.lexicon.words import word_problem
from isolex.reranking.dictionary import TrustedEntry

Languages: TypeAlias = tuple[str, str]

UNKNOWN_LANGUAGE = "und"
LANG = "xml:lang"

# xml:lang is an xs:language.
_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# Of what may stand in a lexicon, XML 1.0 forbids these two.
_FORBIDDEN = re.compile("[\ufffe\uffff]")


def is_language(code: str) -> bool:
    """Whether xml:lang can have the value."""
    return _LANGUAGE.fullmatch(code) is not None


def xml_problem(word: str) -> str | None:
    """Why XML cannot hold a word, or None if it can."""
    return word_problem(word) or ("a character that XML forbids" if _FORBIDDEN.search(word) else None)


def by_word(entries: Iterable[TrustedEntry]) -> Iterator[list[TrustedEntry]]:
    """The entries of each source word."""
    return (list(group) for _, group in groupby(entries, key=attrgetter("source")))


def add(
    parent: Element, path: str, text: str | None = None, attributes: dict[str, str] | None = None
) -> Element:
    """Add elements inside each other, as `sourceDesc/p`; the innermost has the text and the attributes."""
    *outer, tag = path.split("/")
    for name in outer:
        parent = SubElement(parent, name)
    made = SubElement(parent, tag, attributes or {})
    made.text = text
    return made


def write_document(
    stream: IO[str], root: str, attributes: str, header: Element, parts: Iterable[Element]
) -> None:
    """Write a document: its header, and a text whose body has the parts, of which one is in memory at a time.

    The attributes give the root its name space, which holds for all that is in it.
    """
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {attributes}>\n')
    _write(stream, header, level=1)
    stream.write(" <text>\n  <body>\n")
    for part in parts:
        _write(stream, part, level=3)
    stream.write(f"  </body>\n </text>\n</{root}>\n")


def _write(stream: IO[str], element: Element, *, level: int) -> None:
    indent(element, " ", level)
    stream.write(f"{' ' * level}{tostring(element, encoding='unicode')}\n")
