"""Everything that is fitted from some seed pairs: candidates and features for any source words."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from isolex.mapping import Mapping, Problem, Solver, VecMap
from isolex.reranking.features import FeatureTable, by_sight, frequency
from isolex.reranking.neighbours import Neighbourhoods
from isolex.reranking.pairs import Pairs
from isolex.reranking.settings import ALIGNMENTS, RerankSettings
from isolex.reranking.spaces import BothSides, Spaces
from isolex.reranking.strings import decoded, latin_forms
from isolex.reranking.transducer import Transducer
from isolex.reranking.views import Signals, View

# Of the lists both ways; ranks farther down count alike.
_DEPTH = 30
# Pairs that character correspondences are learned from: more would teach little, and each takes memory.
_MOST_SPELT = 20_000


@dataclass(frozen=True, eq=False)
class Evidence:
    """Views, neighbourhoods and character correspondences.

    Attributes:
        spaces: Both vocabularies.
        views: The alignments, the first one also for the neighbourhoods.
        neighbourhoods: Of the first view.
        model: Character correspondences.
        settings: How many candidates, which groups.
    """

    spaces: Spaces
    views: tuple[View, ...]
    neighbourhoods: Neighbourhoods
    model: Transducer
    settings: RerankSettings

    @classmethod
    def of(
        cls, spaces: Spaces, fixed: View, pairs: Int[Tensor, "s 2"], settings: RerankSettings
    ) -> "Evidence":
        """Fit everything to some pairs, but a view that is there already."""
        views = [
            _fitted(name, ALIGNMENTS[name](settings.seed), spaces.rows, pairs, settings)
            for name in settings.alignments
        ]
        if spaces.by_ngrams is not None:
            views.append(_fitted("n-grams", VecMap(), spaces.by_ngrams, pairs, settings))
        ids = pairs.numpy()[:: -(-len(pairs) // _MOST_SPELT)]
        model = Transducer.fit(
            spaces.source.spelling.chosen(ids[:, 0]), spaces.target.spelling.chosen(ids[:, 1]), spaces.prior
        )
        near = Neighbourhoods.of(views[0], spaces.near_x, spaces.near_z, pairs)
        return cls(spaces, (*views, fixed), near, model, settings)

    def candidates(self, rows: Int[np.ndarray, "r"]) -> Pairs:
        """The union of every view's best both ways and of the nearest strings, by sight and decoded."""
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
        return Pairs.union(parts, len(spaces.target.words))

    def table(self, pairs: Pairs) -> FeatureTable:
        """The features of pairs."""
        rows, keys = torch.from_numpy(pairs.rows), torch.from_numpy(pairs.keys)
        signals = {view.name: view.signals(rows, keys) for view in self.views}
        columns = _named("alignment", signals) | _agreement(signals)
        columns |= _named("hubness", {view.name: view.hubness(rows, keys) for view in self.views})
        columns |= _named("neighbours", {self.views[0].name: self.neighbourhoods.signals(rows, keys)})
        columns |= frequency(pairs) | by_sight(self.spaces, pairs) | self._characters(pairs)
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


def _fitted(
    name: str, solver: Solver, rows: BothSides, pairs: Int[Tensor, "s 2"], settings: RerankSettings
) -> View:
    """The view of a solver's alignment from some pairs."""
    return view_of(name, solver.solve(Problem(*rows, pairs)), rows, settings)


def view_of(name: str, mapping: Mapping, rows: BothSides, settings: RerankSettings) -> View:
    """The view of an alignment of both vocabularies."""
    x, z = mapping.apply(*rows)
    backward = settings.backward
    return View.of(
        name,
        x,
        z,
        depth=max(_DEPTH, settings.candidates, backward),
        softmax=max(settings.softmax, backward),
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
