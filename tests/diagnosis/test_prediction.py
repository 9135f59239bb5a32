import math

import pytest
import torch

from isolex.arrays import generator
from isolex.diagnosis import (
    WITH_LEXICON,
    Model,
    TrainingCase,
    leave_one_group_out,
    narrowest_constant,
    rank_correlation,
)
from isolex.diagnosis.prediction import shipped_model
from isolex.errors import InputError

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


class TestRankCorrelation:
    def test_ranks_alone_count(self) -> None:
        assert rank_correlation(torch.tensor([1.0, 2, 3]), torch.tensor([1.0, 10, 1000])) == pytest.approx(1)
        assert rank_correlation(torch.tensor([1.0, 2, 3]), torch.tensor([3.0, 1, -9])) == pytest.approx(-1)

    def test_equal_values_share_their_ranks(self) -> None:
        # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
        found = rank_correlation(torch.tensor([0.0, 5, 5, 7]), torch.tensor([0.0, 1, 2, 3]))
        assert found == pytest.approx(4.5 / math.sqrt(4.5 * 5))

    def test_nothing_correlates_with_what_is_all_the_same(self) -> None:
        assert rank_correlation(torch.ones(3), torch.arange(3.0)) is None


class TestShipped:
    def test_it_is_what_the_code_asks_for(self) -> None:
        model = shipped_model()
        assert model.features == WITH_LEXICON
        assert len(model.means) == len(model.scales) == len(model.weights) == len(WITH_LEXICON)
        assert 0 < model.half_width < math.pi / 4

    def test_better_held_out_accuracy_is_expected_to_stay_better(self) -> None:
        model = shipped_model()
        middle = dict.fromkeys(WITH_LEXICON, 1.0) | {
            "words": 10_000.0,
            "pairs": 2_000.0,
            "relational_similarity": 0.5,
            "gromov_hausdorff_bound": 0.1,
            "eigenvector_similarity": 100.0,
            "singular_value_gap": 1.0,
            "effective_condition_harmonic_mean": 5.0,
        }
        percents = [model.expect(middle | {"held_out": value}).percent for value in (5.0, 20.0, 60.0)]
        assert percents == sorted(percents)
        assert percents[2] > percents[0] + 10
