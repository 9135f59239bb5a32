"""What one alignment says of a pair: scores and ranks both ways, hubness, and whether neighbours agree."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.normalize import unit_rows
from isolex.reranking.features import blocks, products
from isolex.retrieval import CSLS, TopK, log_sum_exp, top_k, top_k_both

# Of the softmax that turns a list of CSLS scores into shares.
_SHARPNESS = 20.0
_HUB_LIST = 10
# Of the inverted softmax, and how many words its sums run over.
_TEMPERATURE = 30.0
_SAMPLE = 2_000
# Scores of a pair and of a list come from different products.
_ROUNDING = 1e-5
# Neighbours of a word in its own space; the seed words nearest to it, and of the softmax that weighs them.
_NEIGHBOURS = 10
_SEEDS = 8
_SEED_SHARPNESS = 10.0

Signals = dict[str, Float[Tensor, "p"]]


@dataclass(frozen=True, eq=False)
class View:
    """One alignment: both vocabularies mapped, with the best candidates of every word both ways.

    Attributes:
        name: Of the alignment.
        x: Mapped source rows of unit length, `[n, d]`.
        z: Mapped target rows, `[m, d]`.
        r_x: r_T of every source word, `[n]`.
        r_z: r_S of every target word, `[m]`.
        there: The best targets of every source word by CSLS.
        back: The best sources of every target word.
        softmax: The same two by inverted softmax; None where that was not asked for.
    """

    name: str
    x: Float[Tensor, "n d"]
    z: Float[Tensor, "m d"]
    r_x: Float[Tensor, "n"]
    r_z: Float[Tensor, "m"]
    there: TopK
    back: TopK
    softmax: tuple[TopK, TopK] | None

    @classmethod
    def of(
        cls, name: str, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], *, depth: int, softmax: int
    ) -> "View":
        """Search both ways; two passes over all pairs of words, and one for inverted softmax.

        Args:
            name: Of the alignment.
            x: Mapped source rows of unit length.
            z: Mapped target rows of unit length.
            depth: How many candidates of each word are kept by CSLS.
            softmax: How many by inverted softmax; 0 for none.
        """
        criterion = CSLS()
        near = criterion.neighbourhoods(x, z)
        by_softmax = _inverted_softmax(x, z, softmax) if softmax else None
        return cls(name, x, z, *near, *criterion.both_with(x, z, depth, near), by_softmax)

    def proposed(
        self, rows: Int[np.ndarray, "r"], *, best: int, softmax: int, backward: int
    ) -> Iterator[tuple[Int[np.ndarray, "p"], Int[np.ndarray, "p"]]]:
        """Candidates of source words as pairs: their own best, and the targets that have them among theirs.

        Args:
            rows: Source ids.
            best: How many targets of each word by CSLS.
            softmax: How many by inverted softmax.
            backward: How many sources of each target, by either.
        """
        lists = [((self.there, self.back), best)]
        if self.softmax is not None:
            lists.append((self.softmax, softmax))
        for (there, back), count in lists:
            keys = there.indices[rows, :count].numpy()
            yield np.repeat(rows, keys.shape[1]), keys.ravel()
            yield _asking(back, rows, backward)

    def signals(self, rows: Int[Tensor, "p"], keys: Int[Tensor, "p"]) -> Signals:
        """The features of pairs, by name; ranks count from 0 and end at the depth of the lists."""
        cosine = products(self.x, self.z, rows, keys)
        csls = 2 * cosine - self.r_x[rows] - self.r_z[keys]
        return {
            "cosine": cosine,
            "csls": csls,
            "margin": csls - _best_other(self.there, rows, keys),
            "margin_back": csls - _best_other(self.back, keys, rows),
            "rank": _rank(self.there, rows, csls),
            "rank_back": _rank(self.back, keys, csls),
            "share": _share(self.there, rows, csls),
            "share_back": _share(self.back, keys, csls),
        }

    def hubness(self, rows: Int[Tensor, "p"], keys: Int[Tensor, "p"]) -> Signals:
        """How near the words of pairs are to everything, and how many lists of ten they are in."""
        in_lists = _occurrences(self.there, self.z.shape[0])
        in_lists_back = _occurrences(self.back, self.x.shape[0])
        return {
            "target_mean": self.r_z[keys],
            "target_lists": in_lists[keys].log1p(),
            "source_lists": in_lists_back[rows].log1p(),
        }


def _asking(
    back: TopK, rows: Int[np.ndarray, "r"], count: int
) -> tuple[Int[np.ndarray, "p"], Int[np.ndarray, "p"]]:
    """The targets that have one of the rows among their best sources, as pairs."""
    sources = back.indices[:, :count].numpy()
    places, columns = np.nonzero(np.isin(sources, rows))
    return sources[places, columns], places


def _inverted_softmax(x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], k: int) -> tuple[TopK, TopK]:
    """The best k both ways by inverted softmax, its sums over a sample of the words (Smith et al. 2017)."""
    r_x = log_sum_exp(x, _sample(z), scale=_TEMPERATURE)
    r_z = log_sum_exp(z, _sample(x), scale=_TEMPERATURE)
    return top_k_both(x, z, k, scale=_TEMPERATURE, x_bias=-r_x, z_bias=-r_z)


def _sample(rows: Float[Tensor, "n d"]) -> Float[Tensor, "s d"]:
    """Words of all frequencies."""
    return rows[:: max(1, len(rows) // _SAMPLE)]


def _best_other(lists: TopK, asked: Int[Tensor, "p"], answers: Int[Tensor, "p"]) -> Float[Tensor, "p"]:
    """The best score of each word with anything but the answer itself; its own where there is no other."""
    second = min(1, lists.scores.shape[1] - 1)
    first = lists.indices[asked, 0] == answers
    return torch.where(first, lists.scores[asked, second], lists.scores[asked, 0])


def _rank(lists: TopK, asked: Int[Tensor, "p"], scores: Float[Tensor, "p"]) -> Float[Tensor, "p"]:
    return (lists.scores[asked] > scores[:, None] + _ROUNDING).sum(dim=1).float()


def shares(scores: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    """What part of the softmax of its list each score has."""
    return torch.softmax(_SHARPNESS * scores, dim=1)


def _share(lists: TopK, asked: Int[Tensor, "p"], scores: Float[Tensor, "p"]) -> Float[Tensor, "p"]:
    return torch.exp(_SHARPNESS * scores - torch.logsumexp(_SHARPNESS * lists.scores, dim=1)[asked])


def _occurrences(lists: TopK, size: int) -> Float[Tensor, "s"]:
    return torch.bincount(lists.indices[:, :_HUB_LIST].flatten(), minlength=size).float()


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
    weights = torch.softmax(_SEED_SHARPNESS * near.scores, dim=1)
    way = torch.nn.functional.embedding_bag(
        near.indices, translations - seeds, mode="sum", per_sample_weights=weights
    )
    return unit_rows(rows + way)
