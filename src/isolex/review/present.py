"""The generation whose proposals people decide on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from isolex.review.decisions import Judgements
from isolex.review.log import Generation
from isolex.review.proposals import Proposals
from isolex.review.queues import Queue

LEVELS = (0.9, 0.7, 0.5)


@dataclass(eq=False)
class Present:
    """The present generation, and what ranks the whole vocabulary, and so is made when it is asked for.

    Attributes:
        generation: The generation.
        proposals: What it proposes.
        judgements: The decisions that hold.
        known: Source words of the lexicon.
        seed: Of the order of random words.
        before: By random word, what the generation before answered first, to compare the two by.
    """

    generation: Generation
    proposals: Proposals
    judgements: Judgements
    known: frozenset[str]
    seed: int
    before: Mapping[str, str]

    @cached_property
    def queue(self) -> Queue:
        """The words that are still to be decided on."""
        return Queue(self.proposals, self.judgements, self.known, seed=self.seed)

    @cached_property
    def levels(self) -> tuple[tuple[float, int, float | None], ...]:
        """See `Progress.levels`."""
        learnt = self.proposals.dictionary.learnt
        return tuple(_level(self.proposals, least) for least in LEVELS) if learnt else ()

    def make(self) -> None:
        """Make it now."""
        _ = self.queue, self.levels


def _level(proposals: Proposals, least: float) -> tuple[float, int, float | None]:
    reached = proposals.best[proposals.best >= least]
    return least, len(reached), round(100 * float(np.mean(reached)), 1) if len(reached) else None
