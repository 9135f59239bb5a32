"""How well predicted similarities agree with gold ones. Takes NumPy arrays, returns plain numbers."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from isolex.evaluation.metrics import RESAMPLES


@dataclass(frozen=True)
class Correlation:
    """Pearson's r and Spearman's ρ of the same values.

    Attributes:
        pearson: Correlation of the values, −1 to 1.
        spearman: Correlation of their ranks; equal values get the mean of their ranks.

    Both are nan if all values of one list are the same, because the correlation is not defined then.
    """

    pearson: float
    spearman: float

    @property
    def harmonic_mean(self) -> float:
        """2rρ / (r + ρ); 0 if one of the two is not above 0, where it has no meaning; nan if one is nan."""
        if math.isnan(self.pearson) or math.isnan(self.spearman):
            return math.nan
        if min(self.pearson, self.spearman) <= 0:
            return 0.0
        return 2 * self.pearson * self.spearman / (self.pearson + self.spearman)


def correlate(first: Float[np.ndarray, "n"], second: Float[np.ndarray, "n"]) -> Correlation:
    """Pearson's and Spearman's correlation of two lists. Cost: O(n log n)."""
    return Correlation(_pearson(first, second), spearman(first, second))


def spearman(first: Float[np.ndarray, "n"], second: Float[np.ndarray, "n"]) -> float:
    """Spearman's ρ: Pearson's r of the ranks; equal values get their mean rank; nan if a list is constant."""
    return _pearson(_ranks(_codes(first)), _ranks(_codes(second)))


def harmonic_mean_interval(
    first: Float[np.ndarray, "n"], second: Float[np.ndarray, "n"], *, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap interval of the harmonic mean, drawing pairs (Efron & Tibshirani 1993).

    Draws in which the mean is not defined are left out; (nan, nan) if it is defined in none.
    """
    rng, codes = np.random.default_rng(seed), (_codes(first), _codes(second))
    means = []
    for _ in range(RESAMPLES if first.size else 0):
        drawn = rng.integers(first.size, size=first.size)
        ranks = [_ranks(own[drawn]) for own in codes]
        means.append(Correlation(_pearson(first[drawn], second[drawn]), _pearson(*ranks)).harmonic_mean)
    defined = [mean for mean in means if not math.isnan(mean)]
    if not defined:
        return math.nan, math.nan
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _pearson(first: Float[np.ndarray, "n"], second: Float[np.ndarray, "n"]) -> float:
    # Asked of the values: rounding may leave something of a constant minus its mean.
    if first.size == 0 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return math.nan
    x, z = first - first.mean(), second - second.mean()
    return float((x @ z) / (np.linalg.norm(x) * np.linalg.norm(z)))


def _codes(values: Float[np.ndarray, "n"]) -> Int[np.ndarray, "n"]:
    """Each value's place among the different values: makes ranking a matter of counting."""
    return np.unique(values, return_inverse=True)[1]


def _ranks(codes: Int[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    counts = np.bincount(codes)
    ranks: np.ndarray = (counts.cumsum() - (counts - 1) / 2)[codes]
    return ranks
