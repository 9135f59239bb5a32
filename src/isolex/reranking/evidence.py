"""Two spaces made ready, and what is fitted to some seed pairs: candidates and features for any words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from isolex.mapping import Known, Mapping, Problem, Solver
from isolex.reranking.features import TRIANGULATION, FeatureTable, Pairs
from isolex.reranking.settings import ALIGNMENTS, RerankSettings
from isolex.reranking.strings import Spelling, StringIndex, Transducer, decoded, look_alikes
from isolex.reranking.triangulation import Surroundings, Triangles
from isolex.reranking.views import Neighbourhoods, Signals, View, own_neighbours
from isolex.text.latin import latin_forms

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BothSides: TypeAlias = tuple[Float[Tensor, "n d"], Float[Tensor, "m e"]]

# Of the lists both ways; ranks farther down count alike.
_DEPTH = 30
# Pairs that character correspondences are learned from: more would teach little, and each takes memory.
_MOST_SPELT = 20_000
_PRIOR_STRENGTH = 20.0
_NO_PAIRS = np.empty((0, 2), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class WordForms:
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
    def of(cls, words: Sequence[str], others: Sequence[str]) -> "WordForms":
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
class PreparedSpaces:
    """Two vocabularies made ready for reranking: what does not depend on seed pairs, computed once.

    Attributes:
        rows: Normalised source rows and target rows.
        source: Source strings.
        target: Target strings.
        by_ngrams: The same made of character n-grams, where there are n-gram vectors of either language.
        others: Third languages, where the two are a pair of a space.
    """

    rows: BothSides
    source: WordForms
    target: WordForms
    by_ngrams: BothSides | None = None
    others: Surroundings | None = None

    @classmethod
    def of(
        cls,
        rows: BothSides,
        source: Sequence[str],
        target: Sequence[str],
        by_ngrams: BothSides | None = None,
        others: Surroundings | None = None,
    ) -> "PreparedSpaces":
        """Of normalised rows and their words."""
        return cls(rows, WordForms.of(source, target), WordForms.of(target, source), by_ngrams, others)

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


@dataclass(frozen=True, eq=False)
class PairEvidence:
    """Views, neighbourhoods and character correspondences.

    Attributes:
        spaces: Both vocabularies.
        views: The alignments, the first one also for the neighbourhoods.
        neighbourhoods: Of the first view.
        model: Character correspondences.
        settings: How many candidates, which groups.
        triangles: What third languages say, where the two are a pair of a space.
    """

    spaces: PreparedSpaces
    views: tuple[View, ...]
    neighbourhoods: Neighbourhoods
    model: Transducer
    settings: RerankSettings
    triangles: Triangles | None = None

    @classmethod
    def of(
        cls,
        spaces: PreparedSpaces,
        solvers: "ViewSolvers",
        pairs: Int[Tensor, "s 2"],
        settings: RerankSettings,
        *,
        unseen: Int[np.ndarray, "u 2"] = _NO_PAIRS,
    ) -> "PairEvidence":
        """Fit everything to some pairs, but the views that are there already.

        Args:
            spaces: Both vocabularies.
            solvers: What views are made by.
            pairs: Pairs to fit to.
            settings: How many candidates, which groups.
            unseen: Pairs of words that third languages must not know, either.
        """
        views = list(solvers.fitted(spaces.rows, pairs, settings))
        if spaces.by_ngrams is not None:
            ngrams = solvers.base.solve(Problem(*spaces.by_ngrams, pairs))
            views.append(view_of("n-grams", ngrams, spaces.by_ngrams, settings))
        triangles = None if spaces.others is None else spaces.others.without(unseen)
        if triangles is not None:
            views.append(view_of("space", triangles.maps, spaces.rows, settings))
        ids = pairs.numpy()[:: -(-len(pairs) // _MOST_SPELT)]
        model = Transducer.fit(
            spaces.source.spelling.chosen(ids[:, 0]), spaces.target.spelling.chosen(ids[:, 1]), spaces.prior
        )
        near = Neighbourhoods.of(views[0], spaces.near_x, spaces.near_z, pairs)
        return cls(spaces, (*views, *solvers.fixed), near, model, settings, triangles)

    def candidates(self, rows: Int[np.ndarray, "r"]) -> Pairs:
        """The union of every view's best both ways, the nearest strings, and what third languages lead to."""
        settings, spaces = self.settings, self.spaces
        parts: list[tuple[np.ndarray, np.ndarray]] = []
        for view in self.views:
            parts += view.proposed(
                rows, best=settings.candidates, softmax=settings.softmax, backward=settings.backward
            )
        forms = decoded(spaces.source.spelling.chosen(rows), spaces.target.spelling, self.model)
        for queries in (spaces.queries[rows], spaces.strings.vectors(latin_forms(forms))):
            places, keys = spaces.strings.nearest(queries, settings.strings)
            parts.append((rows[places], keys))
        if self.triangles is not None:
            parts.append(self.triangles.proposed(rows, settings.triangulated))
        return Pairs.union(parts, len(spaces.target.words))

    def table(self, pairs: Pairs) -> FeatureTable:
        """The features of pairs."""
        rows, keys = torch.from_numpy(pairs.rows), torch.from_numpy(pairs.keys)
        signals = {view.name: view.signals(rows, keys) for view in self.views}
        columns = _named("alignment", signals) | _agreement(signals)
        columns |= _named("hubness", {view.name: view.hubness(rows, keys) for view in self.views})
        columns |= _named("neighbours", {self.views[0].name: self.neighbourhoods.signals(rows, keys)})
        columns |= frequency(pairs) | by_sight(self.spaces, pairs) | self._characters(pairs)
        if self.triangles is not None:
            columns |= {f"{TRIANGULATION}.{name}": v for name, v in self.triangles.signals(pairs).items()}
        return FeatureTable.of(columns, self.settings.groups)

    def _characters(self, pairs: Pairs) -> dict[str, np.ndarray]:
        source = self.spaces.source.spelling.chosen(pairs.rows)
        target = self.spaces.target.spelling.chosen(pairs.keys)
        ratios = self.model.ratios(source, target)
        return {
            "characters.ratio": ratios,
            "characters.ratio_a_character": ratios / np.maximum(source.lengths, target.lengths),
            "characters.ratio_behind": pairs.highest(ratios) - ratios,
        }


