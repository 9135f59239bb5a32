"""Texts as counted, integer-encoded corpora."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from isolex.given import whole_number

if TYPE_CHECKING:
    from jaxtyping import Bool, Int32, Int64

_CHUNK = 1 << 22  # tokens that are recoded at a time


@dataclass(frozen=True, eq=False, repr=False)
class Corpus:
    """Sentences as numbers of words, with the vocabulary in order of frequency.

    Equally frequent words are in order of first appearance, so the same sentences make the same corpus. It
    takes four bytes a token, eight a sentence, and its vocabulary.

    Attributes:
        words: The vocabulary, most frequent first.
        counts: How often each word occurs, `[n]`.
        ids: The places in `words` of all tokens, one sentence after the other, `[tokens]`.
        offsets: Where each sentence begins in `ids`, and the end of the last, `[sentences + 1]`.
    """

    words: list[str]
    counts: 'Int64[np.ndarray, "n"]'
    ids: 'Int32[np.ndarray, "tokens"]'
    offsets: 'Int64[np.ndarray, "sentences+1"]'

    @classmethod
    def of(cls, sentences: Iterable[Iterable[str]], *, min_count: int = 1) -> "Corpus":
        """Encode sentences, which are read once and not kept; 100 million tokens fit in about 2 GB.

        Args:
            sentences: Lists of words; empty ones are left out.
            min_count: Rarer words are left out, and their neighbours become adjacent.

        Raises:
            InputError: `min_count` is no whole number of at least 1.

        Examples:
            >>> from isolex.text import Corpus
            >>> corpus = Corpus.of([["the", "cat"], ["the", "dog"]])
            >>> corpus.words, corpus.ids.tolist(), corpus.offsets.tolist()
            (['the', 'cat', 'dog'], [0, 1, 0, 2], [0, 2, 4])
        """
        whole_number(min_count, "min_count", where="corpus")
        places: defaultdict[str, int] = defaultdict()
        places.default_factory = places.__len__
        ids, ends = array("i"), array("q", [0])
        place_of = places.__getitem__
        for sentence in sentences:
            ids.extend(map(place_of, sentence))
            ends.append(len(ids))
        words = list(places)
        places.clear()
        return _ordered(words, np.frombuffer(ids, np.int32), np.frombuffer(ends, np.int64), min_count)

    def __repr__(self) -> str:
        return f"Corpus({self.tokens:,} tokens, {self.types:,} types, {len(self):,} sentences)"

    def __len__(self) -> int:
        """Sentences."""
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[list[str]]:
        """The sentences, as words."""
        word_of = self.words.__getitem__
        for start, end in zip(self.offsets[:-1].tolist(), self.offsets[1:].tolist(), strict=True):
            yield [word_of(place) for place in self.ids[start:end].tolist()]

    @property
    def tokens(self) -> int:
        """Words of all sentences, each as often as it occurs."""
        return len(self.ids)

    @property
    def types(self) -> int:
        """Different words."""
        return len(self.words)

    def occurring(self, least: int) -> int:
        """How many different words occur at least so often."""
        return int(np.searchsorted(-self.counts, -least, side="right"))

    def head(self, tokens: int) -> "Corpus":
        """The first tokens, as a corpus of its own; the last sentence may be cut.

        Raises:
            InputError: `tokens` is no whole number of at least 0.
        """
        end = min(whole_number(tokens, "tokens", where="corpus", least=0), self.tokens)
        return recounted(self.words, self.ids[:end], np.minimum(self.offsets, end))

    def frequent(self, min_count: int) -> "Corpus":
        """The corpus without words that occur less often; their neighbours become adjacent.

        Raises:
            InputError: `min_count` is no whole number of at least 1.
        """
        kept = self.occurring(whole_number(min_count, "min_count", where="corpus"))
        ids, offsets = without(self.ids, self.offsets, self.ids < kept)
        return Corpus(self.words[:kept], self.counts[:kept], ids, offsets)

    def to_dict(self) -> dict[str, Any]:
        """The numbers of tokens, types and sentences."""
        return {"tokens": self.tokens, "types": self.types, "sentences": len(self)}


def _ordered(
    words: list[str], ids: 'Int32[np.ndarray, "tokens"]', offsets: 'Int64[np.ndarray, "s"]', min_count: int
) -> Corpus:
    """A corpus of ids that number the words by their first appearance."""
    counts = np.zeros(len(words), np.int64)
    for start in range(0, len(ids), _CHUNK):
        counts += np.bincount(ids[start : start + _CHUNK], minlength=len(words))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= min_count]
    rank = np.full(len(words), -1, np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    ranked = rank[ids]
    ranked, offsets = without(ranked, offsets, ranked >= 0)
    return Corpus([words[place] for place in order.tolist()], counts[order], ranked, offsets)


def without(
    ids: 'Int32[np.ndarray, "tokens"]', offsets: 'Int64[np.ndarray, "s"]', kept: 'Bool[np.ndarray, "tokens"]'
) -> 'tuple[Int32[np.ndarray, "fewer"], Int64[np.ndarray, "t"]]':
    """The kept tokens, and where the sentences that have any of them begin and end."""
    if not kept.all():
        before = np.zeros(len(ids) + 1, np.int64)
        np.cumsum(kept, out=before[1:])
        ids, offsets = ids[kept], before[offsets]
    return ids, offsets[np.append(True, np.diff(offsets) > 0)]


def recounted(
    words: Sequence[str], ids: 'Int32[np.ndarray, "tokens"]', offsets: 'Int64[np.ndarray, "s"]'
) -> Corpus:
    """A corpus of ids that number the words in any order; words that do not occur are left out."""
    first = np.full(len(words), len(ids), np.int64)
    # Of several values for one place the last is kept, so this goes from the end to the beginning.
    first[ids[::-1]] = np.arange(len(ids) - 1, -1, -1)
    seen = np.flatnonzero(first < len(ids))
    by_appearance = seen[np.argsort(first[seen])]
    place = np.zeros(len(words), np.int32)
    place[by_appearance] = np.arange(len(by_appearance), dtype=np.int32)
    return _ordered([words[row] for row in by_appearance.tolist()], place[ids], offsets, 1)
