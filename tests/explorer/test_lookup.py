from collections import Counter

import numpy as np
import pytest

from isolex.alignment import load
from isolex.explorer.lookup import ANSWERS, WordLookup
from isolex.reranking import load_reranked, plain_dictionary
from isolex.vectors import Vectors
from isolex.vectors.ngrams import NgramVectors
from tests.review.made import HOSTILE, WRONG
from tests.spaces import alignment_of, gaussian, numbered


@pytest.fixture(scope="module")
def alignment(saved):
    return load(saved)


@pytest.fixture(scope="module")
def plain(alignment):
    """Without confidences."""
    return WordLookup.of(alignment)


@pytest.fixture(scope="module")
def sure(saved, alignment):
    """With the confidences that are written down."""
    return WordLookup.of(alignment, load_reranked(saved, alignment))


def cosines(alignment, word):
    """Of a source word with all source words."""
    rows = alignment.shared[0].numpy().astype(np.float64)
    return rows @ rows[alignment.source.id(word)]


class TestAnswers:
    def test_without_confidences_by_csls(self, plain, alignment):
        found = plain.word("s150")["answers"]
        expected = alignment.translate("s150", k=ANSWERS)
        assert [(one["word"], one["score"]) for one in found] == [
            (word, pytest.approx(score, abs=1e-4)) for word, score in expected
        ]
        assert found[0]["word"] == "t150"
        assert {one["confidence"] for one in found} == {None}
        assert [one["rank"] for one in found] == [alignment.target.id(one["word"]) + 1 for one in found]

    def test_with_confidences_by_these_and_then_by_csls(self, sure, alignment):
        found = sure.word("s150")["answers"]
        assert len(found) == ANSWERS
        assert [(one["word"], one["confidence"]) for one in found[:3]] == [
            ("t150", 0.5),
            ("t151", 0.05),
            ("t152", 0.025),
        ]
        by_csls = dict(alignment.translate("s150", k=ANSWERS))
        assert [one["word"] for one in found[3:]] == [
            word for word in by_csls if word not in ("t150", "t151", "t152")
        ][: ANSWERS - 3]
        assert {one["confidence"] for one in found[3:]} == {None}
        assert [one["score"] for one in found] == [
            pytest.approx(by_csls[one["word"]], abs=1e-4) if one["word"] in by_csls else None for one in found
        ]

    def test_which_are_each_others_best(self, plain, alignment):
        mutual = {entry.target for entry in alignment.induce("mutual").entries if entry.source == "s150"}
        assert mutual == {"t150"}
        found = {one["word"]: one["mutual"] for one in plain.word("s150")["answers"]}
        back = {word: alignment.reversed().translate(word, k=1)[0][0] == "s150" for word in found}
        assert found == back

    def test_which_are_training_pairs(self, plain):
        assert [one["word"] for one in plain.word("s50")["answers"] if one["seed"]] == ["t50"]
        assert not any(one["seed"] for one in plain.word("s150")["answers"])
        # The lexicon has it wrong, and the alignment right.
        assert not plain.word("s3")["answers"][0]["seed"]
        assert WRONG["s3"] != "t3" == plain.word("s3")["answers"][0]["word"]

    def test_of_few_words(self):
        source, target = (Vectors([f"{side}{n}" for n in range(3)], gaussian(3, 2, 0)) for side in "st")
        found = WordLookup.of(alignment_of(source, target)).word("s1")
        assert len(found["answers"]) == 3
        assert len(found["near_source"]) == len(found["near_target"]) == 2
        assert found["seeds"] == []


