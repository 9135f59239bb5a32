"""Many languages in one space by rotations and one metric that all share (GeoMM)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.errors import InputError
from isolex.given import check_numbers, whole_number
from isolex.linalg import eigenvectors
from isolex.mapping.joint import GeneralizedProcrustes
from isolex.mapping.joint_problem import JointMapping, JointProblem, Placement


@dataclass(frozen=True)
class GeoMM:
    """Rotate every language into a latent space, and learn one metric of that space (Jawanpuria et al. 2019).

    For rotations U_i and a positive definite B it minimises

    Σ_ij w_ij ‖X_i U_i B U_jᵀ X_jᵀ − Y_ij‖²_F + λ ‖B‖²_F

    over the lexicons, where the rows of X_i are the seed words of language i, and Y_ij is 1 for a pair and 0
    elsewhere. A language's map is U_i B^½. With M = U_i B U_jᵀ, the first term is tr(Σ_i M Σ_j Mᵀ) − 2 tr(Mᵀ
    C_ij), up to constants and the scale of B, so the method needs only covariances and cross-products. Here
    Σ_i is over the pairs of all lexicons of language i. `Joint` makes an equally good space without descent,
    and also works for languages of different dimensions.

    The rotations begin at generalised Procrustes. They move by Cayley's transform and B is L Lᵀ, so that
    L-BFGS is free of constraints. Cost: an evaluation takes a few products and one solution of a system of
    d × d matrices a language.

    Attributes:
        ridge: λ over the product of the mean eigenvalues of the two covariances, ≥ 0: at 1 it counts as much
            as the quadratic term does in the mean direction.
        steps: Most steps of L-BFGS, ≥ 1.
        tolerance: Descent ends when the objective falls by less than this share of itself over ten steps.

    Raises:
        InputError: A negative ridge or tolerance, or no step.

    Examples:
        >>> import torch
        >>> from isolex.mapping import GeoMM, JointProblem, Problem, Tie
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> pairs = torch.arange(50).repeat(2, 1).T
        >>> tie = Tie.of(Problem(x, x.flip(1), pairs))
        >>> first, second = GeoMM().solve(JointProblem.of(2, [((0, 1), tie)])).maps
        >>> bool(torch.allclose(x @ first, x.flip(1) @ second, atol=1e-3))
        True
    """

    ridge: float = 10.0
    steps: int = 300
    tolerance: float = 1e-5

    def __post_init__(self) -> None:
        check_numbers(self)
        if not (0 <= self.ridge < math.inf and 0 <= self.tolerance < math.inf):
            raise InputError("ridge and tolerance must be finite, and at least 0", where="GeoMM")
        whole_number(self.steps, "steps", where="GeoMM")

    def solve(self, problem: JointProblem) -> JointMapping:
        """The maps of all languages.

        Raises:
            InputError: The languages differ in dimension.
        """
        widths = sorted({moments.shape[0] for moments in problem.covariances})
        if len(widths) > 1:
            raise InputError(
                f"got spaces of {' and '.join(map(str, widths))} dimensions, expected the same of all",
                where="GeoMM",
                fix="use Joint, which takes any",
            )
        problem = _scaled(problem)
        begun = [place.rotation for place in GeneralizedProcrustes().solve(problem).placements]
        skew = [torch.zeros_like(rotation) for rotation in begun]
        lower = torch.eye(widths[0]).to(begun[0])
        trace = _descended(
            lambda: objective(problem, _turned(begun, skew), lower @ lower.T, self.ridge),
            [*skew, lower],
            steps=self.steps,
            tolerance=self.tolerance,
        )
        with torch.no_grad():
            rotations = _turned(begun, skew)
            values, directions = eigenvectors(lower @ lower.T)
        strengths = values.clamp(min=0)
        scaling = torch.diag(strengths.sqrt())
        turned = [rotation @ directions for rotation in rotations]
        placements = (
            Placement(moments, rotation, (rotation @ scaling).float())
            for moments, rotation in zip(problem.covariances, turned, strict=True)
        )
        return JointMapping(tuple(placements), strengths, scaling, trace)


def objective(
    problem: JointProblem,
    rotations: Sequence[Float[Tensor, "d d"]],
    metric: Float[Tensor, "d d"],
    ridge: float,
) -> Float[Tensor, ""]:
    """Σ w_ij (tr(Σ_i M Σ_j Mᵀ) − 2 tr(Mᵀ C_ij)) + λ ‖B‖²_F with M = U_i B U_jᵀ, by the shared B.

    Args:
        problem: Moments whose mean eigenvalue is 1, so that λ is the ridge times Σ w_ij.
        rotations: U_i.
        metric: B.
        ridge: λ / Σ w_ij.
    """
    # Each language's covariance in the latent space, where the traces need no M.
    inside = [
        rotation.T @ moments @ rotation @ metric
        for rotation, moments in zip(rotations, problem.covariances, strict=True)
    ]
    total = ridge * sum(problem.weights.values()) * metric.square().sum()
    for (i, j), cross in problem.crosses.items():
        quadratic = (inside[i] * inside[j].T).sum()
        linear = ((rotations[i].T @ cross @ rotations[j]) * metric).sum()
        total = total + problem.weights[i, j] * (quadratic - 2 * linear)
    return total


def _scaled(problem: JointProblem) -> JointProblem:
    """The same with covariances of mean eigenvalue 1, which only changes the scales of rows, B and λ."""
    scale = [float(moments.trace()) / moments.shape[0] or 1.0 for moments in problem.covariances]
    return JointProblem(
        tuple(moments / size for moments, size in zip(problem.covariances, scale, strict=True)),
        {(i, j): cross / (scale[i] * scale[j]) ** 0.5 for (i, j), cross in problem.crosses.items()},
        problem.weights,
    )


def _turned(
    begun: Sequence[Float[Tensor, "d d"]], skew: Sequence[Float[Tensor, "d d"]]
) -> list[Float[Tensor, "d d"]]:
    """Rotations moved by Cayley's transform (I − S)⁻¹ (I + S) of S = A − Aᵀ."""
    moved = []
    for rotation, free in zip(begun, skew, strict=True):
        turn = free - free.T
        identity = torch.eye(turn.shape[0]).to(turn)
        moved.append(rotation @ torch.linalg.solve(identity - turn, identity + turn))
    return moved


def _descended(
    loss: Callable[[], Tensor], parameters: Sequence[Tensor], *, steps: int, tolerance: float
) -> tuple[dict[str, Any], ...]:
    """Minimise in place, by ten steps of L-BFGS at a time; the objective after each time."""
    for parameter in parameters:
        parameter.requires_grad_()
    descent = torch.optim.LBFGS(
        list(parameters), max_iter=_AT_ONCE, history_size=_AT_ONCE, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        descent.zero_grad()
        value = loss()
        value.backward()
        return value

    trace: list[dict[str, Any]] = []
    for step in range(_AT_ONCE, steps + _AT_ONCE, _AT_ONCE):
        descent.step(closure)
        with torch.no_grad():
            value = float(loss())
        trace.append({"step": step, "objective": value})
        if len(trace) > 1 and trace[-2]["objective"] - value <= tolerance * abs(value):
            break
    for parameter in parameters:
        parameter.requires_grad = False
    return tuple(trace)


_AT_ONCE = 10
