"""Decisions that come from elsewhere, such as a table: what of them is new, and what they override."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from unicodedata import normalize

from isolex.review.decisions import Decision, Judgements
from isolex.tables.cells import trim


@dataclass(frozen=True)
class Overridden:
    """A pair on which an added decision says the contrary of what held before.

    Attributes:
        source: The source word.
        target: The translation.
        accepted: Whether it was accepted before, or else rejected.
        reviewer: By whom.
    """

    source: str
    target: str
    accepted: bool
    reviewer: str

    def __str__(self) -> str:
        said = "accepted" if self.accepted else "rejected"
        return f"{self.source} → {self.target}, which {self.reviewer} had {said}"

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "source": self.source,
            "target": self.target,
            "accepted": self.accepted,
            "reviewer": self.reviewer,
        }


@dataclass(frozen=True)
class Added:
    """What became of decisions that came from elsewhere.

    Attributes:
        new: How many decisions were added; one decides on all pairs of a word that a reviewer judged at once.
        pairs: How many pairs they accept or reject.
        known: How many pairs their reviewers had decided on in the same way before.
        overridden: Pairs of which the contrary held before.
        unknown: Source words that the vocabulary lacks, whose decisions are left out.
    """

    new: int
    pairs: int = 0
    known: int = 0
    overridden: tuple[Overridden, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass
class Additions:
    """Sorts decisions from elsewhere.

    Attributes:
        judgements: What was decided before.
        has: Whether the vocabulary has a word.
        new: What is to be added.
    """

    judgements: Judgements
    has: Callable[[str], bool]
    new: list[Decision] = field(default_factory=list)
    _known: int = 0
    _overridden: list[Overridden] = field(default_factory=list)
    _unknown: dict[str, None] = field(default_factory=dict)

    def take(self, decision: Decision) -> None:
        """One more, without what its reviewer had said in the same way before."""
        if not self.has(decision.source):
            self._unknown[decision.source] = None
            return
        own = self.judgements.by_reviewer(decision.source).get(decision.reviewer)
        told = self.judgements.of(decision.source)
        if decision.skipped:
            if not any(one.skipped and one.reviewer == decision.reviewer for one in told):
                self.new.append(decision)
            return
        accepted = self._news(decision.accepted, {} if own is None else own.accepted, decision.comment)
        rejected = self._news(decision.rejected, {} if own is None else own.rejected, decision.comment)
        if not accepted and not rejected:
            return
        held = self.judgements.on(decision.source)
        for targets, contrary in ((accepted, held.rejected), (rejected, held.accepted)):
            self._overridden += [
                Overridden(decision.source, target, contrary is held.accepted, contrary[target].reviewer)
                for target in targets
                if target in contrary
            ]
        self.new.append(replace(decision, accepted=accepted, rejected=rejected))

    def added(self) -> Added:
        """What became of all of them."""
        pairs = sum(len(one.accepted) + len(one.rejected) for one in self.new)
        return Added(len(self.new), pairs, self._known, tuple(self._overridden), tuple(self._unknown))

    def _news(self, targets: Iterable[str], said: dict[str, Decision], comment: str) -> tuple[str, ...]:
        """The words that were not said before, with this remark."""
        news = []
        for target in targets:
            if target in said and _plain(comment) in ("", _plain(said[target].comment)):
                self._known += 1
            else:
                news.append(target)
        return tuple(news)


def _plain(comment: str) -> str:
    """A remark as a table gives it back: in one line, composed, without what comes off the ends of cells."""
    line = trim(normalize("NFC", " ".join(comment.split())))
    return trim(line[1:-1]) if len(line) > 1 and line[0] == line[-1] == '"' else line
