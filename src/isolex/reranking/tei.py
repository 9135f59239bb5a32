"""Dictionaries as TEI P5, in the way of the FreeDict project."""

from collections.abc import Sequence
from typing import IO
from xml.etree.ElementTree import Element

from isolex.lexicon.words import counted
from isolex.reranking.dictionary import TrustedEntry
from isolex.reranking.markup import LANG, Languages, add, by_word, write_document
from isolex.reranking.wording import RIGHTS, origin_text, remarks, title_text

_NOTES = (
    "note[@type='certainty'] is the probability that a bilingual dictionary would have the translation, and "
    "note[@type='no-translation'] that none of the candidates is right; note[@type='evidence'] is what spoke "
    "for the first translation, in log-odds; note[@type='alternatives'] has further candidates, with their "
    "probabilities."
)


def write_tei(entries: Sequence[TrustedEntry], languages: Languages, stream: IO[str]) -> None:
    """Write TEI P5: an `entry` a source word, in it a `cit` a translation, notes with the probabilities.

    A probability is a note of the type `certainty`, as the chapter of the Guidelines on certainty has it. Its
    element of that name is not in FreeDict's schema, and `cert` is but high, medium or low.
    """
    words = list(by_word(entries))
    parts = (_entry(number, word, languages) for number, word in enumerate(words, start=1))
    header = _header(entries, len(words), languages)
    write_document(stream, "TEI", 'xmlns="http://www.tei-c.org/ns/1.0"', header, parts)


def _header(entries: Sequence[TrustedEntry], words: int, languages: Languages) -> Element:
    header = Element("teiHeader", {LANG: "en"})
    description = add(header, "fileDesc")
    add(description, "titleStmt/title", title_text(*languages))
    add(description, "extent", counted(words, "headword"))
    add(description, "publicationStmt/p", RIGHTS)
    add(description, "sourceDesc/p", origin_text(entries))
    add(header, "encodingDesc/projectDesc/p", _NOTES)
    usage = add(header, "profileDesc/langUsage")
    for code in dict.fromkeys(languages):
        add(usage, "language", code, {"ident": code})
    return header


def _entry(number: int, word: list[TrustedEntry], languages: Languages) -> Element:
    first = word[0]
    # A number, since few words can be the name that an id has to be.
    entry = Element("entry", {"xml:id": f"e{number}"})
    add(add(entry, "form", attributes={"type": "lemma", LANG: languages[0]}), "orth", first.source)
    sense = add(entry, "sense")
    for one in word:
        translation = add(sense, "cit", attributes={"type": "trans", LANG: languages[1]})
        add(translation, "quote", one.target)
        add(translation, "note", f"{one.confidence:.4f}", {"type": "certainty"})
    for kind, text in remarks(first).items():
        add(sense, "note", text, {"type": kind.replace(" ", "-")})
    return entry
