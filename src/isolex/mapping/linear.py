"""The closed-form maps: least squares, orthogonal Procrustes, canonical correlation analysis."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.linalg import gram, polar_factor, root, svd
from isolex.mapping.problem import Mapping, Problem


@dataclass(frozen=True)
class LeastSquares:
    """W = argmin Σ_i w_i ‖x_i W − z_i‖² + ridge ‖W‖² (Mikolov et al. 2013).

    This is the first method of the field, and a baseline. It shrinks directions that it cannot predict, which
    makes hubs, and it needs several thousand pairs. Without a ridge and with fewer pairs than dimensions, it
    is the solution of least norm. Spaces may differ in dimension. Cost: O(p d²).

    Attributes:
        ridge: ≥ 0, in units of one seed pair of unit length.

    Examples:
        >>> import torch
        >>> from isolex.mapping import LeastSquares, Problem
        >>> x = torch.eye(3)
        >>> pairs = torch.arange(3).repeat(2, 1).T
        >>> LeastSquares().solve(Problem(x, 2 * x, pairs)).source.diagonal()
        tensor([2., 2., 2.])
    """

    ridge: float = 0.0

    def __post_init__(self) -> None:
        check_numbers(self)
        _check_ridge(self.ridge, "LeastSquares")

    def solve(self, problem: Problem) -> Mapping:
        """The map of the source into the target space."""
        x, _ = problem.seeds()
        return Mapping.one_sided(root(_ridged(gram(x, x, problem.weights), self.ridge), -1) @ problem.cross())


@dataclass(frozen=True)
class Procrustes:
    """W = U Vᵀ with U Σ Vᵀ = SVD(Xᵀ diag(w) Z): the best orthogonal map (Xing 2015; Smith 2017).

    It keeps lengths and angles, so it cannot overfit much. Prefer it with few pairs, or if the relations
    within the source space must not change. If the dimensions differ, the map has orthonormal rows or
    orthonormal columns. Cost: O(p d²) + O(d³).

    Examples:
        >>> import torch
        >>> from isolex.mapping import Problem, Procrustes
        >>> x, turn = torch.eye(2), torch.tensor([[0.0, 1.0], [-1.0, 0.0]])
        >>> pairs = torch.arange(2).repeat(2, 1).T
        >>> bool(torch.allclose(Procrustes().solve(Problem(x, x @ turn, pairs)).source, turn))
        True
    """

    def solve(self, problem: Problem) -> Mapping:
        """The rotation of the source into the target space."""
        return Mapping.one_sided(polar_factor(problem.cross()))


@dataclass(frozen=True)
class CCA:
    """Canonical directions of the seed pairs, both sides mapped (Faruqui & Dyer 2014).

    A = C_xx^{−½} U and B = C_zz^{−½} V with U Σ Vᵀ = SVD(C_xx^{−½} C_xz C_zz^{−½}), C the covariances of the
    seed pairs; the first directions correlate best across the languages, and `ratio` keeps that share of
    them. Spaces may differ in dimension. Cost: O(p d²) + O(d³).

    Attributes:
        ratio: Share of the directions that is kept, in (0, 1]. All kept directions count alike and the last
            ones are mostly noise, so keeping all of them is rarely best.
        ridge: ≥ 0, added to the diagonals of both covariances (summed over pairs); helps small lexicons.

    Examples:
        >>> import torch
        >>> from isolex.mapping import CCA, Problem
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> pairs = torch.arange(50).repeat(2, 1).T
        >>> CCA(ratio=0.5).solve(Problem(x, x, pairs)).source.shape
        torch.Size([4, 2])
    """

    ratio: float = 0.5
    ridge: float = 0.0

    def __post_init__(self) -> None:
        check_numbers(self)
        _check_ridge(self.ridge, "CCA")
        if not 0 < self.ratio <= 1:
            raise InputError(f"got ratio {self.ratio}, expected more than 0 and at most 1", where="CCA")

    def solve(self, problem: Problem) -> Mapping:
        """The maps of both sides onto the canonical directions."""
        weights = problem.weights
        x, z = (_centered(rows, weights) for rows in problem.seeds())
        whiten_x = root(_ridged(gram(x, x, weights), self.ridge), -0.5)
        whiten_z = root(_ridged(gram(z, z, weights), self.ridge), -0.5)
        u, s, vt = svd(whiten_x @ gram(x, z, weights) @ whiten_z)
        kept = max(1, math.ceil(self.ratio * s.numel()))
        return Mapping.two_sided(whiten_x @ u[:, :kept], whiten_z @ vt[:kept].T)


def _centered(rows: Float[Tensor, "p d"], weights: Float[Tensor, "p"] | None) -> Float[Tensor, "p d"]:
    rows = rows.double()
    if weights is None:
        return rows - rows.mean(dim=0)
    return rows - (weights.double() @ rows) / weights.sum(dtype=torch.float64)


def _ridged(matrix: Float[Tensor, "d d"], ridge: float) -> Float[Tensor, "d d"]:
    return matrix + ridge * torch.eye(matrix.shape[0], dtype=matrix.dtype, device=matrix.device)


def _check_ridge(ridge: float, where: str) -> None:
    if not (ridge >= 0 and math.isfinite(ridge)):
        raise InputError(f"got ridge {ridge}, expected a finite number of at least 0", where=where)
