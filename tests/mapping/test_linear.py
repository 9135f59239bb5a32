import math

import numpy as np
import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import CCA, LeastSquares, Problem, Procrustes
from isolex.normalize import unit_rows
from tests.comparisons import assert_close, assert_orthonormal, assert_same_scores, assert_translates
from tests.oracles import linear as oracle
from tests.planted import gaussian, planted, rotation, same_ids, unit_gaussian

WEIGHTS = [None, torch.linspace(0, 4, 80)]


def seeds_of(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    x, z = problem.seeds()
    return x.double().numpy(), z.double().numpy()


def loss(w: torch.Tensor, problem: Problem) -> float:
    x, z = problem.seeds()
    return float((x.double() @ w.double() - z.double()).square().sum())


class TestLeastSquares:
    @pytest.mark.parametrize(("d", "e"), [(6, 6), (4, 7), (7, 4), (1, 3)])
    def test_a_planted_linear_map_is_found(self, d, e) -> None:
        x, w = unit_gaussian(50, d), gaussian(d, e, 1)
        found = LeastSquares().solve(Problem(x, x @ w, same_ids(40)))
        assert_close(found.source, w, atol=1e-4)
        assert_close(found.target, np.eye(e))

    @pytest.mark.parametrize("weights", WEIGHTS)
    @pytest.mark.parametrize("ridge", [0.0, 0.1, 10.0])
    def test_agrees_with_its_definition(self, ridge, weights) -> None:
        plain = planted(noise=0.5)[0]
        problem = Problem(plain.x, plain.z, plain.pairs, weights)
        scaled = None if weights is None else problem.weights.double().numpy()
        found = LeastSquares(ridge=ridge).solve(problem)
        assert_close(found.source, oracle.least_squares(*seeds_of(problem), scaled, ridge))

    def test_fewer_pairs_than_dimensions_give_the_solution_of_least_norm(self) -> None:
        problem = planted(d=12, seeds=5)[0]
        found = LeastSquares().solve(problem)
        assert_close(found.source, oracle.least_squares(*seeds_of(problem)))
        assert loss(found.source, problem) < 1e-8

    def test_linearly_dependent_rows(self) -> None:
        x = gaussian(40, 3) @ gaussian(3, 8, 1)
        problem = Problem(x, gaussian(40, 5, 2), same_ids(40))
        assert_close(
            LeastSquares().solve(problem).source, oracle.least_squares(*seeds_of(problem)), atol=1e-4
        )

    def test_nothing_near_fits_better(self) -> None:
        problem = planted(noise=0.5)[0]
        found = LeastSquares().solve(problem).source
        for seed in range(10):
            assert loss(found, problem) < loss(found + 0.01 * gaussian(6, 6, seed), problem)

    def test_a_ridge_shrinks(self) -> None:
        problem = planted(noise=0.5)[0]
        sizes = [float(LeastSquares(ridge).solve(problem).source.norm()) for ridge in (0, 1, 10, 100, 1e9)]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[-1] < 1e-6

    @pytest.mark.parametrize("ridge", [-1e-9, math.nan, math.inf])
    def test_unusable_ridges(self, ridge) -> None:
        with pytest.raises(InputError, match="LeastSquares: got ridge"):
            LeastSquares(ridge=ridge)


class TestProcrustes:
    @pytest.mark.parametrize(("d", "e"), [(6, 6), (4, 7)])
    def test_a_planted_rotation_is_found(self, d, e) -> None:
        problem, _, turn = planted(d=d, e=e)
        found = Procrustes().solve(problem)
        assert_close(found.source, turn)
        assert_close(found.target, np.eye(e))

    def test_noise_and_length_of_the_target_rows_do_not_turn_it_far(self) -> None:
        problem, _, turn = planted(noise=0.02)
        assert_close(Procrustes().solve(problem).source, turn, atol=0.02)
        longer = Problem(problem.x, 7 * problem.z, problem.pairs)
        assert_close(Procrustes().solve(longer).source, Procrustes().solve(problem).source)

    @pytest.mark.parametrize("weights", WEIGHTS)
    def test_agrees_with_its_definition(self, weights) -> None:
        plain = planted(noise=0.5)[0]
        problem = Problem(plain.x, plain.z, plain.pairs, weights)
        scaled = None if weights is None else weights.double().numpy()
        assert_close(Procrustes().solve(problem).source, oracle.procrustes(*seeds_of(problem), scaled))

    @pytest.mark.parametrize(("d", "e"), [(6, 6), (4, 7), (7, 4)])
    @pytest.mark.parametrize("seeds", [1, 3, 80])
    def test_the_map_is_orthonormal_however_few_the_pairs(self, d, e, seeds) -> None:
        found = Procrustes().solve(planted(d=d, e=e, seeds=seeds, noise=0.5)[0])
        assert found.source.shape == (d, e)
        assert_orthonormal(found.source)

    def test_a_single_pair_is_mapped_onto_its_translation(self) -> None:
        problem = planted(seeds=1)[0]
        x, z = problem.seeds()
        assert_close(x @ Procrustes().solve(problem).source, z)

    def test_no_rotation_fits_better(self) -> None:
        problem = planted(noise=0.5)[0]
        found = Procrustes().solve(problem).source
        for seed in range(20):
            nudge, _ = torch.linalg.qr(torch.eye(6) + 0.05 * gaussian(6, 6, seed))
            assert loss(found, problem) < loss(found @ (nudge * nudge.diagonal().sign()), problem)
            assert loss(found, problem) < loss(rotation(6, seed), problem)

    def test_mapping_back_is_the_transpose(self) -> None:
        problem = planted(noise=0.5)[0]
        back = Problem(problem.z, problem.x, problem.pairs.flip(1))
        assert_close(Procrustes().solve(back).source, Procrustes().solve(problem).source.T)

    def test_least_squares_finds_the_same_where_a_rotation_fits(self) -> None:
        problem, _, turn = planted()
        assert_close(LeastSquares().solve(problem).source, turn, atol=1e-4)
        assert_same_scores(LeastSquares().solve(problem), Procrustes().solve(problem), problem.x, problem.z)


class TestCCA:
    @pytest.mark.parametrize(("d", "e"), [(5, 5), (4, 7), (7, 4)])
    @pytest.mark.parametrize("noise", [0.1, 1.0])
    def test_directions_are_canonical(self, d, e, noise) -> None:
        """Of the mapped seeds each side has unit covariance; across, only equal directions correlate."""
        problem = planted(d=d, e=e, noise=noise)[0]
        found = CCA(ratio=1.0).solve(problem)
        x, z = (torch.from_numpy(rows - rows.mean(axis=0)) for rows in seeds_of(problem))
        a, b = x @ found.source.double(), z @ found.target.double()
        r = min(d, e)
        assert found.source.shape == (d, r)
        assert found.target.shape == (e, r)
        assert_close(a.T @ a, np.eye(r))
        assert_close(b.T @ b, np.eye(r))
        expected = oracle.canonical_correlations(*seeds_of(problem))
        assert_close(a.T @ b, np.diag(expected[:r]))

    def test_any_linear_map_between_the_spaces_gives_full_correlation(self) -> None:
        x = unit_gaussian(60, 5)
        problem = Problem(x, x @ gaussian(5, 5, 1) + 3, same_ids(50))  # moved as well: it centres
        found = CCA(ratio=1.0).solve(problem)
        middles = [rows.mean(dim=0) for rows in problem.seeds()]
        assert_close(
            (problem.x - middles[0]) @ found.source, (problem.z - middles[1]) @ found.target, atol=1e-4
        )

    def test_invariant_to_linear_maps_of_either_side(self) -> None:
        problem = planted(noise=0.3)[0]
        skew = gaussian(6, 6, 5), gaussian(6, 6, 6)
        skewed = CCA().solve(Problem(problem.x @ skew[0], problem.z @ skew[1], problem.pairs))
        found = type(skewed).two_sided(skew[0] @ skewed.source, skew[1] @ skewed.target)
        assert_same_scores(found, CCA().solve(problem), problem.x, problem.z, atol=1e-3)

    @pytest.mark.parametrize(("ratio", "kept"), [(1e-9, 1), (0.3, 2), (0.5, 3), (0.51, 4), (1.0, 6)])
    def test_the_ratio_keeps_the_best_directions(self, ratio, kept) -> None:
        problem = planted(noise=0.3)[0]
        every, some = CCA(ratio=1.0).solve(problem), CCA(ratio=ratio).solve(problem)
        assert_close(some.source, every.source[:, :kept])
        assert_close(some.target, every.target[:, :kept])

    def test_the_shared_part_is_found_among_private_ones(self) -> None:
        """Both spaces hold the same three directions, and four each that the other knows nothing of."""
        shared = gaussian(150, 3)
        x, z = (unit_rows(torch.cat([shared, gaussian(150, 4, s)], dim=1) @ rotation(7, s)) for s in (1, 2))
        problem = Problem(x, z, same_ids(100))
        found = CCA(ratio=3 / 7).solve(problem)
        assert_translates(found, x, z, same_ids(150)[100:], least=0.5)
        with pytest.raises(AssertionError):
            assert_translates(CCA(ratio=1.0).solve(problem), x, z, same_ids(150)[100:], least=0.5)

    def test_a_ridge_steadies_few_pairs(self) -> None:
        sizes = [
            float(CCA(ratio=1.0, ridge=ridge).solve(planted(d=6, seeds=8, noise=0.3)[0]).source.norm())
            for ridge in (0, 0.1, 1, 10)
        ]
        assert sizes == sorted(sizes, reverse=True)

    @pytest.mark.parametrize(
        "settings", [{"ratio": 0}, {"ratio": 1.1}, {"ratio": math.nan}, {"ridge": -1}, {"ridge": math.nan}]
    )
    def test_unusable_settings(self, settings) -> None:
        with pytest.raises(InputError, match="CCA: got"):
            CCA(**settings)
