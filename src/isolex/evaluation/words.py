"""Which words of which language a test set asks for, and how they are found."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from isolex.alignment import Alignment, Space
from isolex.arrays import as_matrix
from isolex.choices import SIDES, Side
from isolex.errors import InputError
from isolex.names import look_up
from isolex.normalize import unit_rows
from isolex.vectors import Vectors

# In this order; the first spelling that has a vector is taken.
_SPELLINGS: dict[str, Callable[[str], str]] = {"exact": str, "lower": str.lower, "title": str.title}
FORMS = (*_SPELLINGS, "subwords", "unknown")


class FoundRow(NamedTuple):
    """Row of a word in a vocabulary, and the spelling (`exact`, `lower` or `title`) that is there."""

    row: int
    form: str


@dataclass(frozen=True)
class Language:
    """One vocabulary, in its own space or in the shared space of an alignment that looks from it.

    Attributes:
        vectors: The words and their vectors as they were given.
        alignment: Maps these vectors as its source; None for their own space.
    """

    vectors: Vectors
    alignment: Alignment | None = None

    def row(self, word: str) -> FoundRow | None:
        """The word's row: as it is spelt, else lower-cased, else title-cased."""
        for form, spell in _SPELLINGS.items():
            if (row := self.vectors.id(spell(word))) is not None:
                return FoundRow(row, form)
        return None

    def find(self, word: str) -> tuple[str, Float[np.ndarray, "d"]] | None:
        """How the word was found, and its vector; from subwords if the vocabulary lacks it."""
        if (found := self.row(word)) is not None:
            return found.form, np.asarray(self.vectors.matrix[found.row], dtype=np.float32)
        vector = self.vectors.from_subwords(word)
        return None if vector is None else ("subwords", vector)

    def parts(self, item: str) -> list[str]:
        """The words to look up for an item: itself if it is in the vocabulary, else what blanks part."""
        return [item] if self.row(item) else item.split()

    def knows(self, item: str) -> bool:
        """Whether at least one of the item's words has a vector."""
        return any(self.find(word) for word in self.parts(item))

    def unit(self, rows: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, "n p"]:
        """Vectors of this language as unit rows of the space that is evaluated."""
        if self.alignment is None:
            return unit_rows(as_matrix(rows, dtype=torch.float64)).numpy()
        return self.alignment.map(rows).double().cpu().numpy()

    def vocabulary(self, device: torch.device) -> Float[Tensor, "n p"]:
        """All words as unit float32 rows; an alignment has them where it is."""
        if self.alignment is None:
            return unit_rows(self.vectors.tensor(device))
        return self.alignment.shared[0]

    def items(self, items: Sequence[str]) -> tuple[Float64[np.ndarray, "n p"], Counter[str]]:
        """A unit row an item, the mean of the unit rows of its known words, and how its words were found.

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
class Languages:
    """What the first and the second half of a question are asked in.

    Attributes:
        side: `cross`, `source` or `target` of an alignment; None for vectors in their own space.
        first: Language of the first words.
        second: Language of the second words; the same object unless two languages are crossed.
    """

    side: Side | None
    first: Language
    second: Language

    @property
    def crossed(self) -> bool:
        """Whether there are two languages."""
        return self.first is not self.second


def languages_of(space: Space, side: Side | None) -> Languages:
    """The languages that a test on `space` is asked in.

    Raises:
        InputError: No such side, a side of vectors that have none, or something else than a space.
    """
    if isinstance(space, Alignment):
        side = side or "cross"
        look_up(side, dict.fromkeys(SIDES), "side")
        source, target = Language(space.source, space), Language(space.target, space.reversed())
        return Languages(side, target if side == "target" else source, source if side == "source" else target)
    if not isinstance(space, Vectors):
        raise InputError(f"got {type(space).__name__}, expected Vectors or an Alignment", where="space")
    if side is not None:
        raise InputError(
            f"got {side!r} with vectors of one language",
            where="side",
            fix="leave it out, or give an alignment",
        )
    language = Language(space.without_zeros())
    return Languages(None, language, language)
