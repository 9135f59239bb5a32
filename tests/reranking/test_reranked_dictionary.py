import math
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from isolex.errors import InputError, IsolexWarning, UnknownWordError
from isolex.reranking import TrustedEntry
from isolex.reranking.fitting import PlainOrder
from isolex.reranking.reranked_dictionary import one_to_one

from .hand_made import ANSWERS, SETTINGS, SOURCE, alignment, dictionary, over, ranked

MADE = dictionary()


def pairs(entries) -> list[tuple[str, str]]:
    return [(entry.source, entry.target) for entry in entries]


class TestEntries:
    def test_the_best_translation_of_every_word(self):
        assert MADE.entries() == [
            TrustedEntry("one", "uno", 0.95, 0.01, {"alignment": 2.0, "strings": 0.5}, (("y", 0.02),)),
            TrustedEntry(
                "two", "dos", 0.75, 0.1, {"alignment": 1.0, "strings": -0.25}, (("uno", 0.55), ("tres", 0.1))
            ),
            TrustedEntry("three", "uno", 0.6, 0.2, {"alignment": 0.5, "strings": 0.0}, (("tres", 0.5),)),
            TrustedEntry("four", "y", 0.2, 0.7, {"alignment": -1.0, "strings": 1.0}, (("cuatro", 0.15),)),
        ]

    @pytest.mark.parametrize(("least", "count"), [(0.2, 4), (0.21, 3), (0.75, 2), (0.95, 1), (1, 0)])
    def test_those_that_reach_a_confidence(self, least, count):
        assert pairs(MADE.entries(least)) == pairs(MADE.entries())[:count]

    def test_several_translations_of_a_word_each_reach_it(self):
        found = MADE.entries(0.5, k=3)
        assert pairs(found) == [
            ("one", "uno"),
            ("two", "dos"),
            ("two", "uno"),
            ("three", "uno"),
            ("three", "tres"),
        ]
        assert [entry.alternatives for entry in found[1:]] == [(("tres", 0.1),), (("tres", 0.1),), (), ()]
        assert [bool(entry.evidence) for entry in found[1:]] == [True, False, True, False]
        assert pairs(MADE.entries(0.5, k=1)) == pairs(MADE.entries(0.5))

    def test_without_a_least_confidence_all_candidates_are_entries(self):
        assert len(MADE.entries(k=99)) == sum(len(candidates) for candidates, _, _ in ANSWERS)

    def test_of_one_word(self):
        assert [MADE.entry(word) for word in SOURCE] == MADE.entries()
        with pytest.raises(UnknownWordError, match="'five'"):
            MADE.entry("five")

    def test_a_word_without_candidates_has_none(self):
        empty = over(MADE.alignment, ranked((((), 1.0, (0.0, 0.0)), *ANSWERS[1:])))
        assert empty.entry("one") is None
        assert pairs(empty.entries()) == pairs(MADE.entries())[1:]

    @pytest.mark.parametrize("confidence", [-0.1, 1.1, math.nan])
    def test_what_is_no_probability_is_refused(self, confidence):
        for ask in (MADE.entries, MADE.lexicon, MADE.one_to_one):
            with pytest.raises(InputError, match=r"got confidence = .*, expected a number from 0 to 1"):
                ask(confidence)

    def test_k(self):
        with pytest.raises(InputError, match="got k = 0"):
            MADE.entries(0.5, k=0)


class TestOneToOne:
    def test_no_word_twice_and_the_greatest_sum(self):
        """By itself three has uno, but uno is worth more to one, and tres to three."""
        assert MADE.one_to_one().pairs == (("one", "uno"), ("two", "dos"), ("three", "tres"), ("four", "y"))

    def test_least_confidence(self):
        assert MADE.one_to_one(0.5).pairs == (("one", "uno"), ("two", "dos"), ("three", "tres"))
        assert MADE.one_to_one(0.96).pairs == ()

    def test_entries_have_the_rest_of_it(self):
        entries = MADE.one_to_one_entries(0.5)
        assert pairs(entries) == list(MADE.one_to_one(0.5).pairs)
        assert entries[2] == TrustedEntry("three", "tres", 0.5, 0.2, {}, (("uno", 0.6),))
        assert entries[0] == MADE.entry("one")


