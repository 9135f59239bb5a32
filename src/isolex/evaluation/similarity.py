"""Word similarity: do the cosines of word pairs agree with human similarity judgements?"""

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
        second: Second word or multiword item.
        gold: Similarity by human judgement.
        cosine: Cosine of the vectors; None if one of the two has no vector.
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
        unknown: Treatment of pairs with an unknown item: `drop` or `midpoint`.
        pairs: All pairs of the set.
        forms: How many words were found in each form: `exact`, `lower`, `title`, `subwords`; and how many are
            `unknown`. Every occurrence of a word counts.
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
        """Number of pairs that the correlations are computed from."""
        return self._gold.size

    @property
    def known(self) -> int:
        """Number of pairs with a vector for both items."""
        return sum(pair.cosine is not None for pair in self.pairs)

    @property
    def coverage(self) -> float:
        """Percent of the pairs with a vector for both items."""
        return 100 * self.known / len(self.pairs)

    @property
    def dropped(self) -> int:
        """Number of unknown pairs that were left out."""
        return len(self.pairs) - self.n

    @property
    def filled(self) -> int:
        """Number of unknown pairs that were given the midpoint."""
        return self.n - self.known

    @property
    def pearson(self) -> float:
        """Pearson's r of gold similarity and cosine; nan if either is the same for all pairs."""
        return self._correlation.pearson

    @property
    def spearman(self) -> float:
        """Spearman's ρ, where equal values get their mean rank; nan if Pearson's r is nan."""
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

    A word is looked up as it is spelt, else in lower case, else in title case; else its vector is made from
    subwords if the vectors have them. If an item of several words is not in the vocabulary as a whole, its
    vector is the mean of the unit vectors of those of its words that have one; if none has, the item is
    unknown. A zero vector counts as no vector.

    Args:
        space: Vectors in their own space or a file of them, or an alignment or the folder of one; for an
            alignment, the cosines are those of the shared space.
        pairs: The set, or a file of it, see `SimilaritySet.read`.
        unknown: Pairs with an unknown item are left out (`drop`), or get the mean cosine of the others
            (`midpoint`). SemEval-2017 gives them the middle of the scale, but cosines have no scale with a
            meaningful middle.
        side: The side of an alignment: `cross` (default; first words are of the source language, second words
            of the target language; `pairs.reversed()` exchanges them), `source` or `target` (both words).

    Returns:
        The correlations, with every pair.

    Raises:
        InputError: An unknown name, a file that is no set, a side with vectors of one language, or no pair
            has two known items.

    Warns:
        IsolexWarning: More than twice as many pairs would be known with first and second words exchanged, or
            with another side.

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
