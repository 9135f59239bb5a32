from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from isolex.errors import InputError
from isolex.linalg import polar_factor
from isolex.mapping import GeneralizedProcrustes, GeoMM, JointProblem, Problem, Tie
from isolex.mapping.geomm import objective
from isolex.normalize import unit_rows
from tests.comparisons import assert_close
from tests.spaces import gaussian, rotation

PAIRS = torch.arange(80).repeat(2, 1).T


def planted(languages: int = 3, d: int = 6, *, noise: float = 0.0, star: bool = True):
    """Rows of languages that are alike but for a rotation, and the ties of a star, or of all pairs."""
    base = gaussian(80, d, 0) * np.linspace(1, 0.3, d, dtype=np.float32)
    rows = [
        torch.from_numpy(base @ rotation(d, at) + noise * gaussian(80, d, 20 + at)).float()
        for at in range(languages)
    ]
    ties = {
        (i, j): Tie.of(Problem(rows[i], rows[j], PAIRS))
        for i in range(languages)
        for j in range(i + 1, languages)
        if i == 0 or not star
    }
    return rows, JointProblem.of(languages, ties.items())


def cosines(rows, maps) -> torch.Tensor:
    """Of translations in the shared space, the least."""
    sides = [unit_rows(one @ matrix) for one, matrix in zip(rows, maps, strict=True)]
    return min((sides[0] * side).sum(dim=1).min() for side in sides[1:])


@pytest.mark.parametrize("star", [True, False])
def test_planted_rotations_are_recovered(star):
    rows, problem = planted(star=star)
    assert cosines(rows, GeoMM().solve(problem).maps) > 0.9999


def test_maps_are_rotations_and_one_metric():
    _, problem = planted(noise=0.2)
    mapping = GeoMM().solve(problem)
    identity = torch.eye(6, dtype=torch.float64)
    for placement in mapping.placements:
        assert_close(placement.rotation.T @ placement.rotation, identity, atol=1e-9)
    assert bool((mapping.strengths.diff() <= 0).all())
    assert bool((mapping.strengths > 0).all())
    assert_close(mapping.maps[0].T @ mapping.maps[0], torch.diag(mapping.strengths).float(), atol=1e-4)


def test_the_objective_is_that_of_the_rows():
    """‖X U B Vᵀ Zᵀ − I‖² over the seed words, but for what B and the rotations do not change."""
    rows, problem = planted(2, noise=0.3)
    turns = [polar_factor(torch.randn(6, 6, generator=torch.Generator().manual_seed(at))) for at in (1, 2)]
    lower = torch.randn(6, 6, generator=torch.Generator().manual_seed(3)).double()
    metric, n, ridge = lower @ lower.T / 50, len(PAIRS), 0.7
    x, z = (one.double() for one in rows)
    # The moments are means over the pairs, so that their B is n times that of the rows.
    left = x @ turns[0] @ (metric / n) @ turns[1].T @ z.T
    penalty = ridge * (metric / n).square().sum() * n**2
    wanted = (left - torch.eye(n)).square().sum() - n + penalty
    assert_close(objective(problem, turns, metric, ridge), wanted, atol=1e-9)
    weighted = replace(problem, weights={(0, 1): 2.5})
    assert_close(objective(weighted, turns, metric, ridge), 2.5 * wanted, atol=1e-9)


def test_it_descends_below_procrustes_and_its_gradient_vanishes():
    _, problem = planted(noise=0.4)
    trace = [entry["objective"] for entry in GeoMM(tolerance=0, steps=400).solve(problem).trace]
    assert all(after <= before + 1e-12 for before, after in pairwise(trace))
    again = GeoMM(tolerance=0, steps=800).solve(problem).trace[-1]["objective"]
    assert trace[-1] == pytest.approx(again, rel=1e-6)


def test_a_heavy_ridge_keeps_the_metric_small():
    _, problem = planted(noise=0.2)
    light, heavy = (GeoMM(ridge=ridge).solve(problem).strengths.sum() for ridge in (0.01, 10.0))
    assert heavy < light / 2


def test_the_scale_of_the_rows_does_not_matter():
    rows, problem = planted(noise=0.2)
    ties = {(0, at): Tie.of(Problem(7 * rows[0], rows[at], PAIRS)) for at in (1, 2)}
    first, second = (GeoMM().solve(one) for one in (problem, JointProblem.of(3, ties.items())))
    assert_close(first.strengths, second.strengths, atol=1e-3)
    assert cosines(rows, second.maps) == pytest.approx(float(cosines(rows, first.maps)), abs=1e-3)


def test_it_starts_where_generalised_procrustes_ends():
    rows, problem = planted()
    begun = GeneralizedProcrustes().solve(problem)
    assert cosines(rows, begun.maps) > 0.9999
    ended = GeoMM(steps=1).solve(problem)
    assert ended.trace[0]["step"] == 10


def test_spaces_of_other_dimensions():
    ties = {(0, 1): Tie.of(Problem(torch.randn(80, 5), torch.randn(80, 6), PAIRS))}
    with pytest.raises(InputError, match="got spaces of 5 and 6 dimensions, expected the same of all; use"):
        GeoMM().solve(JointProblem.of(2, ties.items()))


@pytest.mark.parametrize(
    "settings", [{"ridge": -1}, {"tolerance": -1}, {"steps": 0}, {"ridge": float("nan")}]
)
def test_bad_settings(settings):
    with pytest.raises(InputError, match="GeoMM"):
        GeoMM(**settings)
