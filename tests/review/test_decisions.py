import json

import pytest

from isolex.errors import InputError
from isolex.review import Contradiction, Decision, Judgements

from .made import said


class TestDecision:
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("",), "an empty word"),
            (("a\tb",), "a control character"),
            (("cat", ("ga\nto",)), "a control character"),
            (("cat", (), (" gato",)), "a space at the end"),
            (("cat", ("\ud800",)), "invalid UTF-8"),
        ],
    )
    def test_words_that_no_dictionary_can_hold(self, words, told):
        with pytest.raises(InputError, match=f"^review: got .* as a word, which has {told}"):
            Decision(*words)

    def test_a_word_that_is_right_and_wrong(self):
        with pytest.raises(InputError, match="got 'gato' both as accepted and as rejected"):
            said("cat", "gata gato", "gato")

    @pytest.mark.parametrize("field", ["comment", "reviewer"])
    def test_remarks_that_no_file_can_hold(self, field):
        with pytest.raises(InputError, match=f"the {field} has invalid UTF-8"):
            Decision("cat", ("gato",), **{field: "\udcff"})

    def test_skipped_is_neither_accepted_nor_rejected(self):
        assert said("cat").skipped
        assert not said("cat", "gato").skipped
        assert not said("cat", "", "gato").skipped

    def test_plain_values(self):
        decision = said("cat", "gato", "perro casa", kind="sure", proposal="perro", comment="?", event=3)
        assert json.loads(json.dumps(decision.to_dict())) == {
            "source": "cat",
            "accepted": ["gato"],
            "rejected": ["perro", "casa"],
            "reviewer": "ana",
            "kind": "sure",
            "proposal": "perro",
            "comment": "?",
            "at": "",
            "event": 3,
        }


class TestWhatHolds:
    def test_the_last_word_on_a_pair_whoever_has_it(self):
        first, last = said("cat", "gato casa"), said("cat", "perro", "gato", reviewer="ben")
        judged = Judgements([first, last]).on("cat")
        assert judged.accepted == {"casa": first, "perro": last}
        assert judged.rejected == {"gato": last}

    def test_skipping_says_nothing(self):
        judgements = Judgements([said("cat", "gato"), said("cat", reviewer="ben")])
        assert list(judgements.on("cat").accepted) == ["gato"]
        assert len(judgements.of("cat")) == len(judgements) == 2

    def test_words_that_nobody_saw(self):
        judgements = Judgements([said("cat", "gato")])
        assert judgements.of("dog") == ()
        assert judgements.on("dog").accepted == judgements.on("dog").rejected == {}
        assert judgements.words() == ["cat"]

    def test_what_is_dropped_holds_no_more(self):
        first, last = said("cat", "gato", kind="sure"), said("cat", "", "gato", kind="random")
        judgements = Judgements([first, last])
        judgements.drop(last)
        assert judgements.accepted() == [("cat", "gato")]
        assert judgements.rejected() == []
        assert (judgements.kinds["sure"], judgements.kinds["random"]) == (1, 0)
        judgements.drop(first)
        assert judgements.words() == []
        assert judgements.accepted() == []

    def test_dropping_what_is_not_there_changes_nothing(self):
        judgements = Judgements([said("cat", "gato")])
        judgements.drop(said("cat", "casa"))
        judgements.drop(said("dog", "perro"))
        assert judgements.words() == ["cat"]
        assert judgements.kinds.total() == 1

    def test_of_each_reviewer(self):
        judgements = Judgements(
            [said("cat", "gato"), said("cat", "", "gato", "ben"), said("cat", "", "gato")]
        )
        assert {who: [*own.rejected] for who, own in judgements.by_reviewer("cat").items()} == {
            "ana": ["gato"],
            "ben": ["gato"],
        }

    def test_in_the_order_of_events(self):
        decisions = [said("cat", "gato", event=2), said("dog", "perro", event=1), said("cat", event=3)]
        assert [decision.event for decision in Judgements(decisions)] == [1, 2, 3]

    def test_words_of_one_kind_can_be_left_out(self):
        judgements = Judgements(
            [
                said("cat", "gato", "casa", kind="sure"),
                said("dog", "perro", "pan", kind="random"),
                said("sun", "sol", "sal", kind="sure"),
                said("sun", "", "luna", kind="random", reviewer="ben"),
            ]
        )
        assert judgements.accepted(without="random") == [("cat", "gato")]
        assert judgements.rejected(without="random") == [("cat", "casa")]
        assert judgements.accepted() == [("cat", "gato"), ("dog", "perro"), ("sun", "sol")]
        assert judgements.rejected() == [("cat", "casa"), ("dog", "pan"), ("sun", "sal"), ("sun", "luna")]

    def test_reading_while_others_decide(self):
        judgements = Judgements(said(f"w{n}", "", "x") for n in range(5))

        class Meanwhile:
            def __contains__(self, pair):
                judgements.add(said(f"more {pair[0]}", "", "x"))
                return True

        found = judgements.contradictions(Meanwhile())
        assert [one.source for one in found] == [f"w{n}" for n in range(5)]
        assert len(judgements) == len(judgements.words()) == 10


class TestContradictions:
    def test_of_the_lexicon(self):
        wrong = said("cat", "gato", "casa")
        found = Judgements([wrong, said("dog", "perro")]).contradictions({("cat", "casa"), ("dog", "pan")})
        assert found == [Contradiction("cat", "casa", wrong, "lexicon")]

    def test_of_reviewers(self):
        first, last = said("cat", "casa"), said("cat", "gato", "casa", reviewer="ben")
        assert Judgements([first, last]).contradictions() == [Contradiction("cat", "casa", last, "ana")]
        assert Judgements([last, first]).contradictions() == [Contradiction("cat", "casa", first, "ben")]

    def test_of_what_reviewers_say_now(self):
        made = [said("cat", "casa", reviewer="ben"), said("cat", "", "casa", "ben"), said("cat", "", "casa")]
        assert Judgements(made).contradictions() == []

    def test_who_changes_their_mind_contradicts_nobody(self):
        assert Judgements([said("cat", "casa"), said("cat", "gato", "casa")]).contradictions() == []

    def test_agreeing_is_no_contradiction(self):
        both = [said("cat", "gato", "casa"), said("cat", "gato", "casa", reviewer="ben")]
        assert Judgements(both).contradictions() == []
