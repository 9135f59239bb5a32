"""Spearman's rank correlation."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor


def rank_correlation(first: Shaped[Tensor, "n"], second: Shaped[Tensor, "n"]) -> float | None:
    """Spearman's ρ: Pearson's correlation of the ranks, those of equal values their mean.

    None where one side is all the same, with which nothing correlates.
    """
    centred = [ranks - ranks.mean() for ranks in (_ranks(first), _ranks(second))]
    lengths = [float(torch.linalg.vector_norm(ranks)) for ranks in centred]
    return None if 0 in lengths else float(torch.dot(*centred)) / (lengths[0] * lengths[1])


def _ranks(values: Shaped[Tensor, "n"]) -> Float[Tensor, "n"]:
    _, places, counts = values.unique(return_inverse=True, return_counts=True)
    ranks: Tensor = (counts.cumsum(dim=0) - (counts - 1) / 2.0).double()[places]
    return ranks
