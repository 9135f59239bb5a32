from dataclasses import replace

import pytest

from isolex.review import Agreement, Comparison, Judgements, Precision, agreement, precision
from isolex.review.precision import SampledAnswer, sampled_answers

from .made import numbered, proposals, said


class TestPrecision:
    def test_wilson_by_hand(self):
        """7 of 10: (p + z² / 2n ± z √(p (1 − p) / n + z² / 4n²)) / (1 + z² / n) with z = 1.95996."""
        found = Precision.of(7, 10)
        assert (found.right, found.checked, found.percent) == (7, 10, pytest.approx(70))
        assert (found.low, found.high) == (pytest.approx(39.68, abs=0.01), pytest.approx(89.22, abs=0.01))
        assert found.to_dict() == {"percent": 70.0, "low": 39.7, "high": 89.2, "checked": 10}

    @pytest.mark.parametrize(("right", "low", "high"), [(0, 0, 27.75), (10, 72.25, 100)])
    def test_at_the_ends_by_hand(self, right, low, high):
        """z² / (n + z²) of nothing."""
        found = Precision.of(right, 10)
        assert (found.low, found.high) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))

    def test_of_random_words_alone(self):
        made = [said("w0", "x0", kind="random"), said("w1", "", "x1", kind="random")]
        made += [said(f"w{n}", f"x{n}", kind="sure") for n in range(2, 10)]
        made += [said("w10", "x10"), said("w11", "x11", kind="suspect")]
        found = precision(proposals(numbered(20)), Judgements(made))
        assert (found.right, found.checked) == (1, 2)

    def test_what_else_is_said_of_a_random_word_leaves_the_sample_as_it_is(self):
        """People look wrong answers up and correct them; were these left out, too many would seem right."""
        made = [said("w0", "x0", kind="random"), said("w1", "", "x1", kind="random")]
        before = precision(proposals(numbered(3)), Judgements(made))
        made += [said("w1", "other"), said("w1"), said("w0", "", "x0", reviewer="ben")]
        found = precision(proposals(numbered(3)), Judgements(made))
        assert (found.right, found.checked) == (before.right, before.checked) == (1, 2)

    def test_of_the_present_first_answer(self):
        """It is right by the last who judged it; where nobody did, the word does not count."""
        made = [
            said("w0", "", "x0", kind="random"),
            said("w0", "x0", kind="random", reviewer="ben"),
            said("w1", "another", "x9", kind="random"),
            said("w2", "another", "x2", kind="random"),
            said("w3", kind="random"),
            said("gone", "x", kind="random"),
        ]
        found = precision(proposals(numbered(5)), Judgements(made))
        assert (found.right, found.checked) == (1, 2)

    def test_nothing_to_go_by(self):
        assert precision(proposals(numbered(3)), Judgements()) is None


class TestSampledAnswers:
    def test_the_first_answers_to_random_words(self):
        """Those to w1 and w2 are new since they were judged."""
        made = [
            said("w0", "x0", kind="random"),
            said("w1", "another", "x9", kind="random"),
            said("w2", "", "x9", kind="random"),
            said("w2", "x2"),  # not at random
            said("w3", kind="random"),
            said("w4", "x9"),
            said("empty", "x9", kind="random"),
            said("gone", "x9", kind="random"),
        ]
        answers = dict(numbered(5)) | {"empty": []}
        sample = list(sampled_answers(proposals(answers), Judgements(made)))
        assert sample == [
            SampledAnswer("w0", "x0", True),
            SampledAnswer("w1", "x1", None),
            SampledAnswer("w2", "x2", None),
        ]
        found = Precision.over(sample)
        assert (found.right, found.checked) == (1, 1)
        assert Precision.over(sample[1:]) is None


