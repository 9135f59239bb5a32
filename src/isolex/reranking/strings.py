"""Words as strings: forms in one script, their character n-grams, and the neighbours that these find."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from isolex.errors import MissingExtraError
from isolex.reranking.transducer import Spelling, Transducer
from isolex.waiting import short_waits

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_NGRAMS = (2, 4)
_COMMONEST = 0.01
_ROWS = 1_000


def latin_forms(words: Sequence[str]) -> list[str]:
    """Every word in unaccented lower-case Latin letters: Москва and Moskva become `moskva`.

    Raises:
        MissingExtraError: anyascii is not installed.
    """
    try:
        from anyascii import anyascii  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("comparing words as strings", "anyascii", "rerank") from error
    return [anyascii(word).lower() for word in words]


@dataclass(frozen=True, eq=False)
class StringIndex:
    """Character n-grams of the target vocabulary, weighted by tf-idf, to find strings that look alike.

    Attributes:
        vectorizer: scikit-learn's, fitted on both vocabularies.
        keys: n-grams of the target words, `[m, g]`, unit rows.
    """

    vectorizer: Any
    keys: "csr_matrix"

    @classmethod
    def of(cls, source: Sequence[str], target: Sequence[str]) -> "StringIndex":
        """Two to four characters, without those n-grams that are in more than a hundredth of the words.

        Raises:
            MissingExtraError: scikit-learn is not installed.
        """
        try:
            with short_waits():
                from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError("comparing words as strings", "scikit-learn", "rerank") from error
        most = min(1.0, max(_COMMONEST, 10 / (len(source) + len(target))))
        vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=_NGRAMS, max_df=most, dtype=np.float32, lowercase=False
        )
        vectorizer.fit([*source, *target])
        return cls(vectorizer, vectorizer.transform(target))

    def vectors(self, forms: Sequence[str]) -> "csr_matrix":
        """Their n-grams, unit rows."""
        return self.vectorizer.transform(forms)

    def nearest(self, queries: "csr_matrix", k: int) -> tuple[Int[np.ndarray, "p"], Int[np.ndarray, "p"]]:
        """Up to k keys of the highest cosine over 0 for each query: rows and keys of the pairs found."""
        rows, keys = [], []
        for start in range(0, queries.shape[0], _ROWS):
            scores = (queries[start : start + _ROWS] @ self._by_ngram).tocsr()
            for row in range(scores.shape[0]):
                part = slice(scores.indptr[row], scores.indptr[row + 1])
                values, ids = scores.data[part], scores.indices[part]
                best = np.argpartition(-values, k)[:k] if len(values) > k else slice(None)
                keys.append(np.sort(ids[best]).astype(np.int64))
                rows.append(np.full(len(keys[-1]), start + row))
        return _joined(rows), _joined(keys)

    @cached_property
    def _by_ngram(self) -> "csr_matrix":
        return self.keys.T.tocsr()

    def cosines(
        self, queries: "csr_matrix", rows: Int[np.ndarray, "p"], keys: Int[np.ndarray, "p"]
    ) -> Float[np.ndarray, "p"]:
        """Of given pairs."""
        return np.asarray(queries[rows].multiply(self.keys[keys]).sum(axis=1)).ravel()


def decoded(spelling: Spelling, target: Spelling, model: Transducer) -> list[str]:
    """Every word with each character replaced by the one that it corresponds to best."""
    letters = np.array(["", *target.characters])[model.likeliest()]
    return [
        "".join(letters[row[:length]]) for row, length in zip(spelling.codes, spelling.lengths, strict=True)
    ]


def look_alikes(source: Spelling, target: Spelling, *, strength: float) -> Float[np.ndarray, "c e"]:
    """A weak prior of the transducer: counts, most of them for characters with the same Latin form.

    Args:
        source: Spelling of the source vocabulary.
        target: Spelling of the target vocabulary.
        strength: Their sum.
    """
    chance = np.outer(source.shares, target.shares)
    left, right = (np.array(["", *latin_forms(side.characters)]) for side in (source, target))
    same = (left[:, None] == right[None, :]) & (left[:, None] != "")
    counts = np.where(same, np.sqrt(chance), 0.0)
    counts = 0.5 * counts / counts.sum() if same.any() else 0.5 * chance
    return strength * (counts + 0.5 * chance)


def _joined(parts: list[Int[np.ndarray, "_"]]) -> Int[np.ndarray, "p"]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
