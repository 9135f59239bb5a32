"""Small dense linear algebra in float64: sign-fixed SVD, roots of Gram matrices, the polar factor.

All functions work on `[d, d]` matrices (d is a few hundred), so float64 costs hardly any time. Spaces that
are nearly singular stay usable, because directions without variance are left out (pseudo-inverse).
"""

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.arrays import generator


def svd(
    matrix: Float[Tensor, "m n"],
) -> tuple[Float[Tensor, "m r"], Float[Tensor, "r"], Float[Tensor, "r n"]]:
    """Thin singular value decomposition in float64, U Σ Vᵀ, with a fixed choice of signs.

    In each row of Vᵀ the entry of largest magnitude is positive, so that the same matrix gives the same
    factors with every LAPACK build.
    """
    u, s, vt = _decomposed(matrix.double())
    sign = _signs(vt)
    return u * sign.T, s, vt * sign


def _decomposed(
    matrix: Float[Tensor, "m n"],
) -> tuple[Float[Tensor, "m r"], Float[Tensor, "r"], Float[Tensor, "r n"]]:
    try:
        u, s, vt = torch.linalg.svd(matrix, full_matrices=False)
    except torch.linalg.LinAlgError:  # type: ignore[attr-defined]
        # Some builds of LAPACK do not converge where many singular values are equal. The same matrix turned
        # has the same ones, but other rounding.
        turn = torch.randn(matrix.shape[1], matrix.shape[1], dtype=matrix.dtype, generator=generator(0))
        turn = torch.linalg.qr(turn).Q.to(matrix.device)
        u, s, vt = torch.linalg.svd(matrix @ turn, full_matrices=False)
        vt = vt @ turn.T
    return u, s, vt


def eigenvectors(matrix: Float[Tensor, "d d"]) -> tuple[Float[Tensor, "d"], Float[Tensor, "d d"]]:
    """Eigenvalues of a symmetric matrix, largest first, and the eigenvectors as columns, in float64.

    Their signs are fixed in the same way as in `svd`.
    """
    values, vectors = torch.linalg.eigh(matrix.double())
    vectors = vectors.flip(1)
    return values.flip(0), vectors * _signs(vectors.T).T


def _signs(rows: Float[Tensor, "r n"]) -> Float[Tensor, "r 1"]:
    """1 or -1 for each row, so that times it the entry of largest magnitude is positive."""
    largest = rows.abs().argmax(dim=1, keepdim=True)
    return torch.where(rows.gather(1, largest) < 0, -1.0, 1.0).to(rows)


# Rows brought to float64 at a time: so many stay in the processor's cache.
_GRAM_ROWS = 4_096


def gram(
    a: Float[Tensor, "n d"], b: Float[Tensor, "n e"], weights: Float[Tensor, "n"] | None = None
) -> Float[Tensor, "d e"]:
    """aᵀ diag(weights) b in float64."""
    made = torch.zeros(a.shape[1], b.shape[1], dtype=torch.float64, device=a.device)
    for start in range(0, a.shape[0], _GRAM_ROWS):
        part = slice(start, start + _GRAM_ROWS)
        left = a[part].double()
        made += (left if weights is None else left * weights[part, None].double()).T @ b[part].double()
    return made


def root(matrix: Float[Tensor, "d d"], power: float) -> Float[Tensor, "d d"]:
    """A power of a symmetric positive semi-definite matrix, in float64.

    Eigenvalues under `d · ε²` times the largest are rounding errors; they count as zero and stay zero for
    negative powers. ε is that of float32, the type of the rows that a Gram matrix is made from.
    """
    values, vectors = torch.linalg.eigh(matrix.double())
    floor = values.max().clamp(min=0) * values.numel() * torch.finfo(torch.float32).eps ** 2
    kept = values > floor
    powered = torch.where(kept, values, torch.ones_like(values)).pow(power) * kept
    result: Tensor = (vectors * powered) @ vectors.T
    return result


def polar_factor(matrix: Float[Tensor, "d e"]) -> Float[Tensor, "d e"]:
    """The nearest matrix with orthonormal rows or columns: U Vᵀ of the SVD, in float64.

    If the matrix is rank-deficient, the missing directions are filled in so that the result is an orthogonal
    map, which keeps lengths.
    """
    u, _, vt = svd(matrix)
    return u @ vt


def clip_spectrum(matrix: Float[Tensor, "d e"], *, ceiling: float = 1.0) -> Float[Tensor, "d e"]:
    """Projection on the spectral-norm ball: singular values above `ceiling` become `ceiling`."""
    u, s, vt = svd(matrix)
    return (u * s.clamp(max=ceiling)) @ vt
