import numpy as np
import pytest
import torch

from isolex.reranking.evidence import PreparedSpaces, by_sight, frequency
from isolex.reranking.features import Pairs

SOURCE, TARGET = ["die", "house", "Rome", "v2"], ["würfel", "die", "Haus", "v2"]
ROWS = torch.eye(4)


def pairs(*ids: tuple[int, int]) -> Pairs:
    rows, keys = np.array(ids).T
    return Pairs(rows, keys)


def test_by_sight():
    asked = pairs((0, 1), (1, 2), (3, 3))
    found = by_sight(PreparedSpaces.of((ROWS, ROWS), SOURCE, TARGET), asked)
    assert found["strings.identical"].tolist() == [True, False, True]
    assert found["strings.source_elsewhere"].tolist() == [True, False, True]
    # "die" is the first source word, "Haus" is none.
    assert found["strings.target_elsewhere"] == pytest.approx([0, -1, np.log(4)])
    assert found["strings.length_ratio"] == pytest.approx([0, 1 / 9, 0])
    assert found["strings.same_digits"].tolist() == [True, True, True]
    assert found["strings.same_case"].tolist() == [True, False, True]
    assert found["strings.ngrams"][[0, 2]] == pytest.approx([1, 1])


def test_the_best_string_of_a_word_is_behind_nothing():
    found = by_sight(PreparedSpaces.of((ROWS, ROWS), SOURCE, TARGET), pairs((3, 0), (3, 3)))
    assert found["strings.ngrams_behind"] == pytest.approx([1, 0])


def test_frequency_does_not_know_the_source_rank_alone():
    one, other = frequency(pairs((10, 10))), frequency(pairs((1_000, 1_000)))
    assert one["frequency.difference"] == other["frequency.difference"] == 0
    assert set(one) == {"frequency.target", "frequency.difference"}
