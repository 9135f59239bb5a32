import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from isolex.errors import InputError
from isolex.retrieval import CSLS, Hubness, NearestNeighbour, hubness, hubness_of
from tests.comparisons import assert_close, assert_same
from tests.oracles import diagnosis as oracle
from tests.planted import unit_gaussian


def single(counts: list[int]) -> Hubness:
    """Answers of k = 1 with these counts."""
    return hubness(torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))[:, None], len(counts))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30).filter(any))
def test_agrees_with_its_definitions(counts) -> None:
    found = single(counts)
    assert found.k == 1
    assert found.counts.tolist() == counts
    assert_close(found.gini, oracle.gini(counts), atol=1e-12)
    assert_close(found.robin_hood, oracle.robin_hood(counts), atol=1e-12)
    if len(set(counts)) > 1:
        assert_close(found.skewness, stats.skew(counts), atol=1e-9)
    assert_close(found.hub_occurrence, sum(c for c in counts if c >= 2) / sum(counts))
    assert_close(found.anti_hub_share, counts.count(0) / len(counts))
    assert -1e-12 <= found.robin_hood <= found.gini + 1e-12 < 1


def test_everyone_alike() -> None:
    found = hubness(torch.tensor([[0, 1], [2, 3], [1, 0], [3, 2]]), 4)
    assert found.counts.tolist() == [2, 2, 2, 2]
    assert (found.skewness, found.robin_hood, found.gini) == (0, 0, 0)
    assert (found.hub_occurrence, found.anti_hub_share) == (0, 0)


@pytest.mark.parametrize("m", [2, 5, 40])
def test_one_hub_takes_all(m) -> None:
    found = hubness(torch.full((7, 1), m - 1), m)
    assert_close(found.skewness, (m - 2) / math.sqrt(m - 1))
    assert_close([found.robin_hood, found.gini, found.anti_hub_share], [(m - 1) / m] * 3)
    assert found.hub_occurrence == 1
    assert found.top(1) == [(m - 1, 7)]


def test_hubs_are_keys_of_twice_k() -> None:
    """Counts 5, 4, 3, 0, 0, 0 of six queries with two answers each: 4 is a hub, 3 is not."""
    answers = torch.tensor([[0, 1], [0, 1], [0, 1], [0, 1], [0, 2], [2, 2]])
    found = hubness(answers, 6)
    assert found.counts.tolist() == [5, 4, 3, 0, 0, 0]
    assert (found.k, found.hub_occurrence) == (2, 9 / 12)


def test_the_threshold_does_not_follow_the_number_of_queries() -> None:
    """Every key twice among k = 1: all are hubs although they are all alike, as documented."""
    assert hubness(torch.arange(5).repeat(2)[:, None], 5).hub_occurrence == 1


def test_order_of_queries_and_names_of_keys_do_not_matter() -> None:
    answers = torch.randint(0, 9, (40, 3), generator=torch.Generator().manual_seed(0))
    names = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    one, other = hubness(answers, 9), hubness(names[answers].flip(0), 9)
    assert_same(other.counts[names], one.counts)
    for name in ("skewness", "robin_hood", "gini", "hub_occurrence", "anti_hub_share"):
        assert_close(getattr(other, name), getattr(one, name), atol=1e-12)


def test_the_biggest_hubs() -> None:
    found = single([2, 0, 5, 2, 3])
    assert found.top(4) == [(2, 5), (4, 3), (0, 2), (3, 2)]
    assert found.top(99) == [*found.top(4), (1, 0)]
    assert found.top(0) == []
    assert [key for key, _ in single([1, 2] * 500).top(1000)] == [*range(1, 1000, 2), *range(0, 1000, 2)]


def test_it_is_frozen_and_shows_no_counts() -> None:
    found = single([1, 2])
    with pytest.raises(FrozenInstanceError):
        found.k = 3
    assert "counts" not in repr(found)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_no_answers(shape) -> None:
    with pytest.raises(InputError, match="hubness: got answers of shape"):
        hubness(torch.zeros(shape, dtype=torch.int64), 4)


@pytest.mark.parametrize("ids", [[0, 4], [-1, 2]])
def test_ids_outside_the_keys(ids) -> None:
    with pytest.raises(InputError, match=r"hubness: got ids from .*, expected 0 to 3"):
        hubness(torch.tensor([ids]), 4)


@pytest.mark.parametrize("k", [1, 10, 99])
def test_of_an_index(k) -> None:
    x, z = unit_gaussian(30, 4), unit_gaussian(40, 4, 1)
    found = hubness_of(NearestNeighbour().index(x, z), x, k=k)
    best = np.argsort(-float_table(x, z), axis=1)[:, :k]
    assert found.k == min(k, 40)
    assert found.counts.tolist() == np.bincount(best.flatten(), minlength=40).tolist()


def float_table(x: torch.Tensor, z: torch.Tensor) -> np.ndarray:
    return x.double().numpy() @ z.double().numpy().T


def test_csls_spreads_the_answers() -> None:
    """In many dimensions nearest neighbours make hubs; that is what CSLS is for."""
    x, z = unit_gaussian(200, 50) + 0.1, unit_gaussian(200, 50, 1) + 0.1
    x, z = x / x.norm(dim=1, keepdim=True), z / z.norm(dim=1, keepdim=True)
    nearest, csls = (hubness_of(criterion.index(x, z), x) for criterion in (NearestNeighbour(), CSLS()))
    for name in ("skewness", "robin_hood", "gini", "hub_occurrence", "anti_hub_share"):
        assert getattr(csls, name) < getattr(nearest, name)


def test_no_queries() -> None:
    with pytest.raises(InputError, match="got answers of shape"):
        hubness_of(NearestNeighbour().index(torch.ones(3, 2), torch.ones(3, 2)), torch.ones(0, 2))
