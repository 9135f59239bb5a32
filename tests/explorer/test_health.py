import json
from dataclasses import replace

import pytest

from isolex.alignment import load
from isolex.explorer.health import health_of
from isolex.lexicon import Lexicon
from isolex.recipes import align
from isolex.vectors import Vectors
from tests.review.made import SEEDS, WRONG
from tests.spaces import alignment_of, planted


@pytest.fixture(scope="module")
def alignment(saved):
    return load(saved)


@pytest.fixture(scope="module")
def found(alignment):
    return health_of(alignment)


def test_plain_values(found):
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found) == {
        *("status", "reason", "reasons", "estimate", "hubs", "frequency", "suspects", "advice", "details"),
        *("few_seeds", "spaces", "vocabulary"),
    }
    assert found["vocabulary"] == 20_000


def test_the_verdict_of_the_card(found, alignment):
    assert (found["status"], found["reason"]) == ("unchecked", alignment.card.reason)
    assert found["estimate"] is None
    estimate = {"p@1": 55.1, "interval": [40.0, 70.0], "level": 95}
    alignment = alignment.head(100)
    alignment.card = replace(
        alignment.card, status="doubtful", reasons=("a", "b"), scores={"estimate": estimate}
    )
    told = health_of(alignment)
    assert (told["status"], told["reason"], told["reasons"]) == (
        "doubtful",
        alignment.card.reason,
        ["a", "b"],
    )
    assert told["estimate"] == {"percent": 55.1, "low": 40.0, "high": 70.0, "level": 0.95, "measured": True}


def test_hubs(found):
    assert set(found["hubs"]) == {"nn", "csls"}
    for hubs in found["hubs"].values():
        assert 0 < hubs["share"] < 1
        counts = [one["count"] for one in hubs["top"]]
        assert len(counts) == 10
        assert counts == sorted(counts, reverse=True)
    assert found["hubs"]["csls"]["share"] < found["hubs"]["nn"]["share"]


def test_accuracy_by_frequency(found):
    (band,) = found["frequency"]
    assert (band["from"], band["to"], band["words"]) == (1, 300, SEEDS)
    assert band["percent"] == pytest.approx(100 * (SEEDS - len(WRONG)) / SEEDS, abs=0.1)


def test_suspects(found, alignment):
    assert {one["source"]: one["target"] for one in found["suspects"]} == WRONG
    for one in found["suspects"]:
        assert one["rank"] >= 100
        assert one["answers"][0] == f"t{one['source'][1:]}"
        assert len(one["answers"]) == 3


def test_spaces(found):
    assert [(one["language"], one["words"]) for one in found["spaces"]] == [("aa", 300), ("bb", 300)]
    assert found["spaces"][0]["notes"][0] == "The vectors have 20 numbers each."
    assert found["spaces"][0]["notes"][1] == "The words are written in: LATIN 100 %."


def test_words_without_a_vector_and_with_the_same():
    source, target, pairs = planted(120, 10)
    matrix = source.matrix.copy()
    matrix[3], matrix[5] = 0, matrix[4]
    source = Vectors(source.words, matrix, language="aa")
    lexicon = Lexicon(pair for pair in pairs if pair[0] not in ("s3", "s5"))
    with pytest.warns(UserWarning, match="source: left out 1 of 120 words"):
        made = align(source, target, lexicon, method="procrustes", check=False)
    notes = health_of(made)["spaces"][0]["notes"]
    assert notes[2:] == ["1 word has the same vector as another one."]


def test_without_training_pairs():
    source, target, _ = planted(80, 10)
    told = health_of(alignment_of(source, target))
    assert told["frequency"] == told["suspects"] == []
    assert set(told["hubs"]) == {"nn", "csls"}
    assert told["advice"]


def test_advice_for_people_who_do_not_know_the_methods(found):
    """In words of the page; the rest stands below."""
    assert any("Add pairs to the training dictionary" in text for text in found["advice"])
    assert any("that look wrong" in text for text in found["advice"])
    assert any("Use more text" in text for text in found["advice"])
    assert not any(term in text for text in found["advice"] for term in ("P@1", "--", "CSLS", "vecmap"))
    assert any("--method auto" in text for text in found["details"])


def test_what_an_estimate_is(alignment):
    """With held-out seed words it is measured; by restarts it is a guess."""
    estimate = {"p@1": 55.1, "interval": [40.0, 70.0], "level": 90}
    alignment = alignment.head(100)
    alignment.card = replace(alignment.card, status="doubtful", scores={"estimate": estimate})
    assert health_of(alignment)["estimate"]["measured"] is False
