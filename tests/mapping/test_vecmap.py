from itertools import product

import numpy as np
import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import LeastSquares, Mapping, Problem, Procrustes, VecMap
from tests.comparisons import assert_close, assert_orthonormal, assert_same_scores, assert_translates
from tests.mapping.cases import PLAIN_VECMAP
from tests.oracles import linear as oracle
from tests.planted import gaussian, planted, same_ids, unit_gaussian

SIDES = ("source", "target", None)
OFF = {"reweight_source": 0, "reweight_target": 0, "dewhiten_source": None, "dewhiten_target": None}


def expected(problem: Problem, solver: VecMap) -> Mapping:
    weights = 1 if problem.weights is None else problem.weights.double().numpy()[:, None] ** 0.5
    x, z = (rows.double().numpy() * weights for rows in problem.seeds())
    maps = oracle.vecmap(
        x,
        z,
        whiten=solver.whiten,
        reweight=(solver.reweight_source, solver.reweight_target),
        dewhiten=(solver.dewhiten_source, solver.dewhiten_target),
        dimension=solver.dimension,
    )
    return Mapping.two_sided(*(torch.from_numpy(side) for side in maps))


class TestAgreesWithItsDefinition:
    @pytest.mark.parametrize(("source", "target"), list(product(SIDES, SIDES)))
    @pytest.mark.parametrize("exponents", [(0, 0), (0.5, 0.5), (1, 0), (0, 1), (0.3, 1.7)])
    def test_whitened(self, source, target, exponents) -> None:
        problem = planted(noise=0.3)[0]
        solver = VecMap(
            reweight_source=exponents[0],
            reweight_target=exponents[1],
            dewhiten_source=source,
            dewhiten_target=target,
        )
        assert_same_scores(solver.solve(problem), expected(problem, solver), problem.x, problem.z)

    @pytest.mark.parametrize("exponents", [(0, 0), (0.5, 0.5), (1, 0)])
    def test_not_whitened(self, exponents) -> None:
        problem = planted(noise=0.3)[0]
        solver = VecMap(False, *exponents, dewhiten_source=None, dewhiten_target=None)
        assert_same_scores(solver.solve(problem), expected(problem, solver), problem.x, problem.z)

    @pytest.mark.parametrize("dimension", [1, 3, 6, 99])
    def test_fewer_dimensions(self, dimension) -> None:
        problem = planted(noise=0.3)[0]
        solver = VecMap(dimension=dimension)
        found = solver.solve(problem)
        assert found.source.shape == found.target.shape == (6, min(dimension, 6))
        assert_same_scores(found, expected(problem, solver), problem.x, problem.z)

    def test_weights(self) -> None:
        plain = planted(noise=0.3)[0]
        problem = Problem(plain.x, plain.z, plain.pairs, torch.linspace(0, 3, 80))
        assert_same_scores(VecMap().solve(problem), expected(problem, VecMap()), problem.x, problem.z)


class TestReductions:
    @pytest.mark.parametrize(("d", "e"), [(6, 6), (4, 7)])
    def test_with_every_step_off_it_is_procrustes(self, d, e) -> None:
        problem = planted(d=d, e=e, noise=0.5)[0]
        found, procrustes = PLAIN_VECMAP.solve(problem), Procrustes().solve(problem)
        assert_orthonormal(found.source)
        assert_orthonormal(found.target)
        # The shared space is turned, and where dimensions differ cut to those that the source reaches.
        assert_close(found.source @ found.target.T, procrustes.source)
        if d == e:
            assert_same_scores(found, procrustes, problem.x, problem.z)

    def test_re_weighting_alone_does_not_whiten(self) -> None:
        problem = planted(noise=0.5)[0]
        found = VecMap(False, 1, 0, None, None).solve(problem)
        x, z = problem.seeds()
        assert_close(found.source @ found.target.T, x.double().T @ z.double(), atol=1e-4)

    def test_whitening_with_re_weighting_to_one_and_target_de_whitening_is_least_squares(self) -> None:
        """(XᵀX)^−½ U S Vᵀ (ZᵀZ)^½ = (XᵀX)^−1 XᵀZ: the regression that Artetxe et al. name."""
        problem = planted(noise=0.5)[0]
        found = VecMap(True, 1, 0, "target", "target").solve(problem)
        assert_same_scores(found, LeastSquares().solve(problem), problem.x, problem.z)


class TestSteps:
    def test_whitened_seeds_have_unit_gram_matrices(self) -> None:
        problem = planted(noise=0.3)[0]
        found = VecMap(**OFF).solve(problem)
        for rows, side in zip(problem.seeds(), (found.source, found.target), strict=True):
            mapped = rows.double() @ side.double()
            assert_close(mapped.T @ mapped, np.eye(6))

    def test_de_whitening_by_its_own_side_alone_only_turns(self) -> None:
        problem = planted(noise=0.3)[0]
        found = VecMap(reweight_source=0, reweight_target=0).solve(problem)
        assert_orthonormal(found.source)
        assert_orthonormal(found.target)

    def test_a_planted_linear_map_is_undone(self) -> None:
        """Whitening takes any invertible map to a rotation, so that all translations meet."""
        x, skew = unit_gaussian(60, 5), gaussian(5, 5, 1)
        problem = Problem(x, x @ skew, same_ids(40))
        mapping = VecMap(dewhiten_target="source").solve(problem)
        found_x, found_z = mapping.apply(problem.x, problem.z)
        assert_close(found_x, found_z, atol=1e-3)
        assert_translates(mapping, problem.x, problem.z, same_ids(60))

    @pytest.mark.parametrize(("d", "e"), [(4, 7), (7, 4)])
    def test_spaces_of_different_dimension_meet_in_the_smaller(self, d, e) -> None:
        problem, pairs, _ = planted(d=d, e=e)
        found = VecMap().solve(problem)
        assert found.source.shape == (d, 4)
        assert found.target.shape == (e, 4)
        assert_translates(found, problem.x, problem.z, pairs[:80], least=0.9)

    def test_fewer_pairs_than_dimensions_use_what_the_pairs_span(self) -> None:
        problem = planted(d=12, seeds=5)[0]
        found = VecMap().solve(problem)
        assert int(torch.linalg.matrix_rank(found.source, rtol=1e-3)) == 5
        assert_translates(found, problem.x[:5], problem.z[problem.pairs[:, 1]], same_ids(5))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"whiten": False}, "de-whitening is on"),
        ({"whiten": False, "dewhiten_source": None}, "de-whitening is on"),
        ({"dewhiten_target": "src"}, "got 'src'"),
        ({"reweight_source": -0.5}, "exponents"),
        ({"reweight_target": float("nan")}, "exponents"),
        ({"dimension": 0}, "dimension = 0"),
    ],
)
def test_unusable_settings(settings, message) -> None:
    with pytest.raises(InputError, match=message):
        VecMap(**settings)
