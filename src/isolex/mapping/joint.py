"""Solvers for many languages at once: ridge regression, VecMap's steps, and rotations alone."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.errors import InputError
from isolex.given import check_numbers, whole_number
from isolex.linalg import eigenvectors, polar_factor, root
from isolex.mapping.joint_problem import (
    LARGEST,
    Crosses,
    JointMapping,
    JointProblem,
    Placement,
    PlacePair,
)
from isolex.mapping.spectrum import Spectrum

# What pulls at a language: the place of another one, and w K from the side of the first.
_Pulls: TypeAlias = Sequence[tuple[int, Tensor]]


@dataclass(frozen=True)
class Joint:
    """Ridge regression of each lexicon, then rotations and one metric that fit all regressions together.

    With C_ij = X_iᵀ X_j / n the cross-product of the lexicon between languages i and j, and Σ_i the
    covariance E_i diag(σ_i) E_iᵀ of the rows of language i that lexicons name:

    1. regress: M_ij minimises ‖X_i M X_jᵀ / n − 1‖² + λ‖M‖², where 1 has a one for each pair of the lexicon.
       In closed form (E_iᵀ M_ij E_j)_ab = (E_iᵀ C_ij E_j)_ab / (σ_ia σ_jb + λ);
    2. fit all by M_ij ≈ Q_i B Q_jᵀ, in weighted least squares: alternate B ← the mean of Q_iᵀ M_ij Q_j and
       Q_i ← polar factor of Σ_j w_ij M_ij Q_j B, until the fit stalls;
    3. with B = V diag(s) Vᵀ the map of language i is Q_i V diag(s)^½.

    The score of two words is then the one that the regression gives them. The objective is that of `GeoMM`,
    which regresses and fits in one descent. Without a ridge, the noise of few pairs is fitted, too; with a
    large ridge, all directions count as they do in the rows. The best ridge depends on the vectors, so
    `align_space` chooses it on held-out words.

    The lexicons must connect all languages; languages may differ in dimension. Cost: a singular value
    decomposition for each language and sweep.

    Attributes:
        ridge: λ over the product of the mean eigenvalues of the two covariances, ≥ 0.
        sweeps: Maximum number of sweeps.
        tolerance: Sweeps end when the objective grows by less than this share of itself.

    Raises:
        InputError: A negative ridge or tolerance, or no sweep.

    Examples:
        >>> import torch
        >>> from isolex.mapping import Joint, JointProblem, Problem, Tie
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> pairs = torch.arange(50).repeat(2, 1).T
        >>> tie = Tie.of(Problem(x, x.flip(1), pairs))
        >>> first, second = Joint().solve(JointProblem.of(2, [((0, 1), tie)])).maps
        >>> bool(torch.allclose(x @ first, x.flip(1) @ second, atol=1e-4))
        True
    """

    ridge: float = 3.0
    sweeps: int = 100
    tolerance: float = 1e-4

    def __post_init__(self) -> None:
        check_numbers(self)
        if not 0 <= self.ridge < LARGEST:
            raise InputError(f"got a ridge of {self.ridge}, expected a number of at least 0", where="Joint")
        _check_sweeps(self)

    def solve(self, problem: JointProblem) -> JointMapping:
        """The maps of all languages."""
        spectra = [Spectrum.of(moments) for moments in problem.covariances]
        said = {
            (i, j): spectra[i].regressed(cross, spectra[j], self.ridge)
            for (i, j), cross in problem.crosses.items()
        }
        fit = _Fit.of(problem, said, metric=True, sweeps=self.sweeps, tolerance=self.tolerance)
        return fit.mapping(problem, fit.rotations, torch.diag(fit.strengths.sqrt()))

    def place(self, mapping: JointMapping, moments: Float[Tensor, "d d"], crosses: Crosses) -> Placement:
        """The place of one more language in a space that does not change; see `PlacingSolver`."""
        own = Spectrum.of(moments)
        pull = _pull_of(
            mapping,
            crosses,
            lambda cross, other: own.regressed(cross, Spectrum.of(other.moments), self.ridge),
        )
        rotation = polar_factor(pull * mapping.strengths)
        return Placement(moments, rotation, (rotation @ mapping.scaling).float())


@dataclass(frozen=True)
class JointVecMap:
    """VecMap's steps for many languages at once: whiten, rotate all, re-weight, de-whiten.

    With the moments of `Joint`:

    1. whiten: K_ij = Σ_i^(−½) C_ij Σ_j^(−½);
    2. rotate: sweep Q_i ← polar factor of Σ_j w_ij K_ij Q_j until the objective Σ w_ij tr(Q_iᵀ K_ij Q_j)
       stalls (generalised Procrustes, ten Berge 1977);
    3. turn all into the eigenvectors of the mean of Q_iᵀ K_ij Q_j = V s Vᵀ, and re-weight by s^½;
    4. de-whiten by the mean of VᵀQ_iᵀ Σ_i^½ Q_i V, which is the same for all languages.

    For two languages steps 1 to 3 are those of `VecMap` (Artetxe et al. 2018). `Joint` was better wherever
    both were measured.

    Attributes:
        sweeps: Most sweeps.
        tolerance: Sweeps end where the objective grows by less than this share of itself.

    Raises:
        InputError: A negative tolerance, or no sweep.
    """

    sweeps: int = 100
    tolerance: float = 1e-4

    def __post_init__(self) -> None:
        check_numbers(self)
        _check_sweeps(self)

    def solve(self, problem: JointProblem) -> JointMapping:
        """The maps of all languages."""
        whitenings = [root(moments, -0.5) for moments in problem.covariances]
        said = {(i, j): whitenings[i] @ cross @ whitenings[j] for (i, j), cross in problem.crosses.items()}
        fit = _Fit.of(problem, said, metric=False, sweeps=self.sweeps, tolerance=self.tolerance)
        back = [
            rotation.T @ root(moments, 0.5) @ rotation
            for rotation, moments in zip(fit.rotations, problem.covariances, strict=True)
        ]
        scaling = torch.diag(fit.strengths.sqrt()) @ (reduce(torch.add, back) / len(back))
        lifted = [whitening @ rotation for whitening, rotation in zip(whitenings, fit.rotations, strict=True)]
        return fit.mapping(problem, lifted, scaling)

    def place(self, mapping: JointMapping, moments: Float[Tensor, "d d"], crosses: Crosses) -> Placement:
        """The place of one more language in a space that does not change; see `PlacingSolver`."""
        whitening = root(moments, -0.5)
        rotation = polar_factor(
            _pull_of(mapping, crosses, lambda cross, other: whitening @ cross @ root(other.moments, -0.5))
        )
        return Placement(moments, rotation, (whitening @ rotation @ mapping.scaling).float())


@dataclass(frozen=True)
class GeneralizedProcrustes:
    """Orthogonal generalised Procrustes: only one rotation for each language (ten Berge 1977).

    Sweeps Q_i ← polar factor of Σ_j w_ij C_ij Q_j until Σ w_ij tr(Q_iᵀ C_ij Q_j) stalls. If all lexicons are
    with one language, it equals Procrustes of every other language with that one.

    Attributes:
        sweeps: Most sweeps.
        tolerance: Sweeps end where the objective grows by less than this share of itself.

    Raises:
        InputError: A negative tolerance, or no sweep.
    """

    sweeps: int = 100
    tolerance: float = 1e-4

    def __post_init__(self) -> None:
        check_numbers(self)
        _check_sweeps(self)

    def solve(self, problem: JointProblem) -> JointMapping:
        """The maps of all languages."""
        said = problem.crosses
        fit = _Fit.of(problem, said, metric=False, sweeps=self.sweeps, tolerance=self.tolerance)
        return fit.mapping(problem, fit.rotations, torch.eye(len(fit.strengths)).to(fit.strengths))

    def place(self, mapping: JointMapping, moments: Float[Tensor, "d d"], crosses: Crosses) -> Placement:
        """The place of one more language in a space that does not change; see `PlacingSolver`."""
        rotation = polar_factor(_pull_of(mapping, crosses, lambda cross, _: cross))
        return Placement(moments, rotation, rotation.float())


def _check_sweeps(solver: "Joint | JointVecMap | GeneralizedProcrustes") -> None:
    name = type(solver).__name__
    if not 0 <= solver.tolerance < LARGEST:
        raise InputError(f"got a tolerance of {solver.tolerance}, expected at least 0", where=name)
    whole_number(solver.sweeps, "sweeps", where=name)


@dataclass(frozen=True, eq=False)
class _Fit:
    """Rotations of all languages under which lexicons say most nearly the same.

    Attributes:
        rotations: Q_i, turned into the eigenvectors of B.
        strengths: The eigenvalues of B, largest first.
        trace: The objective after each sweep.
    """

    rotations: list[Float[Tensor, "_ p"]]
    strengths: Float[Tensor, "p"]
    trace: tuple[dict[str, Any], ...]

    @classmethod
    def of(
        cls,
        problem: JointProblem,
        said: Dictionary[PlacePair, Float[Tensor, "_ _"]],
        *,
        metric: bool,
        sweeps: int,
        tolerance: float,
    ) -> "_Fit":
        """Sweep; the first rotations go out from the language with the most lexicons, along the lexicons.

        Args:
            problem: The spaces and the weights.
            said: The matrix K_ij of each lexicon, which Q_i B Q_jᵀ is fitted to.
            metric: Whether B counts in the rotations; otherwise they are those for the identity.
            sweeps: Most sweeps.
            tolerance: See `Joint`.
        """
        pulls = _pulls(len(problem), said, problem.weights)
        width = max(moments.shape[0] for moments in problem.covariances)
        order = _outward(pulls)
        first = problem.covariances[order[0]]
        rotations: dict[int, Tensor] = {order[0]: torch.eye(first.shape[0], width).to(first)}
        for place in order[1:]:
            rotations[place] = polar_factor(_pull(pulls[place], rotations))
        shared, trace = _shared(rotations, said, problem.weights), list[dict[str, Any]]()
        for sweep in range(sweeps):
            for place in order:
                pull = _pull(pulls[place], rotations)
                rotations[place] = polar_factor(pull @ shared if metric else pull)
            shared = _shared(rotations, said, problem.weights)
            objective = float(shared.square().sum() if metric else shared.trace())
            trace.append({"sweep": sweep + 1, "objective": objective})
            if sweep and objective - trace[-2]["objective"] <= tolerance * objective:
                break
        strengths, directions = eigenvectors(shared)
        turned = [rotations[place] @ directions for place in range(len(problem))]
        return cls(turned, strengths.clamp(min=0), tuple(trace))

    def mapping(
        self,
        problem: JointProblem,
        lifted: Sequence[Float[Tensor, "_ p"]],
        scaling: Float[Tensor, "p p"],
    ) -> JointMapping:
        """The maps that lift each language into the shared directions, and end with a scaling."""
        placements = (
            Placement(moments, rotation, (lift @ scaling).float())
            for moments, rotation, lift in zip(problem.covariances, self.rotations, lifted, strict=True)
        )
        return JointMapping(tuple(placements), self.strengths, scaling, self.trace)


def _pull_of(
    mapping: JointMapping, crosses: Crosses, said: Callable[[Tensor, Placement], Tensor]
) -> Float[Tensor, "d p"]:
    """The pull at a language that joins; `said` makes K_j of a cross-product and what it leads to."""
    pulls = [(other, weight * said(cross, mapping.placements[other])) for other, cross, weight in crosses]
    return _pull(pulls, {other: mapping.placements[other].rotation for other, _, _ in crosses})


def _pulls(
    size: int, said: Dictionary[PlacePair, Tensor], weights: Dictionary[PlacePair, float]
) -> list[list[tuple[int, Tensor]]]:
    """Of each language, those that it has a lexicon with, and w_ij K_ij from its side."""
    pulls: list[list[tuple[int, Tensor]]] = [[] for _ in range(size)]
    for (i, j), one in said.items():
        weighted = weights[i, j] * one
        pulls[i].append((j, weighted))
        pulls[j].append((i, weighted.T))
    return pulls


def _outward(pulls: Sequence[_Pulls]) -> list[int]:
    """All languages, breadth first from the one with the most lexicons."""
    order = [max(range(len(pulls)), key=lambda place: len(pulls[place]))]
    for place in order:
        order += [other for other, _ in pulls[place] if other not in order]
    return order


def _pull(pulls: _Pulls, rotations: Dictionary[int, Float[Tensor, "_ p"]]) -> Float[Tensor, "d p"]:
    """Σ_j w_ij K_ij Q_j over the languages that are placed."""
    return reduce(torch.add, [said @ rotations[other] for other, said in pulls if other in rotations])


def _shared(
    rotations: Dictionary[int, Float[Tensor, "_ p"]],
    said: Dictionary[PlacePair, Tensor],
    weights: Dictionary[PlacePair, float],
) -> Float[Tensor, "p p"]:
    """The weighted mean of Q_iᵀ K_ij Q_j, both ways, without what is negative in it."""
    seen = sum(weights[i, j] * (rotations[i].T @ one @ rotations[j]) for (i, j), one in said.items())
    seen = torch.as_tensor(seen) / sum(weights.values())
    return root((seen + seen.T) / 2, 1)
