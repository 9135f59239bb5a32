"""Which word comes next."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from jaxtyping import Int

from isolex.errors import InputError
from isolex.review.decisions import Decision, ItemKind, Judgements
from isolex.review.headwords import is_headword
from isolex.review.proposals import Proposals

MIX: Mapping[ItemKind, float] = MappingProxyType({"informative": 0.6, "sure": 0.3, "random": 0.1})
# Two judge the same random words, so that it can be told how well they agree.
_JUDGES = 2


@dataclass(eq=False)
class Queue:
    """Words in the order in which they are worth deciding on, mixed of several kinds.

    The most informative words, p (1 − p) × log frequency, teach the most. The surest make the dictionary
    grow. Random ones are never learnt from, so that the share of them that is right estimates that of all. So
    that they stay a fair sample, a tenth of the words is reserved for them, and never comes up otherwise.
    Signs, numbers and pieces of words (`is_headword`) do not come up at all.

    Attributes:
        proposals: Of the present generation.
        judgements: What was decided. The queue looks at it anew for each word.
        known: Source words that have seed pairs, which nobody is asked about.
        mix: The share of each kind.
        seed: Of the order of random words, which stays the same from generation to generation.
        reserved: Ids of the words that come up at random only.

    Raises:
        InputError: Shares that are negative, or none above 0.
    """

    proposals: Proposals
    judgements: Judgements
    known: frozenset[str] = frozenset()
    mix: Mapping[ItemKind, float] = field(default_factory=lambda: MIX)
    seed: int = 0

    def __post_init__(self) -> None:
        if not any(self.mix.values()) or min(self.mix.values()) < 0:
            raise InputError(f"got the mix {dict(self.mix)}, expected shares, one above 0", where="review")
        share = self.mix.get("random", 0.0) / sum(self.mix.values())
        drawn = reserved_rows(len(self.proposals.best), share=share, seed=self.seed)
        self.reserved = frozenset(drawn.tolist())
        orders: dict[ItemKind, Callable[[], np.ndarray]] = {
            "informative": self.proposals.by_information,
            "sure": self.proposals.by_confidence,
            "random": lambda: drawn,
        }
        self._orders = {kind: orders[kind]() for kind, share in self.mix.items() if share}
        self._source = self.proposals.dictionary.alignment.source
        self._language = self._source.language
        # Words before these places are decided on or known, and stay so within a generation.
        self._begin = dict.fromkeys(self._orders, 0)

    def next(self, reviewer: str, *, taken: frozenset[str] = frozenset()) -> tuple[int, ItemKind] | None:
        """The next word of a reviewer as a source id, and how it came up; None where nothing is left.

        Args:
            reviewer: The name of the reviewer.
            taken: Words that are before others now.
        """
        given = self.judgements.kinds
        # The kind that is farthest behind its share comes first.
        behind = sorted(self._orders, key=lambda kind: (given[kind] + 1) / self.mix[kind])
        for kind in behind:
            row = next(self._open(kind, reviewer, taken), None)
            if row is not None:
                return row, kind
        return None

    def reopen(self) -> None:
        """Look at all words again, after a decision was undone."""
        self._begin = dict.fromkeys(self._orders, 0)

    def _open(self, kind: ItemKind, reviewer: str, taken: frozenset[str]) -> Iterator[int]:
        """Ids of the words of a kind that a reviewer may get, in order."""
        order, leading = self._orders[kind], True
        words = self._source.words
        for place in range(self._begin[kind], len(order)):
            row = int(order[place])
            word, first = words[row], self.proposals.first(row)
            decisions = self.judgements.of(word)
            news = _is_news(first, kind, decisions)
            unasked = word in self.known or first is None or not is_headword(word, self._language)
            # A sign as the first answer teaches nobody, but is one of those whose precision is asked for.
            if kind != "random":
                unasked = unasked or row in self.reserved or not _has_letter(first or "")
            closed = unasked or (not news and _is_settled(kind, decisions))
            leading = leading and closed
            if leading:
                self._begin[kind] = place + 1
            if closed or word in taken:
                continue
            if news or all(decision.reviewer != reviewer for decision in decisions):
                yield row


def reserved_rows(words: int, *, share: float = MIX["random"], seed: int = 0) -> Int[np.ndarray, "n"]:
    """Ids of the words that come up at random only, in the order in which they do.

    Args:
        words: Of the vocabulary.
        share: Of them.
        seed: Of the order.
    """
    drawn: np.ndarray = np.random.default_rng(seed).permutation(words)[: math.ceil(share * words)]
    return drawn


def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))


def _is_settled(kind: ItemKind, decisions: tuple[Decision, ...]) -> bool:
    """Whether enough reviewers decided on a word."""
    said = [decision for decision in decisions if not decision.skipped]
    if kind == "random":
        # What else was said of the word must not take it out of the sample.
        return len({decision.reviewer for decision in said if decision.kind == "random"}) >= _JUDGES
    return bool(said)


def _is_news(first: str | None, kind: ItemKind, decisions: tuple[Decision, ...]) -> bool:
    """Whether a word has a first answer that nobody judged, and that is worth asking about.

    It is for a word without any right translation so far; and for random words, of whose first answers as
    many as possible are to be judged.
    """
    said = [decision for decision in decisions if not decision.skipped]
    judged = {
        word for decision in said for word in (*decision.accepted, *decision.rejected, decision.proposal)
    }
    if not said or first in judged:
        return False
    if kind == "random":
        return all(decision.kind == "random" for decision in said)
    return not any(decision.accepted for decision in said)
