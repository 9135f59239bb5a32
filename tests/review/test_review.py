import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

from isolex.alignment import load
from isolex.cards.card import GIVEN_SEEDS, Card, SideCard
from isolex.errors import FormatError, InputError, IsolexWarning
from isolex.lexicon import Lexicon
from isolex.processes import command_of
from isolex.recipes import align
from isolex.reranking import RerankedDictionary, plain_dictionary
from isolex.review import (
    LEARN_EVERY,
    Added,
    Comparison,
    Generation,
    Overridden,
    ProposedWord,
    Review,
    read_decisions,
    suspect_pairs,
    write_decisions,
)
from isolex.review.generations import base_digest, last_dictionary
from isolex.review.log import LEASE_SECONDS

from .made import HOSTILE, QUICK, SEEDS, WORDS, WRONG, Process, over, planted_answers, said

ROOT = Path(__file__).parent.parent.parent
KNOWN = {f"s{n}" for n in range(SEEDS)}
# One of the hostile ones is no word.
ASKED = {HOSTILE.get(word, word) for word in (f"s{n}" for n in range(SEEDS, WORDS)) if word != "s200"}


@pytest.fixture
def clock(monkeypatch):
    """The time, in seconds, as a list of one."""
    now = [1e6]
    clock = SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr("isolex.review.review.time", clock)
    monkeypatch.setattr("isolex.review.leases.time", clock)
    monkeypatch.setattr("isolex.review.learner.time", clock)
    monkeypatch.setattr("isolex.review.log.time", SimpleNamespace(time=lambda: now[0]))
    return now


@pytest.fixture
def fits(monkeypatch):
    """What stands for the process that fits: `result` is what it gives, `count` how often it was started."""
    fake = SimpleNamespace(
        count=0, result=(1, "", "isolex: learning: no luck\n"), begun=Event(), go_on=Event()
    )
    fake.go_on.set()

    def run(command, **_):
        fake.count += 1
        fake.begun.set()
        assert fake.go_on.wait(60)
        return SimpleNamespace(**dict(zip(("returncode", "stdout", "stderr"), fake.result, strict=True)))

    monkeypatch.setattr("isolex.review.generations.subprocess", Process(run))
    yield fake
    fake.go_on.set()


def decide(review, reviewer="ana", *, right=True, queue="main"):
    """Accept or reject the next proposal."""
    item = review.next(reviewer, queue=queue).item
    words = [item.proposal]
    return review.decide(item.id, **{"accepted" if right else "rejected": words})


def keep_generation(review, number=1, *, through=0):
    """As if a generation had been fitted, in which all answers are one place further."""
    base = review.base
    answers = planted_answers(base)
    keys = (answers.keys[:, [1, 0, 2]]).copy()
    shifted = type(answers)(answers.rows, keys, answers.confidence, answers.none_right, answers.spoken_for)
    folder = review.folder / f"generation-{number}"
    base.save(folder)
    over(load(folder), shifted).save(folder)
    review.log.learnt(Generation(number, through, ("All is new.",)), review._digest)


def fit_generation(review):
    """As the process that fits leaves it: in its folder, and not yet noted."""
    keep_generation(review)
    with review.log._file.writing() as connection:
        connection.execute("DELETE FROM generations")


class TestNext:
    def test_a_task(self, review):
        task = review.next("ana")
        # 0.5995 × 0.4005 × log(301 / 121) is the greatest among the words without seed pairs.
        assert (task.item.source, task.item.kind, task.item.reviewer) == ("s120", "informative", "ana")
        assert task.item.proposal == "t120"
        assert task.row == review.base.source.id("s120")
        target = review.base.target
        assert task.candidates == tuple(
            ProposedWord(word, target.id(word) + 1, pytest.approx(confidence))
            for word, confidence in (("t120", 0.6), ("t121", 0.06), ("t122", 0.03))
        )

    def test_each_word_is_before_one_reviewer(self, review):
        items = [review.next(f"r{n % 3}").item for n in range(60)]
        assert len({item.source for item in items}) == 60
        assert not {item.source for item in items} & KNOWN

    def test_until_nothing_is_left(self, review):
        items = []
        while (task := review.next("ana")) is not None:
            items.append(task.item)
        assert len(items) == len(ASKED)
        review.decide(items[0].id)
        assert review.next("ana") is None
        assert review.next("ben").item.source == items[0].source

    def test_for_ten_minutes(self, review, clock):
        first = review.next("ana").item
        clock[0] += LEASE_SECONDS - 1
        assert review.next("ben").item.source != first.source
        clock[0] += 2
        again = review.next("ben").item
        assert (again.source, again.id != first.id) == (first.source, True)
        # Late, but not lost.
        review.decide(first.id, accepted=["t120"])
        assert review.judgements.accepted() == [("s120", "t120")]

    def test_candidates_that_somebody_rejected_are_not_shown(self, review):
        task = review.next("ana")
        review.decide(task.item.id, rejected=["t120", "t122"])
        _, again = review.undo("ana")
        assert [one.word for one in again.candidates] == ["t120", "t121", "t122"]
        review.add([said("s120", "", "t120", "ben")])
        review.decide(again.item.id)
        _, again = review.undo("ana")
        assert [one.word for one in again.candidates] == ["t121", "t122"]


