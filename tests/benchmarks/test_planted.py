"""What is planted, before any method looks for it."""

import pytest
import torch
from isolex.benchmark.planted import planted

from isolex.normalize import unit_rows
from isolex.samples import sample
from tests.comparisons import assert_close, assert_same

WORDS = 800


@pytest.fixture(scope="module")
def vectors():
    return sample().target


def cosines_of_pairs(problem, shared):
    """Of two relations: cos(x_i, x_j) with cos(z_i, z_j), which a rotation leaves alone."""
    x, z = problem.x[shared[:, 0]], problem.z[shared[:, 1]]
    return x @ x.T, z @ z.T


def test_without_noise_and_gaps_it_is_a_rotation_of_the_rows_in_another_order(vectors):
    problem, shared = planted(vectors, WORDS, 0, cosine=1.0, missing=0.0)
    assert_same(shared[:, 0], torch.arange(WORDS))
    assert not torch.equal(shared[:, 1], torch.arange(WORDS))
    assert_same(shared[:, 1].sort().values, torch.arange(WORDS))
    assert_close(*cosines_of_pairs(problem, shared), atol=2e-2)


@pytest.mark.parametrize("missing", [0.1, 0.4])
def test_so_many_words_are_missing_on_each_side(vectors, missing):
    problem, shared = planted(vectors, WORDS, 0, missing=missing)
    for rows in (problem.x, problem.z):
        assert abs(rows.shape[0] / WORDS - (1 - missing)) < 0.06
    assert abs(shared.shape[0] / WORDS - (1 - missing) ** 2) < 0.08


def test_noise_leaves_the_cosine_asked_for(vectors):
    clean, noisy = (planted(vectors, WORDS, 0, cosine=cosine, missing=0.0)[0].z for cosine in (1.0, 0.7))
    # Normalisation takes another mean from noisy rows.
    assert abs(float((unit_rows(clean) * unit_rows(noisy)).sum(dim=1).mean()) - 0.7) < 0.05
