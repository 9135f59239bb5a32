"""What Wasserstein-Procrustes and Gromov-Wasserstein have in common, and the Sinkhorn plans of both."""

import sys
import warnings

import numpy as np
import ot
import pytest
import torch

from isolex.errors import InputError, MissingExtraError
from isolex.mapping import GromovWasserstein, Problem, WassersteinProcrustes
from isolex.mapping.optimal_transport import sinkhorn
from isolex.progress import listening, stopping
from tests.comparisons import assert_close, assert_orthonormal, assert_same, assert_translates
from tests.planted import gaussian, planted, unit_gaussian

WP = WassersteinProcrustes(batch=150, stages=2, iterations=12, sinkhorn_iterations=50)
GW = GromovWasserstein(epsilon=3e-3)
BOTH = pytest.mark.parametrize("solver", [WP, GW], ids=["wasserstein-procrustes", "gromov-wasserstein"])


def uniform(n: int) -> torch.Tensor:
    return torch.full((n,), 1 / n, dtype=torch.float64)


def unpaired(problem: Problem) -> Problem:
    return Problem(problem.x, problem.z)


class Stop:
    """Wanted from the n-th time on that somebody asks."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


class Labels:
    def __init__(self) -> None:
        self.loops: list[str] = []
        self.notes: list[str] = []

    def start(self, label: str, total: int) -> object:
        self.loops.append(label)
        return label

    def advance(self, loop: object) -> None:
        pass

    def note(self, loop: object, text: str) -> None:
        self.notes.append(text)

    def finish(self, loop: object) -> None:
        pass


class TestBoth:
    @BOTH
    @pytest.mark.parametrize(("n", "d", "noise"), [(20, 3, 0.0), (300, 8, 0.0), (300, 20, 0.05)])
    def test_recovers_a_planted_rotation(self, solver, n, d, noise) -> None:
        problem, pairs, _ = planted(n, d, noise=noise)
        mapping = solver.solve(unpaired(problem))
        assert_orthonormal(mapping.source)
        assert_same(mapping.target, torch.eye(d))
        assert_translates(mapping, problem.x, problem.z, pairs)

    @BOTH
    def test_pairs_are_ignored(self, solver) -> None:
        problem, _, _ = planted(60, 4)
        assert_same(solver.solve(problem).source, solver.solve(unpaired(problem)).source)

    @BOTH
    def test_sides_of_different_size(self, solver) -> None:
        """All the words of the longer side that have a translation are still found."""
        problem, pairs, _ = planted(300, 8)
        there = pairs[:, 1] < 250
        cut = Problem(problem.x, problem.z[:250])
        assert_translates(solver.solve(cut), cut.x, cut.z, pairs[there], least=0.95)

    @BOTH
    @pytest.mark.parametrize("words", [1, 2, 5])
    def test_very_few_words_give_an_orthogonal_map(self, solver, words) -> None:
        mapping = solver.solve(Problem(unit_gaussian(words, 6), unit_gaussian(words, 6, 1)))
        assert_orthonormal(mapping.source)

    @BOTH
    def test_same_seed_same_result(self, solver) -> None:
        problem, _, _ = planted(120, 8, noise=0.05)
        first, second = solver.solve(problem), solver.solve(problem)
        assert_same(first.source, second.source)
        assert first.trace == second.trace

    @BOTH
    def test_global_generators_are_left_alone(self, solver) -> None:
        before, before_numpy = torch.get_rng_state(), np.random.get_state()[1].copy()
        solver.solve(planted(40, 4)[0])
        assert_same(torch.get_rng_state(), before)
        assert (np.random.get_state()[1] == before_numpy).all()

    @BOTH
    def test_without_pot_the_pip_command_is_told(self, solver, monkeypatch) -> None:
        monkeypatch.setitem(sys.modules, "ot", None)
        with pytest.raises(
            MissingExtraError, match=r"needs the package POT; run: pip install 'isolex\[transport\]'"
        ):
            solver.solve(planted(40, 4)[0])

    @BOTH
    def test_the_trace_has_a_row_a_stage(self, solver) -> None:
        trace = solver.solve(planted(120, 6, noise=0.1)[0]).trace
        assert len(trace) > 1
        assert all({"stage", "batch", "objective"} <= set(row) for row in trace)
        assert min(row["objective"] for row in trace[1:]) < trace[0]["objective"]

    @BOTH
    def test_progress_is_told(self, solver) -> None:
        labels = Labels()
        with listening(labels):
            solver.solve(planted(120, 6)[0])
        assert any("Wasserstein" in label for label in labels.loops)
        assert labels.notes

    @BOTH
    @pytest.mark.parametrize("after", [0, 12])
    def test_a_wanted_stop_ends_with_a_map(self, solver, after) -> None:
        problem = planted(120, 6)[0]
        with stopping(Stop(after)):
            mapping = solver.solve(problem)
        assert_orthonormal(mapping.source)
        assert len(mapping.trace) <= len(solver.solve(problem).trace)

    @BOTH
    @pytest.mark.parametrize("good", [0, 1, 15])
    def test_a_plan_that_is_not_finite_ends_with_the_best_so_far(self, solver, good, monkeypatch) -> None:
        real, calls = ot.sinkhorn, []

        def breaking(*args, **kwargs):
            calls.append(1)
            return real(*args, **kwargs) * (1 if len(calls) <= good else torch.nan)

        monkeypatch.setattr(ot, "sinkhorn", breaking)
        mapping = solver.solve(planted(120, 6)[0])
        assert_orthonormal(mapping.source)
        failed = [row for row in mapping.trace if "failed" in row] or mapping.trace
        assert good == 15 or failed[-1]["failed"] == "the transport plan was not finite"

    @BOTH
    def test_warnings_of_pot_stay_inside(self, solver) -> None:
        """Sinkhorn in one iteration does not converge; the trace tells, nothing else does."""
        settings = {**vars(solver), "sinkhorn_iterations": 1}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            mapping = type(solver)(**settings).solve(planted(120, 6)[0])
        assert mapping.trace[0]["marginal_error"] > 0.01
        assert_orthonormal(mapping.source)

    @pytest.mark.parametrize("kind", [WassersteinProcrustes, GromovWasserstein])
    @pytest.mark.parametrize("setting", [{"vocabulary": 0}, {"epsilon": 0.0}, {"epsilon": float("nan")}])
    def test_settings_out_of_range(self, kind, setting) -> None:
        with pytest.raises(InputError, match=f"^{kind.__name__}: got"):
            kind(**setting)

    @pytest.mark.parametrize("kind", [WassersteinProcrustes, GromovWasserstein])
    def test_presets(self, kind) -> None:
        assert kind.cpu().vocabulary <= kind.paper().vocabulary == 20_000


class TestSinkhorn:
    @pytest.mark.parametrize("epsilon", [1.0, 0.05, 1e-3, 1e-5])
    def test_marginals_are_exact_whatever_the_epsilon(self, epsilon) -> None:
        cost = gaussian(30, 20).double()
        plan, violation = sinkhorn(cost, uniform(30), uniform(20), epsilon, 50)
        assert np.isfinite(violation)
        assert_close(plan.sum(dim=0), uniform(20), atol=1e-12)
        assert_close(plan.sum(dim=1), uniform(30), atol=1e-12)

    def test_terms_of_a_row_or_a_column_do_not_matter(self) -> None:
        cost = gaussian(30, 20).double()
        moved = cost + 100 * gaussian(30, 1, 1) + 100 * gaussian(1, 20, 2)
        plain, shifted = (sinkhorn(c, uniform(30), uniform(20), 0.1, 500)[0] for c in (cost, moved))
        assert_close(plain, shifted, atol=1e-8)

    def test_small_epsilon_is_near_the_exact_transport(self) -> None:
        cost = gaussian(25, 25).double()
        plan, _ = sinkhorn(cost, uniform(25), uniform(25), 1e-2, 5000)
        exact = ot.emd2(uniform(25).numpy(), uniform(25).numpy(), cost.numpy())
        assert_close((plan * cost).sum(), exact, atol=0.02)


def test_a_mapping_is_float32() -> None:
    mapping = GW.solve(planted(20, 3)[0])
    assert mapping.source.dtype == torch.float32
