"""The transducer's likelihood ratio by naive recursion over all ways to make a pair, float64."""

from functools import cache

import numpy as np


def ratio(
    source: list[int], target: list[int], both: np.ndarray, source_only: np.ndarray, target_only: np.ndarray
) -> float:
    @cache
    def ways(i: int, j: int) -> float:
        if i == j == 0:
            return 1.0
        total = 0.0
        if i and j:
            total += ways(i - 1, j - 1) * both[source[i - 1], target[j - 1]]
        if i:
            total += ways(i - 1, j) * source_only[source[i - 1]]
        if j:
            total += ways(i, j - 1) * target_only[target[j - 1]]
        return total

    return ways(len(source), len(target))
