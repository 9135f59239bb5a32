import builtins
import gzip
import struct

import numpy as np
import pytest

from isolex.errors import FormatError, MissingExtraError, UnknownWordError
from isolex.vectors import Vectors, identify

from .helpers import read_bytes

gensim_fasttext = pytest.importorskip("gensim.models.fasttext")


@pytest.fixture(scope="module")
def model():
    sentences = [["the", "cat", "sat", "on", "the", "mat"], ["the", "dog", "sat", "on", "the", "rug"]] * 20
    return gensim_fasttext.FastText(
        sentences, vector_size=8, min_count=1, bucket=50, epochs=1, workers=1, seed=1
    )


@pytest.fixture(scope="module")
def path(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("fasttext") / "model.bin"
    gensim_fasttext.save_facebook_model(model, str(path))
    return path


def test_words_and_vectors_are_the_model_s(model, path):
    vectors = Vectors.read(path)
    assert identify(path).name == "fasttext"
    assert list(vectors.words) == model.wv.index_to_key
    np.testing.assert_allclose(vectors.matrix, model.wv.vectors, rtol=1e-6)
    assert vectors.report.format == "fastText binary"
    assert vectors.report.summary() is None


def test_unseen_words_get_vectors_from_their_subwords(model, path):
    vectors = Vectors.read(path)
    assert "catsat" not in vectors
    np.testing.assert_allclose(vectors.vector("catsat"), model.wv.get_vector("catsat"), rtol=1e-6)
    assert vectors.vector("catsat").dtype == np.float32
    with pytest.raises(UnknownWordError):
        vectors.vector("")


def test_words_left_out_keep_their_own_vectors(model, path):
    for options in ({"vocabulary": ["cat"]}, {"limit": 1}, {"dtype": "float16"}):
        vectors = Vectors.read(path, **options)
        np.testing.assert_allclose(vectors.vector("dog"), model.wv.get_vector("dog"), atol=1e-3)
    assert vectors.matrix.dtype == np.float16


def test_a_store_keeps_them(model, path, tmp_path):
    for options in ({}, {"limit": 3}, {"dtype": "float16"}):
        original = Vectors.read(path, **options)
        original.write(tmp_path / "stored.safetensors")
        stored = Vectors.read(tmp_path / "stored.safetensors")
        assert stored.subwords.matrix.dtype == original.matrix.dtype
        for word in ("catsat", "été", "猫"):
            np.testing.assert_allclose(stored.vector(word), original.vector(word), rtol=1e-6, atol=1e-4)
    with pytest.raises(UnknownWordError):
        stored.vector("")


def test_other_formats_do_not(path, tmp_path):
    for name in ("words.vec", "words.txt", "words.bin"):
        Vectors.read(path).write(tmp_path / name)
        assert Vectors.read(tmp_path / name).subwords is None


def test_a_model_without_subwords_has_none(tmp_path):
    model = gensim_fasttext.FastText(
        [["a", "b"]] * 9, vector_size=4, min_count=1, bucket=0, max_n=0, epochs=1
    )
    gensim_fasttext.save_facebook_model(model, str(tmp_path / "model.bin"))
    vectors = Vectors.read(tmp_path / "model.bin")
    assert vectors.subwords is None
    with pytest.raises(UnknownWordError):
        vectors.vector("c")


def test_any_cut_is_told_and_none_hangs(path):
    whole = path.read_bytes()
    matrix_end = whole_input_size(whole)
    for length in [*range(4, 300, 7), *range(300, matrix_end, 331), matrix_end - 1]:
        with pytest.raises(FormatError, match="cut off"):
            read_bytes(whole[:length])


def whole_input_size(data: bytes) -> int:
    """Bytes up to the end of the input matrix; the output matrix after it is not read."""
    header = struct.Struct("=2i12id3i2q")
    _, _, dimension, *rest = header.unpack_from(data)
    position = header.size
    for _ in range(rest[-5]):
        position = data.index(b"\0", position) + 10
    rows, columns = struct.unpack_from("=2q", data, position + 1)
    assert columns == dimension
    return position + 17 + 4 * rows * columns


@pytest.mark.parametrize(
    ("offset", "layout", "value", "message"),
    [
        (8, "=i", 9, "contradicts itself"),
        (44, "=i", -1, "contradicts itself"),  # shortest n-grams
        (48, "=i", -1, "contradicts itself"),  # longest n-grams
        (48, "=i", 10**9, "contradicts itself"),
        (72, "=i", 1, "classifier"),
        (64, "=i", 2**31 - 1, "cut off"),
        (64, "=i", -1, "fastText"),
    ],
)
def test_settings_that_cannot_be_are_told(path, offset, layout, value, message):
    data = bytearray(path.read_bytes())
    struct.pack_into(layout, data, offset, value)
    with pytest.raises(FormatError, match=message):
        read_bytes(bytes(data))


def test_compressed_models_are_to_be_unpacked(path):
    with pytest.raises(FormatError, match="fastText binary inside gzip; decompress it first"):
        read_bytes(gzip.compress(path.read_bytes()))


def test_without_gensim_the_message_says_how_to_get_it(path, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("gensim"):
            raise ImportError
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"pip install 'isolex\[fasttext\]'"):
        Vectors.read(path)


def test_n_grams_that_are_no_numbers_are_refused(path):
    data = bytearray(path.read_bytes())
    # The n-grams stand behind the words in the first matrix; the second, with its head, ends the file.
    words = len(Vectors.read(path))
    ends = len(data) - 17 - 4 * 8 * words
    data[ends - 4 : ends] = struct.pack("<f", float("nan"))
    with pytest.raises(FormatError, match="its n-grams hold NaN or infinite numbers"):
        read_bytes(bytes(data))
