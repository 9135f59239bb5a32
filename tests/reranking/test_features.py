import numpy as np
import pytest
import torch

from isolex.errors import InputError
from isolex.reranking.features import FeatureTable, Pairs, check_groups, products

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


COLUMNS = {"alignment.a.cosine": np.arange(3), "strings.length": np.ones(3, dtype=bool)}


class TestFeatureTable:
    def test_only_the_groups_that_are_wanted(self):
        table = FeatureTable.of(COLUMNS, ("strings",))
        assert table.names == ("strings.length",)
        assert table.values.dtype == np.float32

    def test_without_a_group(self):
        table = FeatureTable.of(COLUMNS, ("alignment", "strings"))
        assert table.members("strings").tolist() == [False, True]
        assert table.without("strings").values.tolist() == [[0], [1], [2]]

    def test_stacked(self):
        table = FeatureTable.of(COLUMNS, ("alignment", "strings"))
        assert FeatureTable.stacked([table, table]).values.shape == (6, 2)


def test_an_unknown_group():
    with pytest.raises(InputError, match=r"unknown feature group 'string'.*did you mean 'strings'"):
        check_groups(["string"])
