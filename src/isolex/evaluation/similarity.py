"""Word similarity: does the cosine of two words agree with what people say of them?"""

import math
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from isolex.alignment import VectorSpaceLike, as_vector_space
from isolex.choices import UNKNOWN, EvaluatedSide, Unknown
from isolex.errors import InputError, IsolexWarning
from isolex.evaluation.correlation import Correlation, correlate, harmonic_mean_interval
from isolex.evaluation.metrics import rounded
from isolex.evaluation.set_files import as_set
from isolex.evaluation.similarity_sets import SimilaritySet
from isolex.evaluation.words import FORMS, Vocabularies, vocabularies_of
from isolex.names import look_up

# Cosines are made of float64 rows; what differs farther back is rounding, and must not break a tie.
_DECIMALS = 12


@dataclass(frozen=True)
class ScoredPair:
    """One pair of a set.

    Attributes:
        first: First word or multiword item.
        second: Second one.
        gold: What people say.
        cosine: What the vectors say; None if one of the two has no vector.
    """

    first: str
    second: str
    gold: float
    cosine: float | None


@dataclass(frozen=True)
class SimilarityResult:
    """How well one space agrees with one set. Correlations are from −1 to 1, coverage is in percent.

    Attributes:
        name: Name of the set.
        side: `cross`, `source` or `target` of an alignment; None for vectors in their own space.
        unknown: What became of pairs with an unknown item: `drop` or `midpoint`.
        pairs: All pairs of the set.
        forms: How the words were looked up with success, one count an occurrence: `exact`, `lower`, `title`,
            `subwords`; and `unknown`.
    """

    name: str
    side: EvaluatedSide | None
    unknown: Unknown
    pairs: tuple[ScoredPair, ...] = field(repr=False)
    forms: Mapping[str, int]

    def __repr__(self) -> str:
        return (
            f"<SimilarityResult: {self.name}, ρ {self.spearman:.3f}, {self.n:,} of {len(self.pairs):,} pairs>"
        )

    @property
    def n(self) -> int:
        """Pairs that the correlations are over."""
        return self._gold.size

    @property
    def known(self) -> int:
        """Pairs with a vector for both items."""
        return sum(pair.cosine is not None for pair in self.pairs)

    @property
    def coverage(self) -> float:
        """Percent of the pairs with a vector for both items."""
        return 100 * self.known / len(self.pairs)

    @property
    def dropped(self) -> int:
        """Unknown pairs left out."""
        return len(self.pairs) - self.n

    @property
    def filled(self) -> int:
        """Unknown pairs that were given the midpoint."""
        return self.n - self.known

    @property
    def pearson(self) -> float:
        """Pearson's r of gold similarity and cosine; nan where either is the same for all pairs."""
        return self._correlation.pearson

    @property
    def spearman(self) -> float:
        """Spearman's ρ, equal values having their mean rank; nan where Pearson's r is."""
        return self._correlation.spearman

    @property
    def harmonic_mean(self) -> float:
        """2rρ / (r + ρ), SemEval-2017's main score; 0 unless both are above 0, nan if either is nan."""
        return self._correlation.harmonic_mean

    @cached_property
    def interval(self) -> tuple[float, float]:
        """95 % bootstrap interval of the harmonic mean, pairs resampled."""
        return harmonic_mean_interval(self._gold, self._predicted)

    def to_dict(self) -> dict[str, Any]:
        """Every figure as plain JSON values, undefined ones as null."""
        return {
            "set": self.name,
            "side": self.side,
            "unknown": self.unknown,
            "pearson": rounded(self.pearson, 6),
            "spearman": rounded(self.spearman, 6),
            "harmonic_mean": rounded(self.harmonic_mean, 6),
            "interval": [rounded(end, 6) for end in self.interval],
            "n": self.n,
            "pairs": len(self.pairs),
            "coverage": round(self.coverage, 2),
            "dropped": self.dropped,
            "filled": self.filled,
            "forms": dict(self.forms),
        }

    @cached_property
    def _scored(self) -> list[ScoredPair]:
        return [pair for pair in self.pairs if pair.cosine is not None or self.unknown == "midpoint"]

    @cached_property
    def _gold(self) -> Float64[np.ndarray, "n"]:
        return np.array([pair.gold for pair in self._scored], dtype=np.float64)

    @cached_property
    def _predicted(self) -> Float64[np.ndarray, "n"]:
        known = [pair.cosine for pair in self.pairs if pair.cosine is not None]
        midpoint = math.fsum(known) / max(len(known), 1)
        return np.array([midpoint if pair.cosine is None else pair.cosine for pair in self._scored])

    @cached_property
    def _correlation(self) -> Correlation:
        return correlate(self._gold, self._predicted)


