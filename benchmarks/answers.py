"""First answers to test words, and whether their confidences tell the truth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from isolex.evaluation import BLIResult
from isolex.lexicon import Lexicon
from isolex.reranking import RerankedDictionary, Reranker
from isolex.reranking.reranker import Unsure

SURE = 0.9
BINS = 10
_TRUTH = ("ece", "brier", "brier_constant", "precision_at_90")


@dataclass(frozen=True, eq=False)
class Answers:
    """The first answer to every test word.

    Attributes:
        words: Test words.
        gold: Right answers of each.
        right: Whether the first answer is one of them, `[n]`.
        copied: Whether the word itself is one of them, `[n]`.
        confidence: Of the first answers, `[n]`; where none could be learnt, what they are ordered by, or nan.
        found: Whether a right answer is among the candidates, `[n]`; None if not reranked.
    """

    words: tuple[str, ...]
    gold: tuple[tuple[str, ...], ...]
    right: Bool[np.ndarray, "n"]
    copied: Bool[np.ndarray, "n"]
    confidence: Float[np.ndarray, "n"]
    found: Bool[np.ndarray, "n"] | None

    @classmethod
    def of(cls, dictionary: RerankedDictionary, result: BLIResult) -> "Answers":
        """Of the test words of a result by protocol `muse`."""
        words = tuple(answer.source for answer in result.answers)
        gold = tuple(answer.gold for answer in result.answers)
        ranker = dictionary.ranker
        asked = replace(dictionary, ranker=ranker.reranker) if isinstance(ranker, Unsure) else dictionary
        first = [found[0] for found in asked.translate(words, k=1)]
        return cls(
            words,
            gold,
            np.array([target in right for (target, _), right in zip(first, gold, strict=True)]),
            np.array([answer.copied for answer in result.answers]),
            np.array([confidence for _, confidence in first]),
            _found(dictionary, words, gold),
        )


def _found(
    dictionary: RerankedDictionary, words: Sequence[str], gold: Sequence[tuple[str, ...]]
) -> Bool[np.ndarray, "n"] | None:
    if not isinstance(dictionary.ranker, Reranker | Unsure):
        return None
    alignment = dictionary.alignment
    asked = Lexicon((word, key) for word, keys in zip(words, gold, strict=True) for key in keys)
    pairs = asked.index(alignment.source, alignment.target).pairs
    candidates = dictionary.ranker.evidence.candidates(np.unique(pairs[:, 0]))
    found = set(candidates.rows[candidates.among(pairs, len(alignment.target))].tolist())
    return np.array([alignment.source.id(word) in found for word in words])


def calibration(answers: Answers, *, learnt: bool) -> dict[str, Any]:
    """How far confidences tell the truth; where none were learnt, only what their order is worth."""
    right, confidence = answers.right, answers.confidence
    if np.isnan(confidence).any():
        return {**dict.fromkeys((*_TRUTH, "auroc")), "answers_at_90": 0, "curve": ()}
    order = np.argsort(-confidence, kind="stable")
    tenths = [right[order[: round(len(order) * part / BINS)]] for part in range(1, BINS + 1)]
    ordered = {
        "auroc": _auroc(confidence, right),
        "curve": tuple(percent(part) for part in tenths if len(part)),
    }
    if not learnt:
        return {**dict.fromkeys(_TRUTH), **ordered, "answers_at_90": 0}
    sure = confidence >= SURE
    return {
        "ece": round(calibration_error(confidence, right), 4),
        "brier": round(float(((confidence - right) ** 2).mean()), 4),
        "brier_constant": round(float(right.mean() * (1 - right.mean())), 4),
        "precision_at_90": percent(right[sure]) if sure.any() else None,
        **ordered,
        "answers_at_90": int(sure.sum()),
    }


def calibration_error(confidence: Float[np.ndarray, "n"], right: Bool[np.ndarray, "n"]) -> float:
    """Mean distance between confidence and share of right answers, over ten bins of equally many answers."""
    order = np.argsort(confidence, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    return float(
        sum(len(part) * abs(confidence[part].mean() - right[part].mean()) for part in bins) / len(order)
    )


def _auroc(confidence: Float[np.ndarray, "n"], right: Bool[np.ndarray, "n"]) -> float | None:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415  (comes with the extra that reranking needs)

    if right.all() or not right.any():
        return None
    return round(float(roc_auc_score(right, confidence)), 4)


def percent(flags: Bool[np.ndarray, "n"]) -> float:
    """The share that is true, in percent, rounded."""
    return round(100 * float(flags.mean()), 2) if flags.size else 0.0
