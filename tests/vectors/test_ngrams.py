import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.vectors.ngrams import NgramVectors

from .helpers import any_word

BUCKETS = 997


def one_hot_rows() -> np.ndarray:
    """Rows that tell which n-grams a vector is the mean of."""
    return np.eye(BUCKETS, dtype=np.float32)


def test_the_hash_is_fnv_1a():
    """With a value that its authors publish; of a word of one letter, that letter is the only n-gram."""
    assert NgramVectors(one_hot_rows(), 1, 1).vector("a").argmax() == 0xE40C292C % BUCKETS


def test_the_mean_of_the_rows_of_all_ngrams():
    expected = np.zeros(BUCKETS)
    for ngram in ("<é", "éa", "a>", "<éa", "éa>"):
        expected[fnv1a(ngram.encode()) % BUCKETS] += 1 / 5
    np.testing.assert_allclose(NgramVectors(one_hot_rows(), 2, 3).vector("éa"), expected, atol=1e-7)


def fnv1a(data: bytes) -> int:
    """As fastText has it, where a byte is a signed number."""
    value = np.uint32(0x811C9DC5)
    with np.errstate(over="ignore"):
        for byte in np.frombuffer(data, dtype=np.int8):
            value = (value ^ byte.astype(np.uint32)) * np.uint32(0x01000193)
    return int(value)


@given(st.one_of(any_word, st.text("ab<>éЖ中😀", max_size=7)), st.integers(1, 4), st.integers(0, 3))
def test_ngrams_and_hashes_are_those_of_gensim(word, shortest, more):
    gensim = pytest.importorskip("gensim.models.fasttext")
    hashes = gensim.ft_ngram_hashes(word, shortest, shortest + more, BUCKETS)
    expected = np.bincount(np.array(hashes, dtype=int), minlength=BUCKETS) / max(len(hashes), 1)
    found = NgramVectors(one_hot_rows(), shortest, shortest + more).vector(word)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@given(st.lists(st.one_of(any_word, st.sampled_from(["", "</s>", "a"])), max_size=9), st.integers(1, 4))
def test_many_words_are_as_each_alone(words, shortest):
    ngrams = NgramVectors(one_hot_rows(), shortest, shortest + 2)
    found = ngrams.composed_rows(words)
    assert found.shape == (len(words), BUCKETS)
    for row, word in zip(found, words, strict=True):
        np.testing.assert_array_equal(row, ngrams.composed(word))


def test_pruned_ngrams_do_not_count():
    every = NgramVectors(one_hot_rows(), 2, 3)
    places = every.places(["house"])[0]
    kept = np.unique(places[::2])
    pruned = NgramVectors(one_hot_rows()[kept], 2, 3, buckets=BUCKETS, kept=kept)
    expected = np.bincount(places[np.isin(places, kept)], minlength=BUCKETS) / np.isin(places, kept).sum()
    np.testing.assert_allclose(pruned.vector("house"), expected, atol=1e-7)
    assert not NgramVectors(one_hot_rows()[:1], 2, 3, buckets=BUCKETS, kept=np.array([996])).vector("a").any()


def test_a_very_long_word_is_summed_piece_by_piece():
    ngrams = NgramVectors(np.ones((5, 2), np.float32), 3, 3)
    assert ngrams.vector("x" * 40_000).tolist() == [1, 1]


def test_words_without_an_ngram_have_zeros():
    vectors = NgramVectors(np.ones((5, 3), np.float16), 4, 6)
    assert vectors.vector("a").tolist() == [0, 0, 0]
    assert vectors.vector("").dtype == np.float32
    assert vectors.vector("ab").tolist() == [1, 1, 1]
