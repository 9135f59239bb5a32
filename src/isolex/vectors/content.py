"""What a file of vectors holds: the plain parts that readers hand out and writers take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from isolex.vectors.mapped import StoredSums
from isolex.vectors.reading_report import ReadReport


class Subwords(Protocol):
    """A model that makes vectors of words it has never seen."""

    def vector(self, word: str) -> np.ndarray:
        """The vector of any word, float32 [d]; zeros where the model has nothing to go by."""
        ...


@dataclass(frozen=True)
class Content:
    """Words and rows as they stand in a file, with what else the file tells.

    Attributes:
        words: n unique words.
        matrix: Their rows, [n, d], float32 or float16.
        language: Language code, where the format holds one.
        report: How the reading went.
        subwords: A model for words that are not there, where the format holds one.
        fingerprint: The fingerprint of `Vectors`, where the format holds one.
        without_vector: Words that were left out since their vector is zero.
        sums: Checksums of stored rows, of which these are the first, where the format holds them.
    """

    words: Sequence[str]
    matrix: np.ndarray
    language: str | None = None
    report: ReadReport | None = None
    subwords: Subwords | None = None
    fingerprint: str | None = None
    without_vector: frozenset[str] = frozenset()
    sums: StoredSums | None = None
