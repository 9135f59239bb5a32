"""The card that a training writes beside its vectors, read without torch."""

import json
from pathlib import Path

from isolex.saved import UnsoundError, maybe, record, text

TRAINING_FORMAT = "isolex-training"
_CARD = record(
    {"format": text, "vectors": record({"fingerprint": text}, {"language": maybe(text)})},
)


def training_card(vectors: Path) -> Path:
    """Path of the card of vectors: `en.vec.json` beside `en.vec`."""
    return vectors.with_name(vectors.name + ".json")


def trained_language(vectors: Path, fingerprint: str) -> str | None:
    """The language that the card beside the vectors names; None if there is no card for these vectors."""
    try:
        card = _CARD(json.loads(training_card(vectors).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError, UnsoundError):
        return None  # whatever else stands there is not of these vectors
    known = card["format"] == TRAINING_FORMAT and card["vectors"]["fingerprint"] == fingerprint
    language: str | None = card["vectors"].get("language") if known else None
    return language
