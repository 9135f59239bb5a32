"""The two vocabularies of an alignment as exports hold them: named, mapped, of unit length."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float

from isolex.alignment import Alignment
from isolex.vectors import Vectors


@dataclass(frozen=True)
class Side:
    """One vocabulary in the shared space.

    Attributes:
        name: Its language where both are known and differ, else `source` or `target`; fit for a file name.
        language: Language code or None, as the vectors have it.
        words: n words in frequency order.
        rows: Their vectors in the shared space, of unit length.
    """

    name: str
    language: str | None
    words: Sequence[str]
    rows: Float[np.ndarray, "n p"]

    @property
    def stem(self) -> str:
        """What its files are called."""
        return stem_of(self.name)

    @property
    def vectors(self) -> Vectors:
        """The same as a table."""
        return Vectors(self.words, self.rows, language=self.language, unicode="keep")


def sides_of(alignment: Alignment) -> tuple[Side, Side]:
    """Source and target side."""
    source, target = (make() for make in makers_of(alignment).values())
    return source, target


def makers_of(alignment: Alignment) -> dict[str, Callable[[], Side]]:
    """What makes each side, by its name: writers of one side after the other need not hold both."""
    turns = (alignment, alignment.reversed())
    return {
        name: partial(_mapped, name, turn) for name, turn in zip(side_names(alignment), turns, strict=True)
    }


def _mapped(name: str, alignment: Alignment) -> Side:
    table = alignment.source
    return Side(name, table.language, table.words, alignment.map(table.matrix).cpu().numpy())


def stem_of(name: str) -> str:
    """What the files of a side are called, so that they never take the place of those they are made from."""
    return f"{name}.aligned"


def side_names(alignment: Alignment) -> tuple[str, str]:
    """The languages of both sides where they are known and differ, else `source` and `target`."""
    source, target = alignment.source.language or "", alignment.target.language or ""
    # A language may come from a file, so it must be a plain name before it names one.
    plain = all(re.fullmatch(r"[\w-]+", language) for language in (source, target))
    differ = len({language.casefold().replace("-", "_") for language in (source, target)}) == 2
    return (source, target) if plain and differ else ("source", "target")
