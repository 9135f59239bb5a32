"""How far reviewing is, and whether something is being learnt."""

from dataclasses import dataclass
from typing import Any

from isolex.review.learner import Learning
from isolex.review.log import Generation
from isolex.review.precision import Comparison, Precision


@dataclass(frozen=True)
class Progress:
    """How far reviewing is.

    Attributes:
        reviewers: How many people decided; all other figures are of all of them.
        decided: Decisions that hold, without skipped words.
        accepted: Of them, those with a right translation.
        skipped: Words that were skipped.
        per_minute: The pace of the last decisions; None before there are five.
        precision: Of the present dictionary's first answers; None before a random word was judged.
        unjudged: Random words that the precision leaves out, since their first answer is new.
        comparison: Of the present dictionary with the one before; None where nothing can be compared.
        levels: Confidence, entries that reach it, and how many percent of them are to be right, by their mean
            confidence. None without confidences.
        learning: Whether the next generation is being fitted, or the last fit failed or was interrupted.
        learning_seconds: For how many whole seconds it has been fitted; None if it is not being fitted.
        told: Why it failed.
        since: Decisions since those that the present generation learnt from.
        generation: The present one.
        every: After so many decisions the next one is fitted.
    """

    reviewers: int
    decided: int
    accepted: int
    skipped: int
    per_minute: float | None
    precision: Precision | None
    unjudged: int
    comparison: Comparison | None
    levels: tuple[tuple[float, int, float | None], ...]
    learning: Learning
    learning_seconds: int | None
    told: str
    since: int
    generation: Generation
    every: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "reviewers": self.reviewers,
            "decided": self.decided,
            "accepted": self.accepted,
            "rejected": self.decided - self.accepted,
            "skipped": self.skipped,
            "per_minute": None if self.per_minute is None else round(self.per_minute, 1),
            "precision": None if self.precision is None else self.precision.to_dict(),
            "unjudged": self.unjudged,
            "comparison": None if self.comparison is None else self.comparison.to_dict(),
            "levels": [
                {"confidence": level, "entries": entries, "percent": percent}
                for level, entries, percent in self.levels
            ],
            "every": self.every,
            **learning_told(self.learning, self.learning_seconds, self.told, self.since, self.generation),
        }


def learning_told(
    learning: Learning, seconds: int | None, told: str, since: int, generation: Generation
) -> dict[str, Any]:
    """Whether something is being learnt, and what was, as plain JSON values."""
    return {
        "learning": learning,
        "learning_seconds": seconds,
        "told": told,
        "since": since,
        "generation": generation.number,
        "changed": list(generation.changed),
    }