class TestDecide:
    def test_is_in_the_log_and_in_what_holds(self, review):
        item = review.next("ana").item
        decision = review.decide(item.id, accepted=["t120"], rejected=["t121"], comment="sure?")
        assert decision == said(
            "s120",
            "t120",
            "t121",
            kind="informative",
            proposal="t120",
            comment="sure?",
            at=decision.at,
            event=1,
        )
        assert review.log.decisions() == list(review.judgements) == [decision]
        assert review.next("ben").item.source != "s120"

    def test_twice_the_same_counts_once(self, review):
        item = review.next("ana").item
        first = review.decide(item.id, accepted=["t120"])
        assert review.decide(item.id, rejected=["t120"]) == first
        assert len(review.judgements) == review.progress().decided == 1

    def test_an_item_that_was_not_given_out(self, review):
        with pytest.raises(InputError, match="got item 99, which was not given out"):
            review.decide(99, accepted=["t1"])

    def test_a_word_that_no_dictionary_can_hold(self, review):
        item = review.next("ana").item
        with pytest.raises(InputError, match="control character"):
            review.decide(item.id, accepted=["a\tb"])
        review.decide(item.id, accepted=["a b"])
        assert review.judgements.accepted() == [("s120", "a b")]

    def test_several_reviewers_at_once(self, review):
        def work(reviewer):
            own = []
            while (task := review.next(reviewer)) is not None:
                words = {("accepted", "rejected", "comment")[len(own) % 3]: [task.item.proposal]}
                words = {name: value for name, value in words.items() if name != "comment"}
                own.append(review.decide(task.item.id, **words))
            return own

        with ThreadPoolExecutor(5) as pool:
            made = [
                decision for own in pool.map(work, ["ana", "ben", "carl", "dan", "eve"]) for decision in own
            ]
        assert Counter(review.log.decisions()) == Counter(made) == Counter(review.judgements)
        said_of = Counter(
            decision.source for decision in made if not decision.skipped and decision.kind != "random"
        )
        assert set(said_of.values()) == {1}
        assert {decision.source for decision in made} == ASKED


class TestUndo:
    def test_gives_the_word_again(self, review):
        made = decide(review)
        undone, task = review.undo("ana")
        assert undone == made
        assert (task.item.source, task.item.kind, task.item.proposal) == ("s120", "informative", "t120")
        assert review.judgements.words() == []
        review.decide(task.item.id, accepted=["other"])
        assert review.judgements.accepted() == [("s120", "other")]

    def test_others_may_get_the_word_again(self, review):
        made = [decide(review) for _ in range(12)]
        assert review.next("ben").item.source not in {one.source for one in made}
        while (found := review.undo("ana")) is not None:
            review._leases.end(found[1].item.id)
        assert review.next("carl").item.source == made[0].source

    def test_any_number_of_times_of_ones_own(self, review):
        own, others = [], []
        for _ in range(30):
            own.append(decide(review))
            others.append(decide(review, "ben"))
        assert [review.undo("ana")[0] for _ in own] == own[::-1]
        assert review.undo("ana") is None
        assert list(review.judgements) == others
        assert review.progress().since == 30

    def test_a_word_that_the_vocabulary_has_no_more(self, review):
        review.log.add([said("gone", "ido", kind="sure")])
        review.close()
        again = Review(review.path)
        _, task = again.undo("ana")
        assert (task.item.source, task.row, task.candidates) == ("gone", -1, ())
        again.close()

    def test_any_decision_by_its_number(self, review):
        made = [decide(review) for _ in range(3)]
        decide(review, "ben")
        undone, task = review.undo("ana", event=made[1].event)
        assert undone == made[1]
        assert task.item.source == made[1].source
        assert [one.event for one in review.judgements] == [made[0].event, made[2].event, 4]
        assert review.undo("ana", event=made[1].event) is None
        assert review.undo("ana", event=4) is None  # it is Ben's

    def test_what_was_learnt_is_news_once_it_is_undone(self, review):
        made = [decide(review) for _ in range(3)]
        keep_generation(review, through=2)
        review.close()
        again = Review(review.path)
        assert again.progress().since == 1
        again.undo("ana", event=made[0].event)
        assert again.progress().since == 2
        again.undo("ana", event=made[2].event)
        assert again.progress().since == 1
        again.close()


class TestLastDictionary:
    """What an export proposes, read without the review."""

    def test_is_that_of_the_last_generation(self, review):
        def last():
            return last_dictionary(review.folder, review.log.path, review.base)

        assert last() is None
        keep_generation(review)
        expected = review._generations.kept(1)
        assert last().translate(["s7"], k=1) == expected.translate(["s7"], k=1)
        (review.folder / "generation-1" / "confidence.json").write_text("{}")
        with pytest.warns(IsolexWarning, match="generation 1 is not used"):
            assert last() is None


