"""Retrieval criteria rank the keys of a query; each is a scale and a bias for the same kernel."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.errors import InputError
from isolex.given import check_numbers, whole_number
from isolex.retrieval.kernel import log_sum_exp, mean_top_k, ranks, top_k, top_k_both
from isolex.retrieval.tiles import TopK


@dataclass(frozen=True, eq=False)
class Index:
    """Keys prepared for one criterion, so that they can be searched many times.

    Attributes:
        keys: `[m, d]` unit rows.
        scale: Factor of the cosine.
        bias: `[m]` addends, or None.
        row_term: Function from `[n, d]` queries to the `[n]` term that makes scores of different queries
            comparable; it changes no ranking.
    """

    keys: Float[Tensor, "m d"]
    scale: float = 1.0
    bias: Float[Tensor, "m"] | None = None
    row_term: Callable[[Float[Tensor, "n d"]], Float[Tensor, "n"]] | None = None

    def search(self, queries: Float[Tensor, "n d"], k: int) -> TopK:
        """The best min(k, m) keys of each unit-length query, with the criterion's own scores."""
        found = self.without_row_term(queries, k)
        if self.row_term is None or queries.shape[0] == 0:
            return found
        return TopK(found.indices, found.scores - self.row_term(queries)[:, None])

    def best(self, queries: Float[Tensor, "n d"], k: int) -> Int[Tensor, "n k"]:
        """Only the keys of `search`; without scores, the row term and the pass that it may cost are saved."""
        return self.without_row_term(queries, k).indices

    def without_row_term(self, queries: Float[Tensor, "n d"], k: int) -> TopK:
        """Like `search`, but the scores compare only the keys of the same query."""
        return top_k(queries, self.keys, k, scale=self.scale, bias=self.bias)

    def ranks(self, queries: Float[Tensor, "n d"], targets: Int[Tensor, "n"]) -> Int[Tensor, "n"]:
        """The rank, from 1, of one key for each query among all keys."""
        return ranks(queries, self.keys, targets, scale=self.scale, bias=self.bias)


@runtime_checkable
class Criterion(Protocol):
    """A criterion prepares keys, given the whole vocabulary that the queries come from."""

    def both(self, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], k: int) -> tuple[TopK, TopK]:
        """The best k rows of z for each of x and the other way round, with the criterion's own scores."""
        ...

    def index(self, sources: Float[Tensor, "n d"], keys: Float[Tensor, "m d"]) -> Index:
        """Prepare `[m, d]` keys for queries out of `[n, d]` sources; all rows of unit length."""
        ...


@dataclass(frozen=True)
class NearestNeighbour:
    """Plain cosine: cos(q, z).

    Fast and simple, but hubs (keys that are near everything) take many answers; prefer CSLS.
    """

    def index(self, sources: Float[Tensor, "n d"], keys: Float[Tensor, "m d"]) -> Index:  # noqa: ARG002
        """Prepare `[m, d]` keys; the sources are not needed."""
        return Index(keys)

    def both(self, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], k: int) -> tuple[TopK, TopK]:
        """Both directions, from one pass."""
        return top_k_both(x, z, k)


@dataclass(frozen=True)
class CSLS:
    """Cross-domain similarity local scaling: 2cos(q, z) − r_T(q) − r_S(z) (Conneau et al. 2018).

    r_T(q) is the mean cosine of q with its k nearest keys, r_S(z) that of z with its k nearest sources,
    both over the whole vocabularies. This is the default criterion; it takes away the advantage of hubs.
    Cost: one more pass over all pairs to prepare, and one over all keys for the term of each query.

    Raises:
        InputError: k < 1.
    """

    k: int = 10

    def __post_init__(self) -> None:
        check_numbers(self)
        whole_number(self.k, "k", where="CSLS")

    def index(self, sources: Float[Tensor, "n d"], keys: Float[Tensor, "m d"]) -> Index:
        """Prepare `[m, d]` keys with r_S over the `[n, d]` sources."""
        return self.index_with(keys, mean_top_k(keys, sources, self.k))

    def index_with(self, keys: Float[Tensor, "m d"], neighbourhoods: Float[Tensor, "m"]) -> Index:
        """Prepare `[m, d]` keys whose `[m]` values of r_S are already known."""
        return Index(
            keys,
            scale=2.0,
            bias=-neighbourhoods,
            row_term=partial(mean_top_k, keys=keys, k=self.k),
        )

    def neighbourhoods(
        self, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"]
    ) -> tuple[Float[Tensor, "n"], Float[Tensor, "m"]]:
        """r_T of every x and r_S of every z, from one pass."""
        there, back = top_k_both(x, z, self.k)
        return there.scores.mean(dim=1), back.scores.mean(dim=1)

    def both(self, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], k: int) -> tuple[TopK, TopK]:
        """Both directions, from two passes."""
        return self.both_with(x, z, k, self.neighbourhoods(x, z))

    def both_with(
        self,
        x: Float[Tensor, "n d"],
        z: Float[Tensor, "m d"],
        k: int,
        neighbourhoods: tuple[Float[Tensor, "n"], Float[Tensor, "m"]],
    ) -> tuple[TopK, TopK]:
        """Both directions, from one pass, if the neighbourhoods are already known."""
        r_x, r_z = neighbourhoods
        return top_k_both(x, z, k, scale=2.0, x_bias=-r_x, z_bias=-r_z)


