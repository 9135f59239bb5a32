"""A fastText model in: words that it has never seen are translated by what the alignment folder holds."""

import shutil

import pytest

from isolex import Lexicon, Vectors, load
from tests.oracles.fasttext import Model, encoded
from tests.spaces import gaussian, rotation

STEMS = ("house", "bread", "water", "stone", "light", "green", "small", "river")
ENDINGS = ("", "s", "ed", "ing", "er", "less", "ness", "ful")
UNSEEN = "riverlessness"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A model of English-like words, and target vectors that are its space turned."""
    folder = tmp_path_factory.mktemp("models")
    words = [(stem + ending).encode() for stem in STEMS for ending in ENDINGS]
    rows = gaussian(len(words) + 500, 12, 0)
    (folder / "en.bin").write_bytes(encoded(Model(words, rows, rows[: len(words)], buckets=500)))
    source = Vectors.read(folder / "en.bin")
    target = Vectors([f"x{word}" for word in source.words], source.matrix @ rotation(12, 3))
    target.write(folder / "xx.vec")
    Lexicon((word, f"x{word}") for word in source.words).write(folder / "seeds.tsv")
    return folder


@pytest.fixture
def aligned(models, tmp_path, monkeypatch, isolex):
    shutil.copytree(models, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    isolex(
        *("align", "en.bin", "xx.vec", "--lexicon", "seeds.tsv", "--method", "procrustes", "-o", "en-xx"),
        "--force",
    )
    return tmp_path


def answers(result) -> list[str]:
    assert result.status == 0, result
    return [answer["word"] for answer in result.json["translations"][0]["answers"]]


def test_an_unseen_word_translates_from_the_folder_alone(aligned, isolex):
    vectors = Vectors.read("en.bin")
    assert UNSEEN not in vectors
    # Where the rotated vector of the word has its nearest neighbours.
    alignment = load("en-xx")
    mapped = alignment.map(vectors.subwords.vector(UNSEEN)[None])
    nearest = (alignment.shared[1] @ mapped[0]).topk(5).indices.tolist()
    expected = [alignment.target.words[row] for row in nearest]
    assert any("river" in word for word in expected)
    # The model is not needed any more.
    (aligned / "en.bin").unlink()
    assert answers(isolex("translate", "en-xx", UNSEEN, "--criterion", "nn", "--json")) == expected


def test_by_reference_it_is_the_model_that_knows(aligned, isolex):
    isolex(
        *("align", "en.bin", "xx.vec", "--lexicon", "seeds.tsv", "--method", "procrustes", "-o", "referring"),
        *("--vectors", "reference", "--force"),
    )
    asked = (UNSEEN, "--criterion", "nn", "--json")
    found = answers(isolex("translate", "referring", *asked))
    assert found == answers(isolex("translate", "en-xx", *asked))
    assert found == answers(isolex("translate", "en-xx", *asked, "--source", "en.bin"))


def test_the_other_direction_has_no_subwords(aligned, isolex):
    result = isolex("translate", "en-xx", "xriverlessness", "--reverse")
    assert (result.status, len(result.lines)) == (1, 1)


def test_a_converted_model_keeps_them(aligned, isolex):
    isolex("convert", "en.bin", "en.safetensors").warns(None)
    assert isolex("info", "en.safetensors", "--json").json["subwords"]
    isolex(
        *("align", "en.safetensors", "xx.vec", "--lexicon", "seeds.tsv", "--method", "procrustes"),
        *("-o", "converted", "--force"),
    )
    assert len(answers(isolex("translate", "converted", UNSEEN, "--json"))) == 5
