"""Vectors of character n-grams, which give a word that was never seen one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from isolex.errors import FormatError
from isolex.vectors.mapped import StoredSums

if TYPE_CHECKING:
    from jaxtyping import Float, Int

LONGEST = 100
"""Characters of an n-gram; more than any model has would only take time."""

BUCKETS = 2**31 - 1
"""The most values of the hash that a model can have."""

# FNV-1a, 32 bits.
_BASIS, _PRIME = np.uint32(2166136261), np.uint32(16777619)
# fastText's mark of the end of a sentence, a word without n-grams.
_END = "</s>"
_PIECE = 1 << 14  # rows summed at a time
BLOCK = 4096
"""Words whose n-grams are hashed at a time."""


class NgramVectors:
    """Vectors of n-grams by their hash, as fastText has them (Bojanowski et al. 2017).

    A word between `<` and `>` is cut into all its runs of `shortest` to `longest` characters, but for a lone
    bracket. The bucket of an n-gram is the FNV-1a hash of its UTF-8, bytes taken as signed, modulo the
    buckets. Every bucket has a row, unless the model was pruned (Joulin et al. 2016, FastText.zip): then
    n-grams of other buckets than those kept do not count.

    Args:
        matrix: A row for each bucket, [buckets, d], or for each of those kept, [kept, d].
        shortest: Characters of the shortest n-grams.
        longest: Characters of the longest n-grams.
        buckets: How many values the hash has, where not all of them have a row.
        kept: Those that have one, ascending, [kept].
        sums: Checksums of the rows, where they are stored with some.
    """

    _sums: StoredSums | None = None

    def __init__(
        self,
        matrix: 'Float[np.ndarray, "rows d"]',
        shortest: int,
        longest: int,
        *,
        buckets: int | None = None,
        kept: 'Int[np.ndarray, "rows"] | None' = None,
        sums: StoredSums | None = None,
    ) -> None:
        self._matrix = matrix
        self.shortest = shortest
        self.longest = longest
        self.buckets = len(matrix) if buckets is None else buckets
        self.kept = kept
        self._sums = sums

    @property
    def matrix(self) -> 'Float[np.ndarray, "rows d"]':
        """The rows, float32 or float16."""
        return self._matrix

    def vector(self, word: str) -> 'Float[np.ndarray, "d"]':
        """A vector for any word, float32; zeros if it has no n-gram."""
        return self.composed(word)

    def composed(self, word: str) -> 'Float[np.ndarray, "d"]':
        """The mean of the word's n-gram vectors, float32, known or not; zeros if it has no n-gram.

        Raises:
            FormatError: It is not finite.
        """
        row: np.ndarray = self.composed_rows([word])[0]
        return row

    def composed_rows(self, words: Sequence[str]) -> 'Float[np.ndarray, "words d"]':
        """The same of many words, a row each, in much less time.

        Raises:
            FormatError: A row is not finite.
        """
        dimension = self.rows(np.empty(0, dtype=np.int64)).shape[1]
        means = np.zeros((len(words), dimension), dtype=np.float32)
        for start in range(0, len(words), BLOCK):
            block = words[start : start + BLOCK]
            for row, places in enumerate(self.places(block), start):
                means[row] = self.sum(places) / np.float32(max(1, len(places)))
        self.check_finite(means, words)
        return means

    def check(self) -> None:
        """Check all rows if they are stored with checksums.

        Raises:
            FormatError: They have changed since they were written.
        """
        if self._sums is not None:
            self._sums.check(0, len(self._matrix))

    def check_finite(self, made: 'Float[np.ndarray, "words d"]', words: Sequence[str]) -> None:
        """Check rows made of n-grams, which may be mapped from a file that nobody has looked through.

        Raises:
            FormatError: A row is not finite.
        """
        bad = np.flatnonzero(~np.isfinite(made).all(axis=1))
        if bad.size:
            raise FormatError(
                f"is damaged (an n-gram of {words[bad[0]]!r} holds NaN or infinite values)",
                where=self.file or "n-grams",
                fix="fetch or make the file again",
            )

    @property
    def file(self) -> str | None:
        """The file that the rows are mapped from, if they are."""
        return getattr(self._matrix, "filename", None)

    def places(self, words: Sequence[str]) -> 'list[Int[np.ndarray, "ngrams"]]':
        """The rows of each word's n-grams, in the order of the text; one twice counts twice."""
        if not words:  # of nothing, NumPy's `split` makes one piece
            return []
        hashes, bounds = ngram_hashes(words, self.shortest, self.longest)
        places = (hashes % np.uint32(self.buckets)).astype(np.int64)
        if self.kept is None:
            return np.split(places, bounds)
        found = np.searchsorted(self.kept, places)
        there = np.append(self.kept, -1)[found] == places
        return [own[held] for own, held in zip(np.split(found, bounds), np.split(there, bounds), strict=True)]

    def rows(self, places: 'Int[np.ndarray, "ngrams"]') -> 'Float[np.ndarray, "ngrams d"]':
        """Some of the rows, float32.

        Raises:
            FormatError: They come from a store, and have changed since it was written.
        """
        if self._sums is not None:
            self._sums.check_places(places)
        rows: np.ndarray = self._matrix[places].astype(np.float32, copy=False)
        return rows

    def sum(self, places: 'Int[np.ndarray, "ngrams"]') -> 'Float[np.ndarray, "d"]':
        """The sum of some of the rows, float32; of a very long word, not all at once."""
        total: np.ndarray = self.rows(places[:_PIECE]).sum(axis=0)
        for start in range(_PIECE, len(places), _PIECE):
            total += self.rows(places[start : start + _PIECE]).sum(axis=0)
        return total


def ngram_hashes(
    words: Sequence[str], shortest: int, longest: int
) -> 'tuple[Int[np.ndarray, "ngrams"], Int[np.ndarray, "words-1"]]':
    """The hashes of all words' n-grams on end, uint32, and where those of all words but the first begin.

    Every character of the text is a place where n-grams begin. All of them grow at once, by one character at
    a time, and those that would leave their word drop out.
    """
    texts = ["" if word == _END else f"<{word}>" for word in words]
    data = np.frombuffer("".join(texts).encode(), dtype=np.uint8)
    begins = np.flatnonzero((data & 0xC0) != 0x80)
    widths = np.diff(begins, append=len(data))
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    ends = lengths.cumsum()
    left = np.repeat(ends, lengths) - np.arange(len(begins))  # characters to the end of the word
    inner = (left > 1) & (left < np.repeat(lengths, lengths))  # no bracket
    signed = data.view(np.int8).astype(np.uint32)
    longest = min(longest, int(lengths.max(initial=0)))
    sizes = range(max(shortest, 1), longest + 1)
    hashes = np.empty((len(begins), len(sizes)), dtype=np.uint32)
    counted = np.zeros(hashes.shape, dtype=bool)
    state = np.full(len(begins), _BASIS)
    growing = np.arange(len(begins))
    for size in range(1, longest + 1):
        growing = growing[left[growing] >= size]
        added = growing + (size - 1)
        for byte in range(int(widths[added].max(initial=0))):
            has = widths[added] > byte
            state[growing[has]] = (state[growing[has]] ^ signed[begins[added[has]] + byte]) * _PRIME
        if size in sizes:
            hashes[growing, size - sizes.start] = state[growing]
            counted[growing, size - sizes.start] = inner[growing] if size == 1 else True
    # What is counted up to the end of each word.
    so_far = np.append(0, counted.sum(axis=1).cumsum())
    return hashes[counted], so_far[ends[:-1]]
