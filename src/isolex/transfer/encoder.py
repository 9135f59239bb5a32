"""Texts as vectors: bags of words in a shared space, in the form that scikit-learn knows."""

import math
import warnings
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from isolex.alignment import Alignment, VectorSpaceLike, as_vector_space
from isolex.choices import EvaluatedSide
from isolex.errors import InputError, IsolexWarning, MissingExtraError
from isolex.evaluation.words import vocabularies_of
from isolex.lexicon.words import counted
from isolex.names import look_up
from isolex.transfer.known import KnownWords, TextCoverage
from isolex.transfer.tokens import Tokenizer, words_of

try:
    from scipy.sparse import csr_array
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
    from sklearn.utils import Tags
    from sklearn.utils.validation import check_is_fitted
except ImportError as error:
    raise MissingExtraError("encoding texts", "scikit-learn", "transfer") from error

Weighting = Literal["mean", "idf", "sif"]
Component = Literal["texts", "vocabulary", "none"]

WEIGHTINGS: tuple[Weighting, ...] = ("mean", "idf", "sif")
COMPONENTS: tuple[Component, ...] = ("texts", "vocabulary", "none")

# With fewer, the direction that texts have in common is noise, or their topic.
FEW_TEXTS = 20
# Of float32, in sums as long as texts.
_ROUNDING = 1e-5


class TextEncoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The weighted mean of the word vectors of a text, as a unit row.

    Weights of a word w:

    * `mean`: 1.
    * `idf`: ln((1 + n) / (1 + n_w)) + 1, where n_w of the n fitted texts hold it.
    * `sif`: a / (a + p(w)) (Arora et al. 2017), where p(w) comes from the place of the word in the vocabulary
      by Zipf's law, so that no corpus is needed.

    With `sif`, the direction that all texts have in common is removed. It is the first singular vector u of
    the fitted texts (`texts`) or, for encoders that are used on single texts, of the vocabulary's words
    weighted by p(w) · a / (a + p(w)) (`vocabulary`).

    Both languages of an alignment get an encoder, `TextEncoder(alignment)` and
    `TextEncoder(alignment.reversed())`; their rows lie in one space. Words outside the vocabulary are looked
    up in lower case, then in title case, then in their parts at apostrophes and hyphens. Words that are still
    unknown get a vector from subwords if the vectors have them. Other words are ignored, and a text without a
    known word has a zero row; `coverage` counts both.

    Args:
        space: An alignment, whose source language is encoded into the shared space; or vectors; or the folder
            of the one or the file of the others.
        weighting: `sif`, `idf` or `mean`.
        component: The source of the common direction of `sif`: `texts`, `vocabulary` or `none`.
        smoothing: a of `sif`.
        tokenizer: From a text to its words; by default `words_of`.

    Attributes:
        idf_: Weights of the words of the fitted texts (`idf`).
        common_: `[p]` the direction that is removed (`sif`), or zeros.

    Raises:
        InputError: On fitting: an unknown weighting, or texts that are not strings.
        MissingExtraError: scikit-learn is not installed.

    Warns:
        IsolexWarning: On fitting: too few texts for a common direction. On encoding: half of the texts or
            more have no known word.

    Examples:
        >>> import isolex
        >>> from isolex.transfer import TextEncoder
        >>> en, es, train, test = isolex.sample()
        >>> alignment = isolex.align(en, es, train, method="vecmap", check=False)
        >>> english = TextEncoder(alignment, component="vocabulary").fit([])
        >>> spanish = TextEncoder(alignment.reversed(), component="vocabulary").fit([])
        >>> x = english.transform(["the dog sleeps", "two houses"])
        >>> z = spanish.transform(["el perro duerme", "dos casas"])
        >>> (x @ z.T).argmax(axis=1).tolist()
        [0, 1]
    """

    def __init__(
        self,
        space: VectorSpaceLike,
        *,
        weighting: Weighting = "sif",
        component: Component = "texts",
        smoothing: float = 1e-3,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.space = space
        self.weighting = weighting
        self.component = component
        self.smoothing = smoothing
        self.tokenizer = tokenizer

    def fit(self, X: Iterable[str], y: object = None) -> "TextEncoder":  # noqa: ARG002
        """Learn the weights and the common direction from texts."""
        look_up(self.weighting, dict.fromkeys(WEIGHTINGS), "weighting")
        look_up(self.component, dict.fromkeys(COMPONENTS), "component")
        if not 0 < self.smoothing < math.inf:
            raise InputError(f"got {self.smoothing}, expected a positive number", where="smoothing")
        space = as_vector_space(self.space)
        side: EvaluatedSide | None = "source" if isinstance(space, Alignment) else None
        self.words_ = KnownWords(vocabularies_of(space, side).first, self.tokenizer or words_of)
        bags = [self.words_.bag(text) for text in _strings(X)]
        counts = Counter(word for bag in bags for word in bag)
        self.idf_ = {word: math.log((1 + len(bags)) / (1 + count)) + 1 for word, count in counts.items()}
        self._unseen_idf = math.log(1 + len(bags)) + 1
        self.common_ = np.zeros(self.words_.dimension, np.float32)
        self._n_features_out = self.words_.dimension
        if self.weighting == "sif" and self.component == "texts":
            _warn_of_few(len(bags))
            rows = self._means(bags)
            self.common_ = np.linalg.svd(rows, full_matrices=False)[2][0] if len(rows) else self.common_
        elif self.weighting == "sif" and self.component == "vocabulary":
            self.common_ = self.words_.common(self.smoothing)
        return self

    def transform(self, X: Iterable[str]) -> Float[np.ndarray, "n p"]:
        """`[n, p]` float32 unit rows of the texts."""
        check_is_fitted(self)
        bags = [self.words_.bag(text) for text in _strings(X)]
        _warn_of_unknown(sum(not bag for bag in bags), len(bags), self.words_.name)
        means = self._means(bags)
        rows = means - np.outer(means @ self.common_, self.common_)
        norms, whole = (np.linalg.norm(some, axis=1, keepdims=True) for some in (rows, means))
        # What is left of a text that lies in the common direction is rounding.
        made: np.ndarray = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > _ROUNDING * whole)
        return made

    def terms(self, text: str) -> list[str]:
        """The words of a text as the vocabulary spells them; those outside it in lower case."""
        check_is_fitted(self)
        return self.words_.terms(text)

    def coverage(self, texts: Iterable[str]) -> TextCoverage:
        """How many words of the texts are known, and how many texts have one."""
        check_is_fitted(self)
        return self.words_.coverage(_strings(texts))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "common_")

    def __sklearn_clone__(self) -> "TextEncoder":
        # The default copies what it is made with, which is all vectors.
        return type(self)(**self.get_params(deep=False))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _means(self, bags: list[Counter[str]]) -> Float[np.ndarray, "n p"]:
        """The weighted mean vector of each bag, not of unit length."""
        words = sorted({word for bag in bags for word in bag})
        place = {word: number for number, word in enumerate(words)}
        weights = np.array([self._weight(word) for word in words], np.float32)
        columns = [place[word] for bag in bags for word in bag]
        counts = [count for bag in bags for count in bag.values()]
        ends = np.cumsum([0] + [len(bag) for bag in bags])
        table = csr_array(
            (np.array(counts, np.float32) * weights[columns], np.array(columns, np.int64), ends),
            shape=(len(bags), len(words)),
        )
        sizes = np.array([max(1, bag.total()) for bag in bags], np.float32)
        made: np.ndarray = (table @ self.words_.rows(words)) / sizes[:, None]
        return made

    def _weight(self, word: str) -> float:
        if self.weighting == "mean":
            return 1.0
        if self.weighting == "idf":
            return self.idf_.get(word, self._unseen_idf)
        return self.smoothing / (self.smoothing + self.words_.frequency(word))


def _warn_of_few(texts: int) -> None:
    if texts < FEW_TEXTS:
        warnings.warn(
            f"{counted(texts, 'text')} cannot show what all texts have in common; "
            "fit at least dozens, or take component='vocabulary'",
            IsolexWarning,
            stacklevel=3,
        )


def _warn_of_unknown(unknown: int, texts: int, vectors: str) -> None:
    if texts > 1 and 2 * unknown >= texts:
        warnings.warn(
            f"{unknown:,} of the {texts:,} texts {'has' if unknown == 1 else 'have'} no word in {vectors}; "
            "are they in that language?",
            IsolexWarning,
            stacklevel=3,
        )


def _strings(texts: Iterable[Any]) -> list[str]:
    if isinstance(texts, str):
        raise InputError("got one string, expected several texts", where="texts", fix="put it into a list")
    made = list(texts)
    wrong = next((number for number, text in enumerate(made) if not isinstance(text, str)), None)
    if wrong is not None:
        raise InputError(f"number {wrong} is {type(made[wrong]).__name__}, expected a string", where="texts")
    return made
