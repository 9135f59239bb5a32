from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import InputError
from isolex.text import Corpus

SENTENCES = [["b", "a", "c"], [], ["a", "d", "b"], ["c"], ["a"]]
ANY = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=9)


def same(one: Corpus, other: Corpus) -> bool:
    return one.words == other.words and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("counts", "ids", "offsets")
    )


def test_words_are_in_order_of_frequency_then_of_appearance():
    corpus = Corpus.of(SENTENCES)
    assert corpus.words == ["a", "b", "c", "d"]
    assert corpus.counts.tolist() == [3, 2, 2, 1]
    assert corpus.ids.tolist() == [1, 0, 2, 0, 3, 1, 2, 0]
    assert corpus.offsets.tolist() == [0, 3, 6, 7, 8]
    assert (corpus.ids.dtype, corpus.counts.dtype, corpus.offsets.dtype) == (np.int32, np.int64, np.int64)
    assert list(corpus) == [words for words in SENTENCES if words]
    assert repr(corpus) == "Corpus(8 tokens, 4 types, 4 sentences)"
    assert corpus.to_dict() == {"tokens": 8, "types": 4, "sentences": 4}


def test_sentences_are_read_once():
    assert same(Corpus.of(iter(map(iter, SENTENCES))), Corpus.of(SENTENCES))


def test_rare_words_are_left_out():
    corpus = Corpus.of(SENTENCES, min_count=2)
    assert corpus.words == ["a", "b", "c"]
    assert list(corpus) == [["b", "a", "c"], ["a", "b"], ["c"], ["a"]]
    assert same(corpus, Corpus.of(SENTENCES).frequent(2))
    assert list(Corpus.of(SENTENCES, min_count=3)) == [["a"], ["a"], ["a"]]
    assert Corpus.of(SENTENCES, min_count=9).tokens == 0


def test_occurring():
    corpus = Corpus.of(SENTENCES)
    assert [corpus.occurring(least) for least in (1, 2, 3, 4)] == [4, 3, 1, 0]


def test_head():
    head = Corpus.of(SENTENCES).head(5)
    assert list(head) == [["b", "a", "c"], ["a", "d"]]
    assert head.words == ["a", "b", "c", "d"]
    assert head.counts.tolist() == [2, 1, 1, 1]
    assert Corpus.of(SENTENCES).head(0).words == []


def test_nothing_is_a_corpus_too():
    corpus = Corpus.of([])
    assert (len(corpus), corpus.tokens, corpus.types, list(corpus)) == (0, 0, 0, [])
    assert same(corpus.head(3).frequent(2), corpus)


@pytest.mark.parametrize("count", [0, -1, 1.5, "2", True, None])
def test_counts_are_whole_numbers(count):
    with pytest.raises(InputError, match="min_count"):
        Corpus.of(SENTENCES, min_count=count)
    with pytest.raises(InputError, match="min_count"):
        Corpus.of(SENTENCES).frequent(count)
    if count != 0:
        with pytest.raises(InputError, match="tokens"):
            Corpus.of(SENTENCES).head(count)


@given(ANY, st.integers(1, 4))
def test_a_corpus_is_what_counting_says(sentences, least):
    corpus = Corpus.of(sentences, min_count=least)
    counted = Counter(word for words in sentences for word in words)
    assert dict(zip(corpus.words, corpus.counts.tolist(), strict=True)) == {
        word: count for word, count in counted.items() if count >= least
    }
    kept = [[word for word in words if counted[word] >= least] for words in sentences]
    assert list(corpus) == [words for words in kept if words]
    # Counter keeps the order of appearance, and sorting is stable.
    wanted = sorted(counted.items(), key=lambda item: -item[1])
    assert corpus.words == [word for word, count in wanted if count >= least]


@given(ANY, st.integers(0, 60))
def test_a_head_is_the_corpus_of_the_first_tokens(sentences, tokens):
    first, left = [], tokens
    for words in sentences:
        first.append(words[:left])
        left -= len(first[-1])
    assert same(Corpus.of(sentences).head(tokens), Corpus.of(first))
