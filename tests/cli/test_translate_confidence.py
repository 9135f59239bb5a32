import unicodedata

import pytest

from isolex import load
from isolex.reranking import RerankedDictionary
from isolex.reranking.saved_answers import CONFIDENCES, SavedAnswers
from tests.reranking.hand_made import GROUPS, SETTINGS

from .conftest import ODD
from .test_lexicon_confidence import answers

_, ARRAYS = CONFIDENCES.files


@pytest.fixture
def kept(here):
    """`here`, with answers in aa-bb."""
    alignment = load("aa-bb")
    ranker = SavedAnswers(answers(alignment), SETTINGS, GROUPS, "learnt from 200 seed words")
    RerankedDictionary(alignment, ranker, GROUPS, learnt=True, reason=ranker.reason).save("aa-bb")
    return here


def test_json(isolex, kept):
    result = isolex("translate", "aa-bb", "s30", "s60", "--json")
    result.warns(None)
    assert result.json["translations"] == [
        {
            "word": "s30",
            "known": True,
            "answers": [{"word": "t30", "confidence": 0.9}, {"word": "t31", "confidence": 0.45}],
            "no_translation": 0.05,
        },
        {
            "word": "s60",
            "known": True,
            "answers": [{"word": "t60", "confidence": 0.8}, {"word": "t61", "confidence": 0.4}],
            "no_translation": 0.1,
        },
    ]


def test_text(isolex, kept):
    result = isolex("translate", "aa-bb", "s30", "s60")
    result.warns(None)
    assert [line.split() for line in result.out.splitlines()] == [
        ["word", "translation", "confidence", "no", "good", "translation"],
        ["s30", "t30", "0.900", "0.050"],
        ["t31", "0.450"],
        ["s60", "t60", "0.800", "0.100"],
        ["t61", "0.400"],
    ]


def test_k(isolex, kept):
    (found,) = isolex("translate", "aa-bb", "s30", "-k", 1, "--json").json["translations"]
    assert [answer["word"] for answer in found["answers"]] == ["t30"]


def test_info_tells_of_them(isolex, kept):
    assert isolex("info", "aa-bb", "--json").json["confidences"] == "kept"


def test_more_answers_than_are_kept(isolex, kept):
    isolex("translate", "aa-bb", "s30", "-k", 4).fails(
        "got -k 4, but confidences are kept for 3 answers a word"
    )
    assert isolex("translate", "aa-bb", "s30", "-k", 4, "--criterion", "csls").status == 0


@pytest.mark.parametrize("criterion", ["csls", "nn", "isf"])
def test_with_a_criterion_there_are_scores(isolex, kept, criterion):
    (found,) = isolex("translate", "aa-bb", "s30", "--criterion", criterion, "--json").json["translations"]
    assert len(found["answers"]) == 5
    assert {key for answer in found["answers"] for key in answer} == {"word", "score"}
    assert "no_translation" not in found


def test_backward_there_are_scores(isolex, kept):
    (found,) = isolex("translate", "aa-bb", "t30", "--reverse", "--json").json["translations"]
    assert found["answers"][0]["word"] == "s30"
    assert "score" in found["answers"][0]


def test_words_in_another_form_are_found(isolex, kept):
    typed = unicodedata.normalize("NFD", ODD["s0"])
    (found,) = isolex("translate", "aa-bb", typed, "--json").json["translations"]
    assert found["word"] == typed
    assert found["answers"][0] == {"word": "t0", "confidence": 1.0}


def test_unknown_words(isolex, kept):
    result = isolex("translate", "aa-bb", "nonsuch", "s30")
    assert (result.status, result.lines) == (1, ["isolex: unknown word 'nonsuch'"])
    assert "0.900" in result.out


def test_words_from_subwords_have_scores(isolex, kept, monkeypatch):
    class Subwords:
        def vector(self, word):
            return load("aa-bb").source.vector("s7")

    alignment = load("aa-bb")
    alignment.source.subwords = Subwords()
    monkeypatch.setattr("isolex.alignment.load", lambda *_, **__: alignment)
    result = isolex("translate", "aa-bb", "s30", "unseen", "-k", 2)
    result.warns(None)
    lines = [line.split() for line in result.out.splitlines()]
    assert lines[0][-1] == "translation"
    assert lines[1] == ["s30", "t30", "0.900", "0.050"]
    assert lines[3] == ["word", "translation", "score"]
    assert lines[4][:2] == ["unseen", "t7"]
    known, unseen = isolex("translate", "aa-bb", "s30", "unseen", "--json").json["translations"]
    assert "confidence" in known["answers"][0]
    assert "score" in unseen["answers"][0]


def test_damaged_answers_give_way_to_scores(isolex, kept):
    (kept / "aa-bb" / ARRAYS).write_bytes(b"")
    result = isolex("translate", "aa-bb", "s30", "--json")
    result.warns("aa-bb: its confidences are not used: they are damaged")
    assert "score" in result.json["translations"][0]["answers"][0]


def test_other_vectors_have_scores(isolex, kept):
    lines = (kept / "aa.vec").read_text().splitlines()
    extra = "more " + lines[1].split(" ", 1)[1]
    head = lines[0].split()
    (kept / "bigger.vec").write_text("\n".join([f"{int(head[0]) + 1} {head[1]}", *lines[1:], extra]) + "\n")
    result = isolex("translate", "aa-bb", "s30", "--source", "bigger.vec", "--json")
    result.warns(None)
    assert "score" in result.json["translations"][0]["answers"][0]
