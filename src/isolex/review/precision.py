"""How many of the first answers are right, by random words alone, and how well reviewers agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from isolex.errors import MissingExtraError
from isolex.review.decisions import Judgements, WordJudgement
from isolex.review.proposals import Proposals


@dataclass(frozen=True)
class Precision:
    """A share in percent, with its interval.

    Attributes:
        right: Random words whose first answer is right.
        checked: Random words whose first answer was judged.
        percent: Their share.
        low: Lower end of the 95 % interval (Wilson 1927).
        high: Upper end.
    """

    right: int
    checked: int
    percent: float
    low: float
    high: float

    @classmethod
    def of(cls, right: int, checked: int) -> "Precision":
        """Of so many, at least one."""
        from scipy.stats import binomtest  # noqa: PLC0415  (comes with scikit-learn)

        interval = binomtest(right, checked).proportion_ci(0.95, method="wilson")
        return cls(
            right, checked, 100 * right / checked, 100 * float(interval.low), 100 * float(interval.high)
        )

    def to_dict(self) -> dict[str, float]:
        """As plain JSON values."""
        return {
            "percent": round(self.percent, 1),
            "low": round(self.low, 1),
            "high": round(self.high, 1),
            "checked": self.checked,
        }


def warm_up() -> None:
    """Have the packages imported that are needed here, which takes a second when it is done first.

    Raises:
        MissingExtraError: They are not installed.
    """
    try:
        Precision.of(1, 2)
        _between(("", " "), {"": {("", ""): True}, " ": {("", ""): False}})
    except ImportError as error:
        raise MissingExtraError("reviewing", "scikit-learn", "explore") from error


def precision(proposals: Proposals, judgements: Judgements) -> Precision | None:
    """Of the first answers of this generation, by random words, which no generation learnt from.

    A word counts once its present first answer was accepted or rejected when the word came up at random;
    whatever else was said of it changes the dictionary, but not the sample. None without any.
    """
    right = checked = 0
    for word in judgements.words():
        row = proposals.row(word)
        if row is None:
            continue
        judged = WordJudgement.of(one for one in judgements.of(word) if one.kind == "random")
        first = proposals.first(row)
        right += first in judged.accepted
        checked += first in judged.accepted or first in judged.rejected
    return Precision.of(right, checked) if checked else None


@dataclass(frozen=True)
class Agreement:
    """Of two reviewers on the random words whose proposal both judged.

    Attributes:
        reviewers: Their names.
        items: How many proposals both judged.
        kappa: Cohen's κ of accepting the proposal (Cohen 1960); None where it is not defined, since both said
            the same of everything, or there are no such words.
    """

    reviewers: tuple[str, str]
    items: int
    kappa: float | None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        kappa = None if self.kappa is None else round(self.kappa, 3)
        return {"reviewers": list(self.reviewers), "items": self.items, "kappa": kappa}


def agreement(judgements: Judgements) -> list[Agreement]:
    """Of each two reviewers who judged random words, by what each of them holds of a proposal now.

    Random words alone are shown to both without what the other said, and one verdict a proposal is counted:
    further words of a decision follow from it.
    """
    said: dict[str, dict[tuple[str, str], bool]] = {}
    for decision in judgements:
        target = decision.proposal
        if decision.kind == "random" and target in (*decision.accepted, *decision.rejected):
            said.setdefault(decision.reviewer, {})[decision.source, target] = target in decision.accepted
    return [_between((one, other), said) for one, other in combinations(sorted(said), 2)]


def _between(names: tuple[str, str], said: Mapping[str, Mapping[tuple[str, str], bool]]) -> Agreement:
    from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415  (the extra rerank)

    first, second = (said[name] for name in names)
    both = [pair for pair in first if pair in second]
    answers = [first[pair] for pair in both], [second[pair] for pair in both]
    if not both or len({*answers[0], *answers[1]}) == 1:
        return Agreement(names, len(both), None)
    return Agreement(names, len(both), float(cohen_kappa_score(*answers)))
