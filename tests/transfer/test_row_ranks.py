import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from isolex.errors import InputError
from isolex.retrieval import CSLS, NearestNeighbour
from isolex.transfer import rank_rows, rank_scores
from tests.oracles import ranking as oracle
from tests.spaces import gaussian


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def rows():
    return unit(gaussian(30, 6, 0)), unit(gaussian(40, 6, 1))


RELEVANT = [[number, (7 * number + 3) % 40] for number in range(30)]


def naive_ranks(scores, relevant):
    return [
        sorted(oracle.order(own).index(place) + 1 for place in places)
        for own, places in zip(scores.tolist(), relevant, strict=True)
    ]


def test_nearest_neighbours(rows):
    x, z = rows
    expected = naive_ranks(x.astype(float) @ z.T.astype(float), RELEVANT)
    assert list(rank_rows(x, z, RELEVANT, criterion="nn").ranks) == expected
    assert list(rank_rows(x, z, RELEVANT, criterion=NearestNeighbour()).ranks) == expected


@pytest.mark.parametrize(("criterion", "k"), [("csls", 10), (CSLS(k=3), 3)])
def test_csls_has_the_neighbourhoods_of_the_queries_at_hand(rows, criterion, k):
    x, z = rows
    cosines = x.astype(float) @ z.T.astype(float)
    neighbourhoods = np.sort(cosines, axis=0)[-k:].mean(axis=0)
    expected = naive_ranks(2 * cosines - neighbourhoods, RELEVANT)
    assert list(rank_rows(x, z, RELEVANT, criterion=criterion).ranks) == expected
    assert expected != naive_ranks(cosines, RELEVANT)


@given(arrays(np.float32, (4, 7), elements=st.integers(0, 3)))
def test_scores_with_ties(scores):
    relevant = [[6], [0, 5], [3], [2, 1, 4]]
    assert list(rank_scores(scores, relevant).ranks) == naive_ranks(scores, relevant)


def test_what_cannot_be_ranked(rows):
    x, z = rows
    message = "got 30 queries and relevant documents of 2, expected the same"
    for rank, scores in ((rank_scores, (x @ z.T,)), (rank_rows, (x, z))):
        with pytest.raises(InputError, match=message):
            rank(*scores, [[0], [1]])
        with pytest.raises(InputError, match="a query has no relevant document"):
            rank(*scores, [[0], []] * 15)
    with pytest.raises(InputError, match="unknown criterion 'cls'; did you mean 'csls'"):
        rank_rows(x, z, RELEVANT, criterion="cls")
