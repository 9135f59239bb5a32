"""`diagnose`: what it finds in spaces that were made to have it."""

import json

import numpy as np
import pytest

from isolex.diagnosis import MEASURES, as_problem, diagnose, measures_of, page
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors
from tests.shaped import columns_permuted, shaped
from tests.spaces import alignment_of, planted


@pytest.fixture(scope="module")
def spaces():
    return planted(600, 20, noise=0.1)


@pytest.fixture(scope="module")
def found(spaces):
    source, target, lexicon = spaces
    pairs = list(lexicon)[:400]
    wrong = [(pairs[i][0], pairs[i - 1][1]) for i in range(8)]
    return diagnose(source, target, Lexicon([*wrong, *pairs[8:]]), words=300)


class TestWithALexicon:
    def test_a_space_that_aligns_is_said_to(self, found) -> None:
        held_out = found.lexicon.held_out
        assert all(score.percent > 90 for score in held_out.values())
        assert found.expectation.percent > 50
        assert found.expectation.low <= found.expectation.percent <= found.expectation.high

    def test_every_measure_is_there(self, found) -> None:
        assert {one.name for one in MEASURES} <= found.measures.keys()
        assert found.measures["relational_similarity"] > 0.9

    def test_the_wrong_pairs_are_the_suspects(self, found) -> None:
        suspects = found.to_dict()["lexicon"]["suspects"]
        assert suspects
        assert {one["source"] for one in suspects} <= {f"s{i}" for i in range(8)}
        assert all(one["rank"] >= 100 and len(one["instead"]) == 3 for one in suspects)

    def test_hubs_are_counted_before_and_after(self, found) -> None:
        assert found.hubness.keys() == {"nn", "csls", "isf"}
        assert found.aligned == "vecmap on the lexicon"
        assert found.hubness["csls"].robin_hood <= found.hubness["nn"].robin_hood
        for one in found.to_dict()["hubness"]["criteria"].values():
            assert sum(count * keys for count, keys in one["distribution"]) == 600 * 10
            assert sum(keys for _, keys in one["distribution"]) == 600

    def test_the_map_joins_translations_that_lie_close(self, found) -> None:
        chart = found.to_dict()["lexicon"]["map"]
        at = np.array([(point["x"], point["y"]) for point in chart["points"]])
        sides = [point["side"] for point in chart["points"]]
        joined = np.array(chart["pairs"])
        assert len(joined) > 20
        assert {(sides[i], sides[j]) for i, j in joined} == {("source", "target")}
        near = np.linalg.norm(at[joined[:, 0]] - at[joined[:, 1]], axis=1).mean()
        assert near < 0.5 * np.linalg.norm(at[joined[:, 0]] - at[np.roll(joined[:, 1], 1)], axis=1).mean()

    def test_as_json_and_as_a_page(self, found) -> None:
        report = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        assert report["lexicon"]["pairs_in_vocabulary"] == 400
        assert [band["words"] for band in report["lexicon"]["by_frequency"]] == [400]
        assert [step["pairs"] for step in report["lexicon"]["learning_curve"]] == [25, 50, 100, 250, 320]
        assert page(report).count("<figure") >= 5

    def test_the_same_twice(self, spaces, found) -> None:
        source, target, _ = spaces
        again = diagnose(source, target, Lexicon((source.words[i], target.words[j]) for i, j in []) or None)
        assert again.lexicon is None
        twice = [diagnose(source, target, spaces[2], words=200).to_dict() | {"seconds": 0} for _ in range(2)]
        assert twice[0] == twice[1]


class TestWithoutALexicon:
    def test_only_what_needs_none(self, spaces) -> None:
        source, target, _ = spaces
        report = diagnose(source, target, words=200).to_dict()
        assert (report["lexicon"], report["hubness"], report["prediction"]) == (None, None, None)
        assert "seed lexicon" in report["advice"][0]["say"]
        assert page(report)

    def test_hubs_of_an_alignment_that_is_given(self, spaces) -> None:
        source, target, _ = spaces
        found = diagnose(source, target, alignment=alignment_of(source, target), words=200)
        assert found.hubness.keys() == {"nn", "csls", "isf"}
        assert found.aligned == "the given alignment (by hand, unchecked)"

    def test_spaces_that_cannot_align_are_expected_to_do_worse(self) -> None:
        source, target = shaped(400)
        lexicon = Lexicon(zip(source.words, target.words, strict=True))
        right, wrong = (
            diagnose(source, side, lexicon, words=200) for side in (target, columns_permuted(target))
        )
        assert 2 * wrong.expectation.percent < right.expectation.percent
        assert wrong.measures["relational_similarity"] < 0.3 < right.measures["relational_similarity"]


class TestAdvice:
    def test_few_words_are_told_to_learn_from_themselves(self, spaces) -> None:
        source, target, lexicon = spaces
        advice = diagnose(source, target, Lexicon(list(lexicon)[:60]), words=200).advice
        assert advice[0].say == "Use --method auto, the default"
        assert "60 seed words are few" in advice[0].because

    def test_damage_is_named(self, spaces) -> None:
        source, target, lexicon = spaces
        matrix = np.array(source.matrix)
        matrix[-20:] = matrix[0]
        advice = diagnose(Vectors(source.words, matrix), target, lexicon, words=200).advice
        assert any(one.say == "Check the source vectors" and "20 have that" in one.because for one in advice)
        assert not any(one.say == "Check the target vectors" for one in advice)


class TestDegenerate:
    def test_another_dimension(self) -> None:
        source, _, lexicon = planted(200, 12)
        target = planted(200, 8)[1]
        found = diagnose(source, target, lexicon, words=100)
        assert "procrustes_residual" not in found.measures
        assert "procrustes" not in found.lexicon.held_out
        assert page(found.to_dict())

    def test_two_words(self) -> None:
        source, target, lexicon = planted(2, 3)
        report = diagnose(source, target, lexicon).to_dict()
        assert report["lexicon"]["learning_curve"] == []
        assert report["lexicon"]["suspects"] == []
        assert page(json.loads(json.dumps(report)))

    def test_words_without_vectors_are_left_out(self) -> None:
        source, target, lexicon = planted(120, 8)
        matrix = np.array(source.matrix)
        matrix[:5] = 0
        found = measures_of(as_problem(Vectors(source.words, matrix), target, lexicon), words=100)
        assert all(np.isfinite(value) for value in found.values())

    def test_pairs_of_weight_zero_do_not_count(self) -> None:
        source, target, lexicon = planted(120, 8)
        pairs = list(lexicon)[:60]
        wrong = [(pairs[i][0], pairs[i - 1][1]) for i in range(40)]
        weighted = Lexicon([*pairs, *wrong], [1] * len(pairs) + [0] * len(wrong))
        problem, expected = (as_problem(source, target, some) for some in (weighted, Lexicon(pairs)))
        assert problem.pairs.tolist() == expected.pairs.tolist()
        curves = [
            diagnose(source, target, some).to_dict()["lexicon"]["held_out"]
            for some in (weighted, Lexicon(pairs))
        ]
        assert curves[0] == curves[1]

    def test_a_lexicon_of_other_words(self) -> None:
        source, target, _ = planted(50, 8)
        with pytest.raises(InputError, match="lexicon"):
            diagnose(source, target, Lexicon([("who", "wer")]))
