"""The bundled sample, and the promise that is made with it: in it, `cat` is `gato`."""

from importlib.resources import files

import numpy as np
import pytest

import isolex
from isolex.lexicon import find_leaks

KEY_WORDS = {
    "cat": {"gato", "gata"},
    "dog": {"perro", "perra", "can"},
    "house": {"casa"},
    "bread": {"pan"},
    "water": {"agua"},
    "king": {"rey"},
}


@pytest.fixture(scope="module")
def sample():
    return isolex.sample()


@pytest.fixture(scope="module")
def alignment(sample):
    return isolex.align(sample.source, sample.target, sample.train, method="vecmap")


def test_it_has_four_parts(sample):
    source, target, train, test = sample
    assert (source.language, target.language) == ("en", "es")
    assert (sample.source, sample.target, sample.train, sample.test) == (source, target, train, test)


def test_it_is_of_the_size_that_is_promised(sample):
    assert len(sample.train) >= 1000
    assert len(sample.test.sources) >= 300
    for side in (sample.source, sample.target):
        assert len(side) == 10_000
        assert side.matrix.dtype == np.float16
        assert side.tensor().any(dim=1).all()


def test_it_is_small():
    assert sum(len(file.read_bytes()) for file in files("isolex.samples").iterdir() if file.is_file()) < 20e6


def test_train_and_test_share_no_source_word(sample):
    assert not set(sample.train.sources) & set(sample.test.sources)
    assert find_leaks(sample.train, sample.test).clean


def test_every_word_is_in_the_vocabularies(sample):
    for lexicon in (sample.train, sample.test):
        coverage = lexicon.index(sample.source, sample.target).coverage
        assert coverage.missing_source == ()
        assert coverage.missing_target == ()
        assert coverage.pairs_found == len(lexicon)


def test_train_words_are_frequent(sample):
    ranks = [sample.source.id(word) for word in sample.train.sources]
    assert np.median(ranks) < 2500


def test_key_words_are_not_given_away(sample):
    for word, answers in KEY_WORDS.items():
        assert word in sample.source
        assert word not in sample.train.sources
        assert answers & set(sample.target.words)


def test_it_aligns(alignment):
    assert alignment.card.status == "aligned"
    assert alignment.card.scores["held_out_p@1"]["vecmap"] > 50
    assert alignment.card.scores["null_p@1"] < 2


def test_cat_is_gato(alignment):
    assert alignment.translate("cat")[0][0] == "gato"
    right = {word: alignment.translate(word)[0][0] in answers for word, answers in KEY_WORDS.items()}
    assert sum(right.values()) >= 5, right


def test_its_score_is_that_of_a_good_alignment(alignment, sample):
    result = isolex.evaluate(alignment, sample.test)
    assert result.coverage == 100
    assert result.n == len(sample.test.sources)
    assert result.precision(1) > 70
    assert result.precision(5) > 85
    assert result.leaks.clean
    low, high = result.interval
    assert low < result.precision(1) < high < low + 12
    # The copied words are too few to explain it.
    assert result.precision_without_identical > 70
