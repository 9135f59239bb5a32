import math

import pytest

from isolex.judging import Evidence
from isolex.judging.estimate import FEATURES, estimate, shipped_estimate


def evidence(agreement: float, null: float = 0.5) -> Evidence:
    return Evidence(agreement, null, 0.5, 0.4, 50.0, 50.0)


def test_the_shipped_model_is_what_the_code_asks_for() -> None:
    model = shipped_estimate()
    assert model.features == FEATURES
    assert len(model.means) == len(model.scales) == len(model.weights) == len(FEATURES)
    assert 0 < model.half_width < math.pi / 4


def test_more_agreement_is_more_right() -> None:
    found = [estimate(evidence(agreement)) for agreement in (0.5, 15.0, 50.0, 90.0)]
    assert [one.percent for one in found] == sorted(one.percent for one in found)
    assert found[0].percent < 3
    assert found[3].percent > 40
    assert all(0 <= one.low <= one.percent <= one.high <= 100 for one in found)


@pytest.mark.parametrize(("agreement", "null"), [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0), (100.0, 100.0)])
def test_the_ends_are_estimated_too(agreement, null) -> None:
    told = estimate(evidence(agreement, null))
    assert 0 <= told.low <= told.percent <= told.high <= 100
