"""Statistics over test units: bootstrap intervals and paired tests. Takes NumPy arrays, returns numbers."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

RESAMPLES = 2000
RANDOMISATIONS = 10_000
_BLOCK = 100  # randomisations at once, so that memory stays small
_DRAWN = 20  # resamples at once, likewise


def rounded(value: float, digits: int = 2) -> float | None:
    """A rounded number for JSON; nan becomes None, because JSON has no nan."""
    return None if math.isnan(value) else round(value, digits)


def bootstrap_interval(
    values: Float[np.ndarray, "n"], clusters: Int[np.ndarray, "n"], *, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean, resampling whole clusters (Efron & Tibshirani 1993).

    Args:
        values: `[n]`, one value for each unit.
        clusters: `[n]` ids 0 … c − 1; units with the same id are drawn together, because the pairs of one
            source word, for example, are not independent evidence.
        level: Coverage of the interval.
        seed: The same seed gives the same interval.

    Returns:
        Low and high end; (nan, nan) without values.
    """
    if values.size == 0:
        return math.nan, math.nan
    sums, sizes = np.bincount(clusters, values), np.bincount(clusters)
    rng, means = np.random.default_rng(seed), np.empty(RESAMPLES)
    for start in range(0, RESAMPLES, _DRAWN):
        drawn = rng.integers(sums.size, size=(_DRAWN, sums.size))
        means[start : start + _DRAWN] = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True)
class PairedTest:
    """Two systems on the same test units.

    Attributes:
        n: Number of units that both systems were scored on.
        difference: First minus second, in points of P@1.
        interval: 95 % bootstrap interval of the difference.
        wins: Number of units that only the first system gets right.
        losses: Number of units that only the second system gets right.
        p_value: Exact two-sided sign (McNemar) test over clusters; the sum of its units decides which system
            wins a cluster. It is the probability of wins and losses at least this uneven by chance.
    """

    n: int
    difference: float
    interval: tuple[float, float]
    wins: int
    losses: int
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """The attributes as plain JSON values."""
        return asdict(self) | {
            "difference": round(self.difference, 2),
            "interval": [round(end, 2) for end in self.interval],
        }


def paired_test(
    first: Bool[np.ndarray, "n"], second: Bool[np.ndarray, "n"], clusters: Int[np.ndarray, "n"]
) -> PairedTest:
    """Compare the right and wrong answers of two systems, unit by unit (McNemar 1947).

    The units of one cluster, such as the pairs of one source word, are not independent evidence. For the
    interval they are therefore drawn together, and in the test they count as one win or one loss.
    """
    gains = first.astype(float) - second.astype(float)
    wins, losses = int((gains > 0).sum()), int((gains < 0).sum())
    low, high = bootstrap_interval(gains, clusters)
    difference = float(gains.mean()) if gains.size else math.nan
    of_clusters = np.bincount(clusters, gains)
    p_value = sign_test(int((of_clusters > 0).sum()), int((of_clusters < 0).sum()))
    return PairedTest(int(gains.size), 100 * difference, (100 * low, 100 * high), wins, losses, p_value)


@dataclass(frozen=True)
class PairedDifference:
    """Scores of two systems on the same test units.

    Attributes:
        n: Number of units.
        difference: Mean of first minus second, in the units of the scores.
        interval: 95 % bootstrap interval of the difference.
        p_value: Two-sided randomisation test (Fisher 1935): the probability of a difference at least this
            large if chance decided which system each score belongs to.
    """

    n: int
    difference: float
    interval: tuple[float, float]
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """The attributes as plain JSON values."""
        return asdict(self) | {
            "difference": round(self.difference, 4),
            "interval": [round(end, 4) for end in self.interval],
        }


def paired_difference(
    first: Float[np.ndarray, "n"], second: Float[np.ndarray, "n"], *, seed: int = 0
) -> PairedDifference:
    """Compare scores of two systems, unit by unit; the same seed gives the same p-value.

    Cost: 10,000 draws of n signs.
    """
    gains = first - second
    total, n = float(gains.sum()), int(gains.size)
    rng, as_great = np.random.default_rng(seed), 0
    for _ in range(RANDOMISATIONS // _BLOCK):
        signs = rng.integers(2, size=(_BLOCK, n), dtype=np.int8)
        # Of sums in another order the last bits differ.
        as_great += int((np.abs((2.0 * signs - 1) @ gains) >= abs(total) * (1 - 1e-9)).sum())
    p_value = (1 + as_great) / (1 + RANDOMISATIONS)
    mean = total / n if n else math.nan
    return PairedDifference(n, mean, bootstrap_interval(gains, np.arange(n)), p_value)


def sign_test(wins: int, losses: int) -> float:
    """Two-sided probability that wins + losses throws of a fair coin are split at least as unevenly."""
    n, fewer = wins + losses, min(wins, losses)
    log_half = -n * math.log(2)
    tail = sum(
        math.exp(math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + log_half)
        for i in range(fewer + 1)
    )
    return min(1.0, 2 * tail)
