import math

import pytest
import torch

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.judging import Model, TrainingCase, leave_one_group_out, narrowest_constant

FEATURES = ("held_out", "relational_similarity")


def cases(groups: int = 6, each: int = 10, noise: float = 0.02, seed: int = 0) -> list[TrainingCase]:
    """P@1 follows from the held-out P@1, but for noise in asin √p."""
    draws = generator(seed)
    made = []
    for group in range(groups):
        for held_out in (5 + 80 * torch.rand(each, generator=draws)).tolist():
            angle = math.asin(math.sqrt(held_out / 100)) * 0.8 + noise * float(
                torch.randn(1, generator=draws)
            )
            measures = {"held_out": held_out, "relational_similarity": float(torch.rand(1, generator=draws))}
            made.append(TrainingCase(f"g{group}", measures, 100 * math.sin(max(angle, 0)) ** 2))
    return made


class TestModel:
    def test_what_was_planted_is_found(self) -> None:
        made = Model.fit(cases(noise=0), FEATURES)
        expected = made.expect({"held_out": 50.0, "relational_similarity": 0.5})
        assert expected.percent == pytest.approx(100 * math.sin(0.8 * math.pi / 4) ** 2, abs=1.5)
        assert abs(made.weights[1]) < 0.02 < made.weights[0]

    def test_the_interval_holds_nine_of_ten_unseen_cases(self) -> None:
        known = Model.fit(cases(12, 20, noise=0.06), FEATURES)
        new = cases(12, 20, noise=0.06, seed=1)
        held = [(one := known.expect(case.measures)).low <= case.percent <= one.high for case in new]
        assert 0.84 < sum(held) / len(held) < 0.96

    def test_noisier_cases_make_a_wider_one(self) -> None:
        narrow, wide = (Model.fit(cases(noise=noise), FEATURES).half_width for noise in (0.02, 0.1))
        assert 3 * narrow < wide

    def test_never_outside_of_what_a_share_can_be(self) -> None:
        made = Model.fit(cases(noise=0.3), FEATURES)
        for held_out in (0.0, 100.0):
            found = made.expect({"held_out": held_out, "relational_similarity": 0.5})
            assert 0 <= found.low <= found.percent <= found.high <= 100

    def test_one_group_cannot_be_left_out(self) -> None:
        with pytest.raises(InputError, match="got cases of 1 groups, expected at least 2"):
            Model.fit(cases(groups=1), FEATURES)


class TestLeaveOneGroupOut:
    def test_a_group_does_not_teach_itself(self) -> None:
        """One group follows a rule of its own, which only models that have seen it can know."""
        known = cases(noise=0)
        odd = [TrainingCase("odd", case.measures, 100 - case.percent) for case in known[:10]]
        found = leave_one_group_out([*known, *odd], FEATURES)
        misses = [abs(one.percent - case.percent) for one, case in zip(found[-10:], odd, strict=True)]
        assert sum(misses) / 10 > 20

    def test_order_is_kept(self) -> None:
        known = cases(noise=0)
        found = leave_one_group_out(known, FEATURES)
        assert all(abs(one.percent - case.percent) < 6 for one, case in zip(found, known, strict=True))


class TestNarrowestConstant:
    @pytest.mark.parametrize(("coverage", "width"), [(1.0, 90.0), (0.75, 10.0), (0.5, 1.0), (0.25, 0.0)])
    def test_by_hand(self, coverage, width) -> None:
        assert narrowest_constant([100, 10, 20, 11], coverage) == width
