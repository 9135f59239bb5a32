from itertools import permutations

import numpy as np

from isolex.reranking.assignment import one_to_one

ROWS = np.array([3, 5, 8])


def test_a_hub_goes_to_the_word_that_needs_it():
    keys = np.array([[0, 1], [0, 2], [0, -1]])
    confidence = np.array([[0.9, 0.8], [0.8, 0.1], [0.7, 0.0]])
    assert one_to_one(ROWS, keys, confidence, 0.0).tolist() == [[3, 1], [5, 0]] or one_to_one(
        ROWS, keys, confidence, 0.0
    ).tolist() == [[3, 1], [5, 2], [8, 0]]


def test_the_greatest_sum_of_all_matchings():
    rng = np.random.default_rng(0)
    for _ in range(20):
        confidence = rng.uniform(0.05, 1, (4, 4))
        keys = np.tile(np.arange(4), (4, 1))
        found = one_to_one(np.arange(4), keys, confidence, 0.0)
        best = max(confidence[range(4), list(order)].sum() for order in permutations(range(4)))
        assert confidence[found[:, 0], found[:, 1]].sum() >= best - 1e-9
        assert len(set(found[:, 1].tolist())) == len(found)


def test_pairs_below_the_least_confidence_are_left_out():
    keys, confidence = np.array([[0], [1], [2]]), np.array([[0.9], [0.2], [0.6]])
    assert one_to_one(ROWS, keys, confidence, 0.5).tolist() == [[3, 0], [8, 2]]


def test_nothing_to_match():
    keys = np.full((3, 2), -1)
    assert one_to_one(ROWS, keys, np.zeros((3, 2)), 0.0).shape == (0, 2)
