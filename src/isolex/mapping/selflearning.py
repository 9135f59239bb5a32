"""Self-learning: solve, induce a dictionary in the shared space, solve again (Artetxe et al. 2017, 2018b)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.mapping.induction import Dictionary, Induction
from isolex.mapping.linear import Procrustes
from isolex.mapping.problem import Mapping, Problem, Solver
from isolex.mapping.seeds import GivenPairs, Seed
from isolex.progress import Rounds


@dataclass(frozen=True)
class SelfLearning:
    """Iterate a solver over the dictionaries that its own maps induce.

    It begins with the pairs of `start`. Each round maps both spaces by `solver`, and the best answers in the
    shared space (`induction`) are the pairs of the next round. The result is the map with the highest
    criterion (the mean cosine of best answers) among the rounds without dropout, or `final` solved on the
    dictionary that this map induces. This loop covers several methods: with a lexicon of 25 pairs or
    identical strings it is VecMap's semi-supervised mode; with `SimilarityDistributions()`, VecMap's
    unsupervised mode; with mutual CSLS pairs and five rounds, MUSE's refinement; with one round and a `final`
    solver, single-step bootstrapping.

    The share of answers that is kept begins at `keep` and is multiplied by `growth` whenever the criterion
    has not risen by `tolerance` for `patience` rounds; when the share is 1, the loop ends instead. A patience
    of 0 makes this an annealing schedule: the share grows in every round, and without dropout the loop ends
    after the first round without gain.

    If the problem has outputs, a second view of the words, the solver is fitted to both views, and only the
    pairs that both views give are used in the next round. The solver's map has to serve both views, as those
    of `Procrustes()` and `VecMap.rotation()` do. `final` uses only the first view.

    With `coarse`, rounds with dropout use only this many most frequent words. As long as the map still
    changes a lot, the other words cost most of the time and contribute little.

    Cost of a round: that of the solver and that of the induction, which is larger.

    Attributes:
        solver: The solver of each round.
        start: The first dictionary.
        induction: How the later dictionaries are induced.
        final: Solver for the last dictionary; None returns the best map itself.
        rounds: Maximum number of rounds; each searches the vocabularies once.
        keep: Share of answers that is kept at first, in (0, 1].
        growth: Factor by which the share grows, over 1.
        patience: Rounds without gain before the share grows, ≥ 0.
        tolerance: Gain of the criterion that counts as a gain.
        coarse: Number of words of each side in rounds with dropout; None for those of the induction.
        seed: Seed of the dropout.
        callback: Called after each round with its row of the trace.

    Raises:
        InputError: Settings out of range, or a start without pairs.

    Examples:
        >>> import torch
        >>> from isolex.mapping import Problem, SelfLearning
        >>> x = torch.nn.functional.normalize(torch.randn(60, 5, generator=torch.Generator().manual_seed(0)))
        >>> seven = torch.arange(7).repeat(2, 1).T
        >>> x_mapped, z_mapped = SelfLearning().solve(Problem(x, x.flip(1), seven)).apply(x, x.flip(1))
        >>> bool(torch.allclose(x_mapped, z_mapped, atol=1e-5))
        True
    """

    solver: Solver = field(default_factory=Procrustes)
    start: Seed = field(default_factory=GivenPairs)
    induction: Induction = field(default_factory=Induction)
    final: Solver | None = None
    rounds: int = 1_000
    keep: float = 1.0
    growth: float = 2.0
    patience: int = 1
    tolerance: float = 1e-6
    coarse: int | None = None
    seed: int = 0
    callback: Callable[[dict[str, Any]], None] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_numbers(self)
        if self.rounds < 1 or self.patience < 0 or not (0 < self.keep <= 1 and 1 < self.growth < math.inf):
            raise InputError(
                f"got rounds {self.rounds}, patience {self.patience}, keep {self.keep} and growth "
                f"{self.growth}; expected rounds ≥ 1, patience ≥ 0, 0 < keep ≤ 1 and growth over 1",
                where="SelfLearning",
            )
        if self.coarse is not None and self.coarse < 1:
            raise InputError(f"got coarse {self.coarse}, expected at least 1 word", where="SelfLearning")

    def solve(self, problem: Problem) -> Mapping:
        """The maps of both sides, with the criterion of each round in the trace."""
        draws, keep, stale, highest = generator(self.seed), self.keep, 0, -math.inf
        trace: list[dict[str, Any]] = []
        pairs = self.start.pairs(problem)
        if pairs.shape[0] == 0:
            raise InputError(
                "found no pair of words to begin with", where="self-learning", fix="give a seed lexicon"
            )
        problem = replace(problem, pairs=pairs, weights=problem.weights if pairs is problem.pairs else None)
        best: _Round | None = None
        loop = Rounds(range(1, self.rounds + 1), "self-learning")
        for number in loop:
            mapping = self.solver.solve(problem.stacked())
            induced = self._induction(keep).between(mapping, problem, keep=keep, generator=draws)
            done = _Round(mapping, induced, keep)
            best = done if best is None or done.beats(best) else best
            row = {"round": number, "criterion": induced.criterion, "keep": keep, "pairs": len(problem.pairs)}
            trace.append(row)
            loop.note(f"criterion {induced.criterion:.4f}, keep {keep:.2f}")
            if self.callback is not None:
                self.callback(row)
            stale = 0 if induced.criterion > highest + self.tolerance else stale + 1
            highest = max(highest, induced.criterion)
            if induced.pairs.shape[0] == 0 or (keep == 1 and stale >= max(self.patience, 1)):
                break
            if keep < 1 and stale >= self.patience:
                before, keep, stale = self._induction(keep), min(1.0, keep * self.growth), 0
                # The criterion of other words is another criterion.
                highest = highest if self._induction(keep) == before else -math.inf
            problem = replace(problem, pairs=induced.pairs, weights=None)
        return self._finish(best, problem, tuple(trace))

    def _induction(self, keep: float) -> Induction:
        return (
            self.induction
            if self.coarse is None or keep == 1
            else replace(self.induction, vocabulary=self.coarse)
        )

    def _finish(self, best: "_Round | None", problem: Problem, trace: tuple[dict[str, Any], ...]) -> Mapping:
        if best is None:
            raise InputError("ended before its first round", where="SelfLearning")
        if self.final is None:
            return replace(best.mapping, trace=trace)
        # A loop that was stopped early has only answers with dropout.
        induced = best.induced if best.keep == 1 else self.induction.between(best.mapping, problem)
        if induced.pairs.shape[0] == 0:
            return replace(best.mapping, trace=trace)
        return replace(self.final.solve(replace(problem, pairs=induced.pairs, weights=None)), trace=trace)


@dataclass(frozen=True, eq=False)
class _Round:
    """A map, the dictionary that it induced, and the share of answers kept in it."""

    mapping: Mapping
    induced: Dictionary
    keep: float

    def beats(self, other: "_Round") -> bool:
        """Rounds without dropout are compared by the criterion; before that, a later round is better."""
        return self.keep < 1 or other.keep < 1 or self.induced.criterion > other.induced.criterion
