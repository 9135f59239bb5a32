"""Wasserstein-Procrustes: find a rotation and a matching of words together, without any seed pair."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.linalg import gram, polar_factor
from isolex.mapping.optimal_transport import NOT_FINITE, Plan, all_positive, marginal, sinkhorn
from isolex.mapping.problem import Mapping, Problem, Trace
from isolex.normalize import unit_rows
from isolex.progress import Rounds

_MAX_HALVINGS = 3


@dataclass(frozen=True)
class WassersteinProcrustes:
    """Rotation and word matching estimated together, without seed pairs (Grave, Joulin & Berthet 2019).

    min over orthogonal Q and transport plans P of Σ_ij P_ij ‖x_i Q − z_j‖².

    The start is a convex relaxation: over the most frequent words, the doubly stochastic P of least
    ‖K_x P − P K_z‖², K the Gram matrices, by Frank-Wolfe steps along Sinkhorn plans, and Q the polar factor
    of Xᵀ P Z. Then Q takes stochastic steps: a batch of words of either side is matched by Sinkhorn at the
    present Q, Q moves along X_bᵀ P_b Z_b and is made orthogonal again. From stage to stage the batch
    doubles and the iterations fall to a quarter. The result is the stage that brings the most frequent
    words nearest to each other. Seed pairs are ignored.

    This is one of the starts that unsupervised alignment tries. It needs POT, equal dimensions, and spaces of
    similar shape. If it fails, it fails completely, so check the map. Cost of an iteration: O(b²) for each
    step of Sinkhorn on a batch of b words, and one SVD, O(d³). Cost of a step of the start: O(n² d).

    Attributes:
        vocabulary: Number of most frequent words that batches are drawn from.
        convex_words: Number of most frequent words that the start is found with and stages are compared by.
        convex_iterations: Maximum number of Frank-Wolfe steps.
        convex_epsilon: Entropic regularisation of their Sinkhorn plans, for costs whose largest is scaled to
            1. It is halved, a few times at most, if a plan does not lower the objective any further.
        batch: Words of each side in a batch of the first stage.
        stages: Number of stages; each has twice the batch and a quarter of the iterations of the one before.
        iterations: Number of iterations in the first stage.
        learning_rate: Length of a step, for plans that sum to 1.
        epsilon: Entropic regularisation of the batches' Sinkhorn plans, for cosines.
        sinkhorn_iterations: Maximum number of iterations for each plan.
        seed: Seed of the batches.

    Raises:
        InputError: Settings out of range, or spaces of different dimensions.
        MissingExtraError: POT is not there.

    Examples:
        >>> import torch
        >>> from isolex.mapping import Problem, WassersteinProcrustes
        >>> x = torch.nn.functional.normalize(torch.randn(60, 4, generator=torch.Generator().manual_seed(0)))
        >>> turn = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(1))).Q
        >>> solver = WassersteinProcrustes(batch=60, stages=1, iterations=20)
        >>> found = solver.solve(Problem(x, x @ turn)).source
        >>> bool(torch.allclose(found, turn, atol=0.05))
        True
    """

    vocabulary: int = 20_000
    convex_words: int = 2500
    convex_iterations: int = 10
    convex_epsilon: float = 0.05
    batch: int = 500
    stages: int = 5
    iterations: int = 5000
    learning_rate: float = 500.0
    epsilon: float = 0.05
    sinkhorn_iterations: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        check_numbers(self)
        counts = (self.vocabulary, self.convex_words, self.batch, self.stages, self.sinkhorn_iterations)
        positive = (self.convex_epsilon, self.learning_rate, self.epsilon)
        if min(counts) < 1 or min(self.convex_iterations, self.iterations) < 0 or not all_positive(*positive):
            raise InputError(
                "got a setting out of range, expected counts of at least 1 (iterations of at least 0) and "
                "a positive learning rate and epsilons",
                where="WassersteinProcrustes",
            )

    @classmethod
    def paper(cls, seed: int = 0) -> "WassersteinProcrustes":
        """The scale of the paper: batches of 500 to 8000 out of 20,000 words. Hours on a few cores."""
        return cls(seed=seed)

    @classmethod
    def cpu(cls, seed: int = 0) -> "WassersteinProcrustes":
        """A minute on one core: batches of 500 to 2000 out of 5000 words."""
        return cls(
            vocabulary=5000, convex_words=2000, convex_iterations=20, stages=3, iterations=400, seed=seed
        )

    def solve(self, problem: Problem) -> Mapping:
        """The rotation of the source into the target space, with a row for each stage in the trace."""
        d, e = problem.x.shape[1], problem.z.shape[1]
        if d != e:
            raise InputError(
                f"got {d} and {e} dimensions, expected the same on both sides",
                where="WassersteinProcrustes",
                fix="use gromov-wasserstein",
            )
        x, z = (unit_rows(rows[: self.vocabulary].double()) for rows in (problem.x, problem.z))
        descent = _Descent(self, x, z)
        rounds = Rounds(self._schedule(min(x.shape[0], z.shape[0])), "Wasserstein-Procrustes steps")
        for stage, batch, last in rounds:
            if not descent.step(batch):
                descent.trace.append(
                    {"stage": stage, "batch": batch, "objective": None, "failed": NOT_FINITE}
                )
                break
            if last:
                rounds.note(f"stage {stage}, distance {descent.judge(stage, batch):.4f}")
        if rounds.stopped and not last:
            descent.judge(stage, batch)
        return Mapping.one_sided(descent.best, trace=tuple(descent.trace))

    def _schedule(self, words: int) -> list[tuple[int, int, bool]]:
        """Stage, batch and whether it is the stage's last, of each iteration."""
        steps = []
        for stage in range(self.stages):
            count = self.iterations // 4**stage
            batch = min(self.batch * 2**stage, words)
            steps += [(stage + 1, batch, i == count - 1) for i in range(count)]
        return steps


