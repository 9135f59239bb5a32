"""What people decided about words, and what follows where they decided more than once."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from isolex.errors import InputError
from isolex.lexicon.words import word_problem
from isolex.tables import is_utf8

ItemKind: TypeAlias = Literal["informative", "sure", "random", "suspect", "own"]
KINDS: tuple[ItemKind, ...] = ("informative", "sure", "random", "suspect", "own")
"""How a word came before a reviewer; `own` is what a reviewer asked for, or brought in a table."""


@dataclass(frozen=True)
class Decision:
    """What one reviewer said of one source word.

    Attributes:
        source: The word.
        accepted: Its right translations, out of the candidates or typed.
        rejected: Candidates that are no translations. If `accepted` is empty, too, the word was skipped.
        reviewer: Name of the reviewer.
        kind: How the word came up.
        proposal: The first candidate that was shown; None if there was none.
        comment: A remark.
        at: When, in UTC, as ISO 8601 has it.
        event: Its number in the log; 0 before it is there.

    Raises:
        InputError: A word that no dictionary can hold, one that is both accepted and rejected, or a remark
            that is no UTF-8.
    """

    source: str
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    reviewer: str = ""
    kind: ItemKind = "own"
    proposal: str | None = None
    comment: str = ""
    at: str = ""
    event: int = 0

    def __post_init__(self) -> None:
        for word in (self.source, *self.accepted, *self.rejected):
            if problem := word_problem(word):
                raise InputError(f"got {word[:40]!r} as a word, which has {problem}", where="review")
        if both := set(self.accepted) & set(self.rejected):
            raise InputError(f"got {min(both)[:40]!r} both as accepted and as rejected", where="review")
        for what in ("reviewer", "comment"):
            if not is_utf8(getattr(self, what)):
                raise InputError(f"the {what} has invalid UTF-8", where="review")

    @property
    def skipped(self) -> bool:
        """Whether nothing was said."""
        return not self.accepted and not self.rejected

    def to_dict(self) -> dict[str, Any]:
        """The attributes as plain JSON values."""
        return asdict(self) | {"accepted": list(self.accepted), "rejected": list(self.rejected)}


@dataclass(frozen=True)
class Contradiction:
    """A pair of the lexicon that a reviewer rejected, or one that another reviewer had accepted.

    Attributes:
        source: The source word.
        target: The translation.
        decision: The one that holds, and rejects or accepts it.
        against: Who else said the contrary: a reviewer, or `lexicon`.
    """

    source: str
    target: str
    decision: Decision
    against: str


class Judgements:
    """All decisions that hold, by source word. The last word on a pair counts, whoever has it.

    It may be read while others decide.

    Args:
        decisions: In the order in which they were made.

    Attributes:
        kinds: How many decisions there are of each kind.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._of: defaultdict[str, list[Decision]] = defaultdict(list)
        self.kinds: Counter[ItemKind] = Counter()
        for decision in decisions:
            self.add(decision)

    def __iter__(self) -> Iterator[Decision]:
        every = (decision for own in list(self._of.values()) for decision in own)
        return iter(sorted(every, key=lambda decision: decision.event))

    def __len__(self) -> int:
        return sum(map(len, list(self._of.values())))

    def add(self, decision: Decision) -> None:
        """Take one more into account."""
        self._of[decision.source].append(decision)
        self.kinds[decision.kind] += 1

    def drop(self, decision: Decision) -> None:
        """Take one back; one that is not there changes nothing."""
        own = self._of.get(decision.source, [])
        if decision in own:
            own.remove(decision)
            self.kinds[decision.kind] -= 1

    def of(self, source: str) -> tuple[Decision, ...]:
        """The decisions on a word, skipped ones among them."""
        return tuple(self._of.get(source, ()))

    def on(self, source: str) -> "WordJudgement":
        """What holds for a word."""
        return WordJudgement.of(self._of.get(source, ()))

    def by_reviewer(self, source: str) -> dict[str, "WordJudgement"]:
        """What each reviewer holds of a word now, whatever they said before, and whatever others say."""
        own: dict[str, list[Decision]] = {}
        for decision in self.of(source):
            own.setdefault(decision.reviewer, []).append(decision)
        return {reviewer: WordJudgement.of(decisions) for reviewer, decisions in own.items()}

    def words(self) -> list[str]:
        """Source words that somebody decided on or skipped."""
        return [word for word, own in list(self._of.items()) if own]

    def accepted(self, *, without: ItemKind | None = None) -> list[tuple[str, str]]:
        """Pairs that hold, without those of words that came up in one way."""
        return [(word, target) for word, judged in self._judged(without) for target in judged.accepted]

    def rejected(self, *, without: ItemKind | None = None) -> list[tuple[str, str]]:
        """Pairs that do not hold, likewise."""
        return [(word, target) for word, judged in self._judged(without) for target in judged.rejected]

    def contradictions(self, lexicon: Container[tuple[str, str]] = ()) -> list[Contradiction]:
        """Where what holds contradicts the lexicon, or what another reviewer says now."""
        found = []
        for word, judged in self._judged(None):
            held = self.by_reviewer(word)
            for target, last in (judged.accepted | judged.rejected).items():
                wrong = target in judged.rejected
                if wrong and (word, target) in lexicon:
                    found.append(Contradiction(word, target, last, "lexicon"))
                found += [
                    Contradiction(word, target, last, reviewer)
                    for reviewer, own in held.items()
                    if reviewer != last.reviewer and target in (own.accepted if wrong else own.rejected)
                ]
        return found

    def _judged(self, without: ItemKind | None) -> Iterator[tuple[str, "WordJudgement"]]:
        for word, own in list(self._of.items()):
            if without is None or all(decision.kind != without for decision in own):
                yield word, WordJudgement.of(own)


@dataclass(frozen=True)
class WordJudgement:
    """What holds for one source word.

    Attributes:
        accepted: By translation, the decision that accepted it last.
        rejected: By candidate, the decision that rejected it last.
    """

    accepted: dict[str, Decision]
    rejected: dict[str, Decision]

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> "WordJudgement":
        """Of the decisions on the word, in their order."""
        last: dict[str, tuple[bool, Decision]] = {}
        for decision in decisions:
            last.update(dict.fromkeys(decision.rejected, (False, decision)))
            last.update(dict.fromkeys(decision.accepted, (True, decision)))
        return cls(
            {target: decision for target, (right, decision) in last.items() if right},
            {target: decision for target, (right, decision) in last.items() if not right},
        )
