"""A fastText model in: words that it has never seen are translated by what the alignment folder holds."""

import shutil
import sys

import numpy as np
import pytest

from isolex import Lexicon, Vectors, load
from tests.spaces import rotation

gensim_fasttext = pytest.importorskip("gensim.models.fasttext")

STEMS = ("house", "bread", "water", "stone", "light", "green", "small", "river")
ENDINGS = ("", "s", "ed", "ing", "er", "less", "ness", "ful")
UNSEEN = "riverlessness"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A model of English-like words, and target vectors that are its space turned."""
    folder = tmp_path_factory.mktemp("models")
    rng = np.random.default_rng(0)
    words = [stem + ending for stem in STEMS for ending in ENDINGS]
    sentences = [[str(word) for word in rng.choice(words, 8)] for _ in range(300)]
    model = gensim_fasttext.FastText(
        sentences, vector_size=12, min_count=1, bucket=500, epochs=2, workers=1, seed=1
    )
    gensim_fasttext.save_facebook_model(model, str(folder / "en.bin"))
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


def test_an_unseen_word_translates_from_the_folder_alone(aligned, isolex, monkeypatch):
    vectors = Vectors.read("en.bin")
    assert UNSEEN not in vectors
    # Where the rotated vector of the word, made by gensim, has its nearest neighbours.
    alignment = load("en-xx")
    mapped = alignment.map(vectors.subwords._model.get_vector(UNSEEN)[None])
    nearest = (alignment.shared[1] @ mapped[0]).topk(5).indices.tolist()
    expected = [alignment.target.words[row] for row in nearest]
    assert any("river" in word for word in expected)
    # Neither the model nor gensim is needed any more.
    (aligned / "en.bin").unlink()
    monkeypatch.setitem(sys.modules, "gensim.models.fasttext", None)
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
