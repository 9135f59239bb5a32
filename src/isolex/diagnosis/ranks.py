"""Spearman's rank correlation of tensors."""

import math

from jaxtyping import Shaped
from torch import Tensor

from isolex.evaluation.correlation import spearman


def rank_correlation(first: Shaped[Tensor, "n"], second: Shaped[Tensor, "n"]) -> float | None:
    """Spearman's ρ: Pearson's correlation of the ranks, those of equal values their mean.

    None where one side is all the same, with which nothing correlates.
    """
    rho = spearman(first.double().cpu().numpy(), second.double().cpu().numpy())
    return None if math.isnan(rho) else rho