@dataclass(frozen=True)
class InvertedSoftmax:
    """log P(z | q) ∝ β cos(q, z) − log Σ_q' exp(β cos(q', z)) (Smith et al. 2017).

    The softmax runs over the sources, so a key that is near to every source gets a low score for each.
    Scores are log-probabilities over the keys. `temperature` is β; fit it on the seed pairs with `fitted`.

    Raises:
        InputError: The temperature is not positive and finite.
    """

    temperature: float = 30.0

    def __post_init__(self) -> None:
        check_numbers(self)
        if not 0 < self.temperature < math.inf:
            raise InputError(
                f"got temperature {self.temperature}, expected a finite number over 0",
                where="InvertedSoftmax",
            )

    def index(self, sources: Float[Tensor, "n d"], keys: Float[Tensor, "m d"]) -> Index:
        """Prepare `[m, d]` keys with their log-sum-exp over the `[n, d]` sources."""
        beta = self.temperature
        bias = -log_sum_exp(keys, sources, scale=beta)
        return Index(
            keys,
            scale=beta,
            bias=bias,
            row_term=partial(log_sum_exp, keys=keys, scale=beta, bias=bias),
        )

    def both(self, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], k: int) -> tuple[TopK, TopK]:
        """Each direction separately, because each is normalised over its own sources."""
        return self.index(x, z).search(x, k), self.index(z, x).search(z, k)

    @classmethod
    def fitted(
        cls,
        sources: Float[Tensor, "n d"],
        keys: Float[Tensor, "m d"],
        pairs: Int[Tensor, "p 2"],
        *,
        pool: int = 5000,
    ) -> "InvertedSoftmax":
        """The temperature under which the seed pairs are likeliest (Smith et al. 2017, section 2.3).

        Golden-section search over log β between 1 and 300. Like the paper's, the sums run over a sample:
        the first `pool` rows of either side (the most frequent words) and every row in `pairs`.

        Args:
            sources: `[n, d]` unit rows.
            keys: `[m, d]` unit rows.
            pairs: `[p, 2]` ids of translations, p ≥ 1; the first `pool` are used.
            pool: Size of the samples.

        Raises:
            InputError: No pairs to fit on.
        """
        if pairs.shape[0] == 0:
            raise InputError("got no seed pairs to fit the temperature on", where="InvertedSoftmax")
        pairs = pairs[:pool]
        source_pool, source_ids = _pool(sources.shape[0], pool, pairs[:, 0])
        key_pool, key_ids = _pool(keys.shape[0], pool, pairs[:, 1])
        queries, answers = sources[source_pool], keys[key_pool]
        cosines = (queries[source_ids] * answers[key_ids]).sum(dim=1)
        seeds, inverse = source_ids.unique(return_inverse=True)

        def loss(log_beta: float) -> float:
            beta = 10**log_beta
            bias = -log_sum_exp(answers, queries, scale=beta)
            rows = log_sum_exp(queries[seeds], answers, scale=beta, bias=bias)
            return -float((beta * cosines + bias[key_ids] - rows[inverse]).mean())

        return cls(temperature=float(10 ** _golden_section(loss, 0.0, 2.477, steps=14)))


def _pool(size: int, head: int, extra: Int[Tensor, "p"]) -> tuple[Int[Tensor, "s"], Int[Tensor, "p"]]:
    """Ids of the first `head` rows and the extra ones, and where in them the extra ones stand."""
    ids = torch.cat([torch.arange(min(size, head), device=extra.device), extra]).unique()
    return ids, torch.searchsorted(ids, extra.contiguous())


def _golden_section(loss: Callable[[float], float], low: float, high: float, *, steps: int) -> float:
    """Where a unimodal function is least, to (high − low) · 0.618^steps."""
    ratio = (5**0.5 - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(steps):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = loss(right)
    return (low + high) / 2
