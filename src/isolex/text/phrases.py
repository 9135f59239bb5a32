"""Phrases: words that occur together so often that they are joined, as ice_cream."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from isolex.errors import InputError
from isolex.given import whole_number
from isolex.text.corpus import Corpus, recounted, without

if TYPE_CHECKING:
    from jaxtyping import Bool, Int64

JOIN = "_"

_Pairs: TypeAlias = frozenset[tuple[str, str]]
_CHUNK = 1 << 23  # pairs of neighbours that are counted at a time


@dataclass(frozen=True, repr=False)
class Phrases:
    """Pairs of words that are joined, pass by pass, so that two passes make phrases of up to four words.

    Neighbours a, b of a sentence are joined if their normalised pointwise mutual information

        ln(p(a, b) / (p(a) p(b))) / -ln p(a, b)

    is high enough. It is 1 if they always occur together and 0 if they meet by chance, for rare and for
    frequent pairs. That is not so for the score of word2phrase.

    Attributes:
        passes: The pairs that each pass joins.
        threshold: The least information, from -1 to 1.
        min_count: How often a pair occurs at least.

    References:
        Bouma (2009), Normalized (pointwise) mutual information in collocation extraction.
        Mikolov, Sutskever, Chen, Corrado and Dean (2013), Distributed representations of words and phrases
        and their compositionality (the passes).

    Examples:
        >>> from isolex.text import Phrases
        >>> sentences = [["ice", "cream"], ["ice", "cream"], ["the", "sun"], ["the"]]
        >>> phrases = Phrases.learn(sentences, min_count=2)
        >>> phrases.join(["the", "ice", "cream"])
        ['the', 'ice_cream']
    """

    passes: tuple[_Pairs, ...] = field(default=())
    threshold: float = 0.5
    min_count: int = 10

    @classmethod
    def learn(
        cls,
        sentences: Iterable[Sequence[str]],
        *,
        threshold: float = 0.5,
        min_count: int = 10,
        passes: int = 1,
    ) -> "Phrases":
        """Find the phrases of a text.

        Args:
            sentences: A `Corpus`, or sentences to make one of.
            threshold: The least information that joins two words, from -1 to 1.
            min_count: A pair that occurs less often is not a phrase.
            passes: Number of passes; each may join phrases of the passes before.

        Raises:
            InputError: An option is out of its range.
        """
        if isinstance(threshold, bool | str) or not -1 <= threshold <= 1:
            raise InputError(f"got {threshold!r}, expected a number from -1 to 1", where="threshold")
        whole_number(min_count, "min_count", where="phrases")
        whole_number(passes, "passes", where="phrases")
        corpus = sentences if isinstance(sentences, Corpus) else Corpus.of(sentences)
        found: list[_Pairs] = []
        for _ in range(passes):
            pairs = _collocations(corpus, threshold, min_count)
            found.append(frozenset((corpus.words[a], corpus.words[b]) for a, b in pairs.tolist()))
            if len(found) == passes or not len(pairs):
                break
            corpus = _joined(corpus, pairs)
        return cls(tuple(found), threshold, min_count)

    def __repr__(self) -> str:
        return f"Phrases({len(self):,} pairs of words, passes: {len(self.passes)})"

    def __len__(self) -> int:
        """Pairs of all passes."""
        return sum(map(len, self.passes))

    def join(self, sentence: Sequence[str]) -> list[str]:
        """The words of a sentence, with phrases joined by "_"; if two overlap, the left one is joined."""
        words = list(sentence)
        for pairs in self.passes:
            words = _join(words, pairs)
        return words

    def joined(self, corpus: Corpus) -> Corpus:
        """A corpus with the phrases of all its sentences joined, as `join` joins them."""
        for pairs in self.passes:
            places = {word: place for place, word in enumerate(corpus.words)}
            known = [(places[a], places[b]) for a, b in pairs if a in places and b in places]
            corpus = _joined(corpus, np.array(known, np.int64).reshape(-1, 2))
        return corpus

    def to_dict(self) -> dict[str, Any]:
        """The settings, and the number of pairs of each pass."""
        return {
            "threshold": self.threshold,
            "min_count": self.min_count,
            "pairs": [len(pairs) for pairs in self.passes],
        }


def _join(words: list[str], pairs: _Pairs) -> list[str]:
    joined: list[str] = []
    start = 0
    for place, pair in enumerate(pairwise(words)):
        if place >= start and pair in pairs:
            joined += [*words[start:place], JOIN.join(pair)]
            start = place + 2
    return joined + words[start:]


def _collocations(corpus: Corpus, threshold: float, min_count: int) -> 'Int64[np.ndarray, "p 2"]':
    """Pairs of words that are joined."""
    frequent = corpus.occurring(min_count)
    keys, counts = _neighbours(corpus, frequent, min_count)
    left, right = np.divmod(keys, max(frequent, 1))
    total = math.log(max(corpus.tokens, 1))
    together = np.log(counts) - total
    apart = np.log(corpus.counts[left]) + np.log(corpus.counts[right]) - 2 * total
    # A pair that is the whole text has no information to be normalised by.
    information = (together - apart) / np.maximum(-together, np.finfo(float).tiny)
    chosen = information >= threshold
    return np.stack([left[chosen], right[chosen]], axis=1)


def _neighbours(
    corpus: Corpus, frequent: int, min_count: int
) -> 'tuple[Int64[np.ndarray, "p"], Int64[np.ndarray, "p"]]':
    """Pairs of frequent words, `left * frequent + right`, that stand together so often; and how often."""
    keys, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for start in range(0, corpus.tokens, _CHUNK):
        ids = corpus.ids[start : start + _CHUNK + 1].astype(np.int64)
        inside = ~_sentence_ends(corpus, start, len(ids))[:-1]
        inside &= (ids[:-1] < frequent) & (ids[1:] < frequent)
        new, times = np.unique(ids[:-1][inside] * frequent + ids[1:][inside], return_counts=True)
        together, place = np.unique(np.concatenate([keys, new]), return_inverse=True)
        counts = np.bincount(place.ravel(), np.concatenate([counts, times]), len(together)).astype(np.int64)
        keys = together
    often = counts >= min_count
    return keys[often], counts[often]


def _sentence_ends(corpus: Corpus, start: int, length: int) -> 'Bool[np.ndarray, "tokens"]':
    """Of the tokens from `start`, whether each is the last of its sentence."""
    ends = np.zeros(length, bool)
    last = corpus.offsets[1:] - 1 - start
    ends[last[(last >= 0) & (last < length)]] = True
    return ends


def _joined(corpus: Corpus, pairs: 'Int64[np.ndarray, "p 2"]') -> Corpus:
    """The corpus with its phrases joined, as `_join` would join them."""
    starts = np.flatnonzero(_every_other(_stands_in(pairs, corpus)))
    left, right = corpus.ids[starts].tolist(), corpus.ids[starts + 1].tolist()
    words = list(corpus.words)
    # A text may have joined some itself.
    places = {word: place for place, word in enumerate(words) if JOIN in word}
    phrases = []
    for a, b in zip(left, right, strict=True):
        phrase = f"{corpus.words[a]}{JOIN}{corpus.words[b]}"
        if phrase not in places:
            places[phrase] = len(words)
            words.append(phrase)
        phrases.append(places[phrase])
    # The left word becomes the phrase, and the right one goes.
    ids = corpus.ids.copy()
    ids[starts] = phrases
    kept = np.ones(corpus.tokens, bool)
    kept[starts + 1] = False
    return recounted(words, *without(ids, corpus.offsets, kept))


def _stands_in(pairs: 'Int64[np.ndarray, "p 2"]', corpus: Corpus) -> 'Bool[np.ndarray, "tokens"]':
    """Of each token, whether it and the next one in its sentence are one of the pairs."""
    found = np.zeros(corpus.tokens, bool)
    keys = np.sort(pairs[:, 0] * corpus.types + pairs[:, 1])
    for start in range(0, corpus.tokens if len(keys) else 0, _CHUNK):
        ids = corpus.ids[start : start + _CHUNK + 1].astype(np.int64)
        own = ids[:-1] * corpus.types + ids[1:]
        place = np.minimum(np.searchsorted(keys, own), len(keys) - 1)
        found[start : start + len(own)] = keys[place] == own
    found &= ~_sentence_ends(corpus, 0, corpus.tokens)
    return found


def _every_other(found: 'Bool[np.ndarray, "tokens"]') -> 'Bool[np.ndarray, "tokens"]':
    """In each run of true values the first, the third, and so on: phrases that do not overlap."""
    place = np.arange(len(found))
    before = np.concatenate([[False], found[:-1]])
    run_start = np.maximum.accumulate(np.where(found & ~before, place, -1))
    return np.where(found, (place - run_start) % 2 == 0, False)
