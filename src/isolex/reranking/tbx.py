"""Dictionaries as termbases: TBX-Basic of ISO 30042:2019."""

from collections.abc import Sequence
from typing import IO
from xml.etree.ElementTree import Element

from isolex.reranking.dictionary import TrustedEntry
from isolex.reranking.markup import LANG, Languages, add, by_word, write_document
from isolex.reranking.wording import RIGHTS, origin_text, remarks, title_text

_ROOT = f'type="TBX-Basic" style="dca" {LANG}="en" xmlns="urn:iso:std:iso:30042:ed-2"'


def write_tbx(entries: Sequence[TrustedEntry], languages: Languages, stream: IO[str]) -> None:
    """Write TBX-Basic, data categories as attributes (DCA): a `conceptEntry` a source word.

    A probability is a note: TBX-Basic has no data category for it, and the reliability code of other dialects
    is a whole number from 1 to 10. ISO 30042:2019, and the TBX-Basic dialect of TBXinfo.
    """
    parts = (_concept(number, word, languages) for number, word in enumerate(by_word(entries), start=1))
    write_document(stream, "tbx", _ROOT, _header(entries, languages), parts)


def _header(entries: Sequence[TrustedEntry], languages: Languages) -> Element:
    header = Element("tbxHeader")
    description = add(header, "fileDesc")
    add(description, "titleStmt/title", title_text(*languages))
    add(description, "publicationStmt/p", RIGHTS)
    add(description, "sourceDesc/p", origin_text(entries))
    return header


def _concept(number: int, word: list[TrustedEntry], languages: Languages) -> Element:
    first = word[0]
    concept = Element("conceptEntry", {"id": f"c{number}"})
    for text in remarks(first).values():
        add(concept, "note", text)
    source, target = (add(concept, "langSec", attributes={LANG: code}) for code in languages)
    add(source, "termSec/term", first.source)
    for one in word:
        section = add(target, "termSec")
        add(section, "term", one.target)
        add(section, "note", f"confidence: {one.confidence:.4f}")
    return concept
