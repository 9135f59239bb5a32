"""Health of the data before anything is mapped: its words, its rows, and how the rows fill their space."""

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.diagnosis.ranks import rank_correlation
from isolex.diagnosis.row_checks import require_ids
from isolex.diagnosis.spectra import (
    condition_number,
    effective_condition_number,
    isotropy,
    mean_norm,
    singular_values,
)
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.normalize import unit_rows
from isolex.vectors import Vectors, VectorsLike, as_vectors

_FEWEST_PAIRS = 3
# Scripts of fewer words than this, in percent, are not named.
_NAMED = 0.05
_NO_LETTERS, _OTHER = "none", "other"
_HAN = {"CJK": "HAN", "IDEOGRAPHIC": "HAN"}
# First words of the names of letters without a script of their own, such as ʻ (Hawaiian) and ー (Japanese).
_SHARED = ("MODIFIER", "KATAKANA-HIRAGANA")


@dataclass(frozen=True)
class SpaceHealth:
    """One space as it was read.

    Attributes:
        words: Number of words.
        dimension: Number of dimensions.
        zero_rows: Number of rows that are all zero: words without a vector.
        duplicate_rows: Number of rows that are equal to an earlier row; zero rows are not counted.
        norms: Least, median and greatest length of the rows as given, zero rows included.
        mean_norm: See `mean_norm`: 0 for a centred space, 1 if all rows point the same way.
        isotropy: See `isotropy`: 1 if the rows are spread equally in all directions. This figure and the
            following ones are for unit rows.
        condition_number: See `condition_number`, ≥ 1.
        effective_condition_number: See `effective_condition_number`, ≥ 1.
        numerals: Percent of the words that are numerals, as defined by `Lexicon.numerals`.
        scripts: Percent of the words by script, as defined by `space_health`, largest share first.
        spectrum: Singular values of X/√n that are not zero, X the n unit rows that are not zero; largest
            first. Their squares sum to 1.
    """

    words: int
    dimension: int
    zero_rows: int
    duplicate_rows: int
    norms: tuple[float, float, float]
    mean_norm: float
    isotropy: float
    condition_number: float
    effective_condition_number: float
    numerals: float
    scripts: dict[str, float]
    spectrum: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """The attributes as plain numbers, lists and one dict; to 4 digits, the spectrum to 6."""
        return _plain(asdict(self)) | {"spectrum": [round(value, 6) for value in self.spectrum]}


@dataclass(frozen=True)
class PairHealth:
    """Two vocabularies side by side.

    Attributes:
        identical_strings: Number of words that are in both vocabularies, as counted by `Lexicon.identical`.
        identical_share: These words in percent of the smaller vocabulary.
        rank_correlation: Spearman's correlation of the frequency ranks in distinct seed pairs: 1 if
            translations are equally frequent, about 0 for wrong pairs. None without a lexicon, with fewer
            than three pairs, or if all pairs have the same word on one side.
    """

    identical_strings: int
    identical_share: float
    rank_correlation: float | None

    def to_dict(self) -> dict[str, Any]:
        """The attributes as plain numbers, to 4 digits; None stays."""
        return _plain(asdict(self))


def space_health(vectors: VectorsLike) -> SpaceHealth:
    """Describe one space: damage, lengths of vectors, how they are spread, and what its words are.

    The figures on the spread of the vectors leave zero rows out and use unit rows. Methods compare words by
    cosine, so the lengths would only blur these figures; `norms` gives the lengths.

    The script of a word is that of most of its letters, or the first of equally frequent ones. It is the
    first word of the letters' Unicode names after compatibility decomposition (LATIN, CYRILLIC, DEVANAGARI,
    CANADIAN, …), and HAN for ideographs. Letters that several scripts share count for the script of the other
    letters; words without letters have "none". Scripts of under 0.05 % of the words are summed as "other",
    which comes last. Cost: O(n d²), memory about three copies of the matrix in float64.

    Args:
        vectors: The words, most frequent first, and their rows; or a file of them.

    Raises:
        InputError: There are only zero rows, or a stored matrix holds NaN or infinite values.

    Examples:
        >>> import numpy as np
        >>> from isolex.diagnosis.health import space_health
        >>> from isolex.vectors import Vectors
        >>> found = space_health(Vectors(["cat", "кот", "1984", "?"], np.diag([1.0, 2.0, 4.0, 0.0])))
        >>> found.zero_rows, found.norms, found.numerals
        (1, (0.0, 1.5, 4.0), 25.0)
        >>> found.scripts
        {'none': 50.0, 'CYRILLIC': 25.0, 'LATIN': 25.0}
    """
    vectors = as_vectors(vectors)
    rows = vectors.tensor()
    kept = rows[rows.any(dim=1)]
    if kept.shape[0] == 0:
        raise InputError("got only zero rows", where=repr(vectors))
    unit = unit_rows(kept)
    values = singular_values(unit)
    alike = torch.diag(values)  # a matrix with the same singular values, to decompose in no time
    norms = torch.linalg.vector_norm(rows, dim=1, dtype=torch.float64).numpy()
    numerals = Lexicon.numerals(vectors, vectors).sources
    return SpaceHealth(
        words=len(vectors),
        dimension=vectors.dimension,
        zero_rows=rows.shape[0] - kept.shape[0],
        duplicate_rows=_repeated(kept),
        norms=(float(norms.min()), float(np.median(norms)), float(norms.max())),
        mean_norm=mean_norm(unit),
        isotropy=isotropy(unit),
        condition_number=condition_number(alike),
        effective_condition_number=effective_condition_number(alike),
        numerals=100 * len(numerals) / len(vectors),
        scripts=_scripts(vectors.words),
        spectrum=tuple((values / math.sqrt(unit.shape[0])).tolist()),
    )