class TestChange:
    """An older decision holds until there is another one."""

    @pytest.fixture
    def old(self, review):
        item = review.next("ana").item
        return review.decide(item.id, accepted=["other", "t121"], rejected=["t120"], comment="hm")

    def test_is_one_step(self, review, old):
        last = decide(review)
        task = review.change("ana", old.event)
        assert (task.item.source, task.item.kind, task.item.proposal) == ("s120", "informative", "t120")
        assert task.replaces == old
        # What the old decision rejects may be accepted now.
        assert task.candidates[0].word == "t120"
        assert list(review.judgements) == review.log.decisions() == [old, last]
        made = review.decide(task.item.id, accepted=["t120"])
        assert list(review.judgements) == review.log.decisions() == [last, made]
        assert set(review.judgements.accepted()) == {(last.source, last.proposal), ("s120", "t120")}
        assert review.progress().since == 2

    def test_that_is_left_keeps_the_old(self, review, old):
        task = review.change("ana", old.event)
        assert review.change("ana", old.event).item == task.item
        review.leave("ana", task.item.id)
        review.close()
        again = Review(review.path)
        assert list(again.judgements) == [old]
        assert again.current("ana") is None
        again.close()

    def test_outlasts_the_process(self, review, old):
        number = review.change("ana", old.event).item.id
        review.close()
        again = Review(review.path)
        assert again.current("ana").replaces == old
        made = again.decide(number, rejected=["t121"])
        assert again.log.decisions() == [made]
        again.close()

    def test_of_what_is_no_decision_of_the_reviewer(self, review, old):
        assert review.change("ben", old.event) is review.change("ana", 99) is None

    def test_of_one_that_was_taken_back_meanwhile(self, review, old):
        task = review.change("ana", old.event)
        review.undo("ana")
        made = review.decide(task.item.id, accepted=["t122"])
        assert list(review.judgements) == review.log.decisions() == [made]

    def test_taken_back_brings_the_old_decision_back(self, review, old):
        last = decide(review)
        made = review.decide(review.change("ana", old.event).item.id, accepted=["t120"])
        undone, task = review.undo("ana")
        again = task.replaces
        assert undone == made
        assert replace(again, event=old.event) == old
        assert list(review.judgements) == review.log.decisions() == [last, again]
        assert review.progress().since == 2
        # Until the word is decided on, and any number of times.
        made = review.decide(task.item.id, accepted=["t122"])
        assert review.log.decisions() == [last, made]
        _, task = review.undo("ana")
        review.leave("ana", task.item.id)
        own = {("s120", "other"), ("s120", "t121")}
        assert set(review.judgements.accepted()) == {(last.source, last.proposal), *own}
        assert [review.undo("ana")[0].source for _ in range(2)] == ["s120", last.source]
        assert review.undo("ana") is None

    def test_taken_back_brings_nothing_back_that_was_taken_back_by_itself(self, review, old):
        task = review.change("ana", old.event)
        review.undo("ana")
        review.decide(task.item.id, accepted=["t122"])
        _, task = review.undo("ana")
        assert task.replaces is None
        assert list(review.judgements) == review.log.decisions() == []

    def test_of_what_was_learnt_is_one_piece_of_news(self, review, old):
        keep_generation(review, through=old.event)
        review.close()
        again = Review(review.path)
        assert again.progress().since == 0
        again.decide(again.change("ana", old.event).item.id, accepted=["t122"])
        assert again.progress().since == 1
        again.close()


class TestOneWord:
    """A word that a reviewer has, or asks for."""

    def test_is_the_same_until_it_is_decided_on(self, review):
        assert review.current("ana") is None
        task = review.next("ana")
        assert review.current("ana").item == task.item
        assert review.current("ben") is review.current("ana", queue="suspects") is None
        review.decide(task.item.id, accepted=["t1"])
        assert review.current("ana") is None

    def test_is_noted_with_the_proposal_that_was_shown(self, review):
        first, second = (review.next("ana").item for _ in range(2))
        assert review.decide(first.id, accepted=["t9"], proposal="t9").proposal == "t9"
        assert review.decide(second.id, accepted=["t9"]).proposal == second.proposal

    def test_is_given_to_who_asks(self, review):
        task = review.open("s7", "ana")
        assert (task.item.source, task.item.kind, task.item.proposal) == ("s7", "own", "t7")
        assert review.open("s7", "ana").item == task.item
        review.decide(task.item.id, accepted=["t8"], rejected=["t7"])
        assert review.judgements.accepted() == [("s7", "t8")]

    def test_may_be_left(self, review):
        first, asked = review.next("ana").item, review.open("s7", "ana").item
        review.leave("ben", asked.id)
        assert review.current("ana").item == asked
        review.leave("ana", asked.id)
        assert review.current("ana").item == first
        assert review.log.leased() == [first]
        with pytest.raises(InputError, match="got item 99"):
            review.leave("ana", 99)

    def test_is_not_taken_from_another(self, review):
        word = review.next("ben").item.source
        with pytest.raises(InputError, match=f"ben has '{word}' now; ask again once it is decided on"):
            review.open(word, "ana")

    def test_that_the_vocabulary_lacks(self, review):
        with pytest.raises(InputError, match="the vocabulary has no word 'gone'"):
            review.open("gone", "ana")


HOLDER = """
import sys, time
from isolex.review import Review

review = Review(sys.argv[1])
print(review, flush=True)
time.sleep(99)
"""


