"""Pairs of the lexicon that look wrong, and those that somebody asks to have looked at."""

from collections.abc import Collection, Iterator
from functools import cached_property

import torch

from isolex.alignment import Alignment, AlignmentLike, as_alignment
from isolex.diagnosis import held_out_pairs, suspect_rank
from isolex.diagnosis.findings import frequent
from isolex.errors import InputError
from isolex.mapping import Problem, VecMap
from isolex.review.decisions import Judgements
from isolex.review.log import DecisionLog

_MOST = 200
_FEWEST_WORDS = 20
ENOUGH_SEEDS = 200


class Suspects:
    """The queue of seed pairs in doubt: those that were asked for, then those that look wrong.

    Args:
        base: The alignment with the seed pairs.
        log: Where it is kept what was asked for.
        judgements: What was decided. It is looked at anew for each pair.
    """

    def __init__(self, base: Alignment, log: DecisionLog, judgements: Judgements) -> None:
        self._base, self._log, self._judgements = base, log, judgements

    @cached_property
    def found(self) -> list[tuple[str, str]]:
        """Those that look wrong, worst first. Looking takes a minute the first time."""
        return suspect_pairs(self._base)

    def ask(self, source: str, target: str) -> None:
        """Have a pair looked at, whatever was said of it before.

        Raises:
            InputError: The lexicon has no such pair.
        """
        if (source, target) not in self._base.seeds:
            raise InputError(
                f"got {source!r} and {target!r}, which are no pair of the lexicon", where="review"
            )
        self._log.ask(source, target)

    def next(self, taken: Collection[str]) -> tuple[str, str] | None:
        """The first pair that nobody answered, and whose word is before nobody; None if there is none."""
        return next((pair for pair in self._open() if pair[0] not in taken), None)

    def _open(self) -> Iterator[tuple[str, str]]:
        for asked in self._log.asked():
            if not self._answered(asked.source, asked.target, after=asked.after):
                yield asked.source, asked.target
        for source, target in self.found:
            if not self._answered(source, target):
                yield source, target

    def _answered(self, source: str, target: str, *, after: int = 0) -> bool:
        return any(
            target in (*decision.accepted, *decision.rejected, decision.proposal)
            for decision in self._judgements.of(source)
            if decision.event > after
        )


def suspect_pairs(alignment: AlignmentLike) -> list[tuple[str, str]]:
    """Seed pairs that an alignment without their words puts behind a tenth of the vocabulary both ways.

    Worst first. None with fewer than 20 seed words, which tell too little; with fewer than 200 most of the
    pairs are right. Cost: that of `held_out_pairs`.
    """
    alignment = as_alignment(alignment, device="cpu")
    source, target = alignment.sides
    found = alignment.seeds.index(source.vectors, target.vectors)
    rows = source.normalized().cpu(), target.normalized().cpu()
    problem = frequent(Problem(*rows, torch.from_numpy(found.pairs)))
    if problem.pairs[:, 0].unique().numel() < _FEWEST_WORDS:
        return []
    ranked = held_out_pairs(VecMap(), problem)
    words = source.vectors.words, target.vectors.words
    places = ranked.suspects(_MOST, rank=suspect_rank(min(map(len, (problem.x, problem.z)))))
    pairs = ranked.pairs[places].tolist()
    return [(words[0][row], words[1][key]) for row, key in pairs]