class TestComparison:
    # By word: the answers before and now, and what was said at random.
    WORDS = (
        ("kept", "a", "a", "a", ""),
        ("kept as well", "a", "b", "a b", ""),
        ("better", "b", "a", "a", "b"),
        ("worse", "a", "b", "a", "b"),
        ("still wrong", "b", "c", "", "b c"),
        ("new, was right", "a", "c", "a", ""),
        ("new, was wrong", "b", "c", "", "b"),
        ("nothing now", "a", None, "a", ""),
    )

    def compared(self, words=WORDS, more=()):
        before = {word: old for word, old, *_ in words}
        answers = {word: [] if new is None else [(new, 0.5)] for word, _, new, *_ in words}
        made = [
            said(word, accepted, rejected, kind="random") for word, _, _, accepted, rejected in words
        ] + list(more)
        return Comparison.of(before, proposals(answers), Judgements(made))

    def test_by_hand(self):
        found = self.compared()
        assert found == Comparison(2, 1, 2, 1, 1, 1)
        assert (found.words, found.right_before, found.right_now, found.unjudged) == (8, 5, 3, 2)
        assert found.to_dict() == {
            "words": 8,
            "right_before": 5,
            "right_now": 3,
            "better": 1,
            "worse": 2,
            "unjudged": 2,
            "verdict": "unsure",
        }

    def test_of_what_holds_and_was_said_at_random(self):
        """The last who judged an answer counts; what was said otherwise, or taken back, does not."""
        words = (("cat", "a", "b", "a", "b"), ("dog", "a", "b", "", ""))
        more = [said("cat", "b", "a", kind="random", reviewer="ben"), said("dog", "b", "a")]
        assert self.compared(words, more) == Comparison(better=1)

    def test_nothing_to_go_by(self):
        assert self.compared((("dog", "a", "b", "", ""),)) is None
        assert Comparison.of({}, proposals(numbered(3)), Judgements()) is None

    @pytest.mark.parametrize(
        ("counts", "verdict"),
        [
            # The sign test of 6 against 0 has p = 2 / 2⁶ = 0.031, of 5 against 0 it has 0.063.
            ({"better": 6}, "better"),
            ({"better": 5}, "unsure"),
            ({"worse": 6, "kept": 100}, "worse"),
            ({"better": 7, "worse": 1}, "unsure"),
            ({"better": 9, "worse": 1}, "better"),
            # What was right may be wrong now, and what was wrong may be right.
            ({"better": 6, "unjudged_right": 1}, "unsure"),
            ({"better": 6, "unjudged_wrong": 9}, "better"),
            ({"worse": 6, "unjudged_wrong": 1}, "unsure"),
            ({"worse": 6, "unjudged_right": 9}, "worse"),
            ({"kept": 50}, "same"),
            ({"kept": 50, "still_wrong": 9}, "same"),
            ({"kept": 50, "unjudged_wrong": 1}, "unsure"),
            ({"kept": 50, "better": 1, "worse": 1}, "unsure"),
        ],
        ids=str,
    )
    def test_verdicts(self, counts, verdict):
        assert Comparison(**counts).verdict == verdict


class TestAgreement:
    def test_kappa_by_hand(self):
        """Both accept 4, both reject 3, they differ on 3: (0.7 − 0.5) / (1 − 0.5)."""
        verdicts = [*[(True, True)] * 4, *[(False, False)] * 3, *[(True, False)] * 2, (False, True)]
        made = []
        for number, pair in enumerate(verdicts):
            for reviewer, right in zip(("ana", "ben"), pair, strict=True):
                word = {"accepted" if right else "rejected": "x"}
                made.append(said(f"w{number}", reviewer=reviewer, kind="random", proposal="x", **word))
        (found,) = agreement(Judgements(made))
        assert (found.reviewers, found.items) == (("ana", "ben"), 10)
        assert found.kappa == pytest.approx(0.4)
        assert found.to_dict() == {"reviewers": ["ana", "ben"], "items": 10, "kappa": 0.4}

    def test_of_proposals_that_both_judged(self):
        def of(source, *words, **more):
            return said(source, *words, kind="random", proposal=words[-1].split()[0], **more)

        made = [
            of("cat", "gato", "casa"),
            of("cat", "gato felino", "casa", reviewer="ben"),
            of("dog", "perro"),
        ]
        made += [of("sun", "sol"), of("dog", "", "perro", reviewer="dan")]
        found = {one.reviewers: one for one in agreement(Judgements(made))}
        assert found == {
            ("ana", "ben"): Agreement(("ana", "ben"), 1, None),
            ("ana", "dan"): Agreement(("ana", "dan"), 1, pytest.approx(0)),
            ("ben", "dan"): Agreement(("ben", "dan"), 0, None),
        }

    def test_of_random_words_alone(self):
        """Of others, the second reviewer sees what the first one said."""
        made = [
            said("cat", "gato", reviewer=who, kind=kind, proposal="gato")
            for who in ("ana", "ben")
            for kind in ("own", "sure", "suspect")
        ]
        assert agreement(Judgements(made)) == []

    def test_what_a_reviewer_said_last_counts(self):
        made = [said("a", "x"), said("b", "", "x"), said("a", "", "x")]
        made += [said("a", "x", reviewer="ben"), said("b", "", "x", reviewer="ben")]
        made = [replace(one, kind="random", proposal="x", event=n) for n, one in enumerate(made)]
        (found,) = agreement(Judgements(made))
        assert (found.items, found.kappa) == (2, pytest.approx(0))

    def test_one_reviewer(self):
        assert agreement(Judgements([said("cat", "gato")])) == []
