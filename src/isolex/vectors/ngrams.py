"""Vectors of character n-grams, which give a word that was never seen one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from isolex.errors import FormatError

if TYPE_CHECKING:
    from jaxtyping import Float

# FNV-1a, 32 bits.
_BASIS, _PRIME, _BITS = 2166136261, 16777619, 0xFFFFFFFF


class NgramVectors:
    """Vectors of n-grams by their hash, as fastText has them (Bojanowski et al. 2017).

    A word between `<` and `>` is cut into all its runs of `shortest` to `longest` characters, but for a lone
    bracket. The row of an n-gram is the FNV-1a hash of its UTF-8, bytes taken as signed, modulo the rows.

    Attributes:
        matrix: A row for each value of the hash, [buckets, d].
        shortest: Characters of the shortest n-grams.
        longest: Characters of the longest n-grams.
    """

    def __init__(self, matrix: 'Float[np.ndarray, "buckets d"]', shortest: int, longest: int) -> None:
        self.matrix = matrix
        self.shortest = shortest
        self.longest = longest

    def vector(self, word: str) -> 'Float[np.ndarray, "d"]':
        """A vector for any word, float32; zeros if it has no n-gram."""
        return self.composed(word)

    def composed(self, word: str) -> 'Float[np.ndarray, "d"]':
        """The mean of the word's n-gram vectors, float32, known or not; zeros if it has no n-gram.

        Raises:
            FormatError: It is not finite: n-grams may be mapped from a file that nobody has looked through.
        """
        rows = [_hash(ngram) % len(self.matrix) for ngram in self._ngrams(word)]
        if not rows:
            return np.zeros(self.matrix.shape[1], dtype=np.float32)
        mean: np.ndarray = self.matrix[rows].astype(np.float32, copy=False).mean(axis=0)
        if not np.isfinite(mean).all():
            raise FormatError(
                f"is damaged (an n-gram of {word!r} holds NaN or infinite values)",
                where=getattr(self.matrix, "filename", None) or "n-grams",
                fix="fetch or make the file again",
            )
        return mean

    def _ngrams(self, word: str) -> Iterator[bytes]:
        text = f"<{word}>"
        for start in range(len(text)):
            for stop in range(start + self.shortest, min(start + self.longest, len(text)) + 1):
                if stop - start > 1 or 0 < start < len(text) - 1:
                    yield text[start:stop].encode()


def _hash(data: bytes) -> int:
    value = _BASIS
    for byte in data:
        signed = byte if byte < 128 else byte | 0xFFFFFF00
        value = ((value ^ signed) * _PRIME) & _BITS
    return value
