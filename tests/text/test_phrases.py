import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import InputError
from isolex.text import Corpus, Phrases, phrases

SENTENCES = [
    *[["the", "ice", "cream", "man"]] * 3,
    *[["ice", "cream"]] * 4,
    *[["the", "man"], ["the", "sun"], ["a", "man"], ["the"], ["a", "sun", "the"]] * 3,
]
ANY = st.lists(st.lists(st.sampled_from("abcd"), max_size=8), min_size=1, max_size=20)


def oracle(sentences, threshold, min_count):
    """The pairs, by the definition."""
    tokens = [word for words in sentences for word in words]
    pairs = [pair for words in sentences for pair in pairwise(words)]
    found = set()
    for a, b in set(pairs):
        both = pairs.count((a, b)) / len(tokens)
        if pairs.count((a, b)) >= min_count:
            apart = tokens.count(a) / len(tokens) * tokens.count(b) / len(tokens)
            if math.log(both / apart) / -math.log(both) >= threshold:
                found.add((a, b))
    return found


def test_words_that_stand_together_are_one():
    found = Phrases.learn(SENTENCES, min_count=5)
    assert found.passes == (frozenset({("ice", "cream")}),)
    assert found.join(["an", "ice", "cream", "ice"]) == ["an", "ice_cream", "ice"]
    assert repr(found) == "Phrases(1 pairs of words, passes: 1)"
    assert found.to_dict() == {"threshold": 0.5, "min_count": 5, "pairs": [1]}


def test_the_second_pass_joins_what_the_first_has_joined():
    sentences = [["new", "york", "times", "square"]] * 9 + [["new"], ["times"], ["square"]] * 9
    found = Phrases.learn(sentences, min_count=5, passes=2, threshold=0.1)
    assert found.join(["new", "york", "times", "square"]) == ["new_york_times_square"]
    assert Phrases.learn(sentences, min_count=5, threshold=0.1).join(sentences[0]) == [
        "new_york",
        "times_square",
    ]


def test_of_overlapping_phrases_the_left_one_is_taken():
    found = Phrases((frozenset({("a", "a"), ("a", "b")}),))
    assert found.join(list("aaa")) == ["a_a", "a"]
    assert found.join(list("aaaa")) == ["a_a", "a_a"]
    assert found.join(list("aab")) == ["a_a", "b"]
    assert found.join([]) == []


def test_no_phrase_goes_over_the_end_of_a_sentence():
    corpus = Corpus.of([["ice"], ["cream"]] * 20)
    assert len(Phrases.learn(corpus, min_count=2, threshold=-1)) == 0
    found = Phrases((frozenset({("ice", "cream")}),))
    assert list(found.joined(corpus)) == list(corpus)


def test_a_phrase_that_the_text_has_joined_itself():
    corpus = Corpus.of([["ice_cream"], ["ice", "cream"]])
    joined = Phrases((frozenset({("ice", "cream")}),)).joined(corpus)
    assert joined.words == ["ice_cream"]
    assert joined.counts.tolist() == [2]


@given(ANY, st.floats(-0.9, 0.9), st.integers(1, 4))
def test_pairs_are_those_of_the_definition(sentences, threshold, min_count):
    # Where rounding decides, neither is wrong.
    if oracle(sentences, threshold - 1e-9, min_count) == oracle(sentences, threshold + 1e-9, min_count):
        found = Phrases.learn(sentences, threshold=threshold, min_count=min_count)
        assert found.passes[0] == oracle(sentences, threshold, min_count)


@given(ANY, st.integers(1, 3))
def test_a_corpus_is_joined_as_its_sentences_are(sentences, passes):
    corpus = Corpus.of(sentences)
    found = Phrases.learn(corpus, threshold=0.1, min_count=1, passes=passes)
    joined, wanted = found.joined(corpus), Corpus.of(map(found.join, corpus))
    assert joined.words == wanted.words
    assert np.array_equal(joined.ids, wanted.ids)
    assert np.array_equal(joined.offsets, wanted.offsets)


def test_small_pieces_make_the_same(monkeypatch):
    whole = Phrases.learn(SENTENCES, min_count=2, threshold=0.2, passes=3)
    joined = list(whole.joined(Corpus.of(SENTENCES)))
    monkeypatch.setattr(phrases, "_CHUNK", 3)
    assert Phrases.learn(SENTENCES, min_count=2, threshold=0.2, passes=3) == whole
    assert list(whole.joined(Corpus.of(SENTENCES))) == joined


@pytest.mark.parametrize("sentences", [[], [[]], [["a"]], [["a", "a"]]])
def test_texts_without_phrases(sentences):
    found = Phrases.learn(sentences, min_count=1, passes=2)
    assert list(found.joined(Corpus.of(sentences))) == [found.join(words) for words in sentences if words]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 1.5}, "threshold: got 1.5, expected a number from -1 to 1"),
        ({"threshold": math.nan}, "threshold: got nan"),
        ({"threshold": "high"}, "threshold: got 'high'"),
        ({"min_count": 0}, "phrases: got min_count = 0"),
        ({"passes": 0}, "phrases: got passes = 0"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(InputError, match=message):
        Phrases.learn(SENTENCES, **options)
