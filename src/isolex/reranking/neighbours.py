"""Neighbourhood consistency: do the neighbours of two words translate each other?"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.normalize import unit_rows
from isolex.reranking.pairs import blocks, products
from isolex.reranking.views import Signals, View
from isolex.retrieval import top_k

_NEIGHBOURS = 10
_SEEDS = 8
_SHARPNESS = 10.0


def own_neighbours(rows: Float[Tensor, "n d"]) -> Int[Tensor, "n k"]:
    """The ten nearest other words of every word in its own space; one pass over all pairs of words."""
    found = top_k(rows, rows, _NEIGHBOURS + 1).indices
    # A word stands first in its own list, but for rows that are the same or zero.
    itself = found == torch.arange(len(rows), device=rows.device)[:, None]
    itself[~itself.any(dim=1), -1] = True
    return found[~itself].view(len(rows), -1)


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Where the neighbours of words say that translations lie, in the space of one view.

    Attributes:
        view: The alignment.
        near_x: Neighbours of every source word.
        near_z: Neighbours of every target word.
        expected: Mean of the best answers to each source word's neighbours, `[n, d]`.
        expected_back: The same from the target side, `[m, d]`.
        moved: Source rows, moved as the nearest seed words are from their translations, `[n, d]`.
        moved_back: The same for target rows.
    """

    view: View
    near_x: Int[Tensor, "n k"]
    near_z: Int[Tensor, "m k"]
    expected: Float[Tensor, "n d"]
    expected_back: Float[Tensor, "m d"]
    moved: Float[Tensor, "n d"]
    moved_back: Float[Tensor, "m d"]

    @classmethod
    def of(
        cls, view: View, near_x: Int[Tensor, "n k"], near_z: Int[Tensor, "m k"], pairs: Int[Tensor, "s 2"]
    ) -> "Neighbourhoods":
        """Average over neighbours, and over the nearest of the seed pairs."""
        seeds_x, seeds_z = view.x[pairs[:, 0]], view.z[pairs[:, 1]]
        return cls(
            view,
            near_x,
            near_z,
            _mean_rows(view.z, view.there.indices[:, 0][near_x]),
            _mean_rows(view.x, view.back.indices[:, 0][near_z]),
            _moved(view.x, seeds_x, seeds_z),
            _moved(view.z, seeds_z, seeds_x),
        )

    def signals(self, rows: Int[Tensor, "p"], keys: Int[Tensor, "p"]) -> Signals:
        """The features of pairs, by name."""
        x, z = self.view.x, self.view.z
        return {
            "expected": products(self.expected, z, rows, keys),
            "expected_back": products(x, self.expected_back, rows, keys),
            "expected_both": products(self.expected, self.expected_back, rows, keys),
            "shared": self._shared(rows, keys),
            "moved": products(self.moved, z, rows, keys),
            "moved_back": products(x, self.moved_back, rows, keys),
        }

    def _shared(self, rows: Int[Tensor, "p"], keys: Int[Tensor, "p"]) -> Float[Tensor, "p"]:
        """How many neighbours of the source word have their best answer among those of the target word."""
        answers = self.view.there.indices[:, 0][self.near_x]
        made = torch.empty(rows.shape[0], device=rows.device)
        for part in blocks(rows.shape[0]):
            same = answers[rows[part]][:, :, None] == self.near_z[keys[part]][:, None, :]
            made[part] = same.any(dim=2).sum(dim=1).float()
        return made


def _mean_rows(values: Float[Tensor, "m d"], ids: Int[Tensor, "n k"]) -> Float[Tensor, "n d"]:
    return unit_rows(torch.nn.functional.embedding_bag(ids, values, mode="mean"))


def _moved(
    rows: Float[Tensor, "n d"], seeds: Float[Tensor, "s d"], translations: Float[Tensor, "s d"]
) -> Float[Tensor, "n d"]:
    """Each row plus the mean way from its nearest seed words to their translations: a local correction."""
    near = top_k(rows, seeds, _SEEDS)
    weights = torch.softmax(_SHARPNESS * near.scores, dim=1)
    way = torch.nn.functional.embedding_bag(
        near.indices, translations - seeds, mode="sum", per_sample_weights=weights
    )
    return unit_rows(rows + way)
