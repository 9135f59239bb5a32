"""Decisions as XML: TEI P5 and TBX."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import IO
from xml.etree.ElementTree import Element

from isolex._version import __version__
from isolex.lexicon.words import counted
from isolex.reranking.markup import (
    LANG,
    RIGHTS,
    TEI_ROOT,
    LanguageCodes,
    add,
    title_text,
    write_document,
)
from isolex.review.rows import ACCEPTED, LEXICON, PROPOSED, REJECTED, DecidedPair

_MARTIF_ROOT = f'type="TBX" {LANG}="en"'
# What Weblate and the Translate Toolkit read as a term that is not to be used, and as a note that they show.
_FORBIDDEN = "forbidden"
_SHOWN = {"from": "translator"}
# Of what may stand in a remark, XML 1.0 has no way to say these.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_tei(rows: Sequence[DecidedPair], languages: LanguageCodes, stream: IO[str]) -> int:
    """Write TEI P5: an `entry` a source word with accepted pairs, in it a `cit` a translation.

    The header names the reviewers, and each translation refers by `resp` to the one who accepted it.
    """
    usable = [_sayable(row) for row in rows if row.decision != REJECTED]
    names = {row.reviewer for row in usable if row.decision == ACCEPTED}
    who = {name: f"r{number}" for number, name in enumerate(sorted(names), 1)}
    words = _by_word(usable)
    parts = (_entry(number, word, languages, who) for number, word in enumerate(words, start=1))
    write_document(stream, "TEI", TEI_ROOT, _tei_header(usable, languages, who), parts)
    return len(usable)


def status_text(row: DecidedPair) -> str:
    """Where a pair comes from, for people."""
    if row.decision == LEXICON:
        return "from the lexicon"
    if row.decision == PROPOSED:
        return f"proposed by isolex, confidence {row.confidence:.2f}"
    return " ".join(filter(None, (row.decision, "by", row.reviewer, row.when)))


def write_tbx(rows: Sequence[DecidedPair], languages: LanguageCodes, stream: IO[str]) -> int:
    """Write TBX of ISO 30042:2008: a `termEntry` a pair; the status of rejected terms forbids their use.

    Weblate reads no later TBX, and in most releases takes one translation and one status from an entry.
    """
    header = Element("martifHeader")
    description = add(header, "fileDesc")
    add(description, "titleStmt/title", title_text(*languages))
    add(description, "publicationStmt/p", RIGHTS)
    add(description, "sourceDesc/p", _origin(rows))
    parts = (_term_entry(_sayable(row), languages) for row in rows)
    write_document(stream, "martif", _MARTIF_ROOT, header, parts)
    return len(rows)


def _tei_header(rows: Sequence[DecidedPair], languages: LanguageCodes, who: dict[str, str]) -> Element:
    header = Element("teiHeader", {LANG: "en"})
    description = add(header, "fileDesc")
    title = add(description, "titleStmt")
    add(title, "title", title_text(*languages))
    for name, place in who.items():
        statement = add(title, "respStmt")
        add(statement, "resp", "accepted translations")
        add(statement, "name", name, {"xml:id": place})
    add(description, "extent", counted(len({row.source for row in rows}), "headword"))
    add(description, "publicationStmt/p", RIGHTS)
    add(description, "sourceDesc/p", _origin(rows))
    usage = add(header, "profileDesc/langUsage")
    for code in dict.fromkeys(languages):
        add(usage, "language", code, {"ident": code})
    return header


def _entry(number: int, word: list[DecidedPair], languages: LanguageCodes, who: dict[str, str]) -> Element:
    entry = Element("entry", {"xml:id": f"e{number}"})
    add(add(entry, "form", attributes={"type": "lemma", LANG: languages[0]}), "orth", word[0].source)
    sense = add(entry, "sense")
    for row in word:
        responsible = {"resp": f"#{who[row.reviewer]}"} if row.decision == ACCEPTED else {}
        translation = add(sense, "cit", attributes={"type": "trans", LANG: languages[1]} | responsible)
        add(translation, "quote", row.target)
        if row.decision == PROPOSED:
            add(translation, "note", f"{row.confidence:.4f}", {"type": "certainty"})
        elif row.decision == LEXICON:
            add(translation, "note", status_text(row), {"type": "decision"})
        else:
            decided = add(translation, "note", "accepted ", {"type": "decision"} | responsible)
            add(decided, "date", row.when, {"when": row.when})
        if row.comment:
            add(translation, "note", row.comment, {"type": "comment"} | responsible)
    return entry


def _term_entry(row: DecidedPair, languages: LanguageCodes) -> Element:
    # The same in every file, so that programs know a pair again.
    name = sha256(f"{row.source}\t{row.target}".encode()).hexdigest()[:16]
    entry = Element("termEntry", {"id": f"p{name}"})
    source, target = (add(entry, "langSet", attributes={LANG: code}) for code in languages)
    add(source, "tig/term", row.source)
    group = add(target, "tig")
    add(group, "term", row.target)
    if row.decision == REJECTED:
        add(group, "termNote", _FORBIDDEN, {"type": "administrativeStatus"})
    for remark in filter(None, (row.comment, status_text(row))):
        add(group, "note", remark, _SHOWN)
    return entry


def _sayable(row: DecidedPair) -> DecidedPair:
    """A row whose remarks XML can hold."""
    reviewer, when, comment = (_UNSAYABLE.sub("", text) for text in (row.reviewer, row.when, row.comment))
    return replace(row, reviewer=reviewer, when=when, comment=comment)


def _by_word(rows: Sequence[DecidedPair]) -> Iterator[list[DecidedPair]]:
    return (list(group) for _, group in groupby(rows, key=attrgetter("source")))


def _origin(rows: Sequence[DecidedPair]) -> str:
    made = f"Induced from word vectors by isolex {__version__}"
    if any(row.decision in (ACCEPTED, REJECTED) for row in rows):
        made += ", and decided on by people"
    given = sum(row.decision == LEXICON for row in rows)
    return f"{made}: {counted(len(rows), 'pair')}" + (
        f", {given:,} of them from the lexicon." if given else "."
    )