class _Descent:
    """The rotation under way, the best one so far, and what there is to tell of them."""

    def __init__(
        self, settings: WassersteinProcrustes, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"]
    ) -> None:
        words = min(settings.convex_words, x.shape[0], z.shape[0])
        plan = convex_plan(x[:words], z[:words], settings.convex_iterations, settings.convex_epsilon)
        self._settings, self._x, self._z, self._words = settings, x, z, words
        self._draw = generator(settings.seed)
        self._rotation = self.best = polar_factor(x[:words].T @ plan @ z[:words])
        self._least = math.inf
        self.trace: Trace = []
        self.judge(0, words)

    def step(self, batch: int) -> bool:
        """Match one batch and move the rotation; False, and no move, if the plan is not finite."""
        x, z = self._sample(self._x, batch), self._sample(self._z, batch)
        plan, _ = self._match(x, z)
        pull = x.T @ plan @ z
        if not bool(pull.isfinite().all()):
            return False
        self._rotation = polar_factor(self._rotation + self._settings.learning_rate * pull)
        return True

    def judge(self, stage: int, batch: int) -> float:
        """Mean squared distance of the most frequent words to their matches; keeps the best rotation."""
        x, z = self._x[: self._words], self._z[: self._words]
        plan, violation = self._match(x, z)
        distance = float(2 - 2 * ((x @ self._rotation @ z.T) * plan).sum())
        row = {"stage": stage, "batch": batch, "objective": distance, "marginal_error": violation}
        if math.isfinite(distance):
            self.trace.append(row)
        else:
            self.trace.append({"stage": stage, "batch": batch, "objective": None, "failed": NOT_FINITE})
        if distance < self._least:
            self.best, self._least = self._rotation, distance
        return distance

    def _match(self, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"]) -> tuple[Plan, float]:
        cost = -x @ self._rotation @ z.T
        p, q = marginal("uniform", x), marginal("uniform", z)
        return sinkhorn(cost, p, q, self._settings.epsilon, self._settings.sinkhorn_iterations)

    def _sample(self, rows: Float[Tensor, "n d"], batch: int) -> Float[Tensor, "b d"]:
        ids = torch.randperm(rows.shape[0], generator=self._draw)[:batch]
        return rows[ids.to(rows.device)]


def convex_plan(
    x: Float[Tensor, "n d"], z: Float[Tensor, "n d"], iterations: int, epsilon: float
) -> Float[Tensor, "n n"]:
    """A doubly stochastic P that nearly minimises ‖K_x P − P K_z‖², by Frank-Wolfe from the uniform one."""
    n = x.shape[0]
    x, z = (rows / gram(rows, rows).norm().sqrt() for rows in (x, z))
    uniform = marginal("uniform", x)
    plan = torch.full((n, n), 1 / n, dtype=torch.float64, device=x.device)
    left = commutator(plan, x, z)
    halvings = 0
    rounds = Rounds(range(iterations), "convex start")
    for _ in rounds:
        slope = commutator(left, x, z)
        slope = slope - slope.mean(dim=0) - slope.mean(dim=1, keepdim=True) + slope.mean()
        aim, _ = sinkhorn(slope / slope.abs().max(), uniform, uniform, epsilon, 200)
        direction = n * aim - plan
        change = commutator(direction, x, z)
        length = -float((left * change).sum() / change.square().sum())
        if not math.isfinite(length):
            break
        if length < 1e-3:  # the plan's entropy keeps it from pointing down
            halvings, epsilon = halvings + 1, epsilon / 2
            if halvings > _MAX_HALVINGS:
                break
            continue
        plan, left = plan + min(length, 1) * direction, left + min(length, 1) * change
        rounds.note(f"{float(left.square().sum()):.3g}")
    return plan


def commutator(
    plan: Float[Tensor, "n n"], x: Float[Tensor, "n d"], z: Float[Tensor, "n d"]
) -> Float[Tensor, "n n"]:
    """K_x P − P K_z; applied twice, it is half the gradient of its squared norm, the convex relaxation."""
    return x @ (x.T @ plan) - (plan @ z) @ z.T
