"""The Gromov-Wasserstein distance: how well distances within two languages match their words."""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from isolex.diagnosis.row_checks import require_rows
from isolex.errors import MissingExtraError
from isolex.normalize import unit_rows
from isolex.progress import track

# Pivots of one exact plan, at most: POT's own limit is too low for a thousand words.
_PIVOTS = 10_000_000


def gromov_wasserstein_distance(x: Float[Tensor, "n d"], z: Float[Tensor, "m e"]) -> float:
    """½ √(min_P Σ_ijkl (C^x_ik − C^z_jl)² P_ij P_kl) (Mémoli 2011); lower is closer.

    C are the Euclidean distances between the unit rows of a side, and P is any coupling of the rows, all of
    the same weight: Σ_j P_ij = 1/n, Σ_i P_ij = 1/m. It is the order-2 distance, with the ½ that makes it of
    one scale with the Gromov-Hausdorff distance. 0 for isometric spaces, never more than 1. Numbers of rows
    and columns may differ; lengths of rows do not matter.

    The result is an upper bound. The problem is not convex, and POT's conditional gradient ends at a local
    minimum; it is started from two couplings, and the lower of the two minima is returned. One start is the
    product coupling. The other matches words by their profile, the sorted distances to all words of their own
    side, at the least sum of 1-Wasserstein distances between profiles; the order of rows decides only between
    equally good matches. The second start finds the isometry of two isometric spaces if no two words have the
    same profile (or only words that are interchangeable do); if many have the same, as in a regular figure,
    the bound may stay above 0. For disturbed copies of spaces with clusters, the figure is within a third of
    what the true matching leads to, mostly within a tenth; for a handful of unrelated words it may be twice
    the minimum.

    Use it for up to about 1,000 words, which take a few seconds on one core. Cost: O(n² m + n m²) for the
    profiles and for each of the few rounds, and in each round an exact transport plan, which in practice
    costs about as much; memory: about ten [n, m] matrices in float64. Needs POT.

    Args:
        x: `[n, d]`, the most frequent words of one side.
        z: `[m, e]`, those of the other.

    Raises:
        InputError: No rows.
        MissingExtraError: POT is not there.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis.gromov_wasserstein import gromov_wasserstein_distance
        >>> x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
        >>> round(gromov_wasserstein_distance(x, torch.ones(1, 3)), 6)  # ½ √((0 + 2² + 2² + 0) / 4)
        0.707107
    """
    for rows in (x, z):
        require_rows(rows, "Gromov-Wasserstein distance")
    try:
        import ot  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError("the Gromov-Wasserstein distance", "POT", "transport") from error
    first, second = (_distances(rows) for rows in (x, z))
    p, q = (np.full(side.shape[0], 1 / side.shape[0]) for side in (first, second))
    costs = _profile_distances(first, second).numpy()
    starts = (None, ot.emd(p, q, costs, numItermax=_PIVOTS))  # None is the product coupling
    sides = first.numpy(), second.numpy()
    objective = min(
        float(ot.gromov.gromov_wasserstein2(*sides, p, q, symmetric=True, G0=start, numItermaxEmd=_PIVOTS))
        for start in track(starts, "Gromov-Wasserstein distance")
    )
    return math.sqrt(max(objective, 0.0)) / 2  # rounding takes the objective of an isometry under zero


def _distances(rows: Float[Tensor, "n d"]) -> Float[Tensor, "n n"]:
    """Euclidean distances of the unit rows; float64 on the CPU, which is where POT works."""
    unit = unit_rows(rows.double()).cpu()
    # By differences: from products, distances of rows that are nearly equal would be all rounding.
    distances: Tensor = torch.cdist(unit, unit, compute_mode="donot_use_mm_for_euclid_dist")
    return distances


def _profile_distances(first: Float[Tensor, "n n"], second: Float[Tensor, "m m"]) -> Float[Tensor, "n m"]:
    """1-Wasserstein distances between the rows of two matrices of distances, each taken as a sample.

    That of two samples of k numbers is the mean difference in order. Samples of different sizes are both
    brought to that of the larger, by the values of their quantile functions at its midpoints.
    """
    levels = max(first.shape[0], second.shape[0])
    places = (torch.arange(levels).double() + 0.5) / levels
    one, other = (
        side.sort(dim=1).values[:, (places * side.shape[0]).long()].contiguous() for side in (first, second)
    )
    return torch.cdist(one, other, p=1) / levels
