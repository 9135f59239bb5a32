"""A comparison that lets a wrong value pass would make every test that relies on it worthless."""

import numpy as np
import pytest
import torch

from isolex.mapping import Mapping
from isolex.retrieval import TopK
from tests.comparisons import (
    assert_best,
    assert_close,
    assert_orthonormal,
    assert_same,
    assert_same_scores,
    assert_translates,
)
from tests.planted import planted, rotation, unit_gaussian

VALUES = torch.tensor([[1.0, -2.0], [0.0, 1e-3]])

TABLE = np.array([[0.1, 0.9, 0.5, 0.5], [4.0, 3.0, 2.0, 1.0]])
BEST = [[1, 2], [0, 1]], [[0.9, 0.5], [4.0, 3.0]]


def test_right_values_pass() -> None:
    assert_close(VALUES, VALUES.double() + 1e-7)
    assert_same(VALUES, VALUES.clone())
    for shape in (5, 5), (7, 3), (3, 7):
        assert_orthonormal(rotation(shape[0], e=shape[1]))


@pytest.mark.parametrize(
    "wrong",
    [
        VALUES + 1e-3,
        -VALUES,
        VALUES.T,
        VALUES[:1],
        VALUES[0, 0],
        VALUES.flatten(),
        VALUES[:, :0],
        VALUES * float("nan"),
        VALUES / 0,
    ],
)
def test_assert_close_fails(wrong) -> None:
    with pytest.raises(AssertionError):
        assert_close(wrong, VALUES)
    with pytest.raises(AssertionError):
        assert_close(VALUES, wrong)


def test_nan_is_close_to_nothing() -> None:
    with pytest.raises(AssertionError):
        assert_close(VALUES * float("nan"), VALUES * float("nan"))


@pytest.mark.parametrize("wrong", [VALUES + 1e-6, VALUES.double(), VALUES[None], VALUES[:1], VALUES.T])
def test_assert_same_fails(wrong) -> None:
    with pytest.raises(AssertionError):
        assert_same(wrong, VALUES)


@pytest.mark.parametrize(
    "wrong",
    [
        1.01 * rotation(4),
        rotation(4) + 1e-3,
        torch.zeros(4, 4),
        torch.ones(4, 2),
        rotation(4)[:, [0, 1, 2, 2]],
        rotation(4) @ torch.diag(torch.tensor([1.0, 1.0, 1.0, 0.0])),
    ],
)
def test_assert_orthonormal_fails(wrong) -> None:
    with pytest.raises(AssertionError):
        assert_orthonormal(wrong)


def test_assert_same_scores() -> None:
    x, z, turn = unit_gaussian(9, 4), unit_gaussian(8, 4, 1), rotation(4, 2)
    mapping = Mapping.one_sided(rotation(4, 3))
    assert_same_scores(Mapping.two_sided(mapping.source @ turn, turn), mapping, x, z)
    for wrong in (
        Mapping.two_sided(mapping.source @ turn, turn.T),
        Mapping.one_sided(-mapping.source),
        Mapping.one_sided(torch.eye(4)),
        Mapping.one_sided(mapping.source + 0.01),
    ):
        with pytest.raises(AssertionError):
            assert_same_scores(wrong, mapping, x, z)


@pytest.mark.parametrize("ids", [[[1, 2], [0, 1]], [[1, 3], [0, 1]]])  # keys 2 and 3 are tied
def test_assert_best_passes(ids) -> None:
    assert_best(TopK(torch.tensor(ids), torch.tensor(BEST[1])), TABLE, 2)


@pytest.mark.parametrize(
    ("ids", "scores", "k"),
    [
        ([[1, 0], [0, 1]], [[0.9, 0.1], [4.0, 3.0]], 2),  # a better key was left out
        ([[2, 1], [0, 1]], [[0.5, 0.9], [4.0, 3.0]], 2),  # not best first
        ([[2, 1], [0, 1]], BEST[1], 2),  # ids and scores do not belong together
        ([[2, 3], [0, 1]], [[0.5, 0.5], [4.0, 3.0]], 2),  # the best is missing
        ([[1, 1], [0, 0]], [[0.9, 0.9], [4.0, 4.0]], 2),  # twice the same key
        (BEST[0], [[0.9, 0.6], [4.0, 3.0]], 2),  # another score
        (BEST[0], [[0.9, float("nan")], [4.0, 3.0]], 2),
        (*BEST, 3),  # too few
        (*BEST, 1),  # too many
        ([[1, 2]], [[0.9, 0.5]], 2),  # a query is missing
    ],
)
def test_assert_best_fails(ids, scores, k) -> None:
    with pytest.raises(AssertionError):
        assert_best(TopK(torch.tensor(ids), torch.tensor(scores)), TABLE, k)


def test_assert_best_looks_at_dtypes() -> None:
    ids, scores = torch.tensor(BEST[0]), torch.tensor(BEST[1])
    for wrong in TopK(ids, scores.double()), TopK(ids.int(), scores):
        with pytest.raises(AssertionError):
            assert_best(wrong, TABLE, 2)


def test_assert_translates() -> None:
    problem, pairs, turn = planted()
    mapping = Mapping.one_sided(turn)
    assert_translates(mapping, problem.x, problem.z, pairs)
    with pytest.raises(AssertionError):
        assert_translates(
            mapping, problem.x, problem.z, torch.stack([pairs[:, 0], pairs[:, 1].roll(1)], dim=1)
        )
    one_wrong = pairs.clone()
    one_wrong[0, 1] = pairs[1, 1]
    with pytest.raises(AssertionError):
        assert_translates(mapping, problem.x, problem.z, one_wrong)
    assert_translates(mapping, problem.x, problem.z, one_wrong, least=0.99)