class TestAlone:
    def test_one_at_a_time(self, review):
        with pytest.raises(InputError, match="aa-bb-review: another run works in this folder"):
            Review(review.path)
        review.close()
        Review(review.path).close()

    def test_for_as_long_as_the_process_lives(self, place):
        with subprocess.Popen([sys.executable, "-c", HOLDER, place], stdout=subprocess.PIPE) as other:
            other.stdout.readline()
            with pytest.raises(InputError, match="another run works in this folder"):
                Review(place)
            other.kill()
        Review(place).close()

    def test_before_anything_is_learnt(self, review):
        with pytest.raises(InputError, match="another run works in this folder"):
            Review(review.path, dictionary=lambda _: pytest.fail("was learnt"))

    def test_nothing_is_learnt_where_a_generation_is_kept(self, review):
        keep_generation(review)
        review.close()
        Review(review.path, dictionary=lambda _: pytest.fail("was learnt")).close()

    def test_one_that_could_not_begin_leaves_it_free(self, place):
        folder = place.with_name("aa-bb-review")
        folder.mkdir()
        (folder / "decisions.sqlite").write_text("no log")
        with pytest.raises(InputError, match="no log of decisions"):
            Review(place)
        (folder / "decisions.sqlite").unlink()
        Review(place).close()

    def test_what_ranks_the_vocabulary_waits_until_it_is_asked_for(self, review, monkeypatch):
        monkeypatch.setattr(RerankedDictionary, "ranked", property(lambda _: pytest.fail("was ranked")))
        assert review.add([said("s7", "t7")]) == Added(1, 1)


class TestProgress:
    def test_before_anything(self, review):
        assert review.progress().to_dict() == {
            "reviewers": 0,
            "decided": 0,
            "accepted": 0,
            "rejected": 0,
            "skipped": 0,
            "per_minute": None,
            "precision": None,
            "unjudged": 0,
            "comparison": None,
            "levels": [
                {"confidence": 0.9, "entries": 31, "percent": 95.0},
                {"confidence": 0.7, "entries": 91, "percent": 85.0},
                {"confidence": 0.5, "entries": 151, "percent": 75.0},
            ],
            "learning": "idle",
            "learning_seconds": None,
            "told": "",
            "since": 0,
            "every": 10**6,
            "generation": 0,
            "changed": [],
        }

    def test_counts(self, review, clock):
        for number in range(20):
            if number == 5:
                review.decide(review.next("ana").item.id)
            else:
                decide(review, right=number % 4 != 0)
            clock[0] += 10
        found = review.progress()
        assert (found.decided, found.accepted, found.skipped, found.since) == (19, 14, 1, 19)
        assert found.per_minute == pytest.approx(6.0)
        randoms = [decision for decision in review.judgements if decision.kind == "random"]
        assert len(randoms) == found.precision.checked == 2
        assert found.precision.right == sum(bool(decision.accepted) for decision in randoms)

    def test_for_how_long_it_learns(self, review, fits, clock):
        fits.go_on.clear()
        review.learn()
        clock[0] += 125.6
        assert review.learning()["learning_seconds"] == review.progress().learning_seconds == 125
        review.learn()  # which begins no other fit
        assert review.progress().to_dict()["learning_seconds"] == 125
        fits.go_on.set()
        review.learn(wait=True)
        assert review.learning()["learning_seconds"] is None

    def test_without_confidences_there_are_no_levels(self, place):
        plain = Review(place, dictionary=plain_dictionary(place, "for a test", settings=QUICK))
        task = plain.next("ana")
        assert task.item.source == next(word for word in plain.base.source.words if word not in KNOWN)
        assert [one.confidence for one in task.candidates] == [None] * 3
        assert plain.progress().levels == ()
        plain.close()

    def test_contradictions_and_agreement(self, review):
        review.add([said("s7", "t8", "t7"), said("s9", "t9"), said("s9", "", "t9", "ben")])
        assert [
            (one.source, one.target, one.against, one.decision.reviewer) for one in review.contradictions()
        ] == [
            ("s7", "t7", "lexicon", "ana"),
            ("s9", "t9", "lexicon", "ben"),
            ("s9", "t9", "ana", "ben"),
        ]
        assert review.agreement() == []
        made = [said("s10", "t10", kind="random", proposal="t10", reviewer=who) for who in ("ana", "ben")]
        review.add(made)
        (found,) = review.agreement()
        assert (found.reviewers, found.items) == (("ana", "ben"), 1)


