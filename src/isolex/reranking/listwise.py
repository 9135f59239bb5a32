"""A model that weighs the candidates of a word against each other, on top of one that judges each alone."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from isolex.arrays import generator
from isolex.reranking.odds import StandardScale

_HIDDEN = 16
# Of the mean over words, and of the sum, so that few words move the weights little. With fewer words than the
# last number the penalty grows further: what 50 words teach makes more answers wrong than right.
_PENALTY, _PENALTY_OF_SUM, _MANY_WORDS = 0.01, 20.0, 500
_ROUNDS = 60
_FIRST_WEIGHTS = 0.1
_DIGITS = 8


@dataclass(frozen=True, eq=False)
class ListwiseModel:
    """P(t is right | one of the list is) = softmax over the list of s(t), s(t) = w · f + u · relu(A f).

    f holds the standardised features of a candidate and the log-odds that it has by itself. Fitted by the
    likelihood of the right ones among all candidates of each word that has some (Cao et al. 2007), with
    a penalty that keeps s near the log-odds, so that where lists tell little, or are few, little changes.

    Attributes:
        scale: Of the features.
        linear: w, `[f + 1]`.
        hidden: A, `[f + 1, h]`.
        outer: u, `[h]`.

    References:
        McFadden 1974, Conditional logit analysis of qualitative choice behavior; Cao et al. 2007, Learning to
        rank: from pairwise approach to listwise approach (ListNet).
    """

    scale: StandardScale
    linear: Float[Tensor, "g"]
    hidden: Float[Tensor, "g h"]
    outer: Float[Tensor, "h"]

    @classmethod
    def fit(
        cls,
        values: Float[np.ndarray, "p f"],
        odds: Float[np.ndarray, "p"],
        rows: Int[np.ndarray, "p"],
        right: Bool[np.ndarray, "p"],
        *,
        seed: int,
    ) -> "ListwiseModel":
        """From the candidates of seed words.

        Args:
            values: Their features.
            odds: Log-odds by a model that has not seen the words.
            rows: Their words.
            right: Whether they are right.
            seed: Of the first weights.
        """
        scale = StandardScale.of(values)
        given = _inputs(values, odds, scale)
        start = torch.zeros(given.shape[1])
        start[-1] = 1.0
        draws = generator(seed)
        weights = [
            start.clone(),
            _FIRST_WEIGHTS * torch.randn(given.shape[1], _HIDDEN, generator=draws),
            torch.zeros(_HIDDEN),
        ]
        lists = _Lists.of(rows, right)
        if bool(lists.answered.any()):
            _descend(weights, given, lists)
        return cls(scale, *weights)

    def scores(
        self, values: Float[np.ndarray, "p f"], odds: Float[np.ndarray, "p"]
    ) -> Float[np.ndarray, "p"]:
        """The score of candidates, by their features and log-odds."""
        given = _inputs(values, odds, self.scale).double()
        scores = _scores(given, [self.linear.double(), self.hidden.double(), self.outer.double()])
        # What stands beside a candidate must not change the last bits of its score.
        made: np.ndarray = scores.numpy().round(_DIGITS)
        return made


def _inputs(
    values: Float[np.ndarray, "p f"], odds: Float[np.ndarray, "p"], scale: StandardScale
) -> Float[Tensor, "p g"]:
    return torch.from_numpy(np.column_stack([scale.apply(values), odds]).astype(np.float32))


def _scores(given: Float[Tensor, "p g"], weights: list[Tensor]) -> Float[Tensor, "p"]:
    linear, hidden, outer = weights
    return given @ linear + torch.relu(given @ hidden) @ outer


@dataclass(frozen=True, eq=False)
class _Lists:
    """Candidates by their words.

    Attributes:
        place: The list of each candidate, `[p]`.
        right: Whether it is right.
        answered: Whether a list has a right candidate, `[w]`.
    """

    place: Int[Tensor, "p"]
    right: Bool[Tensor, "p"]
    answered: Bool[Tensor, "w"]

    @classmethod
    def of(cls, rows: Int[np.ndarray, "p"], right: Bool[np.ndarray, "p"]) -> "_Lists":
        words, place = np.unique(rows, return_inverse=True)
        answered = np.zeros(len(words), dtype=bool)
        answered[place[right]] = True
        return cls(*map(torch.from_numpy, (place, right, answered)))

    def negative_log_likelihood(self, scores: Float[Tensor, "p"]) -> Float[Tensor, ""]:
        """Mean −log of the share that the right candidates of a list have."""
        nothing = torch.zeros(self.answered.shape)
        highest = (nothing - torch.inf).scatter_reduce(0, self.place, scores.detach(), "amax")
        parts = torch.exp(scores - highest[self.place])
        every = nothing.index_add(0, self.place, parts)[self.answered]
        right = nothing.index_add(0, self.place[self.right], parts[self.right])[self.answered]
        mean: Tensor = -torch.log(right.clamp_min(torch.finfo(parts.dtype).tiny) / every).mean()
        return mean


def _descend(weights: list[Tensor], given: Float[Tensor, "p g"], lists: _Lists) -> None:
    """Maximise the likelihood, with the penalty, in place."""
    start = weights[0].clone()
    for each in weights:
        each.requires_grad_()
    words = int(lists.answered.sum())
    weight = max(_PENALTY, _PENALTY_OF_SUM / words * max(1.0, _MANY_WORDS / words))
    lbfgs = torch.optim.LBFGS(weights, max_iter=_ROUNDS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        lbfgs.zero_grad()
        with torch.enable_grad():
            changes = [weights[0] - start, *weights[1:]]
            penalty = torch.stack([each.square().sum() for each in changes]).sum()
            value = lists.negative_log_likelihood(_scores(given, weights)) + weight * penalty
            value.backward()
        return value.detach()

    lbfgs.step(loss)
    for each in weights:
        each.requires_grad = False
