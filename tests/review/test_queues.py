from collections import Counter
from dataclasses import replace

import pytest

from isolex.errors import InputError
from isolex.review import MIX, Judgements, Proposals, Queue

from .made import dictionary, numbered, proposals, said


def drawn(queue, count, *, reviewer="ana", accepted=True):
    """The next words of a reviewer, each decided on at once, and how they came up."""
    made = []
    for _ in range(count):
        found = queue.next(reviewer)
        if found is None:
            break
        row, kind = found
        word = queue.proposals.dictionary.alignment.source.words[row]
        first = queue.proposals.first(row)
        words = {"accepted": first} if accepted else {"rejected": first}
        queue.judgements.add(said(word, reviewer=reviewer, kind=kind, proposal=first, **words))
        made.append((word, kind))
    return made


def queue_of(answers, *, kind=None, judgements=(), known=(), seed=0):
    mix = MIX if kind is None else {kind: 1.0}
    return Queue(proposals(answers), Judgements(judgements), frozenset(known), mix, seed)


class TestMix:
    @pytest.mark.parametrize("count", [10, 20, 50])
    def test_of_ten_words_six_teach_three_are_sure_and_one_is_random(self, count):
        kinds = Counter(kind for _, kind in drawn(queue_of(numbered(100)), count))
        assert {kind: 10 * number / count for kind, number in kinds.items()} == {
            "informative": 6,
            "sure": 3,
            "random": 1,
        }

    def test_what_was_decided_before_counts(self):
        before = [said(f"w{n}", f"x{n}", kind="informative") for n in range(60, 66)]
        kinds = [kind for _, kind in drawn(queue_of(numbered(100), judgements=before), 4)]
        assert Counter(kinds) == {"sure": 3, "random": 1}

    def test_a_kind_that_has_none_left_gives_way(self):
        made = drawn(queue_of(numbered(30)), 100)
        assert sorted(word for word, _ in made) == sorted(f"w{n}" for n in range(30))

    @pytest.mark.parametrize("mix", [{}, {"sure": 0.0}, {"sure": 1.0, "random": -0.1}])
    def test_shares_that_are_none(self, mix):
        with pytest.raises(InputError, match=r"got the mix .*, expected shares, one above 0"):
            Queue(proposals(numbered(3)), Judgements(), mix=mix)


ANSWERS = {"a": [("A", 0.99)], "b": [("B", 0.6)], "c": [("C", 0.97)], "d": [("D", 0.5)]}
# Two generations: another first answer.
OLD = {"cat": [("casa", 0.6), ("gato", 0.5), ("pan", 0.1)], "dog": [("perro", 0.9), ("gato", 0.1)]}
NEW = OLD | {"cat": [("gato", 0.6), ("casa", 0.5), ("pan", 0.1)]}


class TestOrder:
    def test_informative_words(self):
        made = drawn(queue_of(ANSWERS, kind="informative"), 9)
        assert [word for word, _ in made] == ["b", "d", "c", "a"]

    def test_sure_words(self):
        assert [word for word, _ in drawn(queue_of(ANSWERS, kind="sure"), 9)] == ["a", "c", "b", "d"]

    def test_random_words_by_seed(self):
        one, same, other = (
            [word for word, _ in drawn(queue_of(numbered(40), kind="random", seed=seed), 40)]
            for seed in (0, 0, 1)
        )
        assert one == same != other
        assert sorted(one) == sorted(other) == sorted(f"w{n}" for n in range(40))
        assert one != sorted(one)


