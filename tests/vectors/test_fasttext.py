"""Models that fastText trained, beside what two other readers make of them."""

import random
import sys

import numpy as np
import pytest

from isolex.errors import FormatError, UnknownWordError
from isolex.vectors import Vectors, identify
from isolex.vectors.fasttext import FastTextSubwords
from isolex.vectors.fasttext_file import QuantisedRows, read_fasttext_file

from .helpers import read_bytes

if sys.version_info >= (3, 16):
    pytest.skip("fasttext-community 0.11.9 has wheels for Python 3.10 to 3.15", allow_module_level=True)
import fasttext

UNSEEN = ("unseen", "houseest", "été😀x", "a", "é", "猫猫", "ness")
SETTINGS = {"dim": 12, "minCount": 1, "epoch": 2, "thread": 1, "verbose": 0, "bucket": 200}
TRAINED = {
    "skipgram": {"minn": 3, "maxn": 6},
    "cbow": {"minn": 1, "maxn": 3, "model": "cbow"},
    "hierarchical": {"minn": 2, "maxn": 4, "loss": "hs"},
    "without subwords": {"maxn": 0},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One text for word vectors, and one with labels."""
    folder, rng = tmp_path_factory.mktemp("fasttext"), random.Random(0)
    stems, endings = ("house", "bread", "water", "été", "猫", "vinter"), ("", "s", "ed", "ing", "ness", "😀")
    words = [stem + ending for stem in stems for ending in endings]
    lines = [" ".join(rng.choices(words, k=9)) for _ in range(300)]
    (folder / "text").write_text("\n".join(lines), encoding="utf-8")
    words = ["".join(rng.choices("abcdeéfghijk猫", k=rng.randint(2, 7))) for _ in range(600)]
    labelled = [f"__label__{rng.randrange(300)} {' '.join(rng.choices(words, k=9))}" for _ in range(1500)]
    (folder / "labelled").write_text("\n".join(labelled), encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=TRAINED)
def trained(request, folder):
    """A model as its maker has it, and its file."""
    model = fasttext.train_unsupervised(str(folder / "text"), **SETTINGS, **TRAINED[request.param])
    path = folder / f"{request.param}.bin"
    model.save_model(str(path))
    return model, path


def unit(vector):
    return vector / max(np.linalg.norm(vector), 1e-30)


def test_vectors_are_those_of_fasttext(trained):
    model, path = trained
    vectors = Vectors.read(path)
    assert identify(path).name == "fasttext"
    assert list(vectors.words) == model.get_words()
    assert (vectors.report.format, vectors.report.summary()) == ("fastText binary", None)
    inputs = model.get_input_matrix()
    for word in vectors.words:
        np.testing.assert_allclose(
            vectors.vector(word), inputs[model.get_subwords(word)[1]].mean(axis=0), atol=1e-6
        )
        # This package returns unit vectors, without saying so; fastText's definition does not.
        np.testing.assert_allclose(unit(vectors.vector(word)), model.get_word_vector(word), atol=1e-6)


def test_vectors_of_unseen_words_are_those_of_fasttext(trained):
    model, path = trained
    vectors = Vectors.read(path)
    inputs = model.get_input_matrix()
    for word in UNSEEN:
        ngrams = model.get_subwords(word)[1]
        assert word not in vectors
        if len(ngrams) == 0:
            with pytest.raises(UnknownWordError):
                vectors.vector(word)
            continue
        np.testing.assert_allclose(vectors.vector(word), inputs[ngrams].mean(axis=0), atol=1e-6)
        np.testing.assert_allclose(unit(vectors.vector(word)), model.get_word_vector(word), atol=1e-6)
        assert vectors.vector(word).dtype == np.float32


def test_vectors_are_those_that_gensim_reads(trained):
    gensim = pytest.importorskip("gensim.models.fasttext", reason="gensim has no wheels from Python 3.14 on")
    _, path = trained
    vectors, other = Vectors.read(path), gensim.load_facebook_vectors(str(path))
    assert list(vectors.words) == other.index_to_key
    for word in vectors.words:
        if word != "</s>":  # which gensim gives n-grams
            np.testing.assert_allclose(vectors.vector(word), other.get_vector(word), atol=1e-6)
    for word in UNSEEN if other.bucket else ():
        made = vectors.from_subwords(word)
        if made is not None:
            np.testing.assert_allclose(made, other.get_vector(word), atol=1e-6)


def test_models_that_gensim_trains_are_read(tmp_path):
    gensim = pytest.importorskip("gensim.models.fasttext", reason="gensim has no wheels from Python 3.14 on")
    for options in ({"bucket": 50}, {"bucket": 0, "max_n": 0}):
        model = gensim.FastText(
            [["the", "cat", "sat"]] * 9, vector_size=4, min_count=1, sample=0, workers=1, **options
        )
        gensim.save_facebook_model(model, str(tmp_path / "model.bin"))
        vectors = Vectors.read(tmp_path / "model.bin")
        assert list(vectors.words) == model.wv.index_to_key
        np.testing.assert_allclose(vectors.matrix, model.wv.vectors, atol=1e-6)
        assert (vectors.subwords is None) == (options["bucket"] == 0)
        output = Vectors.read(tmp_path / "model.bin", matrix="output")
        assert model.syn1neg.any()
        np.testing.assert_array_equal(output.matrix, model.syn1neg)


def test_the_output_matrix_is_that_of_fasttext(trained):
    model, path = trained
    if path.stem == "hierarchical":
        with pytest.raises(FormatError, match="hierarchical softmax"):
            Vectors.read(path, matrix="output")
        return
    np.testing.assert_array_equal(Vectors.read(path, matrix="output").matrix, model.get_output_matrix())


@pytest.mark.parametrize(
    "options", [{}, {"qnorm": True}, {"qnorm": True, "cutoff": 400}, {"qout": True, "cutoff": 700, "dsub": 5}]
)
def test_quantised_and_pruned_rows_are_those_of_fasttext(folder, options):
    """Only classifiers can be quantised by fastText, and these are read as far as their matrix."""
    text, path = str(folder / "labelled"), folder / "quantised.bin"
    model = fasttext.train_supervised(text, minn=2, maxn=4, **{**SETTINGS, "bucket": 2000})
    model.quantize(input=text, **options)
    model.save_model(str(path))
    file = read_fasttext_file(path)
    assert isinstance(file.rows, QuantisedRows)
    assert (file.pruning is None) == ("cutoff" not in options)
    subwords = FastTextSubwords(file, path)
    assert [word.decode() for word in file.words] == model.get_words()
    for word in [*model.get_words(), *UNSEEN, "abab", "fed猫é"]:
        np.testing.assert_allclose(unit(subwords.vector(word)), model.get_word_vector(word), atol=1e-6)
    with pytest.raises(FormatError, match="is a fastText classifier; name a model made by skipgram or cbow"):
        Vectors.read(path)


def test_words_left_out_keep_their_own_vectors(trained):
    _, path = trained
    every = Vectors.read(path)
    if every.subwords is None:
        return
    for options in ({"vocabulary": ["house"]}, {"limit": 1}, {"dtype": "float16"}):
        vectors = Vectors.read(path, **options)
        np.testing.assert_allclose(vectors.vector("bread"), every.vector("bread"), atol=1e-3)
    assert vectors.matrix.dtype == np.float16


def test_a_store_keeps_them(trained, tmp_path):
    _, path = trained
    for options in ({}, {"limit": 3}, {"dtype": "float16"}):
        original = Vectors.read(path, **options)
        if original.subwords is None:
            return
        original.write(tmp_path / "stored.safetensors")
        stored = Vectors.read(tmp_path / "stored.safetensors")
        assert stored.subwords.matrix.dtype == original.matrix.dtype
        for word in ("catsat", "été1", "猫2"):
            np.testing.assert_allclose(stored.vector(word), original.vector(word), rtol=1e-6, atol=1e-3)


def test_other_formats_do_not(trained, tmp_path):
    _, path = trained
    for name in ("words.vec", "words.txt", "words.bin"):
        Vectors.read(path).write(tmp_path / name)
        assert Vectors.read(tmp_path / name).subwords is None


def test_files_that_are_cut_off_are_told(trained):
    data = trained[1].read_bytes()
    for length in range(4, len(data), len(data) // 40):
        with pytest.raises(FormatError, match="cut off"):
            read_bytes(data[:length])
