"""Look up the words of test sets in the vocabularies of their languages."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64

from isolex.alignment import Alignment, Side, VectorSpace
from isolex.arrays import as_matrix
from isolex.choices import EVALUATED_SIDES, EvaluatedSide
from isolex.errors import InputError
from isolex.names import look_up
from isolex.normalize import unit_rows
from isolex.text import lower, title
from isolex.vectors import Vectors

FORMS = ("exact", "lower", "title", "subwords", "unknown")


class FoundRow(NamedTuple):
    """Row of a word in a vocabulary, and the form (`exact`, `lower` or `title`) in which it was found."""

    row: int
    form: str


def _spellings(word: str, language: str | None) -> Iterator[tuple[str, str]]:
    """In the order in which they are looked up: the first one that has a vector is taken."""
    yield "exact", word
    yield "lower", lower(word, language=language)
    yield "title", title(word, language=language)


@dataclass(frozen=True)
class Vocabulary:
    """The words of a side, with the lookup that tests need.

    Attributes:
        side: The side, in its own space or in a shared one.
        alone: Whether the side is vectors in their own space; these are not rounded and evaluated in float64.
    """

    side: Side
    alone: bool = False

    @property
    def vectors(self) -> Vectors:
        """The words and their vectors as they were given."""
        return self.side.vectors

    def row(self, word: str) -> FoundRow | None:
        """Row of the word as it is spelt, else in lower case, else in title case, by its language."""
        for form, spelt in _spellings(word, self.vectors.language):
            if (row := self.vectors.id(spelt)) is not None:
                return FoundRow(row, form)
        return None

    def find(self, word: str) -> tuple[str, Float[np.ndarray, "d"]] | None:
        """How the word was found, and its vector; from subwords if the vocabulary lacks it."""
        if (found := self.row(word)) is not None:
            return found.form, self.vectors.vector(self.vectors.words[found.row])
        vector = self.vectors.from_subwords(word)
        return None if vector is None else ("subwords", vector)

    def parts(self, item: str) -> list[str]:
        """The words to look up for an item: the item itself if it is in the vocabulary, else its parts."""
        return [item] if self.row(item) else item.split()

    def knows(self, item: str) -> bool:
        """Whether at least one of the item's words has a vector."""
        return any(self.find(word) for word in self.parts(item))

    def unit(self, rows: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, "n p"]:
        """Vectors of this language as unit rows of the space that is evaluated."""
        if self.alone:
            return unit_rows(as_matrix(rows, dtype=torch.float64)).numpy()
        return self.side.map(rows).double().cpu().numpy()

    def items(self, items: Sequence[str]) -> tuple[Float64[np.ndarray, "n p"], Counter[str]]:
        """A unit row for each item, the mean of the unit rows of its known words, and how these were found.

        Rows of items without a known word are zero.
        """
        parts = [self.parts(item) for item in items]
        found = {word: self.find(word) for words in parts for word in words}
        known = {word: hit[1] for word, hit in found.items() if hit is not None}
        unit = self.unit(np.array(list(known.values()), np.float32).reshape(-1, self.vectors.dimension))
        place = {word: row for row, word in enumerate(known)}
        rows = np.zeros((len(items), unit.shape[1]))
        for row, words in zip(rows, parts, strict=True):
            own = [place[word] for word in words if word in place]
            if own:
                row[:] = unit[own].mean(axis=0)
        forms = (hit[0] if (hit := found[word]) else "unknown" for words in parts for word in words)
        return unit_rows(torch.from_numpy(rows)).numpy(), Counter(forms)


@dataclass(frozen=True)
class Vocabularies:
    """The vocabularies of the first and of the second half of a question.

    Attributes:
        side: `cross`, `source` or `target` of an alignment; None for vectors in their own space.
        first: Vocabulary of the first words.
        second: Vocabulary of the second words; the same object unless two languages are crossed.
    """

    side: EvaluatedSide | None
    first: Vocabulary
    second: Vocabulary

    @property
    def crossed(self) -> bool:
        """Whether there are two languages."""
        return self.first is not self.second


def vocabularies_of(
    space: VectorSpace, side: EvaluatedSide | None, *, device: str | torch.device | None = "cpu"
) -> Vocabularies:
    """The vocabularies for a test on `space`.

    Args:
        space: Vectors in their own space, or an alignment.
        side: The side of an alignment: `cross` (also None), `source` or `target`.
        device: Where to compute with vectors; an alignment has its own device.

    Raises:
        InputError: The side is unknown, a side was given with vectors, or `space` is something else.
    """
    if isinstance(space, Alignment):
        side = side or "cross"
        look_up(side, dict.fromkeys(EVALUATED_SIDES), "side")
        source, target = map(Vocabulary, space.sides)
        return Vocabularies(
            side, target if side == "target" else source, source if side == "source" else target
        )
    if not isinstance(space, Vectors):
        raise InputError(f"got {type(space).__name__}, expected Vectors or an Alignment", where="space")
    if side is not None:
        raise InputError(
            f"got {side!r} with vectors of one language",
            where="side",
            fix="leave it out, or give an alignment",
        )
    vocabulary = Vocabulary(Side(space, device=device), alone=True)
    return Vocabularies(None, vocabulary, vocabulary)