class TestAdding:
    def test_what_is_new(self, review):
        rows = [said("s150", "t150", "t151"), said("s151", "", "t1", comment="no")]
        assert review.add(rows) == Added(2, 3)
        assert review.add([*rows, said("s150", "t150", "t151", "ben")]) == Added(1, 2, known=3)
        assert review.progress().since == 3
        assert review.judgements.accepted() == [("s150", "t150")]

    def test_what_was_decided_here_is_not_new_when_it_comes_back(self, review):
        made = decide(review)
        assert review.add([said(made.source, made.proposal, at="2020-01-01")]) == Added(0, known=1)
        skipped = review.decide(review.next("ana").item.id)
        assert review.add([said(skipped.source), said(skipped.source, reviewer="ben")]) == Added(1)

    def test_of_a_word_the_pairs_that_are_new(self, review):
        review.add([said("s150", "t150", "t151", comment="line\nend")])
        rows = [said("s150", "t150 t7", "t151 t8", comment="line end"), said("s150", "t150", comment="other")]
        assert review.add(rows) == Added(2, 3, known=2)
        assert [(one.accepted, one.rejected) for one in review.judgements][1:] == [
            (("t7",), ("t8",)),
            (("t150",), ()),
        ]

    def test_what_it_overrides(self, review):
        review.add([said("s150", "t150", "t151"), said("s9", "t9", reviewer="ben")])
        found = review.add([said("s150", "t151", "t150", "carl"), said("s9", "", "t9"), said("s8", "t8")])
        assert found.overridden == (
            Overridden("s150", "t151", accepted=False, reviewer="ana"),
            Overridden("s150", "t150", accepted=True, reviewer="ana"),
            Overridden("s9", "t9", accepted=True, reviewer="ben"),
        )
        assert str(found.overridden[2]) == "s9 → t9, which ben had accepted"

    def test_of_what_was_exported_changes_nothing(self, review, tmp_path):
        """Whoever decided, with several remarks on a word, one decision overridden by another."""
        for number in range(8):
            decide(review, ("ana", "ben")[number % 2], right=number % 3 > 0)
        item = review.open("s7", "ana").item
        review.decide(item.id, accepted=["t8", "t9"], rejected=["t7"], comment="two\nlines\tand more")
        review.decide(review.open("s7", "ben").item.id, rejected=["t8", "t10"], comment="no")
        review.decide(review.open("s7", "ana").item.id, accepted=["t11"])
        before = list(review.judgements)
        write_decisions(review.judgements, tmp_path / "out.tsv")
        decisions, refused = read_decisions(tmp_path / "out.tsv", vocabularies=review.vocabularies)
        assert refused == []
        assert review.add(decisions) == Added(
            0, known=len((tmp_path / "out.tsv").read_text().splitlines()) - 1
        )
        assert list(review.judgements) == before

    @pytest.mark.parametrize("comment", ['"q"', "\u200fback", "e\u0301tude", " two\n lines ", '"', '""'])
    def test_any_remark_comes_back_as_the_same(self, review, tmp_path, comment):
        review.decide(review.open("s7", "ana").item.id, accepted=["t8"], comment=comment)
        write_decisions(review.judgements, tmp_path / "out.tsv")
        decisions, refused = read_decisions(tmp_path / "out.tsv", vocabularies=review.vocabularies)
        added = review.add(decisions)
        assert (refused, added.new) == ([], 0)

    def test_a_word_that_the_vocabulary_lacks(self, review):
        assert review.add([said("s150", "t150"), said("none", "x")]) == Added(1, 1, unknown=("none",))
        assert [one.source for one in review.log.decisions()] == ["s150"]


class TestReopening:
    def test_a_second_review_sees_all_decisions(self, review):
        made = [decide(review, name, right=n % 2 == 0) for n in range(9) for name in ("ana", "ben")]
        review.undo("ben")
        review.close()
        again = Review(review.path)
        assert list(again.judgements) == [one for one in made if one is not made[-1]]
        assert again.progress().since == 17
        assert repr(again) == f"<Review: {review.path}, 17 decisions, generation 0>"
        again.close()

    def test_words_that_were_before_somebody_stay_so(self, place):
        first = Review(place)
        items = {first.next("ana").item.source for _ in range(5)}
        first.close()
        again = Review(place)
        assert not items & {again.next("ben").item.source for _ in range(20)}
        again.close()

    def test_after_ten_minutes_they_are_free(self, place, clock):
        first = Review(place)
        item = first.next("ana").item
        first.close()
        clock[0] += LEASE_SECONDS + 1
        again = Review(place)
        assert again.next("ben").item.source == item.source
        again.close()

    def test_with_the_last_generation(self, review):
        decide(review)
        keep_generation(review, through=1)
        decide(review)
        review.close()
        again = Review(review.path)
        assert again.generation == Generation(1, 1, ("All is new.",))
        assert again.progress().since == 1
        # The first answers are others now.
        task = again.next("ana")
        assert task.item.proposal == f"t{int(task.item.source[1:]) + 1}"
        again.close()

    def test_without_its_folder_it_begins_anew(self, review):
        keep_generation(review)
        shutil.rmtree(review.folder / "generation-1")
        review.close()
        again = Review(review.path)
        assert again.generation == Generation(0, 0)
        assert again.next("ana").item.proposal == "t120"
        again.close()

    def test_beside_an_alignment_that_was_replaced(self, review):
        """Decisions stay; what was learnt for another alignment is not taken for this one."""
        made = decide(review)
        keep_generation(review, through=1)
        base = review.base
        pairs = Lexicon(base.seeds.pairs[:100])
        other = align(base.source, base.target, pairs, method="procrustes", check=False)
        other.save(review.path)
        over(load(review.path), planted_answers(other)).save(review.path)
        other_words = set(base.source.words) - set(pairs.sources) - {made.source}
        review.close()
        again = Review(review.path)
        assert list(again.judgements) == [made]
        assert again.generation == Generation(0, 0)
        assert again.progress().since == 1
        assert again.log.next_generation() == 2
        assert again.next("ana").item.source in other_words
        again.close()

    @pytest.mark.parametrize("known", [{}, {GIVEN_SEEDS: 0}])
    def test_finds_what_was_learnt_by_the_digest_that_older_logs_have(self, known):
        sides = (SideCard(side, 3, 2, side, f"{side}.vec") for side in ("aa", "bb"))
        versions = {"isolex": "0.1.0"}
        card = Card("joint", known | {"normalize": ["unit"]}, *sides, versions=versions, created="2026-01-02")
        digest = base_digest(SimpleNamespace(card=card))
        assert digest == "sha256:665f6010bc60650e8681198b67d7cb06930eb89880e2a210c5946bbd8d8e0e62"
        assert card.settings == known | {"normalize": ["unit"]}

    def test_another_folder(self, place, tmp_path):
        first, other = Review(place), Review(place, folder=tmp_path / "mine")
        decide(first)
        assert len(other.judgements) == 0
        assert (first.folder, other.folder) == (tmp_path / "aa-bb-review", tmp_path / "mine")
        first.close()
        other.close()

    def test_a_log_that_is_something_else(self, place, tmp_path):
        (tmp_path / "aa-bb-review").mkdir()
        (tmp_path / "aa-bb-review" / "decisions.sqlite").write_text("cat\tgato\n" * 100)
        with pytest.raises(FormatError, match=r"decisions\.sqlite: is no log of decisions"):
            Review(place)

    def test_an_alignment_without_confidences(self, place):
        (place / "confidence.json").unlink()
        with pytest.raises(InputError, match="there are no confidences for this alignment"):
            Review(place)

    def test_no_alignment(self, tmp_path):
        with pytest.raises(InputError, match="there is no such"):
            Review(tmp_path / "none")
        assert list(tmp_path.iterdir()) == []


