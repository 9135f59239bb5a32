import math

from isolex.diagnosis import WITH_LEXICON
from isolex.diagnosis.prediction import shipped_model


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
