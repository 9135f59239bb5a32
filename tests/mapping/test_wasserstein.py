import numpy as np
import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import Problem, WassersteinProcrustes
from isolex.mapping.optimal_transport import sinkhorn
from isolex.mapping.wasserstein import commutator, convex_plan
from tests.comparisons import assert_close, assert_same
from tests.planted import gaussian, planted, unit_gaussian


def relaxed_qap(plan, x, z):
    """‖K_x P − P K_z‖², K_x = X Xᵀ, K_z = Z Zᵀ (Grave et al. 2019)."""
    return ((x @ x.T @ plan - plan @ z @ z.T) ** 2).sum()


def relaxed_qap_gradient(plan, x, z, step=1e-6):
    """Central differences of the relaxation."""
    result = np.zeros_like(plan)
    for place in np.ndindex(*plan.shape):
        nudge = np.zeros_like(plan)
        nudge[place] = step
        result[place] = (relaxed_qap(plan + nudge, x, z) - relaxed_qap(plan - nudge, x, z)) / (2 * step)
    return result


def uniform(n: int) -> torch.Tensor:
    return torch.full((n,), 1 / n, dtype=torch.float64)


class TestWassersteinProcrustes:
    def test_the_seed_draws_the_batches(self) -> None:
        problem, _, _ = planted(250, 8, noise=0.2)
        settings = {"batch": 50, "stages": 1, "iterations": 5}
        first, second = (WassersteinProcrustes(seed=seed, **settings).solve(problem) for seed in (0, 1))
        assert first.trace[0] == second.trace[0]
        assert first.trace[1] != second.trace[1]

    def test_stages_double_the_batch(self) -> None:
        solver = WassersteinProcrustes(batch=25, stages=3, iterations=20, convex_words=50)
        trace = solver.solve(planted(80, 4)[0]).trace
        assert [(row["stage"], row["batch"]) for row in trace] == [(0, 50), (1, 25), (2, 50), (3, 80)]

    def test_the_best_stage_is_the_result(self) -> None:
        """Steps out of all proportion, on batches of two words, cannot spoil the start."""
        problem, _, _ = planted(120, 6)
        start = WassersteinProcrustes(iterations=0).solve(problem)
        spoilt = WassersteinProcrustes(batch=2, stages=1, iterations=3, learning_rate=1e6).solve(problem)
        assert spoilt.trace[-1]["objective"] > spoilt.trace[0]["objective"]
        assert_same(spoilt.source, start.source)

    def test_objective_is_the_mean_squared_distance(self) -> None:
        problem, _, _ = planted(40, 4)
        mapping = WassersteinProcrustes(iterations=0).solve(problem)
        x, z = mapping.apply(problem.x, problem.z)
        plan, _ = sinkhorn(-(x @ z.T).double(), uniform(40), uniform(40), 0.05, 200)
        assert_close(mapping.trace[0]["objective"], (torch.cdist(x, z) ** 2 * plan).sum(), atol=1e-3)

    def test_different_dimensions_are_refused_in_one_line(self) -> None:
        problem = Problem(unit_gaussian(30, 6), unit_gaussian(30, 8))
        message = (
            r"^WassersteinProcrustes: got 6 and 8 dimensions, expected the same on both sides; "
            r"use gromov-wasserstein$"
        )
        with pytest.raises(InputError, match=message):
            WassersteinProcrustes().solve(problem)


class TestConvexStart:
    def test_commutator_gives_objective_and_gradient(self) -> None:
        x, z = gaussian(7, 3).double(), gaussian(7, 3, 1).double()
        plan = gaussian(7, 7, 2).double().softmax(dim=1)
        left = commutator(plan, x, z)
        arrays = (plan.numpy(), x.numpy(), z.numpy())
        assert_close(left.square().sum(), relaxed_qap(*arrays))
        assert_close(2 * commutator(left, x, z), relaxed_qap_gradient(*arrays), atol=1e-4)

    def test_plan_is_doubly_stochastic_and_better_than_the_uniform_one(self) -> None:
        problem, _, _ = planted(50, 5, noise=0.05)
        x, z = (
            rows.double() / torch.linalg.matrix_norm(rows.T @ rows) ** 0.5 for rows in (problem.x, problem.z)
        )
        plan = convex_plan(x, z, 20, 0.05)
        assert_close(plan.sum(dim=0), np.ones(50))
        assert_close(plan.sum(dim=1), np.ones(50))
        assert float(plan.min()) >= 0
        flat = np.full((50, 50), 1 / 50)
        arrays = x.numpy(), z.numpy()
        assert relaxed_qap(plan.numpy(), *arrays) < 0.5 * relaxed_qap(flat, *arrays)