class TestSuspects:
    def test_the_wrong_pairs_of_the_lexicon(self, review):
        assert set(suspect_pairs(review.base)) == set(WRONG.items())

    def test_are_asked_about(self, review):
        tasks = [review.next("ana", queue="suspects") for _ in WRONG]
        assert {task.item.source: task.item.proposal for task in tasks} == WRONG
        assert {task.item.kind for task in tasks} == {"suspect"}
        for task in tasks:
            number, rank = int(task.item.source[1:]), review.base.target.id(task.item.proposal) + 1
            assert task.candidates[0] == ProposedWord(task.item.proposal, rank, None)
            assert [one.word for one in task.candidates[1:]] == [f"t{number + step}" for step in range(3)]
        assert review.next("ben", queue="suspects") is None
        review.decide(tasks[0].item.id, rejected=[tasks[0].item.proposal])
        review.decide(tasks[1].item.id, accepted=[tasks[1].item.proposal])
        review.decide(tasks[2].item.id)
        assert review.next("ben", queue="suspects") is None
        _, again = review.undo("ana")
        for item in (tasks[2].item, again.item):
            review._leases.end(item.id)
        assert review.next("ben", queue="suspects").item.source == tasks[2].item.source

    def test_few_seeds_are_told(self, review):
        assert review.few_seeds == SEEDS < 200

    def test_a_target_among_the_candidates_comes_first(self, review):
        review.suspect("s50", "t50")
        review.suspect("s51", "t51")
        task = review.next("ana", queue="suspects")
        assert (task.item.source, task.item.proposal) == ("s50", "t50")
        assert [one.word for one in task.candidates] == ["t50", "t51", "t52"]
        assert task.candidates[0].confidence == pytest.approx(1 - 50 / 300)
        assert review.next("ana", queue="suspects").item.source == "s51"

    def test_that_are_asked_for_come_up_whatever_was_said_before(self, review):
        review.add([said("s50", "t50")])
        review.suspect("s50", "t50")
        review.close()
        again = Review(review.path)
        task = again.next("ana", queue="suspects")
        assert (task.item.source, task.item.proposal) == ("s50", "t50")
        again.decide(task.item.id)
        assert again.next("ana", queue="suspects").item.source in WRONG
        again.suspect("s50", "t50")
        assert again.next("ana", queue="suspects").item.source == "s50"
        again.close()

    def test_a_pair_that_the_lexicon_lacks(self, review):
        with pytest.raises(InputError, match="got 's1' and 't2', which are no pair of the lexicon"):
            review.suspect("s1", "t2")

    def test_fewer_than_20_words_tell_too_little(self, review):
        base = review.base
        few = Lexicon([pair for pair in base.seeds if pair[0] in {f"s{n}" for n in range(19)}])
        assert suspect_pairs(align(base.source, base.target, few, method="procrustes", check=False)) == []


class TestFailedFits:
    @pytest.mark.parametrize(
        ("result", "told"),
        [
            ((1, "", "a warning\nreranking: too little\n"), "learning: reranking: too little"),
            ((-9, "", ""), "learning: ended with status -9"),
            ((0, "7\n", ""), "learning: left no dictionary"),
        ],
    )
    def test_keep_what_there_is_and_say_why(self, review, fits, result, told):
        task = review.next("ana")
        fits.result = result
        review.learn(wait=True)
        found = review.progress()
        assert (found.learning, found.told) == ("failed", told)
        assert found.generation == Generation(0, 0)
        review.decide(task.item.id, accepted=["t120"])
        assert decide(review).event == 2

    def test_that_nobody_foresaw_end_as_well(self, review, fits):
        fit_generation(review)
        fits.result = (0, "seven", "")
        review.learn(wait=True)
        told = "learning: ValueError: invalid literal for int() with base 10: 'seven'"
        assert (review.progress().learning, review.progress().told) == ("failed", told)

    def test_may_be_tried_again(self, review, fits):
        review.learn(wait=True)
        fit_generation(review)
        fits.result = (0, "0", "")
        review.learn(wait=True)
        found = review.progress()
        assert (found.learning, found.told, found.generation.number) == ("idle", "", 1)
        assert fits.count == 2


