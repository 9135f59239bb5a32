import numpy as np
import torch

from isolex.reranking.pairs import Pairs, products

ROWS, KEYS = np.array([1, 1, 4, 4, 4]), np.array([0, 7, 2, 3, 9])
PAIRS = Pairs(ROWS, KEYS)
EMPTY = Pairs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def test_union_has_every_pair_once_in_order():
    parts = [(np.array([4, 1, 4]), np.array([9, 7, 2])), (np.array([1, 4, 1]), np.array([7, 3, 0]))]
    made = Pairs.union(parts, 10)
    assert made.rows.tolist() == ROWS.tolist()
    assert made.keys.tolist() == KEYS.tolist()


def test_starts_and_best_of_each_word():
    assert PAIRS.starts.tolist() == [0, 2]
    assert PAIRS.best(np.array([0.1, 0.2, 0.5, 0.9, 0.9])).tolist() == [1, 3]


def test_highest_is_told_to_every_pair_of_the_word():
    assert PAIRS.highest(np.array([1.0, 2, 5, 9, 7])).tolist() == [2, 2, 9, 9, 9]


def test_among():
    gold = np.array([[1, 7], [4, 0], [4, 2]])
    assert PAIRS.among(gold, 10).tolist() == [False, True, True, False, False]


def test_no_pairs():
    nothing = np.empty(0)
    assert len(EMPTY.starts) == len(EMPTY.best(nothing)) == len(EMPTY.highest(nothing)) == 0


def test_products_are_inner_products():
    draws = torch.Generator().manual_seed(0)
    x, z = torch.randn(6, 3, generator=draws), torch.randn(5, 3, generator=draws)
    rows, keys = torch.tensor([0, 5, 5]), torch.tensor([4, 0, 1])
    assert torch.allclose(products(x, z, rows, keys), (x @ z.T)[rows, keys], atol=1e-6)