def evaluate_similarity(
    space: VectorSpaceLike,
    pairs: SimilaritySet | str | Path,
    *,
    unknown: Unknown = "drop",
    side: EvaluatedSide | None = None,
) -> SimilarityResult:
    """Correlate the cosines of word pairs with gold similarities, within a language or across two.

    A word is looked up as it is spelt, else lower-cased, else title-cased, else made from subwords where the
    vectors have them. An item that is not in the vocabulary as a whole is the mean of the unit vectors of
    its words (what blanks part) that have one; it is unknown if none has. Zero vectors are none.

    Args:
        space: Vectors in their own space, or an alignment, in whose shared space the cosines are; or the file
            of the ones or the folder of the other.
        pairs: The set, or a file of it, see `SimilaritySet.read`.
        unknown: Pairs with an unknown item are left out (`drop`), or given the mean cosine of the others
            (`midpoint`): cosines have no scale whose middle would mean "neither", which SemEval-2017 gives.
        side: Of an alignment: `cross` (default; first words are of the source language, second ones of the
            target language; `pairs.reversed()` turns a set round), `source` or `target` (both words).

    Returns:
        The correlations, with every pair.

    Raises:
        InputError: An unknown name, a file that is no set, a side with vectors of one language, or not one
            pair with two known items.

    Warns:
        IsolexWarning: More than twice as many pairs would be known the other way round, or on one side.

    References:
        J. Camacho-Collados, M. T. Pilehvar, N. Collier, R. Navigli (2017), SemEval-2017 Task 2.

    Examples:
        >>> import isolex
        >>> from isolex.evaluation import SimilaritySet, evaluate_similarity
        >>> en, es, train, test = isolex.sample()
        >>> pairs = [("cat", "dog", 3.0), ("house", "home", 3.5), ("cat", "money", 0.2), ("tea", "war", 0.0)]
        >>> result = evaluate_similarity(en, SimilaritySet(pairs))
        >>> result.n, result.coverage, result.spearman > 0.5
        (4, 100.0, True)
    """
    look_up(unknown, dict.fromkeys(UNKNOWN), "way to treat unknown words")
    vocabularies = vocabularies_of(as_vector_space(space), side)
    given = as_set(pairs, SimilaritySet)
    scored, forms = _scored_pairs(given, vocabularies)
    result = SimilarityResult(
        given.name, vocabularies.side, unknown, scored, {form: forms[form] for form in FORMS}
    )
    _check_known(result, vocabularies)
    return result


def _scored_pairs(
    pairs: SimilaritySet, vocabularies: Vocabularies
) -> tuple[tuple[ScoredPair, ...], Counter[str]]:
    x, first_forms = vocabularies.first.items([first for first, _, _ in pairs])
    z, second_forms = vocabularies.second.items([second for _, second, _ in pairs])
    cosines = np.round((x * z).sum(axis=1), _DECIMALS).tolist()
    known = [bool(first.any() and second.any()) for first, second in zip(x, z, strict=True)]
    scored = tuple(
        ScoredPair(*pair, cosine if both else None)
        for pair, cosine, both in zip(pairs, cosines, known, strict=True)
    )
    return scored, first_forms + second_forms


def _check_known(result: SimilarityResult, vocabularies: Vocabularies) -> None:
    """Complain of a set that does not fit: no pair is known, or far more would be in other languages."""
    say = f"{result.known:,} of {len(result.pairs):,} pairs are known"
    better = _better_way(result, vocabularies) if result.coverage < 50 else None
    if better is not None:
        say += f"; {better}"
    if result.known == 0:
        raise InputError(say, where=result.name, fix="check the languages, and the side of the alignment")
    if better is not None:
        warnings.warn(f"{result.name}: {say}", IsolexWarning, stacklevel=3)


def _better_way(result: SimilarityResult, vocabularies: Vocabularies) -> str | None:
    """In which languages of the alignment more than twice as many pairs are known, if in any."""
    first, second = vocabularies.first, vocabularies.second
    ways = {
        "if they are turned round (--reverse, or pairs.reversed())": (second, first),
        "with the side 'source'": (first, first),
        "with the side 'target'": (second, second),
    }
    known = {
        way: sum(x.knows(pair.first) and z.knows(pair.second) for pair in result.pairs)
        for way, (x, z) in ways.items()
    }
    best = max(known, key=lambda way: known[way])
    return f"{known[best]:,} would be {best}" if known[best] > 2 * result.known else None
