"""Entries as XML, TEI P5 and TBX-Basic, and what files of entries say in words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import IO, TypeAlias
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from isolex._version import __version__
from isolex.lexicon.words import counted, word_problem
from isolex.reranking.reranked_dictionary import Level, TrustedEntry

LanguageCodes: TypeAlias = tuple[str, str]

UNKNOWN_LANGUAGE = "und"
LANG = "xml:lang"

# xml:lang is an xs:language.
_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# Of what may stand in a lexicon, XML 1.0 forbids these two.
_FORBIDDEN = re.compile("[\ufffe\uffff]")

RIGHTS = (
    "Unpublished. You may use this dictionary as the licences of the vectors and of the seed pairs allow."
)
_TEI_NOTES = (
    "note[@type='certainty'] is the probability that a bilingual dictionary would have the translation. "
    "note[@type='no-translation'] is the probability that none of the candidates is right. "
    "note[@type='evidence'] is the evidence for the first translation, in log-odds. "
    "note[@type='alternatives'] has further candidates, with their probabilities."
)
TEI_ROOT = 'xmlns="http://www.tei-c.org/ns/1.0"'
_TBX_ROOT = f'type="TBX-Basic" style="dca" {LANG}="en" xmlns="urn:iso:std:iso:30042:ed-2"'


def write_tei(entries: Sequence[TrustedEntry], languages: LanguageCodes, stream: IO[str]) -> None:
    """Write TEI P5: an `entry` a source word, in it a `cit` a translation, notes with the probabilities.

    A probability is a note of the type `certainty`, as in the chapter of the Guidelines on certainty. The
    element `certainty` is not in FreeDict's schema, and the attribute `cert` is only high, medium or low.
    """
    words = list(_by_word(entries))
    parts = (_tei_entry(number, word, languages) for number, word in enumerate(words, start=1))
    header = _tei_header(entries, len(words), languages)
    write_document(stream, "TEI", TEI_ROOT, header, parts)


def write_tbx(entries: Sequence[TrustedEntry], languages: LanguageCodes, stream: IO[str]) -> None:
    """Write TBX-Basic, data categories as attributes (DCA): a `conceptEntry` a source word.

    A probability is a note: TBX-Basic has no data category for it, and the reliability code of other dialects
    is a whole number from 1 to 10. ISO 30042:2019, and the TBX-Basic dialect of TBXinfo.
    """
    parts = (_concept(number, word, languages) for number, word in enumerate(_by_word(entries), start=1))
    write_document(stream, "tbx", _TBX_ROOT, _tbx_header(entries, languages), parts)


def is_language(code: str) -> bool:
    """Whether xml:lang can have the value."""
    return _LANGUAGE.fullmatch(code) is not None


def xml_problem(word: str) -> str | None:
    """Why XML cannot hold a word, or None if it can."""
    return word_problem(word) or ("a character that XML forbids" if _FORBIDDEN.search(word) else None)


def evidence_text(entry: TrustedEntry) -> str:
    """As `alignment +2.1, strings -0.3`."""
    return ", ".join(f"{group} {value:+.1f}" for group, value in entry.evidence.items())


def alternatives_text(entry: TrustedEntry) -> str:
    """As `hogar (0.21), edificio (0.05)`."""
    return ", ".join(f"{target} ({confidence:.2f})" for target, confidence in entry.alternatives)


def _tei_header(entries: Sequence[TrustedEntry], words: int, languages: LanguageCodes) -> Element:
    header = Element("teiHeader", {LANG: "en"})
    description = add(header, "fileDesc")
    add(description, "titleStmt/title", title_text(*languages))
    add(description, "extent", counted(words, "headword"))
    add(description, "publicationStmt/p", RIGHTS)
    add(description, "sourceDesc/p", _origin_text(entries))
    add(header, "encodingDesc/projectDesc/p", _TEI_NOTES)
    usage = add(header, "profileDesc/langUsage")
    for code in dict.fromkeys(languages):
        add(usage, "language", code, {"ident": code})
    return header


def _tei_entry(number: int, word: list[TrustedEntry], languages: LanguageCodes) -> Element:
    first = word[0]
    # A number, since few words can be the name that an id has to be.
    entry = Element("entry", {"xml:id": f"e{number}"})
    add(add(entry, "form", attributes={"type": "lemma", LANG: languages[0]}), "orth", first.source)
    sense = add(entry, "sense")
    for one in word:
        translation = add(sense, "cit", attributes={"type": "trans", LANG: languages[1]})
        add(translation, "quote", one.target)
        add(translation, "note", f"{one.confidence:.4f}", {"type": "certainty"})
    for kind, text in _remarks(first).items():
        add(sense, "note", text, {"type": kind.replace(" ", "-")})
    return entry


def _tbx_header(entries: Sequence[TrustedEntry], languages: LanguageCodes) -> Element:
    header = Element("tbxHeader")
    description = add(header, "fileDesc")
    add(description, "titleStmt/title", title_text(*languages))
    add(description, "publicationStmt/p", RIGHTS)
    add(description, "sourceDesc/p", _origin_text(entries))
    return header


def _concept(number: int, word: list[TrustedEntry], languages: LanguageCodes) -> Element:
    first = word[0]
    concept = Element("conceptEntry", {"id": f"c{number}"})
    for text in _remarks(first).values():
        add(concept, "note", text)
    source, target = (add(concept, "langSec", attributes={LANG: code}) for code in languages)
    add(source, "termSec/term", first.source)
    for one in word:
        section = add(target, "termSec")
        add(section, "term", one.target)
        add(section, "note", f"confidence: {one.confidence:.4f}")
    return concept


def _by_word(entries: Iterable[TrustedEntry]) -> Iterator[list[TrustedEntry]]:
    """The entries of each source word."""
    return (list(group) for _, group in groupby(entries, key=attrgetter("source")))


def _remarks(entry: TrustedEntry) -> dict[str, str]:
    """The notes on a word besides its translations, by kind."""
    said = {
        "no translation": f"{entry.no_translation:.4f}",
        "evidence": evidence_text(entry),
        "alternatives": alternatives_text(entry),
    }
    return {kind: f"{kind}: {text}" for kind, text in said.items() if text}


def title_text(source: str, target: str) -> str:
    """The title of a dictionary between two languages."""
    return f"{source}-{target} dictionary"


def _origin_text(entries: Sequence[TrustedEntry]) -> str:
    """Where entries come from, and how many of them are expected to be right."""
    made = f"Made from word vectors by isolex {__version__}, and not checked by a person"
    if not entries:
        return f"{made}: no translations."
    mean = Level.of(0, [entry.confidence for entry in entries]).expected_precision
    count = counted(len(entries), "translation")
    return f"{made}: {count}. By their mean confidence, {mean:.0%} are expected to be right."


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
