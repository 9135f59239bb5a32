import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from isolex.errors import InputError
from isolex.evaluation import RankingResult
from isolex.evaluation.metrics import paired_difference
from tests.oracles import ranking as oracle

M = 25
rankings = st.lists(st.sets(st.integers(1, M), min_size=1, max_size=14).map(sorted), min_size=1, max_size=12)


@given(rankings)
def test_the_figures_are_those_of_their_definitions(ranks):
    result, rel = RankingResult(ranks), [oracle.relevance(own, M) for own in ranks]
    assert result.ndcg == pytest.approx(np.mean([oracle.ndcg(own) for own in rel]))
    assert result.map == pytest.approx(np.mean([oracle.average_precision(own) for own in rel]))
    assert result.mrr == pytest.approx(np.mean([oracle.reciprocal_rank(own) for own in rel]))
    for k in (1, 5, 10):
        assert result.recall(k) == pytest.approx(np.mean([oracle.recall(own, k) for own in rel]))
        assert result.hits(k) == pytest.approx(np.mean([oracle.hit(own, k) for own in rel]))


@pytest.mark.parametrize("ranks", [[1], [2, 11], [10], [11], [1, 2, 3], [4, 9, 10, 17], list(range(2, 15))])
def test_ndcg_is_that_of_scikit_learn(ranks):
    rel, scores = oracle.relevance(ranks, M), -np.arange(M, dtype=float)
    assert RankingResult([ranks]).ndcg == pytest.approx(ndcg_score([rel], [scores], k=10))


def test_by_hand():
    result = RankingResult([[1, 3], [2], [12]])
    assert result.n == 3
    assert result.hits(1) == pytest.approx(100 / 3)
    assert result.hits(2) == pytest.approx(200 / 3)
    assert result.recall(1) == pytest.approx(100 * 0.5 / 3)
    assert result.mrr == pytest.approx((1 + 1 / 2 + 1 / 12) / 3)
    assert result.map == pytest.approx(((1 + 2 / 3) / 2 + 1 / 2 + 1 / 12) / 3)
    first = (1 + 1 / 2) / (1 + 1 / math.log2(3))
    assert result.gains.tolist() == pytest.approx([first, 1 / math.log2(3), 0])


def test_a_wrong_figure_would_be_seen():
    """The comparisons above tell ranks that are off by one, and an ideal that is not cut at 10."""
    right = [oracle.relevance([2, 11], M)]
    assert RankingResult([[3, 12]]).ndcg != pytest.approx(oracle.ndcg(right[0]))
    uncut = sum(1 / math.log2(1 + rank) for rank in range(1, 14))
    gain = sum(1 / math.log2(1 + rank) for rank in range(2, 11))
    assert RankingResult([list(range(2, 15))]).ndcg != pytest.approx(gain / uncut)


def test_to_dict():
    data = RankingResult([[1], [2, 30]]).to_dict()
    assert list(data) == ["p@1", "p@5", "p@10", "recall@10", "mrr", "map", "ndcg@10", "interval", "n"]
    assert (data["p@1"], data["p@5"], data["recall@10"], data["mrr"], data["n"]) == (50, 100, 75, 0.75, 2)
    low, high = data["interval"]
    assert 0 < low < data["ndcg@10"] < high == 1


def test_compare_is_the_paired_test_of_ndcg():
    rng = np.random.default_rng(0)
    one, other = ([[int(rank)] for rank in rng.integers(1, high, 40)] for high in (4, 20))
    first, second = RankingResult(one), RankingResult(other)
    assert first.compare(second) == paired_difference(first.gains, second.gains)
    assert first.compare(second).difference == pytest.approx(first.ndcg - second.ndcg)
    assert first.compare(second).p_value < 0.01
    assert first.compare(first).p_value == 1


def test_what_cannot_be_scored():
    with pytest.raises(InputError, match="a query has no relevant document; leave such queries out"):
        RankingResult([[1], []])
    with pytest.raises(InputError, match="got 1 and 2 queries, expected the same"):
        RankingResult([[1]]).compare(RankingResult([[1], [2]]))
