import math

import pytest
import torch

from isolex.diagnosis import rank_correlation


def test_ranks_alone_count() -> None:
    assert rank_correlation(torch.tensor([1.0, 2, 3]), torch.tensor([1.0, 10, 1000])) == pytest.approx(1)
    assert rank_correlation(torch.tensor([1.0, 2, 3]), torch.tensor([3.0, 1, -9])) == pytest.approx(-1)


def test_equal_values_share_their_ranks() -> None:
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    found = rank_correlation(torch.tensor([0.0, 5, 5, 7]), torch.tensor([0.0, 1, 2, 3]))
    assert found == pytest.approx(4.5 / math.sqrt(4.5 * 5))


def test_nothing_correlates_with_what_is_all_the_same() -> None:
    assert rank_correlation(torch.ones(3), torch.arange(3.0)) is None
