"""What notebooks show of an alignment and of a space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from isolex.hypertext import interval, number, percent, short, snippet

if TYPE_CHECKING:
    from isolex.alignment.alignment import Alignment
    from isolex.alignment.space import Space
    from isolex.vectors import Vectors

_SENTENCE = 300
_SAMPLES, _ANSWERS = 4, 3
# Shorter words, and the most frequent ones, are mostly function words: their translations tell little.
_LETTERS = 4
_MOST_FREQUENT, _FREQUENT = 200, 1000
_SOME = 12


def alignment_html(alignment: Alignment) -> str:
    """Languages, words, method, verdict and estimate; a few translations where they cost next to nothing."""
    card = alignment.card
    sides = [(alignment.source, "source"), (alignment.target, "target")]
    names = [short(vectors.language or side) for vectors, side in sides]
    rows = {
        "Words": " → ".join(number(len(vectors)) for vectors, _ in sides),
        "Method": short(card.method),
        "Seed pairs": number(len(alignment.seeds)),
        "Status": _status(card.status, card.reason),
        "Estimate": _estimate(card.scores.get("estimate")),
    }
    return snippet(
        f"Alignment {names[0]} → {names[1]}", rows, ("Word", "Translations"), _translations(alignment)
    )


def space_html(space: Space) -> str:
    """The languages with their words and verdicts."""
    card, some = space.card, space.languages[:_SOME]
    rows = {
        "Languages": number(len(space)),
        "Pairs with a lexicon or a verdict": number(len(card.pairs)),
        "Method": short(card.method),
    }
    body = []
    for code in some:
        known = card.languages.get(code)
        body.append(
            [short(code), number(known and known.vectors.words), short(known.status if known else "–")]
        )
    if len(some) < len(space):
        body.append([f"… {number(len(space) - len(some))} more", "", ""])
    return snippet("Space of many languages", rows, ("Language", "Words", "Status"), body)


def _status(status: str, reason: str) -> str:
    return f"<b>{short(status)}</b>: {short(reason, _SENTENCE)}"


def _estimate(found: Any) -> str:
    """The answers that are probably right; what was loaded may hold anything here."""
    if not isinstance(found, Mapping) or not isinstance(found.get("p@1"), int | float):
        return ""
    ends = found.get("interval")
    around = interval(ends) if isinstance(ends, list | tuple) else ""
    more = f" ({number(found.get('level'))} % interval {around})" if around else ""
    return f"about {percent(found['p@1'])} of the answers to frequent words are right{more}"


def _translations(alignment: Alignment) -> list[list[str]]:
    """Of a few frequent words, if all that a search needs has been made."""
    if alignment.known_neighbourhoods is None or not all(side.has_rows for side in alignment.sides):
        return []
    words = _samples(alignment.source)
    found = alignment.translate(words, k=_ANSWERS)
    return [
        [short(word), ", ".join(short(answer) for answer, _ in answers)]
        for word, answers in zip(words, found, strict=True)
    ]


def _samples(vectors: Vectors) -> list[str]:
    for words in (vectors.words[_MOST_FREQUENT:_FREQUENT], vectors.words[:_FREQUENT]):
        long = [word for word in words if len(word) >= _LETTERS]
        if len(long) >= _SAMPLES:
            return long[:_SAMPLES]
    return list(vectors.words[:_SAMPLES])