def pair_health(
    source: VectorsLike, target: VectorsLike, pairs: Int[Tensor, "p 2"] | None = None
) -> PairHealth:
    """Count the strings that two vocabularies share, and compare the frequencies of the words in seed pairs.

    Rows must be in order of frequency, because ids are used as ranks. Equal ranks, such as those of a word in
    several pairs, are replaced by their mean. A pair counts once even if it is given several times.
    Cost: O(n + p log p).

    Args:
        source: Source vocabulary, or a file of its vectors.
        target: Target vocabulary, likewise.
        pairs: `[p, 2]` ids into source and target, such as a lexicon's, or None without one.

    Raises:
        InputError: Ids outside the vocabularies.

    Examples:
        >>> import numpy as np, torch
        >>> from isolex.diagnosis.health import pair_health
        >>> from isolex.vectors import Vectors
        >>> source = Vectors(["the", "cat", "radio", "idea"], np.eye(4))
        >>> target = Vectors(["el", "gato", "idea", "radio", "perro"], np.eye(5))
        >>> pair_health(source, target, torch.tensor([[0, 0], [1, 1], [2, 3], [3, 2]])).to_dict()
        {'identical_strings': 2, 'identical_share': 50.0, 'rank_correlation': 0.8}
    """
    source, target = as_vectors(source, what="source"), as_vectors(target, what="target")
    shared = len(Lexicon.identical(source, target))
    return PairHealth(
        identical_strings=shared,
        identical_share=100 * shared / min(len(source), len(target)),
        rank_correlation=None if pairs is None else _rank_correlation(source, target, pairs),
    )


def _repeated(rows: Float[Tensor, "n d"]) -> int:
    """How many rows equal an earlier one."""
    different = (rows + 0.0).numpy()  # adding 0 turns −0, which is another pattern of bits, into 0
    return len(different) - len({row.tobytes() for row in different})


def _scripts(words: Sequence[str]) -> dict[str, float]:
    counts = Counter(_script_of_word(word) for word in words)
    shares = {script: 100 * count / len(words) for script, count in counts.items()}
    named = {script: share for script, share in shares.items() if share >= _NAMED}
    ordered = dict(sorted(named.items(), key=lambda item: (-item[1], item[0])))
    rest = [share for script, share in shares.items() if script not in named]
    return ordered | ({_OTHER: sum(rest)} if rest else {})


def _script_of_word(word: str) -> str:
    scripts = Counter(script for letter in word if (script := _script(letter)) is not None)
    return scripts.most_common(1)[0][0] if scripts else _NO_LETTERS


@cache
def _script(character: str) -> str | None:
    """The script of a letter; None for what is no letter, or is one in several scripts."""
    if not character.isalpha():
        return None
    name = unicodedata.name(unicodedata.normalize("NFKC", character)[0], "").partition(" ")[0]
    return None if name in ("", *_SHARED) else _HAN.get(name, name)


def _rank_correlation(source: Vectors, target: Vectors, pairs: Int[Tensor, "p 2"]) -> float | None:
    if pairs.shape[0] == 0:
        return None
    require_ids((len(source), len(target)), pairs, "pair health")
    distinct = pairs.unique(dim=0)
    return rank_correlation(*distinct.unbind(dim=1)) if distinct.shape[0] >= _FEWEST_PAIRS else None


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    """With numbers rounded to 4 digits, and lists in place of tuples."""
    return {name: _rounded(value) for name, value in attributes.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, tuple):
        return [_rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value
