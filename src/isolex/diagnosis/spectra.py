"""Measures of spectra: how evenly a space fills its directions, and whether two spaces do so alike.

All of them take rows as they are given, so lengths and the mean row count: normalise first what should not.
Rotations and the order of rows change nothing.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.diagnosis.row_checks import require_rows
from isolex.errors import InputError
from isolex.linalg import gram
from isolex.normalize import unit_rows


def singular_values(x: Float[Tensor, "n d"]) -> Float[Tensor, "r"]:
    """The singular values of X that are not zero, largest first; float64.

    Values under √d · ε times the largest count as zero, ε that of the type that the rows are stored in: what
    is under it is their rounding. Cost: O(n d²), memory some three copies of X in float64.

    Raises:
        InputError: No rows, or only zero rows.
    """
    require_rows(x, "singular values")
    values = torch.linalg.svdvals(x.double())
    kept: Tensor = values[values > values[0] * math.sqrt(x.shape[1]) * torch.finfo(x.dtype).eps]
    if kept.numel() == 0:
        raise InputError("got only zero rows", where="singular values")
    return kept


def singular_value_gap(x: Float[Tensor, "n d"], z: Float[Tensor, "m e"]) -> float:
    """SVG: Σ_i (log σ^x_i − log σ^z_i)², singular values largest first (Dubossarsky et al. 2020).

    Lower is closer, 0 for isometric spaces. The values are those of X/√n and Z/√m, which with as many rows on
    either side is the published figure, and makes sense without. Where a space has singular values of zero,
    or the dimensions differ, the sum runs over as many values as both spaces have: what only one of them has
    is not counted. Cost: as `singular_values`.

    Args:
        x: `[n, d]`, the most frequent words of one side.
        z: `[m, e]`, those of the other.

    Raises:
        InputError: No rows, or only zero rows.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import singular_value_gap
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> round(singular_value_gap(x, torch.e * x), 6)
        4.0
    """
    first, second = (singular_values(rows).div_(math.sqrt(rows.shape[0])).log_() for rows in (x, z))
    both = min(first.numel(), second.numel())
    return float((first[:both] - second[:both]).square().sum())


def condition_number(x: Float[Tensor, "n d"]) -> float:
    """κ(X) = σ_1 / σ_r, r the last singular value that is not zero (Dubossarsky et al. 2020).

    At least 1, reached by orthonormal rows or columns; large where some directions hardly vary, whose noise a
    linear map may amplify. It hangs on the smallest value: prefer `effective_condition_number`. Cost: as
    `singular_values`.

    Args:
        x: `[n, d]` rows.

    Raises:
        InputError: No rows, or only zero rows.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import condition_number
        >>> round(condition_number(torch.diag(torch.tensor([8.0, 4.0, 2.0, 0.0]))), 6)
        4.0
    """
    values = singular_values(x)
    return float(values[0] / values[-1])


def effective_condition_number(x: Float[Tensor, "n d"]) -> float:
    """σ_1 / σ_r, r the effective rank (Dubossarsky et al. 2020).

    r = ⌊exp(H)⌋, H the entropy of the singular values divided by their sum (Roy & Vetterli 2007), so that
    the tail of small values does not decide. At least 1, at most `condition_number`. Cost: as
    `singular_values`.

    Args:
        x: `[n, d]` rows.

    Raises:
        InputError: No rows, or only zero rows.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import effective_condition_number
        >>> round(effective_condition_number(torch.diag(torch.tensor([8.0, 4.0, 2.0, 0.01]))), 6)
        2.0
    """
    values = singular_values(x)
    shares = values / values.sum()
    rank = math.floor(math.exp(-float((shares * shares.log()).sum())))
    return float(values[0] / values[rank - 1])


def condition_harmonic_mean(x: Float[Tensor, "n d"], z: Float[Tensor, "m e"]) -> float:
    """COND-HM: 2 / (1/κ(X) + 1/κ(Z)) of `condition_number` (Dubossarsky et al. 2020); lower is better."""
    return _harmonic_mean(condition_number(x), condition_number(z))


def effective_condition_harmonic_mean(x: Float[Tensor, "n d"], z: Float[Tensor, "m e"]) -> float:
    """ECOND-HM: the harmonic mean of `effective_condition_number`, as `condition_harmonic_mean`."""
    return _harmonic_mean(effective_condition_number(x), effective_condition_number(z))


def isotropy(x: Float[Tensor, "n d"]) -> float:
    """I(X) = min_c Z(c) / max_c Z(c), Z(c) = Σ_w exp(⟨c, w⟩), c the d eigenvectors of XᵀX.

    (Mu & Viswanath 2018.) 1 where words are spread alike in all directions, near 0 where they crowd along
    some; longer rows give lower figures. The paper leaves the sign of an eigenvector open, and Z(c) is not
    Z(−c): each counts here once, with the sign that gives the larger Z, so that the figure does not depend on
    a turn of the space. (Where eigenvalues are equal, so that eigenvectors are not determined, it still
    does.) Cost: O(n d²), memory some three copies of X in float64.

    Args:
        x: `[n, d]` rows.

    Raises:
        InputError: No rows.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import isotropy
        >>> x = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
        >>> round(isotropy(x), 6)  # 2 of 2e
        0.367879
    """
    require_rows(x, "isotropy")
    vectors = torch.linalg.eigh(gram(x, x)).eigenvectors
    along = x.double() @ vectors
    totals = torch.maximum(along.logsumexp(dim=0), along.neg_().logsumexp(dim=0))
    return float((totals.min() - totals.max()).exp())


def mean_norm(x: Float[Tensor, "n d"]) -> float:
    """‖mean of the unit rows‖: 0 for a centred space, 1 where all rows point the same way.

    Its square is the mean cosine of all pairs of rows, a row with itself included. Zero rows do not take
    part. Cost: O(n d).

    Args:
        x: `[n, d]` rows.

    Raises:
        InputError: No rows, or only zero rows.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import mean_norm
        >>> round(mean_norm(torch.tensor([[2.0, 0.0], [5.0, 0.0], [0.0, 0.0]])), 6)
        1.0
    """
    require_rows(x, "mean norm")
    count = int(x.any(dim=1).sum())
    if count == 0:
        raise InputError("got only zero rows", where="mean norm")
    return float(torch.linalg.vector_norm(unit_rows(x.double()).sum(dim=0) / count))


def _harmonic_mean(first: float, second: float) -> float:
    return 2 / (1 / first + 1 / second)
