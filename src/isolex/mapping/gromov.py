"""Gromov-Wasserstein: words matched by distances within each language, without any seed pair."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.linalg import gram, polar_factor
from isolex.mapping.optimal_transport import (
    MARGINALS,
    NOT_FINITE,
    Plan,
    all_positive,
    marginal,
    sinkhorn,
)
from isolex.mapping.problem import Mapping, Problem, Trace
from isolex.names import look_up
from isolex.normalize import unit_rows
from isolex.progress import Rounds
from isolex.retrieval import top_k

# A coupling that moves less than this share of its mass in a round has settled.
_SETTLED = 1e-3

SCALES: dict[str, Callable[[Tensor], float]] = {
    "mean": lambda rows: 1 - float(rows.mean(dim=0).square().sum()),
    "max": lambda rows: 1 + float(top_k(rows.float(), -rows.float(), 1).scores.max()),
    "none": lambda rows: 1.0,  # noqa: ARG005
}


@dataclass(frozen=True)
class GromovWasserstein:
    """Words matched by distances within each language, without seeds (Alvarez-Melis & Jaakkola 2018).

    min over couplings P of Σ_ijkl (C^x_ik − C^z_jl)² P_ij P_kl − ε H(P), C the cosine distances of the most
    frequent words of either side, by Sinkhorn plans along the gradient; W is the polar factor of Xᵀ P Z.
    For cosine distances the objective is, up to a constant, −2 ‖Xᵀ P Z‖², so a round costs no more than a
    few products of [n, d] matrices, and every round lowers objective and entropy term together.

    Its limits, measured by `python -m benchmarks planted`: of 4,000 words it recovers all in a rotated space,
    and none if noise lowers the mean cosine to .9 and a fifth of the words is missing on each side.

    Nothing is random and nothing is compared across the spaces, so their dimensions may differ. Seed pairs
    are ignored. The method needs POT, and spaces whose frequent words are mostly the same; with equal
    dimensions prefer `WassersteinProcrustes`. Memory: about six [n, m] matrices in float64. Cost of a round:
    O(n m d), and O(n m) for each iteration of Sinkhorn.

    Attributes:
        vocabulary: Number of most frequent words of each side that are matched.
        epsilon: Entropic regularisation ε, for distances that are scaled by `scale`. If it is too large,
            every word is matched with every word; if it is too small, the first guesses never change.
        rounds: Maximum number of rounds; the method ends earlier when the coupling no longer changes.
        marginals: How the words count: `uniform`, or by `zipf`'s law, 1 / rank.
        scale: Distances are divided by their `mean`, their `max`, or by nothing (`none`).
        sinkhorn_iterations: Maximum number of iterations for each plan.

    Raises:
        InputError: Settings out of range.
        MissingExtraError: POT is not there.

    Examples:
        >>> import torch
        >>> from isolex.mapping import GromovWasserstein, Problem
        >>> x = torch.nn.functional.normalize(torch.randn(60, 4, generator=torch.Generator().manual_seed(0)))
        >>> turn = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(1))).Q
        >>> found = GromovWasserstein(epsilon=0.01).solve(Problem(x, x @ turn)).source
        >>> bool(torch.allclose(found, turn, atol=0.05))
        True
    """

    vocabulary: int = 3000
    epsilon: float = 5e-4
    rounds: int = 50
    marginals: str = "uniform"
    scale: str = "mean"
    sinkhorn_iterations: int = 200

    def __post_init__(self) -> None:
        check_numbers(self)
        look_up(self.marginals, MARGINALS, "marginals")
        look_up(self.scale, SCALES, "scale")
        if (
            min(self.vocabulary, self.sinkhorn_iterations) < 1
            or self.rounds < 0
            or not all_positive(self.epsilon)
        ):
            raise InputError(
                f"got vocabulary {self.vocabulary}, rounds {self.rounds}, epsilon {self.epsilon}, Sinkhorn "
                f"iterations {self.sinkhorn_iterations}; expected at least 1, at least 0, a positive number "
                "and at least 1",
                where="GromovWasserstein",
            )

    @classmethod
    def paper(cls) -> "GromovWasserstein":
        """The scale of the paper, 20,000 words: some 25 GB of memory, and hours on a few cores."""
        return cls(vocabulary=20_000)

    @classmethod
    def cpu(cls) -> "GromovWasserstein":
        """A minute or two on one core, and up to 1 GB of memory."""
        return cls()

    def solve(self, problem: Problem) -> Mapping:
        """The map of the source into the target space, with a row for each round in the trace."""
        trace: Trace = []
        plan = self._match(problem, trace)
        x, z = self._rows(problem)
        return Mapping.one_sided(polar_factor(gram(x, plan @ z)), trace=tuple(trace))

    def coupling(self, problem: Problem) -> Float[Tensor, "n m"]:
        """How much of the mass of each frequent source word goes to each frequent target word; float64."""
        return self._match(problem, [])

    def _rows(self, problem: Problem) -> tuple[Float[Tensor, "n d"], Float[Tensor, "m e"]]:
        head = self.vocabulary
        return unit_rows(problem.x[:head].double()), unit_rows(problem.z[:head].double())

    def _match(self, problem: Problem, trace: Trace) -> Plan:
        x, z = self._rows(problem)
        p, q = marginal(self.marginals, x), marginal(self.marginals, z)
        # Rows that are all alike have no distances to scale.
        scale_x, scale_z = (size if (size := SCALES[self.scale](rows)) > 1e-6 else 1.0 for rows in (x, z))
        plan, pull = torch.outer(p, q), torch.outer(p @ x, q @ z)
        rounds = Rounds(range(1, self.rounds + 1), "Gromov-Wasserstein rounds")
        for stage in rounds:
            # The gradient of the objective but for terms of one row or one column, which no plan depends on.
            cost = (-4 / (scale_x * scale_z)) * (x @ pull @ z.T)
            moved, violation = sinkhorn(cost, p, q, self.epsilon, self.sinkhorn_iterations)
            row: dict[str, Any] = {"stage": stage, "batch": x.shape[0], "objective": None}
            trace.append(row)
            if not bool(moved.isfinite().all()):
                row["failed"] = NOT_FINITE
                break
            change = float((moved - plan).abs().sum()) / 2
            plan, pull = moved, x.T @ moved @ z
            row["objective"] = _distortion(pull, (x, p, scale_x), (z, q, scale_z))
            row |= {"moved": change, "marginal_error": violation}
            rounds.note(f"objective {row['objective']:.5f}")
            if change < _SETTLED:
                break
        return plan


def _distortion(
    pull: Float[Tensor, "d e"], source: tuple[Tensor, Tensor, float], target: tuple[Tensor, Tensor, float]
) -> float:
    """The objective of Gromov-Wasserstein at Xᵀ P Z = `pull`; sides are rows, marginal and scale."""
    squares, means = [], []
    for rows, weights, scale in (source, target):
        means.append(float((weights @ rows).square().sum()))
        squares.append((1 - 2 * means[-1] + float(gram(rows, rows, weights).square().sum())) / scale**2)
    product = (1 - sum(means) + float(pull.square().sum())) / (source[2] * target[2])
    return sum(squares) - 2 * product