class TestWhetherItIsBetter:
    def at_random(self, review):
        """The next random word, and its candidates."""
        while True:
            task = review.next("ana")
            if task.item.kind == "random":
                return task.item.id, [one.word for one in task.candidates]
            review.decide(task.item.id)

    def test_by_the_random_words_that_were_judged_before(self, review, fits):
        """The second candidates are the first ones in the next generation."""
        assert review.progress().comparison is None
        item, (first, second, _) = self.at_random(review)
        review.decide(item, accepted=[first], rejected=[second])
        item, (first, second, _) = self.at_random(review)
        review.decide(item, accepted=[second], rejected=[first])
        item, (first, second, _) = self.at_random(review)
        review.decide(item, accepted=[first])
        assert (review.progress().unjudged, review.progress().comparison) == (0, None)
        fit_generation(review)
        fits.result = (0, "0", "")
        review.learn(wait=True)
        found = review.progress()
        assert found.comparison == Comparison(better=1, worse=1, unjudged_right=1)
        assert (found.unjudged, found.precision.checked) == (1, 2)
        review.close()
        again = Review(review.path)
        assert again.progress().comparison == found.comparison
        # The word comes up again, and then counts.
        item, candidates = self.at_random(again)
        assert candidates[:2] == [second, first]
        again.decide(item, rejected=[second])
        assert again.progress().comparison == Comparison(better=1, worse=2)
        assert again.progress().unjudged == 0
        # A later random word is not one that the generation before was judged by.
        item, candidates = self.at_random(again)
        again.decide(item, accepted=candidates[:1])
        assert again.progress().comparison.words == 3
        again.close()


class TestTelling:
    """Lines for the terminal."""

    @pytest.fixture
    def lines(self):
        return []

    @pytest.fixture
    def telling(self, place, lines, fits):
        review = Review(place, tell=lines.append)
        yield review
        fits.go_on.set()
        review.close()

    def test_that_it_failed(self, telling, lines, fits):
        decide(telling)
        telling.decide(telling.next("ana").item.id)
        fits.result = (1, "", "no luck\n")
        telling.learn(wait=True)
        assert lines == ["learning from 1 decision", "could not learn: learning: no luck"]

    @pytest.mark.parametrize("took", [(59, "59 s"), (723, "12 min 3 s")], ids=str)
    def test_how_long_it_took(self, telling, lines, fits, clock, took):
        seconds, told = took
        keep_generation(telling)
        with telling.log._file.writing() as connection:
            connection.execute("DELETE FROM generations")
        fits.result = (0, "0", "")
        fits.go_on.clear()
        telling.learn()
        assert fits.begun.wait(60)
        clock[0] += seconds
        fits.go_on.set()
        telling._learner.wait()
        assert lines == ["learning from 0 decisions", f"learnt in {told}"]

    def test_not_that_closing_ended_it(self, telling, lines, fits, monkeypatch):
        fits.go_on.clear()
        telling.learn()
        assert fits.begun.wait(60)
        monkeypatch.setattr(telling._generations, "close", fits.go_on.set)
        telling.close()
        assert lines == ["learning from 0 decisions"]

    @pytest.mark.parametrize("status", [-2, 0xC000013A])
    def test_not_that_ctrl_c_ended_it(self, telling, lines, fits, status):
        decide(telling)
        fits.result = (status, "", "")
        telling.learn(wait=True)
        assert lines == ["learning from 1 decision"]
        found = telling.progress()
        assert (found.learning, found.told, found.since) == ("interrupted", "", 1)
        assert found.generation == Generation(0, 0)

    def test_that_it_failed_where_the_process_speaks_of_ctrl_c(self, telling, lines, fits):
        fits.result = (1, "", "KeyboardInterrupt\n")
        telling.learn(wait=True)
        assert telling.progress().learning == "failed"
        assert lines[1:] == ["could not learn: learning: KeyboardInterrupt"]

    def test_a_terminal_that_is_gone_ends_nothing(self, place, fits):
        def tell(_):
            raise BrokenPipeError

        review = Review(place, tell=tell)
        fits.result = (1, "", "no luck\n")
        review.learn(wait=True)
        assert review.progress().told == "learning: no luck"
        review.close()


