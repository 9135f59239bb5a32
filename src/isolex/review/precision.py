"""How many of the first answers are right, by random words alone, and how well reviewers agree."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, TypeAlias

from isolex.errors import MissingExtraError
from isolex.review.decisions import Judgements, WordJudgement
from isolex.review.proposals import Proposals

# Below it, a difference is taken for one.
_CHANCE = 0.05

ComparisonVerdict: TypeAlias = Literal["better", "worse", "same", "unsure"]


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

    @classmethod
    def over(cls, sample: Iterable["SampledAnswer"]) -> "Precision | None":
        """Of random words whose first answer was judged; None without any."""
        verdicts = [one.right for one in sample if one.right is not None]
        return cls.of(sum(verdicts), len(verdicts)) if verdicts else None

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
    return Precision.over(sampled_answers(proposals, judgements))


@dataclass(frozen=True)
class SampledAnswer:
    """The present first answer to a word that was judged when it came up at random.

    Attributes:
        word: The word.
        answer: The first answer.
        right: Whether it is right; None for one that is new since then, and that nobody judged.
    """

    word: str
    answer: str
    right: bool | None


def sampled_answers(proposals: Proposals, judgements: Judgements) -> Iterator[SampledAnswer]:
    """The first answers to all words that were judged when they came up at random."""
    for word in judgements.words():
        judged, first = _at_random(judgements, word), _first(proposals, word)
        if first is not None and (judged.accepted or judged.rejected):
            yield SampledAnswer(word, first, _is_right(judged, first))


def _first(proposals: Proposals, word: str) -> str | None:
    row = proposals.row(word)
    return None if row is None else proposals.first(row)


def _at_random(judgements: Judgements, word: str) -> WordJudgement:
    """What was said of a word when it came up at random."""
    return WordJudgement.of(one for one in judgements.of(word) if one.kind == "random")


def _is_right(judged: WordJudgement, answer: str) -> bool | None:
    """By the last who judged the answer; None where nobody did."""
    if answer in judged.accepted:
        return True
    return False if answer in judged.rejected else None


@dataclass(frozen=True)
class Comparison:
    """Of the first answers of two generations, by the same random words, which neither learnt from.

    They are the words whose answer by the earlier generation was judged when the later one was fitted, so
    which words they are does not depend on the later one.

    Attributes:
        kept: Words whose answers are both right.
        better: Words whose answer became right.
        worse: Words whose answer became wrong.
        still_wrong: Words whose answers are both wrong.
        unjudged_right: Words whose answer was right, and is another one now that nobody judged.
        unjudged_wrong: Likewise of those whose answer was wrong.
    """

    kept: int = 0
    better: int = 0
    worse: int = 0
    still_wrong: int = 0
    unjudged_right: int = 0
    unjudged_wrong: int = 0

    @classmethod
    def of(
        cls, before: Mapping[str, str], proposals: Proposals, judgements: Judgements
    ) -> "Comparison | None":
        """Of the answers before and what is proposed now; None without words to compare by.

        Args:
            before: By random word, its first answer by the earlier generation.
            proposals: Of the later one.
            judgements: The decisions that hold.
        """
        counts: Counter[tuple[bool, bool | None]] = Counter()
        for word, answer in before.items():
            judged, first = _at_random(judgements, word), _first(proposals, word)
            was_right = _is_right(judged, answer)
            if was_right is not None:  # the decision was not taken back
                counts[was_right, False if first is None else _is_right(judged, first)] += 1
        if not counts:
            return None
        return cls(
            kept=counts[True, True],
            better=counts[False, True],
            worse=counts[True, False],
            still_wrong=counts[False, False],
            unjudged_right=counts[True, None],
            unjudged_wrong=counts[False, None],
        )

    @property
    def right_before(self) -> int:
        """Words whose answer was right."""
        return self.kept + self.worse + self.unjudged_right

    @property
    def right_now(self) -> int:
        """Words whose answer is right, as far as it was judged."""
        return self.kept + self.better

    @property
    def unjudged(self) -> int:
        """Words whose answer nobody judged."""
        return self.unjudged_right + self.unjudged_wrong

    @property
    def words(self) -> int:
        """All of them."""
        return self.right_before + self.better + self.still_wrong + self.unjudged_wrong

    @property
    def verdict(self) -> ComparisonVerdict:
        """`better` or `worse` if a sign test at 5 % says so whatever the unjudged answers are.

        `same` if no answer became right or wrong or is unjudged, and else `unsure`.
        """
        if not (self.better or self.worse or self.unjudged):
            return "same"
        if _is_more(self.better, self.worse + self.unjudged_right):
            return "better"
        return "worse" if _is_more(self.worse, self.better + self.unjudged_wrong) else "unsure"

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "words": self.words,
            "right_before": self.right_before,
            "right_now": self.right_now,
            "better": self.better,
            "worse": self.worse,
            "unjudged": self.unjudged,
            "verdict": self.verdict,
        }


def _is_more(one: int, other: int) -> bool:
    """Whether one count is greater than another, more than by chance (McNemar 1947, exact and two-sided)."""
    from scipy.stats import binomtest  # noqa: PLC0415  (comes with scikit-learn)

    return one > other and bool(binomtest(one, one + other).pvalue < _CHANCE)


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
