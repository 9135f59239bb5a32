"""How an alignment is: its verdict, its hubs, its accuracy by frequency, and seed pairs that look wrong."""

from collections.abc import Iterable, Iterator
from typing import Any

import torch

from isolex.alignment import Alignment
from isolex.diagnosis import Diagnosis, Hubness, SpaceHealth, diagnose, suspect_rank
from isolex.diagnosis.findings import BANDS, VOCABULARY
from isolex.judging import FEW_WORDS
from isolex.lexicon.words import counted
from isolex.review.suspects import ENOUGH_SEEDS

_TOP = 10
_SUSPECTS = 50
# Below these, more text or more pairs are worth advice; the diagnosis has the same in its own words.
_SMALL_VOCABULARY = 5_000
_POOR_PERCENT = 10.0
_LOST = 0.1
_MEASURED_LEVEL = 95


def health_of(alignment: Alignment) -> dict[str, Any]:
    """All of it, as plain JSON values. Cost: that of `diagnose`, which is about a minute."""
    seeds = alignment.seeds if len(alignment.seeds) else None
    found = diagnose(alignment.source, alignment.target, seeds, alignment=alignment, device="cpu")
    card = alignment.card
    return {
        "status": card.status,
        "reason": card.reason,
        "reasons": list(card.reasons),
        "estimate": _estimate(card.scores.get("estimate")),
        "hubs": {
            name: _hubs(found.hubness[name], alignment) for name in ("nn", "csls") if name in found.hubness
        },
        "frequency": list(_by_frequency(found, len(alignment.source))),
        "vocabulary": VOCABULARY,
        "suspects": list(_suspects(found)),
        "few_seeds": found.lexicon is not None and found.lexicon.words < ENOUGH_SEEDS,
        "advice": list(_advice(found)),
        "details": [f"{one.say}: {one.because}." for one in found.advice],
        "spaces": [
            {"language": side.language, "words": len(side), "notes": _notes(own)}
            for side, own in zip((alignment.source, alignment.target), found.health, strict=True)
        ],
    }


def _estimate(found: object) -> dict[str, Any] | None:
    """How many first answers are right, as the verdict estimated it; None where it did not."""
    if not isinstance(found, dict):
        return None
    low, high = found["interval"]
    # By restarts the level is lower, since nothing tells what is right.
    measured = found["level"] == _MEASURED_LEVEL
    return {
        "percent": found["p@1"],
        "low": low,
        "high": high,
        "level": found["level"] / 100,
        "measured": measured,
    }


def _advice(found: Diagnosis) -> Iterator[str]:
    """What people can do who know the languages, and need not know the methods."""
    pairs = found.lexicon
    if pairs is None:
        yield (
            "Give isolex a small training dictionary when you align. Even 25 pairs help, and without any, "
            "nobody can be sure how good the translations are."
        )
    elif pairs.found <= _LOST * pairs.pairs:
        yield (
            f"Check the training dictionary: isolex knows both words of only {pairs.found:,} of its "
            f"{counted(pairs.pairs, 'pair')}. It may be of other languages, the other way round, or in other "
            "letter case."
        )
    elif pairs.words < FEW_WORDS:
        yield (
            f"Add pairs to the training dictionary. It has {counted(pairs.words, 'word')} that isolex knows. "
            f"With {FEW_WORDS} or more, isolex can test itself and learn more."
        )
    if pairs is not None and pairs.ranked is not None and any(_suspects(found)):
        yield "Look through the training pairs below that look wrong. Remove those that are."
    words = min(one.words for one in found.health)
    if words < _SMALL_VOCABULARY:
        yield (
            f"Use more text, or keep more words. The smaller vocabulary has {counted(words, 'word')}, so it "
            "lacks the translations of many words."
        )
    elif found.expectation is not None and found.expectation.percent < _POOR_PERCENT:
        yield ("Use more text for the language that has less. No setting makes up for too little text.")
    for side, own in zip((found.source, found.target), found.health, strict=True):
        if own.zero_rows or own.duplicate_rows:
            name = "one language" if side.language is None else side.language
            yield (
                f"Check the vectors of {name}. Words without a vector: {own.zero_rows:,}. Words with the "
                f"vector of another word: {own.duplicate_rows:,}."
            )


def _hubs(found: Hubness, alignment: Alignment) -> dict[str, Any]:
    words = alignment.target.words
    return {
        "share": round(found.robin_hood, 4),
        "top": [{"word": words[key], "count": count} for key, count in found.top(_TOP)],
    }


def _by_frequency(found: Diagnosis, words: int) -> Iterable[dict[str, Any]]:
    if found.lexicon is None or found.lexicon.ranked is None:
        return
    last = min(words, VOCABULARY)
    ends = [*(end for end in BANDS if end < last), last]
    for low, high in zip([0, *ends], ends, strict=False):
        right = found.lexicon.ranked.precision(lowest=low, highest=high)
        if right.words:
            yield {"from": low + 1, "to": high, "words": right.words, "percent": round(right.percent, 1)}


def _suspects(found: Diagnosis) -> Iterable[dict[str, Any]]:
    if found.lexicon is None or found.lexicon.ranked is None:
        return
    ranked = found.lexicon.ranked
    # The diagnosis leaves out words without a vector, and its ids are of the others.
    source, target = found.source.words, found.target.words
    rank = suspect_rank(min(VOCABULARY, len(source), len(target)))
    for place in ranked.suspects(_SUSPECTS, rank=rank).tolist():
        row, key = ranked.pairs[place].tolist()
        yield {
            "source": source[row],
            "target": target[key],
            "rank": int(torch.minimum(ranked.forward[place], ranked.backward[place])),
            "answers": [target[answer] for answer in ranked.answers[place].tolist()],
        }


def _notes(found: SpaceHealth) -> list[str]:
    """What is worth knowing of one space, a sentence each."""
    notes = [f"The vectors have {found.dimension:,} numbers each."]
    scripts = ", ".join(f"{script} {share:.0f} %" for script, share in list(found.scripts.items())[:3])
    if scripts:
        notes.append(f"The words are written in: {scripts}.")
    if found.zero_rows:
        notes.append(f"{_have(found.zero_rows)} no vector, since theirs is zero.")
    if found.duplicate_rows:
        notes.append(f"{_have(found.duplicate_rows)} the same vector as another one.")
    return notes


def _have(words: int) -> str:
    return f"{counted(words, 'word')} {'has' if words == 1 else 'have'}"