class TestWhatIsNotAsked:
    def test_known_words_signs_and_words_without_candidates(self):
        answers = {"cat": [("gato", 0.5)], "...": [("!", 0.5)], "1984": [("1985", 0.5)], "xyz": []}
        answers |= {"v2": [("v2", 0.5)], "犬": [("perro", 0.5)], "dog": [("can", 0.5)]}
        for kind in MIX:
            made = drawn(queue_of(answers, kind=kind, known=["dog"]), 9)
            assert sorted(word for word, _ in made) == ["cat", "v2", "犬"]

    def test_pieces_of_words(self):
        answers = {
            word: [("x", 0.5)] for word in ("don'", "-ness", "don't", "U.S.", "cat.", "new_york", "कुत्ता")
        }
        for kind in MIX:
            made = drawn(queue_of(answers, kind=kind), 9)
            assert sorted(word for word, _ in made) == ["U.S.", "don't", "new_york", "कुत्ता"]

    def test_words_that_are_before_others(self):
        queue = queue_of(numbered(3), kind="sure")
        assert queue.next("ana", taken=frozenset({"w0"})) == (1, "sure")
        assert queue.next("ana", taken=frozenset({"w0", "w1", "w2"})) is None
        assert queue.next("ana") == (0, "sure")

    @pytest.mark.parametrize("decision", [{"accepted": "x0"}, {"accepted": "y"}, {"rejected": "x0"}])
    @pytest.mark.parametrize("kind", ["informative", "sure"])
    def test_words_that_anybody_decided_on(self, kind, decision):
        queue = queue_of(numbered(1), kind=kind, judgements=[said("w0", **decision)])
        assert queue.next("ana") is queue.next("ben") is None

    @pytest.mark.parametrize("kind", MIX)
    def test_skipped_words_are_for_others(self, kind):
        queue = queue_of(numbered(1), kind=kind, judgements=[said("w0", kind=kind)])
        assert queue.next("ana") is None
        assert queue.next("ben") == (0, kind)


class TestRandomWords:
    def test_go_to_two_reviewers_in_the_same_order(self):
        queue = queue_of(numbered(20), kind="random")
        ana, ben = (drawn(queue, 8, reviewer=name) for name in ("ana", "ben"))
        assert ana == ben
        later = drawn(queue, 99, reviewer="carl")
        assert not {word for word, _ in later} & {word for word, _ in ana}
        assert len(later) == 12

    def test_that_were_decided_on_otherwise_are_asked_all_the_same(self):
        queue = queue_of(numbered(1), kind="random", judgements=[said("w0", "x0", kind="own")])
        assert queue.next("ben") == (0, "random")


class TestNews:
    @pytest.mark.parametrize("kind", ["informative", "sure"])
    def test_rejected_only_words_come_back_with_another_first_answer(self, kind):
        judgements = [said("cat", "", "casa"), said("dog", "", "perro")]
        assert queue_of(OLD, kind=kind, judgements=judgements).next("ana") is None
        assert queue_of(NEW, kind=kind, judgements=judgements).next("ana") == (0, kind)
        assert queue_of(NEW, kind=kind, judgements=judgements).next("ben") == (0, kind)

    @pytest.mark.parametrize("decision", [said("cat", "", "casa gato"), said("cat", "felino", "casa")])
    def test_not_if_that_was_judged_or_another_is_right(self, decision):
        assert queue_of(NEW, kind="sure", judgements=[decision, said("dog", "perro")]).next("ana") is None

    def test_random_words_come_back_even_if_another_is_right(self):
        judgements = [
            said(word, right, kind="random", reviewer=who)
            for word, right in (("cat", "felino"), ("dog", "perro"))
            for who in ("ana", "ben")
        ]
        assert queue_of(NEW, kind="random", judgements=judgements).next("ana") == (0, "random")
        judged = [*judgements, said("cat", "", "gato", kind="random")]
        assert queue_of(NEW, kind="random", judgements=judged).next("ana") is None

    def test_random_words_that_were_learnt_from_do_not(self):
        judgements = [said("cat", "", "casa", kind="sure"), said("dog", "perro")]
        assert queue_of(NEW, kind="random", judgements=judgements).next("ana") is None


class TestUndo:
    def test_reopens_words(self):
        queue = queue_of(numbered(5), kind="sure")
        drawn(queue, 4)
        last = queue.judgements.of("w1")[0]
        queue.judgements.drop(last)
        queue.reopen()
        assert queue.next("ana") == (1, "sure")
        queue.judgements.add(last)
        assert queue.next("ana") == (4, "sure")

    def test_of_the_shares_as_well(self):
        queue = queue_of(numbered(100))
        made = drawn(queue, 10)
        for decision in list(queue.judgements):
            queue.judgements.drop(decision)
        queue.reopen()
        assert drawn(queue, 10) == made


def test_the_order_of_random_words_outlasts_a_generation():
    old = dictionary(numbered(30))
    turned = replace(old.ranker, ranked=replace(old.ranked, confidence=old.ranked.confidence[::-1].copy()))
    orders = []
    for one in (old, replace(old, ranker=turned)):
        queues = [Queue(Proposals(one), Judgements(), mix={kind: 1.0}) for kind in ("random", "sure")]
        orders.append([drawn(queue, 30) for queue in queues])
    assert orders[0][0] == orders[1][0]
    assert orders[0][1] == orders[1][1][::-1]
