"""Measures of spectra: how evenly a space fills its directions, and whether two spaces do so alike.

All measures use rows as they are given, so the lengths of rows and their mean have an effect; normalise the
rows first if they should not. Rotations and the order of rows change nothing.
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

    Values under √d · ε times the largest one are rounding errors and count as zero; ε is that of the type
    that the rows are stored in. Cost: O(n d²), memory about three copies of X in float64.

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

    Lower is closer, and isometric spaces have 0. The values are those of X/√n and Z/√m. With the same number
    of rows on both sides this is the published figure; it also makes sense for different numbers. If a space
    has singular values of zero, or the dimensions differ, the sum runs only over as many values as both
    spaces have. Cost: as `singular_values`.

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

    It is at least 1, which orthonormal rows or columns reach. It is large if the rows hardly vary in some
    directions; a linear map may amplify the noise in these. It depends on the smallest value, so prefer
    `effective_condition_number`. Cost: as `singular_values`.

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

    r = ⌊exp(H)⌋, where H is the entropy of the singular values divided by their sum (Roy & Vetterli 2007), so
    that the tail of small values does not decide. It is at least 1 and at most `condition_number`. Cost: as
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

    (Mu & Viswanath 2018.) It is 1 if words are spread equally in all directions, and near 0 if they crowd
    along some; longer rows give lower figures. The paper leaves the sign of an eigenvector open, and Z(c) is
    not Z(−c). Here each eigenvector counts once, with the sign that gives the larger Z, so that the figure
    does not depend on a rotation of the space. (It still does if eigenvalues are equal, because the
    eigenvectors are not determined then.) Cost: O(n d²), memory about three copies of X in float64.

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
    """‖mean of the unit rows‖: 0 for a centred space, 1 if all rows point the same way.

    Its square is the mean cosine of all pairs of rows, including each row with itself. Zero rows are left
    out. Cost: O(n d).

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
