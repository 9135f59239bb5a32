import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import Mapping, Problem
from tests.comparisons import assert_close, assert_same
from tests.planted import gaussian, rotation, same_ids, unit_gaussian
from tests.shapes import shapes_unchecked

X, Z = gaussian(4, 2), gaussian(5, 3, 1)
PAIRS = torch.tensor([[0, 4], [3, 0], [0, 1]])
NO_PAIRS = torch.zeros(0, 2, dtype=torch.int64)


def test_seeds_stack_the_rows_of_the_pairs() -> None:
    x, z = Problem(X, Z, PAIRS).seeds()
    assert_same(x, torch.stack([X[0], X[3], X[0]]))
    assert_same(z, torch.stack([Z[4], Z[0], Z[1]]))


@pytest.mark.parametrize("weights", [[1.0, 2.0, 3.0], [0.0, 0.0, 5.0], [1e-12, 1e-12, 3e-12]])
def test_weights_are_scaled_to_mean_one_where_they_count(weights) -> None:
    given = torch.tensor(weights)
    scaled = Problem(X, Z, PAIRS, given).weights
    counting = given > 0
    assert_close(scaled[counting].mean(), 1)
    assert_close(scaled * given.sum(), int(counting.sum()) * given)
    assert scaled.dtype == torch.float32
    assert_same(Problem(X, Z, PAIRS, given.double()).weights, scaled)


class TestRestricted:
    @pytest.mark.parametrize("keep", [torch.tensor([True, False, True]), torch.tensor([0, 2])])
    def test_pairs_and_weights_go_together(self, keep) -> None:
        part = Problem(X, Z, PAIRS, torch.tensor([1.0, 5.0, 3.0])).restricted(keep)
        assert_same(part.pairs, PAIRS[[0, 2]])
        assert_close(part.weights, [0.5, 1.5])
        assert_same(part.x, X)
        assert_same(part.z, Z)

    def test_without_weights(self) -> None:
        assert Problem(X, Z, PAIRS).restricted(torch.tensor([1])).weights is None

    def test_nothing_left(self) -> None:
        part = Problem(X, Z, PAIRS, torch.ones(3)).restricted(torch.zeros(3, dtype=torch.bool))
        assert_same(part.pairs, NO_PAIRS)
        assert part.weights is None


class TestWithoutPairs:
    @pytest.mark.parametrize("problem", [Problem(X, Z), Problem(X, Z, NO_PAIRS)], ids=["left out", "empty"])
    def test_there_are_none_and_seeds_say_so(self, problem) -> None:
        assert_same(problem.pairs, NO_PAIRS)
        assert problem.weights is None
        with pytest.raises(InputError, match="got no seed pairs inside both vocabularies; add a lexicon"):
            problem.seeds()

    def test_weights_of_no_pairs_are_none(self) -> None:
        assert Problem(X, Z, NO_PAIRS, torch.ones(0)).weights is None

    def test_spaces_may_even_be_empty(self) -> None:
        assert_same(Problem(X[:0], Z[:0]).pairs, NO_PAIRS)

    def test_problems_do_not_share_their_pairs(self) -> None:
        assert Problem(X, Z).pairs is not Problem(X, Z).pairs


@dataclass
class Pairs:
    pairs: np.ndarray
    weights: np.ndarray | None = None


@dataclass
class Rows:
    rows: torch.Tensor

    def normalized(self) -> torch.Tensor:
        return self.rows


class TestOf:
    def test_rows_and_pairs_are_those_of_the_sides(self) -> None:
        problem = Problem.of(Rows(X), Rows(Z), Pairs(PAIRS.numpy()))
        assert_same(problem.x, X)
        assert_same(problem.z, Z)
        assert_same(problem.pairs, PAIRS)
        assert problem.weights is None

    def test_there_may_be_no_pairs(self) -> None:
        assert_same(Problem.of(Rows(X), Rows(Z)).pairs, NO_PAIRS)

    def test_pairs_of_weight_zero_are_left_out(self) -> None:
        weights = np.array([3, 0, 1], dtype=np.float32)
        problem = Problem.of(Rows(X), Rows(Z), Pairs(PAIRS.numpy(), weights))
        assert_same(problem.pairs, PAIRS[[0, 2]])
        assert_close(problem.weights, torch.tensor([1.5, 0.5]))


