"""What one alignment says of a pair: scores, margins and ranks both ways, and the hubness of its words."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.reranking.pairs import products
from isolex.retrieval import CSLS, TopK

# Of the softmax that turns a list of CSLS scores into shares.
_SHARPNESS = 20.0
_HUB_LIST = 10
# Scores of a pair and of a list come from different products.
_ROUNDING = 1e-5

Signals = dict[str, Float[Tensor, "p"]]


@dataclass(frozen=True, eq=False)
class View:
    """One alignment: both vocabularies mapped, with the best candidates of every word both ways by CSLS.

    Attributes:
        name: Of the alignment.
        x: Mapped source rows of unit length, `[n, d]`.
        z: Mapped target rows, `[m, d]`.
        r_x: r_T of every source word, `[n]`.
        r_z: r_S of every target word, `[m]`.
        there: The best targets of every source word.
        back: The best sources of every target word.
    """

    name: str
    x: Float[Tensor, "n d"]
    z: Float[Tensor, "m d"]
    r_x: Float[Tensor, "n"]
    r_z: Float[Tensor, "m"]
    there: TopK
    back: TopK

    @classmethod
    def of(cls, name: str, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], *, depth: int) -> "View":
        """Search both ways; two passes over all pairs of words.

        Args:
            name: Of the alignment.
            x: Mapped source rows of unit length.
            z: Mapped target rows of unit length.
            depth: How many candidates of each word are kept.
        """
        criterion = CSLS()
        near = criterion.neighbourhoods(x, z)
        return cls(name, x, z, *near, *criterion.both_with(x, z, depth, near))

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


def _best_other(lists: TopK, asked: Int[Tensor, "p"], answers: Int[Tensor, "p"]) -> Float[Tensor, "p"]:
    """The best score of each word with anything but the answer itself; its own where there is no other."""
    second = min(1, lists.scores.shape[1] - 1)
    first = lists.indices[asked, 0] == answers
    return torch.where(first, lists.scores[asked, second], lists.scores[asked, 0])


def _rank(lists: TopK, asked: Int[Tensor, "p"], scores: Float[Tensor, "p"]) -> Float[Tensor, "p"]:
    return (lists.scores[asked] > scores[:, None] + _ROUNDING).sum(dim=1).float()


def _share(lists: TopK, asked: Int[Tensor, "p"], scores: Float[Tensor, "p"]) -> Float[Tensor, "p"]:
    return torch.exp(_SHARPNESS * scores - torch.logsumexp(_SHARPNESS * lists.scores, dim=1)[asked])


def _occurrences(lists: TopK, size: int) -> Float[Tensor, "s"]:
    return torch.bincount(lists.indices[:, :_HUB_LIST].flatten(), minlength=size).float()
