"""`isolex train`."""

import io
import json
import sys

import pytest

from isolex.vectors import Vectors

from ..training.made_up import sentences


@pytest.fixture
def text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "text.txt"
    path.write_text("".join(" ".join(sentence) + ".\n" for sentence in sentences()))
    return path


GIVEN = ("train", "text.txt", "--language", "en", "--dimension", "8")


@pytest.mark.parametrize("name", ["en.vec", "en.safetensors", "en.txt.gz"])
def test_vectors_and_their_card(isolex, text, name):
    result = isolex(*GIVEN, "-o", name, "--json")
    told = result.json
    vectors = Vectors.read(name)
    assert (told["words"], told["dimension"], told["trainer"]) == (len(vectors), 8, "ppmi")
    assert json.loads((text.parent / f"{name}.json").read_text())["segmenter"]["language"] == "en"


def test_info_knows_the_language(isolex, text):
    isolex(*GIVEN, "-o", "en.vec")
    shown = isolex("info", "en.vec").out
    assert "language: en\n" in shown
    assert "subwords: no\n" in shown
    (text.parent / "en.vec.json").write_text('{"format": "isolex-training", "vectors": []}')
    assert isolex("info", "en.vec", "--json").json["language"] is None
    assert "language: none\n" in isolex("info", "en.vec").out
    assert "None" not in isolex("info", "en.vec").out


def test_info_asks_no_card_of_other_vectors(isolex, text):
    isolex(*GIVEN, "-o", "en.vec")
    isolex(*GIVEN, "--window", "2", "-o", "other.vec")
    (text.parent / "other.vec.json").write_bytes((text.parent / "en.vec.json").read_bytes())
    assert isolex("info", "other.vec", "--json").json["language"] is None


def test_for_people(isolex, text):
    result = isolex(*GIVEN, "-o", "en.vec")
    assert result.status == 0
    assert "en.vec: 164 words × 8 by ppmi; the texts have 4,800 tokens and 164 different words" in result.out
    assert "en.vec.json tells what the vectors were made from\n" in result.out
    assert "fewer than about 100,000 make poor vectors" in result.err


def test_standard_input(isolex, text, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.read_bytes())))
    assert isolex("train", "-", "-o", "en.vec", "--dimension", "8").status == 0
    isolex("train", "text.txt", "-o", "same.vec", "--dimension", "8")
    assert Vectors.read("en.vec").fingerprint == Vectors.read("same.vec").fingerprint


def test_a_fasttext_model(isolex, text):
    pytest.importorskip("fasttext")
    result = isolex(*GIVEN, "-o", "en.bin", "--epochs", "1", "--json")
    assert result.json["trainer"] == "skip-gram"
    assert Vectors.read("en.bin").from_subwords("t1w99") is not None
    result = isolex(*GIVEN, "-o", "en.bin", "--epochs", "1")
    assert "by skip-gram, since .bin is a fastText model; the texts have" in result.out


@pytest.mark.parametrize(
    ("given", "output", "said"),
    [
        (
            "texts",
            "texts/a.txt",
            "texts/a.txt: lies in texts, and all files in that folder are read; choose a place outside",
        ),
        ("texts", "texts/en.vec", "texts/en.vec: lies in texts"),
        ("en.vec.json", "en.vec", "en.vec.json: is the input"),
    ],
)
def test_no_output_among_the_texts(isolex, text, given, output, said):
    (text.parent / "texts").mkdir()
    for name in ("texts/a.txt", "en.vec.json"):
        (text.parent / name).write_bytes(text.read_bytes())
    result = isolex("train", given, "-o", output, "--dimension", "8")
    assert result.status == 2
    assert said in result.err
    files = [path for path in text.parent.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {path.read_bytes() for path in files} == {text.read_bytes()}


def test_texts_without_words_are_named(isolex, text):
    (text.parent / "none.txt").write_text("... !!!\n")
    result = isolex("train", "none.txt", "-o", "en.vec")
    assert "none.txt: the text holds no words; check the files" in result.err


def test_vectors_are_no_text(isolex, text, monkeypatch):
    isolex(*GIVEN, "-o", "en.vec")
    monkeypatch.setattr("isolex.text.Corpus.of", lambda *_: pytest.fail("texts were read first"))
    result = isolex("train", "en.vec", "-o", "again.vec")
    result.fails(r"en.vec: is a file of word vectors \(word2vec text\), expected text; give the texts that")


def test_latin_letters_are_no_ukrainian(isolex, text):
    result = isolex("train", "text.txt", "--language", "uk", "-o", "uk.vec", "--dimension", "8")
    assert "warning: 100.0 % of the letters are Latin, but uk is written in Cyrillic letters" in result.err
    assert "letters are" not in isolex(*GIVEN, "-o", "en.vec").err


def test_too_little_text_is_told(isolex, text):
    result = isolex(*GIVEN, "-o", "en.vec", "--min-count", "100000")
    assert result.status == 2
    assert "text.txt: 0 of 164 different words occur 100000 times or more" in result.err
    assert "give more text, or a lower --min-count" in result.err
    assert [path.name for path in text.parent.iterdir()] == ["text.txt"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "en.bin", "--trainer", "ppmi"), "en.bin would be a fastText model, which ppmi cannot make"),
        (("-o", "-"), "cannot be written to standard output"),
        (("-o", "en.vec", "--language", "englsh"), "englsh"),
        (("-o", "en.vec", "--trainer", "ppmi", "--epochs", "3"), "--epochs goes with skip-gram"),
        (
            ("-o", "en.doc"),
            r"en.doc: .*; name it .vec, .txt or .safetensors, or .bin for a fastText model, wh",
        ),
        (("-o", "en"), r"en: .*; name it .vec, .txt or .safetensors, or .bin for a fastText model, wh"),
        (("-o", "text.txt"), "text.txt"),
        (("-o", "en.vec", "none.txt"), "none.txt: there is no such file"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(isolex, text, arguments, said):
    before = text.read_bytes()
    isolex("train", "text.txt", *arguments).fails(said)
    assert [path.name for path in text.parent.iterdir()] == ["text.txt"]
    assert text.read_bytes() == before
