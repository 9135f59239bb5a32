import numpy as np
import ot
import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import GromovWasserstein, Problem, gromov, optimal_transport
from tests.comparisons import assert_close, assert_orthonormal, assert_same, assert_translates
from tests.planted import planted, rotation, unit_gaussian

GW = GromovWasserstein(epsilon=3e-3)


def gromov_wasserstein(plan, distances_x, distances_z):
    """Σ_ijkl (C^x_ik − C^z_jl)² P_ij P_kl (Alvarez-Melis & Jaakkola 2018)."""
    total = 0.0
    for i, j in np.ndindex(*plan.shape):
        total += plan[i, j] * ((distances_x[i][:, None] - distances_z[j][None, :]) ** 2 * plan).sum()
    return total


class TestGromovWasserstein:
    @pytest.mark.parametrize("marginals", ["uniform", "zipf"])
    @pytest.mark.parametrize("scale", ["mean", "max", "none"])
    def test_marginals_of_the_coupling(self, marginals, scale) -> None:
        solver = GromovWasserstein(epsilon=1e-2, rounds=5, marginals=marginals, scale=scale)
        problem = Problem(unit_gaussian(60, 4), unit_gaussian(45, 4, 1))
        plan = solver.coupling(problem)
        assert plan.dtype == torch.float64
        assert float(plan.min()) >= 0
        for found, n in ((plan.sum(dim=1), 60), (plan.sum(dim=0), 45)):
            weights = np.ones(n) if marginals == "uniform" else 1 / np.arange(1, n + 1)
            assert_close(found, weights / weights.sum(), atol=1e-12)

    @pytest.mark.filterwarnings("ignore:Sinkhorn did not converge")
    def test_agrees_with_pots_own_solver(self, monkeypatch) -> None:
        """Which takes any distances, and so knows nothing of the short cuts for cosines."""
        monkeypatch.setattr(optimal_transport, "_SINKHORN_TOLERANCE", 1e-8)
        monkeypatch.setattr(gromov, "_SETTLED", 0)
        problem, _, _ = planted(40, 4, noise=0.1)
        solver = GromovWasserstein(epsilon=0.1, scale="none", rounds=12, sinkhorn_iterations=1000)
        x, z = problem.x.double(), torch.nn.functional.normalize(problem.z.double())
        distances = (1 - x @ x.T).numpy(), (1 - z @ z.T).numpy()
        expected, log = ot.gromov.entropic_gromov_wasserstein(
            *distances, epsilon=0.1, symmetric=True, max_iter=12, numItermax=1000, log=True
        )
        assert_close(solver.coupling(problem), expected, atol=1e-5)
        objective = solver.solve(problem).trace[-1]["objective"]
        assert_close(objective, gromov_wasserstein(expected, *distances), atol=1e-4)
        assert_close(objective, log["gw_dist"], atol=1e-4)

    def test_a_turn_of_either_space_turns_the_map(self) -> None:
        problem, _, _ = planted(80, 5, noise=0.1)
        left, right = rotation(5, 7), rotation(5, 8)
        solver = GromovWasserstein(epsilon=1e-2)
        plain = solver.solve(problem).source
        turned = solver.solve(Problem(problem.x @ left, problem.z @ right)).source
        assert_close(left @ turned @ right.T, plain, atol=1e-3)

    @pytest.mark.parametrize(("d", "e"), [(6, 9), (9, 6)])
    def test_different_dimensions(self, d, e) -> None:
        """The source fills its space, or six of its directions; the target has it all."""
        small = unit_gaussian(150, 6)
        x, z = small @ rotation(6, 1, d), small @ rotation(6, 2, e)
        mapping = GW.solve(Problem(x, z))
        assert mapping.source.shape == (d, e)
        assert_orthonormal(mapping.source)
        assert_translates(mapping, x, z, torch.arange(150).repeat(2, 1).T)

    def test_only_the_most_frequent_words_are_matched(self) -> None:
        problem, _, _ = planted(80, 5)
        solver = GromovWasserstein(vocabulary=50, epsilon=3e-3, rounds=4)
        assert solver.coupling(problem).shape == (50, 50)
        cut = Problem(problem.x[:50], problem.z[:50])
        assert_same(solver.solve(problem).source, solver.solve(cut).source)

    def test_lengths_of_rows_do_not_matter(self) -> None:
        problem, _, _ = planted(80, 5)
        longer = Problem(problem.x * torch.linspace(0.5, 2, 80)[:, None], problem.z)
        assert_close(GW.solve(longer).source, GW.solve(problem).source, atol=1e-4)

    @pytest.mark.parametrize("setting", [{"marginals": "zipff"}, {"scale": "median"}])
    def test_names_are_checked(self, setting) -> None:
        with pytest.raises(InputError, match="choose from"):
            GromovWasserstein(**setting)
