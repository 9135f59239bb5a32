"""The model that weighs candidates against each other."""

import numpy as np
import pytest
import torch

from isolex.reranking.listwise import ListwiseModel, _Lists

WORDS, WIDTH = 400, 6


def lists(seed: int = 0, noise: float = 0.1):
    """Each list has a candidate with the greatest first feature; the level of a list says nothing."""
    rng = np.random.default_rng(seed)
    own = rng.standard_normal((WORDS, WIDTH))
    level = 3 * rng.standard_normal((WORDS, 1))
    right = own == own.max(axis=1, keepdims=True)
    values = np.stack(
        [own + level + noise * rng.standard_normal(own.shape), rng.standard_normal(own.shape)], 2
    )
    rows = np.repeat(np.arange(WORDS), WIDTH)
    return values.reshape(-1, 2).astype(np.float32), rows, right.ravel()


def first_right(scores, right) -> float:
    return float(right.reshape(WORDS, WIDTH)[np.arange(WORDS), scores.reshape(WORDS, WIDTH).argmax(1)].mean())


def test_it_finds_what_distinguishes_within_a_list():
    values, rows, right = lists()
    model = ListwiseModel.fit(values, np.zeros(len(rows)), rows, right, seed=0)
    others, _, expected = lists(seed=1)
    assert first_right(model.scores(others, np.zeros(len(rows))), expected) > 0.9


def test_where_features_tell_nothing_the_order_of_the_odds_stays():
    _, rows, right = lists()
    odds = np.where(right, 2.0, -2.0) + np.random.default_rng(0).standard_normal(len(rows))
    model = ListwiseModel.fit(np.zeros((len(rows), 2), np.float32), odds, rows, right, seed=0)
    scores = model.scores(np.zeros((len(rows), 2), np.float32), odds)
    assert (np.argsort(scores) == np.argsort(odds)).mean() > 0.99


def test_lists_without_a_right_candidate_teach_nothing():
    values, rows, right = lists()
    half = rows < WORDS // 2
    given = right & half
    model = ListwiseModel.fit(values, np.zeros(len(rows)), rows, given, seed=0)
    alone = ListwiseModel.fit(values[half], np.zeros(half.sum()), rows[half], right[half], seed=0)
    assert (
        abs(
            first_right(model.scores(values, np.zeros(len(rows))), right)
            - first_right(alone.scores(values, np.zeros(len(rows))), right)
        )
        < 0.02
    )


def test_without_any_right_candidate_scores_are_the_odds():
    values, rows, right = lists()
    odds = np.linspace(-2, 2, len(rows))
    model = ListwiseModel.fit(values, odds, rows, np.zeros_like(right), seed=0)
    np.testing.assert_allclose(model.scores(values, odds), odds, atol=1e-5)


def test_the_likelihood_is_that_of_a_softmax_over_each_list():
    _, rows, right = lists()
    scores = torch.randn(len(rows), generator=torch.Generator().manual_seed(0))
    table = torch.log_softmax(scores.view(WORDS, WIDTH), dim=1)[torch.from_numpy(right.reshape(WORDS, WIDTH))]
    assert float(_Lists.of(rows, right).negative_log_likelihood(scores)) == pytest.approx(
        -float(table.mean()), rel=1e-5
    )


def test_the_same_twice():
    values, rows, right = lists()
    one, two = (ListwiseModel.fit(values, np.zeros(len(rows)), rows, right, seed=3) for _ in range(2))
    assert torch.equal(one.linear, two.linear)
    assert torch.equal(one.hidden, two.hidden)
