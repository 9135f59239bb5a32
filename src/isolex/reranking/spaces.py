"""Two vocabularies made ready for reranking: what does not depend on seed pairs, computed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int
from torch import Tensor

from isolex.reranking.neighbours import own_neighbours
from isolex.reranking.strings import StringIndex, latin_forms, look_alikes
from isolex.reranking.transducer import Spelling

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BothSides: TypeAlias = tuple[Float[Tensor, "n d"], Float[Tensor, "m e"]]

_PRIOR_STRENGTH = 20.0


@dataclass(frozen=True, eq=False)
class Side:
    """One vocabulary as strings.

    Attributes:
        words: The words.
        spelling: Their characters.
        lengths: Of the words, `[n]`.
        digits: Whether a word has digits.
        upper: Whether a word begins with a capital.
        elsewhere: Row of the same string in the other vocabulary, -1 if it is not there.
    """

    words: Sequence[str]
    spelling: Spelling
    lengths: Int[np.ndarray, "n"]
    digits: Bool[np.ndarray, "n"]
    upper: Bool[np.ndarray, "n"]
    elsewhere: Int[np.ndarray, "n"]

    @classmethod
    def of(cls, words: Sequence[str], others: Sequence[str]) -> "Side":
        """Look at every word once."""
        ids = {word: row for row, word in enumerate(others)}
        return cls(
            words,
            Spelling.of(words),
            np.array([len(word) for word in words]),
            np.array([any(character.isdigit() for character in word) for word in words]),
            np.array([word[:1].isupper() for word in words]),
            np.array([ids.get(word, -1) for word in words]),
        )


@dataclass(frozen=True, eq=False)
class Spaces:
    """Both vocabularies.

    Attributes:
        rows: Normalised source rows and target rows.
        source: Source strings.
        target: Target strings.
        by_ngrams: The same made of character n-grams, where there are n-gram vectors of either language.
    """

    rows: BothSides
    source: Side
    target: Side
    by_ngrams: BothSides | None = None

    @classmethod
    def of(
        cls,
        rows: BothSides,
        source: Sequence[str],
        target: Sequence[str],
        by_ngrams: BothSides | None = None,
    ) -> "Spaces":
        """Of normalised rows and their words."""
        return cls(rows, Side.of(source, target), Side.of(target, source), by_ngrams)

    @cached_property
    def near_x(self) -> Int[Tensor, "n k"]:
        """The nearest source words of every source word."""
        return own_neighbours(self.rows[0])

    @cached_property
    def near_z(self) -> Int[Tensor, "m k"]:
        """The nearest target words of every target word."""
        return own_neighbours(self.rows[1])

    @cached_property
    def strings(self) -> StringIndex:
        """The target words by their n-grams."""
        return StringIndex.of(latin_forms(self.source.words), latin_forms(self.target.words))

    @cached_property
    def queries(self) -> "csr_matrix":
        """n-grams of the source words."""
        return self.strings.vectors(latin_forms(self.source.words))

    @cached_property
    def prior(self) -> Float[np.ndarray, "c e"]:
        """Which characters look alike, for the transducer to begin with."""
        return look_alikes(self.source.spelling, self.target.spelling, strength=_PRIOR_STRENGTH)
