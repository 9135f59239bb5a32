from dataclasses import replace

import numpy as np
import pytest

from isolex.errors import InputError, MissingExtraError
from isolex.text import Corpus
from isolex.training import PPMI
from isolex.training.cooccurrence import cooccurrences
from isolex.training.ppmi import _information

from ..oracles import ppmi as oracle
from .made_up import corpus, sentences, topic_found


@pytest.mark.parametrize("window", [1, 3, 5])
def test_counts_are_those_of_the_definition(window, monkeypatch):
    monkeypatch.setattr("isolex.training.cooccurrence._CHUNK", 7)
    some = sentences(30)
    made = Corpus.of(some)
    counted = cooccurrences(made, window=window, contexts=10_000).toarray()
    np.testing.assert_allclose(counted, oracle.cooccurrences(some, made.words, window), rtol=1e-6)


def test_only_frequent_words_are_contexts():
    made = corpus(50)
    few = cooccurrences(made, window=4, contexts=9).toarray()
    np.testing.assert_allclose(few, cooccurrences(made, window=4, contexts=10_000).toarray()[:, :9])


@pytest.mark.parametrize(("shift", "smoothing"), [(1.0, 1.0), (1.0, 0.75), (5.0, 0.75)])
def test_information_is_that_of_the_definition(shift, smoothing):
    counts = cooccurrences(corpus(60), window=3, contexts=10_000)
    made = _information(counts, shift=shift, smoothing=smoothing).toarray()
    np.testing.assert_allclose(made, oracle.ppmi(counts.toarray(), shift, smoothing), atol=1e-5)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_rows_are_those_of_the_exact_decomposition(power):
    made = corpus()
    trainer = PPMI(dimension=8, window=4, power=power)
    rows = trainer.train(made).matrix.astype(np.float64)
    counts = cooccurrences(made, window=4, contexts=10_000)
    u, s, _ = np.linalg.svd(_information(counts, shift=1, smoothing=0.75).toarray().astype(np.float64))
    expected = u[:, :8] * s[:8] ** power
    # Directions of nearly equal strength may turn into each other; inner products stay what they are.
    np.testing.assert_allclose(rows @ rows.T, expected @ expected.T, atol=2e-2 * s[0] ** (2 * power))


def test_words_of_a_topic_are_near_each_other():
    assert topic_found(PPMI(dimension=16).train(corpus())) > 0.95


def test_the_same_corpus_gives_the_same_vectors():
    first, second = (PPMI(dimension=16).train(corpus()) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    assert first.words == second.words
    assert PPMI(dimension=16).train(corpus(), language="xx").language == "xx"


def test_a_small_vocabulary_has_fewer_dimensions():
    assert PPMI().train(Corpus.of([["a", "b"], ["b", "c"], ["c", "d"]] * 3)).dimension <= 4


def test_words_that_stand_alone_are_refused():
    with pytest.raises(InputError, match="no words that belong together"):
        PPMI().train(Corpus.of([["a"], ["b"]]))


@pytest.mark.parametrize(
    "setting",
    [
        {"dimension": 0},
        {"window": 0},
        {"contexts": 0},
        {"shift": 0.5},
        {"shift": float("nan")},
        {"smoothing": 0.0},
        {"smoothing": 1.5},
        {"power": -0.1},
        {"power": float("nan")},
    ],
)
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(InputError):
        replace(PPMI(), **setting)


def test_without_scipy_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.sparse", None)
    with pytest.raises(MissingExtraError, match=r"isolex\[train\]"):
        PPMI().train(corpus(20))
