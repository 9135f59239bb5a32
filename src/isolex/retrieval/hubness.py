"""Hubness: how unevenly the answers of a search are spread over its keys."""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.errors import InputError
from isolex.retrieval.criteria import Index

_HUB = 2


@dataclass(frozen=True, eq=False)
class Hubness:
    """How unevenly the answers of n queries, k for each, are spread over m keys (Radovanović et al. 2010).

    N_z, the k-occurrence of key z, is how many of the queries have z among their answers; its mean is nk/m.

    Attributes:
        counts: int64 `[m]`, N_z of every key.
        k: Answers of each query.
        skewness: Third standardised moment of N over the keys; 0 if all are equal, high where a few keys are
            among the answers of very many queries.
        robin_hood: Σ_z |N_z − mean| / (2 Σ_z N_z), from 0 to below 1: the share of the answers that would
            have to go to other keys for all to be equal.
        gini: Σ_zz' |N_z − N_z'| / (2 m Σ_z N_z), from 0 to below 1: Gini's coefficient.
        hub_occurrence: Share of all answers that are hubs, keys with N_z ≥ 2k: twice the mean where there are
            as many queries as keys. With other numbers the mean is nk/m, and the threshold stays 2k.
        anti_hub_share: Share of the keys that no query gets, N_z = 0. With n k < m there must be some.
    """

    counts: Int[Tensor, "m"] = field(repr=False)
    k: int
    skewness: float
    robin_hood: float
    gini: float
    hub_occurrence: float
    anti_hub_share: float

    def top(self, n: int = 10) -> list[tuple[int, int]]:
        """The n keys of the highest counts as (id, count), most first, equal ones by lower id."""
        order = torch.sort(self.counts, descending=True, stable=True)
        return list(zip(order.indices[:n].tolist(), order.values[:n].tolist(), strict=True))


def hubness(indices: Int[Tensor, "n k"], keys: int) -> Hubness:
    """Hubness from the answers of n queries among m keys.

    Compare only figures for the same k and the same numbers of queries and keys. If the queries are the keys
    themselves, remove each query from its own answers first. Cost: O(nk + m log m).

    Args:
        indices: `[n, k]` ids of the answers, such as `TopK.indices`; n, k ≥ 1.
        keys: How many keys there are.

    Raises:
        InputError: No answers, or ids outside 0 to keys − 1.

    Examples:
        >>> import torch
        >>> from isolex.retrieval import hubness
        >>> found = hubness(torch.tensor([[0], [0], [0], [1]]), keys=4)
        >>> found.counts.tolist(), found.robin_hood, found.hub_occurrence, found.anti_hub_share
        ([3, 1, 0, 0], 0.5, 0.75, 0.5)
        >>> found.top(1)
        [(0, 3)]
    """
    if indices.numel() == 0:
        raise InputError(
            f"got answers of shape {tuple(indices.shape)}, expected at least 1 x 1", where="hubness"
        )
    low, high = int(indices.min()), int(indices.max())
    if low < 0 or high >= keys:
        raise InputError(f"got ids from {low} to {high}, expected 0 to {keys - 1}", where="hubness")
    k = indices.shape[1]
    counts = torch.bincount(indices.flatten(), minlength=keys)
    spread = counts.double()
    return Hubness(
        counts,
        k,
        skewness=_skewness(spread),
        robin_hood=float((spread - spread.mean()).abs().sum() / (2 * spread.sum())),
        gini=_gini(spread),
        hub_occurrence=float(spread[counts >= _HUB * k].sum() / spread.sum()),
        anti_hub_share=float((counts == 0).double().mean()),
    )


def hubness_of(index: Index, queries: Float[Tensor, "n d"], *, k: int = 10) -> Hubness:
    """Hubness of the criterion of an index, from the best min(k, m) of its m keys for each query.

    Cost: one search, O(n m d), and that of `hubness`.

    Args:
        index: Made by a criterion, such as `CSLS().index(x, z)`.
        queries: `[n, d]` unit rows, n ≥ 1.
        k: Answers of each query, ≥ 1.

    Raises:
        InputError: No queries, queries of another width than the keys, or k < 1.
    """
    return hubness(index.best(queries, k), index.keys.shape[0])


def _skewness(values: Float[Tensor, "m"]) -> float:
    centred = values - values.mean()
    variance = float(centred.square().mean())
    return float(centred.pow(3).mean()) / variance**1.5 if variance else 0.0


def _gini(values: Float[Tensor, "m"]) -> float:
    """Σ_i (2i − m − 1) v_i / (m Σ v), values in ascending order, i from 1: all differences by one sort."""
    m = values.numel()
    places = torch.arange(1 - m, m, 2, dtype=torch.float64, device=values.device)
    return float((places * values.sort().values).sum() / (m * values.sum()))