class TestRefused:
    @pytest.mark.parametrize(
        ("pair", "message"),
        [
            ([4, 0], "source ids from 4 to 4, expected 0 to 3"),
            ([-1, 0], "source ids from -1"),
            ([0, 5], "target ids from 5 to 5, expected 0 to 4"),
            ([0, -2], "target ids from -2"),
        ],
    )
    def test_ids_outside_the_matrices(self, pair, message) -> None:
        with pytest.raises(InputError, match=message):
            Problem(X, Z, torch.tensor([pair]))

    def test_empty_spaces(self) -> None:
        with pytest.raises(InputError, match="source ids"):
            Problem(X[:0], Z, same_ids(1))

    @pytest.mark.parametrize(
        "weights", [[1, -1, 1], [0, 0, 0], [1, math.nan, 1], [1, math.inf, 1], [2, -math.inf, math.inf]]
    )
    def test_unusable_weights(self, weights) -> None:
        with pytest.raises(InputError, match="weights must be"):
            Problem(X, Z, PAIRS, torch.tensor(weights, dtype=torch.float32))

    def test_another_number_of_weights(self) -> None:
        with shapes_unchecked(), pytest.raises(InputError, match="2 weights for 3 pairs"):
            Problem(X, Z, PAIRS, torch.ones(2))


class TestMapping:
    def test_one_sided(self) -> None:
        mapping = Mapping.one_sided(gaussian(2, 3).double(), trace=({"step": 0},))
        assert mapping.source.dtype == mapping.target.dtype == torch.float32
        assert_same(mapping.target, torch.eye(3))
        assert mapping.trace == ({"step": 0},)

    def test_two_sided(self) -> None:
        mapping = Mapping.two_sided(gaussian(2, 4).double(), gaussian(3, 4).double())
        assert mapping.source.dtype == mapping.target.dtype == torch.float32
        assert mapping.trace == ()

    def test_apply_maps_on_the_right_and_makes_rows_unit(self) -> None:
        mapping = Mapping.two_sided(3 * rotation(2, e=2), 5 * rotation(3, e=2))
        x, z = mapping.apply(torch.cat([X, torch.zeros(1, 2)]), Z)
        expected = X @ mapping.source
        assert_close(x[:4], expected / expected.norm(dim=1, keepdim=True))
        assert_close(z.norm(dim=1), torch.ones(5))
        assert not x[4].any()


def test_problems_and_mappings_are_compared_by_identity() -> None:
    """Tensors have no single truth value, so equality of what holds them would be an error."""
    problem, mapping = Problem(X, Z, PAIRS), Mapping.one_sided(torch.eye(2))
    assert problem != Problem(X, Z, PAIRS)
    assert mapping != Mapping.one_sided(torch.eye(2))
    assert len({problem, problem, mapping}) == 2


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_rows_of_half_precision_are_weighted_as_float32(dtype):
    x = torch.randn(6, 3, generator=torch.Generator().manual_seed(0)).to(dtype)
    pairs, weights = torch.arange(6).repeat(2, 1).T, torch.arange(1.0, 7.0)
    half, whole = (Problem(rows, rows.flip(1), pairs, weights) for rows in (x, x.float()))
    assert half.x.dtype == torch.float32
    torch.testing.assert_close(half.cross(), whole.cross())


class TestJoined:
    others = torch.tensor([[0, 3], [3, 1], [3, 4], [4, 3]])

    def test_only_between_words_that_no_own_pair_names(self) -> None:
        own = Problem(unit_gaussian(5, 3), unit_gaussian(5, 3), torch.tensor([[0, 0], [1, 1]]))
        both = own.joined(self.others, 0.5)
        assert both.pairs.tolist() == [[0, 0], [1, 1], [3, 4], [4, 3]]
        assert both.weights is not None
        assert torch.allclose(both.weights / both.weights[0], torch.tensor([1.0, 1.0, 0.5, 0.5]))

    def test_own_weights_stay_as_they_are_to_each_other(self) -> None:
        own = Problem(
            unit_gaussian(5, 3),
            unit_gaussian(5, 3),
            torch.tensor([[0, 0], [1, 1]]),
            torch.tensor([1.0, 3.0]),
        )
        weights = own.joined(self.others, 0.5).weights
        assert weights is not None
        assert torch.allclose(weights / weights[0], torch.tensor([1.0, 3.0, 1.0, 1.0]))

    def test_without_own_pairs_they_are_the_pairs(self) -> None:
        both = Problem(unit_gaussian(5, 3), unit_gaussian(5, 3)).joined(self.others, 0.5)
        assert both.pairs.tolist() == self.others.tolist()
        assert both.weights is None