class TestWhenItLearns:
    def test_by_itself(self):
        assert LEARN_EVERY == 50

    @pytest.fixture(autouse=True)
    def often(self, monkeypatch):
        monkeypatch.setattr("isolex.review.review.LEARN_EVERY", 3)

    def test_after_so_many_decisions_without_skipped_ones(self, review, fits):
        decide(review)
        decide(review)
        review.decide(review.next("ana").item.id)
        review.undo("ana")
        assert fits.count == 0
        decide(review)
        assert fits.begun.wait(60)
        review.close()
        assert fits.count == 1

    def test_after_so_many_imported_ones(self, review, fits):
        rows = [said(f"s{n}", f"t{n}") for n in range(130, 133)]
        review.add(rows[:2])
        review.add(rows, learn=False)
        assert fits.count == 0
        review.add([said("s140", "t140")])
        assert fits.begun.wait(60)

    def test_one_at_a_time(self, review, fits):
        fits.go_on.clear()
        for _ in range(8):
            decide(review)
        review.learn()
        assert review.progress().learning == "running"
        assert fits.begun.wait(60)
        assert fits.count == 1
        fits.go_on.set()
        review.learn(wait=True)
        assert review.progress().learning == "failed"

    def test_a_failed_one_is_not_tried_again_at_once(self, review, fits):
        fits.go_on.clear()
        for _ in range(3):
            decide(review)
        fits.go_on.set()
        review._learner.wait()
        for _ in range(2):
            decide(review)
        assert (fits.count, review.progress().since) == (1, 2)
        decide(review)
        review._learner.wait()
        assert fits.count == 2


QUICKLY = """
import os, sys
import isolex.mapping.annealing
from isolex.review import learning
from isolex.review.fitting import main
from tests.review.made import QUICK

os.nice = lambda _: 0
isolex.mapping.annealing._MOST_ROUNDS = 5
align, rerank = learning.align, learning.rerank
learning.align = lambda *given, **more: align(*given, **more | {"method": "procrustes"})
learning.rerank = lambda *given, **more: rerank(*given, **more | {"settings": QUICK})
sys.exit(main(sys.argv[1]))
"""


# Libraries may make something else of a KeyboardInterrupt that they meet.
INTERRUPTED = """
import os, signal, sys
from isolex.errors import InputError
from isolex.review import fitting

def fit(_):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        raise InputError("could not be imported")

fitting._fit = fit
sys.exit(fitting.main(sys.argv[1]))
"""
INTERRUPTED_LATE = """
import os, signal, sys
from isolex.errors import InputError
from isolex.review import fitting

def fit(_):
    raise InputError("too few words")

fitting._fit = fit
status = fitting.main(sys.argv[1])
os.kill(os.getpid(), signal.SIGINT)
sys.exit(status)
"""


def another_process(monkeypatch, code):
    """Have this code run where the process that fits would run."""

    def run(command):
        assert command[:-1] == command_of("isolex.review.fitting", by_signal=True)
        start = command[2].partition("import runpy")[0]
        changed = [sys.executable, "-c", f"{start}sys.path.insert(0, {str(ROOT)!r})\n{code}", *command[3:]]
        return subprocess.run(changed, check=False, capture_output=True, text=True)

    monkeypatch.setattr("isolex.review.generations.subprocess", Process(run))


@pytest.fixture
def quickly(monkeypatch):
    """The process as it is, but with one method and few trees."""
    another_process(monkeypatch, QUICKLY)


class TestLearningInAnotherProcess:
    def test_swaps_the_generation_in(self, review, quickly):
        for left in ("generation-1", "generation-1.unfinished"):  # by a fit that was killed
            (review.folder / left).mkdir()
        for source, target in WRONG.items():
            review.suspect(source, target)
            review.decide(
                review.next("ana", queue="suspects").item.id, accepted=[f"t{source[1:]}"], rejected=[target]
            )
        before = review.proposals
        through = decide(review).event
        (review.folder / "generation-7").mkdir()
        review.learn(wait=True)
        found = review.progress()
        assert (found.learning, found.told) == ("idle", "")
        assert (found.generation.number, found.generation.through, found.since) == (1, through, 0)
        assert found.generation.changed[0] == "It learnt from 4 accepted pairs and 3 rejected pairs."
        assert found.generation == review.log.generation(review._digest)
        assert review.proposals is not before
        seeds = review.proposals.dictionary.alignment.seeds
        assert ("s3", "t3") in seeds
        assert ("s3", "t250") not in seeds
        assert sorted(path.name for path in review.folder.glob("generation-*")) == ["generation-1"]
        # It goes on, in this process and in the next one.
        assert decide(review).event == through + 1
        review.close()
        again = Review(review.path)
        assert again.generation == found.generation
        assert again.progress().since == 1
        assert again.proposals.best.tolist() == review.proposals.best.tolist()
        again.close()

    def test_that_cannot_be_done(self, review, quickly):
        shutil.rmtree(review.path)
        review.learn(wait=True)
        found = review.progress()
        assert found.learning == "failed"
        assert found.told.startswith(f"learning: {review.path}: there is no such alignment folder; give what")
        assert review.next("ana").item.proposal == "t120"

    def test_that_ctrl_c_ends(self, review, monkeypatch):
        another_process(monkeypatch, INTERRUPTED)
        review.learn(wait=True)
        assert (review.progress().learning, review.progress().told) == ("interrupted", "")

    def test_that_failed_before_ctrl_c_came(self, review, monkeypatch):
        another_process(monkeypatch, INTERRUPTED_LATE)
        review.learn(wait=True)
        assert (review.progress().learning, review.progress().told) == ("failed", "learning: too few words")