@dataclass(frozen=True, eq=False)
class ViewSolvers:
    """What the views of a pair of languages are made by.

    Attributes:
        base: The closed form that others go on from.
        own: The solver of the alignment that is reranked, where it is none of those; None for none.
        fixed: Views that are there already, and owe seed pairs nothing, or their beginning only, so that
            they serve all parts of cross-fitting.
    """

    base: Solver
    own: Solver | None = None
    fixed: tuple[View, ...] = ()

    def fitted(self, rows: BothSides, pairs: Int[Tensor, "s 2"], settings: RerankSettings) -> Iterator[View]:
        """The views of some pairs."""
        problem = Problem(*rows, pairs)
        known = Known(self.base.solve(problem))
        for number, name in enumerate(settings.alignments):
            solver = ALIGNMENTS[name](self.base, known, settings.seed)
            # The others' lists by inverted softmax would hold little that these do not.
            yield view_of(name, solver.solve(problem), rows, settings, softmax=number == 0)
        if self.own is not None:
            yield view_of("own", self.own.solve(problem), rows, settings)


def view_of(
    name: str, mapping: Mapping, rows: BothSides, settings: RerankSettings, *, softmax: bool = False
) -> View:
    """The view of an alignment, which also proposes candidates by inverted softmax, or does not."""
    x, z = mapping.apply(*rows)
    backward = settings.backward
    return View.of(
        name,
        x,
        z,
        depth=max(_DEPTH, settings.candidates, backward),
        softmax=max(settings.softmax, backward) if softmax else 0,
    )


def _named(group: str, signals: dict[str, Signals]) -> dict[str, np.ndarray]:
    return {
        f"{group}.{view}.{name}": values.numpy()
        for view, found in signals.items()
        for name, values in found.items()
    }


def _agreement(signals: dict[str, Signals]) -> dict[str, np.ndarray]:
    """In how many views a pair is first, and first both ways; its mean reciprocal rank both ways."""
    there = torch.stack([found["rank"] for found in signals.values()])
    back = torch.stack([found["rank_back"] for found in signals.values()])
    reciprocal: Tensor = (1 / (1 + there) + 1 / (1 + back)).mean(dim=0) / 2
    return {
        "alignment.firsts": (there == 0).sum(dim=0).numpy(),
        "alignment.mutual_firsts": ((there == 0) & (back == 0)).sum(dim=0).numpy(),
        "alignment.reciprocal_rank": reciprocal.numpy(),
    }


def frequency(pairs: Pairs) -> dict[str, np.ndarray]:
    """Ranks by frequency. That of the source word alone is left out: test words are rarer than seed words."""
    source, target = np.log1p(pairs.rows), np.log1p(pairs.keys)
    return {"frequency.target": target, "frequency.difference": target - source}


def by_sight(spaces: PreparedSpaces, pairs: Pairs) -> dict[str, np.ndarray]:
    """What one sees of two strings without knowing the languages."""
    source, target, rows, keys = spaces.source, spaces.target, pairs.rows, pairs.keys
    cosine = spaces.strings.cosines(spaces.queries, rows, keys)
    lengths, key_lengths = source.lengths[rows], target.lengths[keys]
    # A string that is also a word of the other language, there more or less frequent, is no mere name.
    same_string, own_word = source.elsewhere[rows], target.elsewhere[keys]
    return {
        "strings.ngrams": cosine,
        "strings.ngrams_behind": pairs.highest(cosine) - cosine,
        "strings.identical": same_string == keys,
        "strings.source_elsewhere": same_string >= 0,
        "strings.target_elsewhere": np.where(own_word >= 0, np.log1p(own_word.clip(0)), -1),
        "strings.length": lengths,
        "strings.target_length": key_lengths,
        "strings.length_ratio": (lengths - key_lengths) / (lengths + key_lengths),
        "strings.same_digits": source.digits[rows] == target.digits[keys],
        "strings.same_case": source.upper[rows] == target.upper[keys],
    }
