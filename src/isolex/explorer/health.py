"""How an alignment is: its verdict, its hubs, its accuracy by frequency, and seed pairs that look wrong."""

from collections.abc import Iterable
from typing import Any

import torch

from isolex.alignment import Alignment
from isolex.diagnosis import Diagnosis, Hubness, SpaceHealth, diagnose
from isolex.diagnosis.findings import BANDS, VOCABULARY
from isolex.lexicon.words import counted

_TOP = 10
_SUSPECTS = 50


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
        "suspects": list(_suspects(found)),
        "advice": [{"text": f"{one.say}: {one.because}"} for one in found.advice],
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
    return {"percent": found["p@1"], "low": low, "high": high, "level": found["level"] / 100}


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
    for place in ranked.suspects(_SUSPECTS).tolist():
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
