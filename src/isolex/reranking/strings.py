"""Words as strings: how they are spelt, their character n-grams, and learned character correspondences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from isolex.errors import MissingExtraError
from isolex.reranking.features import blocks
from isolex.text.latin import latin_forms
from isolex.threads import short_waits

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_NGRAMS = (2, 4)
_COMMONEST = 0.01
_ROWS = 1_000

MAX_LENGTH = 20
_RARE = 3
_SUBSTITUTION, _GAP = 0.8, 0.1
_FIRST_SHARE = 0.3
_POSITION_WIDTH = 1 / 6
_SHARPENING = 3
_TINY = 1e-300


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


@dataclass(frozen=True, eq=False)
class Spelling:
    """Words as numbers: characters by id, 0 for rare ones and after the end.

    Attributes:
        characters: By id, from 1.
        codes: Ids of each word's first 20 characters, `[n, 20]`.
        lengths: How many those are, `[n]`.
        shares: Relative frequency of every id in the vocabulary, `[c]`.
    """

    characters: tuple[str, ...]
    codes: Int[np.ndarray, "n l"]
    lengths: Int[np.ndarray, "n"]
    shares: Float[np.ndarray, "c"]

    @classmethod
    def of(cls, words: Sequence[str]) -> "Spelling":
        """Spell out a vocabulary; characters in fewer than three places count as one."""
        counts = Counter(character for word in words for character in word)
        characters = tuple(character for character, count in counts.items() if count >= _RARE)
        ids = {character: number for number, character in enumerate(characters, start=1)}
        lengths = np.array([min(len(word), MAX_LENGTH) for word in words], dtype=np.int64)
        codes = np.zeros((len(words), MAX_LENGTH), dtype=np.int64)
        for row, word in enumerate(words):
            codes[row, : lengths[row]] = [ids.get(character, 0) for character in word[:MAX_LENGTH]]
        inside = np.arange(MAX_LENGTH) < lengths[:, None]
        shares = np.bincount(codes[inside], minlength=len(characters) + 1) + 1.0
        return cls(characters, codes, lengths, shares / shares.sum())

    def __len__(self) -> int:
        return len(self.shares)

    def chosen(self, ids: Int[np.ndarray, "p"]) -> "Spelling":
        """The same for some of the words, with repetition."""
        return Spelling(self.characters, self.codes[ids], self.lengths[ids], self.shares)

    @property
    def backwards(self) -> "Spelling":
        """Every word from its end to its beginning."""
        places = self.lengths[:, None] - 1 - np.arange(MAX_LENGTH)
        turned = np.take_along_axis(self.codes, np.maximum(places, 0), axis=1)
        return Spelling(self.characters, np.where(places >= 0, turned, 0), self.lengths, self.shares)


@dataclass(frozen=True, eq=False)
class Transducer:
    """Learned character correspondences: a memoryless edit model of cognates (Ristad & Yianilos 1998).

    A pair of strings is made by a sequence of operations: write a and b, write a alone, write b alone. The
    probability of each operation is learned from seed pairs by expectation maximisation. Most translations
    are no cognates, so a pair comes from this model with probability π, and else from two unrelated strings.

    Every probability of an operation is held as a ratio to that of its characters by themselves, so the sum
    over all ways to make a pair is the likelihood ratio "cognates : unrelated". But for a weak prior, nothing
    is told of which characters look alike: it works across scripts, and under any renaming of the characters.

    Attributes:
        both: P(a, b) / P(a) P(b), `[c, e]`.
        source_only: P(a, –) / P(a), `[c]`.
        target_only: P(–, b) / P(b), `[e]`.
        cognates: π, the share of the training pairs that the model is responsible for.
    """

    both: Float[np.ndarray, "c e"]
    source_only: Float[np.ndarray, "c"]
    target_only: Float[np.ndarray, "e"]
    cognates: float

    @classmethod
    def fit(
        cls, source: Spelling, target: Spelling, prior: Float[np.ndarray, "c e"], *, rounds: int = 8
    ) -> "Transducer":
        """Learn from pairs of words, row by row of both spellings; O(rounds · pairs · length²).

        Begins with characters that stand at like places in the pairs.

        Args:
            source: The source words of the pairs.
            target: Their translations.
            prior: Counts of operations to add to those that are found.
            rounds: Of expectation maximisation.
        """
        both = (_like_places(source, target) + prior / np.outer(source.shares, target.shares)).clip(_TINY)
        weighted = both * np.outer(source.shares, target.shares)
        model = cls(
            both * (_SUBSTITUTION / weighted.sum()),
            np.full(len(source), _GAP),
            np.full(len(target), _GAP),
            _FIRST_SHARE,
        )
        for _ in range(rounds):
            model = model._improved(source, target, prior)
        return model

    def ratios(self, source: Spelling, target: Spelling) -> Float[np.ndarray, "p"]:
        """Log P(pair | cognates) / P(pair | unrelated) of each pair of words, by rows."""
        made = np.empty(len(source.lengths))
        order = np.lexsort((target.lengths, source.lengths))  # words of like lengths fill the same cells
        for part in blocks(len(order)):
            ids = order[part]
            made[ids] = np.log(self._ends(source.chosen(ids), target.chosen(ids)) + _TINY)
        return made

    def likeliest(self) -> Int[np.ndarray, "c"]:
        """For every source character the target character that it corresponds to best."""
        best: np.ndarray = self.both.argmax(axis=1)
        return best

    def _improved(self, source: Spelling, target: Spelling, prior: Float[np.ndarray, "c e"]) -> "Transducer":
        """One round of expectation maximisation."""
        there = self._sums(source, target)
        back = self._sums(source.backwards, target.backwards)
        pairs = np.arange(len(source.lengths))
        ratio = there[source.lengths, target.lengths, pairs]
        cognate = self.cognates * ratio / (self.cognates * ratio + 1 - self.cognates)
        weight = cognate / ratio.clip(_TINY)
        both, left, right = prior.ravel().copy(), source.shares.copy(), target.shares.copy()
        for i, j in np.ndindex(int(source.lengths.max()) + 1, int(target.lengths.max()) + 1):
            inside = pairs[(source.lengths >= i) & (target.lengths >= j)]
            rest = back[source.lengths[inside] - i, target.lengths[inside] - j, inside] * weight[inside]
            a, b = source.codes[inside, i - 1], target.codes[inside, j - 1]
            if i and j:
                made = there[i - 1, j - 1, inside] * self.both[a, b] * rest
                both += np.bincount(a * len(target) + b, made, both.size)
            if i:
                left += np.bincount(a, there[i - 1, j, inside] * self.source_only[a] * rest, len(source))
            if j:
                right += np.bincount(b, there[i, j - 1, inside] * self.target_only[b] * rest, len(target))
        total = both.sum() + left.sum() + right.sum()
        return Transducer(
            both.reshape(prior.shape) / (total * np.outer(source.shares, target.shares)),
            left / (total * source.shares),
            right / (total * target.shares),
            float(cognate.mean()),
        )

    def _sums(self, source: Spelling, target: Spelling) -> Float[np.ndarray, "i j p"]:
        """The summed ratio of all ways to make the first i and the first j characters of each pair."""
        height, width = int(source.lengths.max()) + 1, int(target.lengths.max()) + 1
        made = np.zeros((height, width, len(source.lengths)))
        for i in range(height):
            row = self._row(made[i - 1] if i else None, i, width, source, target)
            made[i] = np.stack(row)
        return made

    def _ends(self, source: Spelling, target: Spelling) -> Float[np.ndarray, "p"]:
        """`_sums` at the ends of both words, with two rows of cells in memory."""
        height, width = int(source.lengths.max()) + 1, int(target.lengths.max()) + 1
        made = np.zeros(len(source.lengths))
        row: list[np.ndarray] | None = None
        for i in range(height):
            row = self._row(row, i, width, source, target)
            for j in np.unique(target.lengths[source.lengths == i]):
                ended = (source.lengths == i) & (target.lengths == j)
                made[ended] = row[j][ended]
        return made

    def _row(
        self,
        above: "Float[np.ndarray, 'j p'] | list[Float[np.ndarray, 'p']] | None",
        i: int,
        width: int,
        source: Spelling,
        target: Spelling,
    ) -> list[Float[np.ndarray, "p"]]:
        a = source.codes[:, i - 1]
        row: list[np.ndarray] = []
        for j in range(width):
            b = target.codes[:, j - 1]
            value = np.full(len(a), float(above is None and j == 0))
            if above is not None:
                value += above[j] * self.source_only[a]
                if j:
                    value += above[j - 1] * self.both[a, b]
            if j:
                value += row[j - 1] * self.target_only[b]
            row.append(value)
        return row


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


def _like_places(source: Spelling, target: Spelling) -> Float[np.ndarray, "c e"]:
    """How much oftener two characters stand at like places of paired words than by chance, sharpened."""
    counts = np.zeros((len(source), len(target)))
    rows, columns = source.lengths[:, None, None], target.lengths[:, None, None]
    i, j = np.arange(MAX_LENGTH)[None, :, None], np.arange(MAX_LENGTH)[None, None, :]
    near = np.exp(-(((i / rows - j / columns) / _POSITION_WIDTH) ** 2)) * (i < rows) * (j < columns)
    near *= rows / near.sum(axis=(1, 2), keepdims=True)
    np.add.at(counts, (source.codes[:, :, None], target.codes[:, None, :]), near)
    chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    made: np.ndarray = ((counts + 1) / (chance + 1)) ** _SHARPENING
    return made