def test_lexicon_has_every_pair_that_reaches_a_confidence():
    assert set(MADE.lexicon(0.5)) == {
        *[("one", "uno"), ("two", "dos"), ("two", "uno"), ("three", "uno"), ("three", "tres")]
    }
    assert len(MADE.lexicon()) == 9


def test_summary_is_of_the_best_translations():
    levels = [(level.confidence, level.entries, level.expected_precision) for level in MADE.summary()]
    assert levels == [
        (0.9, 1, 0.95),
        (0.7, 2, pytest.approx(0.85)),
        (0.5, 3, pytest.approx((0.95 + 0.75 + 0.6) / 3)),
    ]


def test_a_level_that_nothing_reaches_has_no_precision():
    low = replace(ranked(), confidence=ranked().confidence / 2)
    levels = over(MADE.alignment, low).summary()
    assert [level.entries for level in levels] == [0, 0, 0]
    assert all(math.isnan(level.expected_precision) for level in levels)


def test_translate_has_candidates_with_their_confidences():
    assert MADE.translate("two", k=2) == [("dos", 0.75), ("uno", 0.55)]
    assert MADE.translate(["four", "one"]) == [[("y", 0.2), ("cuatro", 0.15)], [("uno", 0.95), ("y", 0.02)]]


@pytest.fixture(scope="module")
def plain():
    made = alignment()
    order = PlainOrder(made, SETTINGS)
    return replace(MADE, alignment=made, ranker=order, learnt=False, reason="there are no seeds")


class TestWithoutConfidences:
    def test_there_are_entries(self, plain):
        entries = plain.entries(k=2)
        assert len(entries) == 2 * len(SOURCE)
        assert np.isnan([entry.confidence for entry in entries]).all()
        assert plain.entry("one").target == plain.alignment.translate("one", k=1)[0][0]

    def test_whatever_needs_one_says_why_not(self, plain, tmp_path):
        asked = (lambda: plain.entries(0.1), plain.one_to_one, plain.one_to_one_entries, plain.summary)
        for ask in (*asked, lambda: plain.save(tmp_path)):
            with pytest.raises(
                InputError, match="there are no confidences: there are no seeds; give more seed"
            ):
                ask()


def test_words_that_no_lexicon_holds_are_left_out():
    words = ("uno", "dos", "tres", "cuatro", "\xa0")
    odd = over(alignment(words), ranked())
    with pytest.warns(IsolexWarning, match=r"left out 1 of 6 entries, .* \(first 'four' '\\xa0'\)"):
        found = odd.lexicon(0.2)
    assert found.pairs == (
        ("one", "uno"),
        ("two", "dos"),
        ("two", "uno"),
        ("three", "uno"),
        ("three", "tres"),
    )
    with pytest.warns(IsolexWarning, match="left out 1 of 4 entries"):
        assert odd.one_to_one().pairs == (("one", "uno"), ("two", "dos"), ("three", "tres"))


ASSIGNED = np.array([3, 5, 8])


def test_a_hub_goes_to_the_word_that_needs_it():
    keys = np.array([[0, 1], [0, 2], [0, -1]])
    confidence = np.array([[0.9, 0.8], [0.8, 0.1], [0.7, 0.0]])
    assert one_to_one(ASSIGNED, keys, confidence, 0.0).tolist() == [[3, 1], [5, 0]] or one_to_one(
        ASSIGNED, keys, confidence, 0.0
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
    assert one_to_one(ASSIGNED, keys, confidence, 0.5).tolist() == [[3, 0], [8, 2]]


def test_nothing_to_match():
    keys = np.full((3, 2), -1)
    assert one_to_one(ASSIGNED, keys, np.zeros((3, 2)), 0.0).shape == (0, 2)
