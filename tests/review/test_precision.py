from dataclasses import replace

import pytest

from isolex.review import Agreement, Judgements, Precision, agreement, precision

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
