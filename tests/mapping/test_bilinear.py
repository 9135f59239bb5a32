import math

import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import Bilinear, Joint, JointProblem, Mapping, Problem, Tie
from tests.comparisons import assert_close, assert_same_scores, assert_translates
from tests.oracles import bilinear as oracle
from tests.planted import planted

RIDGES = (0.0, 0.3, 3.0, 100.0)


def uneven(**sizes) -> Problem:
    """Rows whose directions differ in variance, so that a ridge matters."""
    problem = planted(noise=0.3, **sizes)[0]
    return Problem(
        problem.x * torch.logspace(-1, 1, problem.x.shape[1]),
        problem.z * torch.logspace(1, -0.5, problem.z.shape[1]),
        problem.pairs,
    )


class TestAgreesWithItsDefinition:
    @pytest.mark.parametrize("ridge", RIDGES)
    @pytest.mark.parametrize(("d", "e"), [(5, 5), (3, 6), (6, 3)])
    @pytest.mark.parametrize("weights", [None, torch.linspace(0.2, 4, 40)])
    def test_the_regression(self, ridge, d, e, weights) -> None:
        plain = uneven(d=d, e=e, n=60, seeds=40)
        problem = Problem(plain.x, plain.z, plain.pairs, weights)
        found = Bilinear(ridge).solve(problem)
        assert found.source.shape == (d, min(d, e))
        assert found.target.shape == (e, min(d, e))
        x, z = (rows.double().numpy() for rows in problem.seeds())
        scaled = None if weights is None else problem.weights.double().numpy()
        assert_close(found.source @ found.target.T, oracle.regression(x, z, ridge, scaled), atol=1e-4)

    @pytest.mark.parametrize("ridge", [0.3, 3.0])
    def test_both_maps_share_the_strengths(self, ridge) -> None:
        """UᵀU diag(s) of either side: the shared space favours no side."""
        found = Bilinear(ridge).solve(uneven())
        assert_close(found.source.T @ found.source, found.target.T @ found.target, atol=1e-4)


class TestReductions:
    @pytest.mark.parametrize("ridge", RIDGES)
    def test_it_is_joint_for_two_languages(self, ridge) -> None:
        problem = uneven()
        joint = Joint(ridge, sweeps=1000, tolerance=0).solve(JointProblem.of(2, [((0, 1), Tie.of(problem))]))
        expected = Mapping.two_sided(*joint.maps)
        assert_same_scores(Bilinear(ridge).solve(problem), expected, problem.x, problem.z, atol=1e-3)

    def test_a_large_ridge_is_the_cross_product(self) -> None:
        problem = uneven()
        found = Bilinear(1e8).solve(problem)
        product = (found.source @ found.target.T).double()
        cross = problem.cross()
        assert_close(product / product.norm(), cross / cross.norm(), atol=1e-4)

    @pytest.mark.parametrize(("d", "noise"), [(4, 0.0), (9, 0.0), (9, 0.01)])
    def test_without_a_ridge_a_planted_rotation_is_undone(self, d, noise) -> None:
        problem, pairs, _ = planted(d=d, seeds=60, noise=noise)
        mapping = Bilinear(ridge=0).solve(problem)
        x, z = mapping.apply(problem.x, problem.z)
        assert_close(x[pairs[:, 0]], z[pairs[:, 1]], atol=1e-3 + 10 * noise)
        assert_translates(mapping, problem.x, problem.z, pairs)


def test_a_pair_of_weight_two_is_that_pair_twice() -> None:
    problem = uneven()
    weights = torch.ones(80)
    weights[:7] = 2
    twice = problem.restricted(torch.cat([torch.arange(80), torch.arange(7)]))
    found = Bilinear().solve(Problem(problem.x, problem.z, problem.pairs, weights))
    assert_close(found.source @ found.target.T, _product(Bilinear().solve(twice)), atol=1e-4)
    with pytest.raises(AssertionError):
        assert_close(found.source @ found.target.T, _product(Bilinear().solve(problem)), atol=1e-4)


def _product(mapping: Mapping) -> torch.Tensor:
    return mapping.source @ mapping.target.T


def test_without_pairs() -> None:
    with pytest.raises(InputError, match="no seed pairs"):
        Bilinear().solve(Problem(torch.eye(3), torch.eye(3)))


@pytest.mark.parametrize("ridge", [-0.1, math.nan, math.inf, 1e9])
def test_unusable_settings(ridge) -> None:
    with pytest.raises(InputError, match="Bilinear: got"):
        Bilinear(ridge)
