"""Choose the number of steps of a descent on held-out seed words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Bool
from torch import Tensor

from isolex.arrays import generator
from isolex.mapping.problem import Mapping, Problem, Trace
from isolex.retrieval import CSLS

_VOCABULARY = 20_000
_MIN_HELD_OUT = 20
_PATIENCE = 3


@dataclass(frozen=True)
class Validation:
    """Seed words that are held out to choose the number of steps of a descent.

    Attributes:
        share: Share of the seed words that is held out.
        seed: Seed of the hold-out.
        k: Number of neighbours of CSLS.
    """

    share: float
    seed: int
    k: int = 10

    def steps(
        self,
        descend: Callable[[Problem, int, Trace], Iterator[Mapping]],
        problem: Problem,
        most: int,
        trace: Trace,
    ) -> int:
        """The number of steps with the best mean reciprocal rank on held-out pairs, beyond noise.

        Three steps without gain end the search. If fewer than 20 words would be held out, the result is
        `most`.

        Args:
            descend: Function that yields the maps after 0, 1, … steps; each adds a row to the trace.
            problem: Spaces and seed pairs.
            most: Maximum number of steps.
            trace: List for the rows of the search, each with the score of the held-out words.
        """
        held_out = self._held_out(problem) if most else None
        if held_out is None:
            return most
        pairs = problem.pairs[held_out]
        pairs = pairs[(pairs < _VOCABULARY).all(dim=1)]
        if pairs.shape[0] < _MIN_HELD_OUT:
            return most
        baseline, best, best_gain = None, 0, 0.0
        for step, mapping in enumerate(descend(problem.restricted(~held_out), most, trace)):
            x, z = mapping.apply(problem.x[:_VOCABULARY], problem.z[:_VOCABULARY])
            reciprocal = 1 / CSLS(self.k).index(x, z).ranks(x[pairs[:, 0]], pairs[:, 1]).double()
            baseline = reciprocal if baseline is None else baseline
            gain = reciprocal - baseline
            if float(gain.mean()) > max(best_gain, float(gain.std()) / pairs.shape[0] ** 0.5):
                best, best_gain = step, float(gain.mean())
            trace[-1]["held_out_mrr"] = float(reciprocal.mean())
            if step - best == _PATIENCE:
                break
        return best

    def _held_out(self, problem: Problem) -> Bool[Tensor, "p"] | None:
        """Which pairs to validate on, all pairs of a source word together; None if too few."""
        words = problem.pairs[:, 0].unique()
        count = int(self.share * words.numel())
        if count < _MIN_HELD_OUT:
            return None
        order = torch.randperm(words.numel(), generator=generator(self.seed)).to(words.device)
        return torch.isin(problem.pairs[:, 0], words[order[:count]])
