import json

import pytest

import isolex
from isolex.errors import FormatError, InputError, IsolexWarning
from isolex.text import Corpus, Segmenter
from isolex.training import (
    PPMI,
    TRAINERS,
    Prepared,
    SkipGram,
    train,
    trainer_for,
    write_card,
)
from isolex.training import training as module

from .made_up import sentences, topic_found


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("".join(" ".join(sentence).capitalize() + ".\n" for sentence in sentences()))
    return path


@pytest.mark.filterwarnings("ignore:.*tokens")
class TestTrain:
    def test_from_a_file(self, text):
        vectors = isolex.train(text, language="en", trainer=PPMI(dimension=16), min_count=2)
        assert topic_found(vectors) > 0.9
        assert vectors.language == "en"

    def test_a_folder_is_its_files(self, text):
        (text.parent / "more.txt").write_text("")
        one, folder = (train(path, trainer=PPMI(dimension=8)) for path in (text, text.parent))
        assert one.fingerprint == folder.fingerprint

    def test_rare_words_are_left_out(self, text):
        text.write_text(text.read_text() + "rarity rarity\n")
        assert "rarity" not in train(text, trainer=PPMI(dimension=8), min_count=3)
        assert "rarity" in train(text, trainer=PPMI(dimension=8), min_count=2)

    def test_case_of_the_language(self, text):
        text.write_text("ISI ılık.\n" * 30 + text.read_text())
        assert "ısı" in train(text, language="tr", trainer=PPMI(dimension=8))
        assert "ISI" in train(text, segmenter=Segmenter("tr", case="keep"), trainer=PPMI(dimension=8))

    def test_phrases(self, text):
        text.write_text(text.read_text() + "ice cream\n" * 30)
        assert "ice_cream" in train(text, trainer=PPMI(dimension=8), phrases=True)

    def test_small_texts_are_told_of(self, text):
        with pytest.warns(IsolexWarning, match="tokens"):
            train(text, trainer=PPMI(dimension=8))

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"trainer": "ppmy"}, "did you mean 'ppmi'"),
            ({"language": "englsh"}, "englsh"),
            ({"min_count": 0}, "min_count"),
        ],
    )
    def test_bad_options(self, text, options, said):
        with pytest.raises(InputError, match=said):
            train(text, **options)

    def test_too_little_text(self, text):
        text.write_text(" ".join(f"w{number}" for number in range(500)))
        with pytest.raises(InputError, match="0 of 500 different words occur 5 times or more"):
            train(text)

    def test_no_text(self, text):
        text.write_bytes(b"\x00\x01\x02" * 50)
        with pytest.raises(FormatError):
            train(text)


def test_auto_goes_by_the_number_of_tokens(monkeypatch):
    corpus = Corpus.of(sentences(20))
    assert isinstance(trainer_for(corpus), PPMI)
    monkeypatch.setattr(module, "_MANY_TOKENS", corpus.tokens)
    assert isinstance(trainer_for(corpus), SkipGram)
    assert set(TRAINERS) == {"ppmi", "skip-gram"}


@pytest.mark.filterwarnings("ignore:.*tokens")
def test_the_card_says_what_vectors_were_made_of(text):
    prepared = Prepared.of(text, segmenter=Segmenter("en"), min_count=3)
    trainer = PPMI(dimension=8)
    vectors = trainer.train(prepared.corpus, language="en")
    write_card(text.with_suffix(".json"), prepared, trainer, vectors)
    card = json.loads(text.with_suffix(".json").read_text())
    assert card["texts"][0]["name"] == "text.txt"
    assert card["texts"][0]["digest"].startswith("sha256:")
    assert card["corpus"]["tokens"] == 12 * 400
    assert card["trainer"] == {"name": "PPMI", "dimension": 8} | {
        key: value for key, value in card["trainer"].items() if key not in ("name", "dimension")
    }
    assert card["vectors"]["fingerprint"] == vectors.fingerprint
    assert "tiny" in [doubt["kind"] for doubt in card["doubts"]]


@pytest.mark.parametrize(
    ("trainer", "said"),
    [
        (PPMI, r"trainer: got the class PPMI, expected a trainer with its settings; write PPMI\(\)"),
        (3, "trainer: got int, expected a trainer; give ppmi, skip-gram, auto, or PPMI"),
    ],
)
def test_what_is_no_trainer(tmp_path, trainer, said):
    with pytest.raises(InputError, match=said):
        train(tmp_path / "none.txt", trainer=trainer)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            ["The cat sleeps.", "The dog, too."],
            "texts: there is no file 'The cat sleeps.'; give paths; write",
        ),
        (
            "word " * 2_000,
            "texts: there is no file 'word .*…'; give paths; write sentences to a file, one a l",
        ),
        ([["the", "cat"]], "texts: got list, expected a path; give paths; write sentences to a file"),
    ],
)
def test_sentences_are_no_paths(texts, said):
    with pytest.raises(InputError, match=said):
        train(texts)
