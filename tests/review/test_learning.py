from dataclasses import replace

import pytest

from isolex.lexicon import Lexicon
from isolex.review import Judgements, Lessons, learn, what_changed
from isolex.review.learning import ACCEPTED_WEIGHT

from .made import QUICK, WRONG, dictionary, planted_alignment, said


class TestLessons:
    LEXICON = Lexicon([("cat", "gato"), ("cat", "casa"), ("dog", "perro")])

    def test_accepted_pairs_weigh_2_and_rejected_ones_leave_the_lexicon(self):
        made = [said("cat", "gato felino", "casa", kind="suspect"), said("sun", "sol", "sal", kind="sure")]
        lessons = Lessons.of(self.LEXICON, Judgements(made))
        assert dict(zip(lessons.seeds.pairs, lessons.seeds.weights, strict=True)) == {
            ("cat", "gato"): 2,
            ("cat", "felino"): 2,
            ("dog", "perro"): 1,
            ("sun", "sol"): 2,
        }
        assert set(lessons.wrong.pairs) == {("cat", "casa"), ("sun", "sal")}
        assert ACCEPTED_WEIGHT == 2

    def test_weights_of_the_lexicon_stay(self):
        weighted = Lexicon(self.LEXICON.pairs, weights=[0.5, 1, 3])
        lessons = Lessons.of(weighted, Judgements([said("cat", "gato", kind="sure")]))
        assert list(lessons.seeds.weights) == [2, 1, 3]

    def test_random_words_are_not_learnt_from(self):
        made = [said("sun", "sol", "sal", kind="random"), said("cat", "", "casa", kind="random")]
        lessons = Lessons.of(self.LEXICON, Judgements(made))
        assert lessons.seeds.pairs == self.LEXICON.pairs
        assert len(lessons.wrong) == 0

    def test_the_last_word_counts(self):
        made = [said("sun", "sol", kind="sure"), said("sun", "", "sol", reviewer="ben")]
        lessons = Lessons.of(self.LEXICON, Judgements(made))
        assert ("sun", "sol") not in lessons.seeds
        assert lessons.wrong.pairs == (("sun", "sol"),)

    def test_nothing_is_left(self):
        lessons = Lessons.of(Lexicon([("cat", "casa")]), Judgements([said("cat", "", "casa")]))
        assert lessons.seeds is None
        assert len(lessons.wrong) == 1


@pytest.fixture(scope="module")
def taught():
    """The wrong pairs were found, a word was given another translation, and others were rejected."""
    made = [said(source, f"t{source[1:]}", target, kind="suspect") for source, target in WRONG.items()]
    made.append(said("s150", "t7", "t150", kind="sure"))
    made.append(said("s151", "t8", "t151", kind="random"))
    judgements = Judgements(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 5)
        alignment = planted_alignment()
        return alignment, learn(alignment, judgements, method="procrustes", settings=QUICK), judgements


def test_reserved_words_are_not_learnt_from_however_they_came_up():
    made = Judgements([said("a", "A"), said("b", "B", "C"), said("c", "", "D")])
    lessons = Lessons.of(Lexicon([("x", "X")]), made, reserved={"b", "c"})
    assert set(lessons.seeds.pairs) == {("x", "X"), ("a", "A")}
    assert len(lessons.wrong) == 0


class TestLearn:
    def test_what_is_aligned_by(self, taught):
        before, after, _ = taught
        seeds = dict(zip(after.alignment.seeds.pairs, after.alignment.seeds.weights, strict=True))
        changed = {(source, f"t{source[1:]}"): 2 for source in WRONG} | {("s150", "t7"): 2}
        kept = {pair: 1 for pair in before.seeds if pair not in WRONG.items()}
        assert seeds == kept | changed
        assert after.alignment.card.method == "procrustes"
        assert after.alignment.source.fingerprint == before.source.fingerprint

    def test_the_reranker_learns_from_it(self, taught):
        _, after, _ = taught
        assert after.learnt
        assert after.reason.startswith("learnt from 121 seed words")
        found = after.translate([f"s{n}" for n in range(160, 200)], k=1)
        assert [best[0][0] for best in found] == [f"t{n}" for n in range(160, 200)]

    def test_the_normalisation_stays(self, taught):
        before, after, _ = taught
        assert after.alignment.card.settings["normalize"] == before.card.settings["normalize"]

    def test_what_changed(self, taught):
        _, after, judgements = taught
        told = what_changed(after, after, judgements)
        assert told[0] == "It learnt from 4 accepted pairs and 4 rejected pairs."
        assert told[-1] == "0 of 300 first answers are different now."


def test_what_is_handed_on(monkeypatch):
    """Normalisation as before, and the rejected pairs."""
    base = dictionary({"cat": [("gato", 0.5), ("casa", 0.4)]}, seeds=[("cat", "gato")]).alignment
    steps = ("unit", "center")
    base.card = replace(base.card, settings={"normalize": list(steps)})
    handed = {}
    monkeypatch.setattr("isolex.review.learning.align", lambda *data, **more: handed.update(more, data=data))
    monkeypatch.setattr("isolex.review.learning.rerank", lambda made, **more: handed.update(more, made=made))
    learn(base, Judgements([said("cat", "", "casa", kind="sure")]), seed=7, settings=QUICK)
    source, target, seeds = handed["data"]
    assert (source, target, seeds.pairs) == (base.source, base.target, base.seeds.pairs)
    assert (handed["normalize"], handed["seed"], handed["method"]) == (steps, 7, "auto")
    assert (handed["wrong"].pairs, handed["settings"]) == ((("cat", "casa"),), QUICK)


TARGET = ("casa", "perro", "sol", "gato")
BEFORE = {
    "cat": [("casa", 0.5)],
    "dog": [("perro", 0.5)],
    "sun": [("sol", 0.9)],
    "xyz": [],
    "a": [("sol", 0.1)],
}
AFTER = {
    "cat": [("gato", 0.5)],
    "dog": [("gato", 0.5)],
    "sun": [("sol", 0.8)],
    "xyz": [("sol", 0.3)],
    "a": [],
}


class TestWhatChanged:
    def told(self, judgements=(), **card):
        before, after = (dictionary(answers, target=TARGET) for answers in (BEFORE, AFTER))
        after.alignment.card = replace(after.alignment.card, **card)
        return what_changed(before, after, Judgements(judgements))

    def test_first_answers_of_words_that_nobody_decided_on(self):
        made = [said("dog", "gato", kind="sure"), said("sun", "sol", "perro casa", kind="random")]
        assert self.told(made) == [
            "It learnt from 1 accepted pair and 0 rejected pairs.",
            "3 of 5 first answers are different now.",
            "cat: now gato, before casa.",
            "xyz: now sol, before nothing.",
            "a: now nothing, before sol.",
        ]

    def test_method_verdict_and_score(self):
        told = self.told(method="another", status="aligned", scores={"verdict_p@1": 61.26})
        assert told[1:4] == [
            "The method is another now, and was by hand.",
            "The verdict is aligned now, and was unchecked.",
            "The alignment alone translates 61.3 % of the hidden training words right.",
        ]