class TestWhatElseIsKnown:
    def test_rank_and_how_it_is_known(self, plain, alignment):
        found = plain.word("s150")
        assert (found["word"], found["known"], found["told"]) == ("s150", "vector", "")
        assert found["rank"] == alignment.source.id("s150") + 1

    def test_evidence_and_no_translation(self, sure, plain):
        assert sure.word("s150")["evidence"] == {"alignment": 2.0, "strings": -0.25}
        assert sure.word("s150")["no_translation"] == 0.25
        assert plain.word("s150")["evidence"] == {}
        assert plain.word("s150")["no_translation"] is None

    def test_neighbours_in_its_own_language(self, plain, alignment):
        found = plain.word("s150")["near_source"]
        scores = cosines(alignment, "s150")
        order = [row for row in np.argsort(-scores) if alignment.source.words[row] != "s150"][:8]
        assert [(one["word"], one["rank"], one["score"]) for one in found] == [
            (alignment.source.words[row], row + 1, pytest.approx(scores[row], abs=1e-3)) for row in order
        ]
        assert plain.near_source("s150", 3) == [one["word"] for one in found[:3]]
        assert plain.near_source("none", 3) == []

    def test_neighbours_of_the_first_answer(self, plain, alignment):
        found = plain.word("s150")["near_target"]
        rows = alignment.shared[1].numpy()
        scores = rows @ rows[alignment.target.id("t150")]
        assert found[0]["score"] == pytest.approx(np.sort(scores)[-2], abs=1e-3)
        assert [one["word"] for one in found[:5]] == plain.near_target("t150", 5)
        assert "t150" not in {one["word"] for one in found}
        assert plain.near_target("none", 3) == []

    def test_looking_changes_no_vector(self, plain, alignment):
        before = alignment.shared[0].clone()
        plain.word("s150")
        assert alignment.shared[0].equal(before)

    def test_what_the_first_answer_translates_back_to(self, plain, alignment):
        expected = alignment.reversed().translate("t150", k=5)
        assert [one["word"] for one in plain.word("s150")["back"]] == [word for word, _ in expected]
        assert plain.word("s150")["back"][0] == {
            "word": "s150",
            "score": pytest.approx(expected[0][1], abs=1e-4),
        }

    def test_training_pairs_nearby(self, plain, alignment):
        pairs = dict(alignment.seeds.pairs)
        scores = cosines(alignment, "s150")
        order = [
            word for word in (alignment.source.words[row] for row in np.argsort(-scores)) if word in pairs
        ]
        found = plain.word("s150")["seeds"]
        assert [(one["source"], one["target"]) for one in found] == [
            (word, pairs[word]) for word in order[:5]
        ]
        assert found[0]["similarity"] == pytest.approx(scores[alignment.source.id(order[0])], abs=1e-3)
        assert plain.seeds("s150") == found
        assert plain.seeds("none") == []
        assert plain.word("s50")["seeds"][0] == {"source": "s50", "target": "t50", "similarity": 1.0}

    def test_hubs_once_they_are_counted(self, alignment):
        lookup = WordLookup.of(alignment)
        assert lookup.word("s150")["hub"] is None
        assert lookup.hubs.k == 10
        counts = Counter(
            word for answers in alignment.translate(list(alignment.source.words), k=10) for word, _ in answers
        )
        hub = lookup.word("s150")["hub"]
        assert hub == {
            "word": "t150",
            "answers": counts["t150"],
            "typical": 10.0,
            "is_hub": counts["t150"] >= 20,
        }

    def test_a_hub(self):
        """The first target word is in the middle of all source words."""
        middle = gaussian(1, 8, 0)
        source = Vectors(numbered("s", 30), middle + 0.3 * gaussian(30, 8, 1))
        target = Vectors(numbered("t", 60), np.concatenate([middle, gaussian(59, 8, 2)]))
        lookup = WordLookup.of(alignment_of(source, target, steps=("unit",)))
        assert lookup.hubs.counts[0] == 30
        assert lookup.word("s1")["answers"][0]["word"] == "t0"
        assert lookup.word("s1")["hub"] == {"word": "t0", "answers": 30, "typical": 5.0, "is_hub": True}


class TestUnknownWords:
    @pytest.mark.parametrize("word", ["none", "", "<b>", "x" * 10_000, "s150 "])
    def test_have_nothing_and_it_says_why(self, sure, word):
        found = sure.word(word)
        assert (found["word"], found["rank"], found["known"]) == (word, None, "none")
        assert word in found["told"]
        assert found["answers"] == found["near_source"] == found["near_target"] == found["seeds"] == []
        assert found["hub"] is found["no_translation"] is None
        assert found.keys() == sure.word("s150").keys()

    def test_made_of_parts(self):
        source, target = (Vectors([f"{side}{n}" for n in range(6)], gaussian(6, 4, 0)) for side in "st")
        source.subwords = NgramVectors(gaussian(50, 4, 1), 2, 3)
        found = WordLookup.of(alignment_of(source, target)).word("s77")
        assert (found["known"], found["rank"]) == ("subwords", None)
        assert found["told"] == "The vocabulary lacks s77. Its vector was made from parts of other words."
        assert len(found["answers"]) == 6
        assert not any(one["mutual"] or one["seed"] for one in found["answers"])
        assert len(found["near_source"]) == 6

    @pytest.mark.parametrize("name", ["s200", "s201", "s202"])
    def test_hostile_words_are_words(self, sure, name):
        found = sure.word(HOSTILE[name])
        target = f"t{name[1:]}"
        assert found["known"] == "vector"
        assert found["answers"][0]["word"] == HOSTILE.get(target, target)


def test_a_dictionary_without_confidences(alignment):
    found = WordLookup.of(alignment, plain_dictionary(alignment, "for a test")).word("s150")
    assert [one["word"] for one in found["answers"]] == [
        word for word, _ in alignment.translate("s150", k=ANSWERS)
    ]
    assert {one["confidence"] for one in found["answers"]} == {None}
    assert found["no_translation"] is None
