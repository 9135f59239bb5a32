"""Spearman's rank correlation of tensors."""

import math

from jaxtyping import Shaped
from torch import Tensor

from isolex.evaluation.correlation import spearman


def rank_correlation(first: Shaped[Tensor, "n"], second: Shaped[Tensor, "n"]) -> float | None:
    """Spearman's ρ: Pearson's correlation of the ranks; equal values get the mean of their ranks.

    None if all values of one side are the same, because the correlation is not defined then.
    """
    rho = spearman(first.double().cpu().numpy(), second.double().cpu().numpy())
    return None if math.isnan(rho) else rho
