"""Candidate pairs as flat arrays, and the table of their features; knows no words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from isolex.names import look_up

GROUPS = {
    "alignment": "cosine, CSLS, margins, ranks and shares both ways in each alignment, and their agreement",
    "hubness": "how near both words are to everything, and in how many lists of ten they stand",
    "neighbours": "what the neighbours of both words, and the nearest seed pairs, say of the translation",
    "frequency": "frequency rank of the target word, and how far it is from that of the source word",
    "strings": "n-gram cosine, identical strings, words that both languages have, lengths, digits, case",
    "characters": "likelihood ratio of the learned character correspondences",
    "triangulation": "where two steps through the words of third languages of a space lead, both ways",
}
TRIANGULATION = "triangulation"

_BLOCK = 4_096


@dataclass(frozen=True, eq=False)
class Pairs:
    """Candidates of some source words, the pairs of a word together.

    Attributes:
        rows: Source ids, int64 `[p]`, ascending.
        keys: Target ids, int64 `[p]`, ascending within a row.
    """

    rows: Int[np.ndarray, "p"]
    keys: Int[np.ndarray, "p"]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def union(cls, parts: list[tuple[Int[np.ndarray, "_"], Int[np.ndarray, "_"]]], width: int) -> "Pairs":
        """Every pair of the parts once; `width` is the size of the target vocabulary."""
        codes = np.unique(np.concatenate([rows * width + keys for rows, keys in parts]))
        return cls(codes // width, codes % width)

    @property
    def starts(self) -> Int[np.ndarray, "w"]:
        """Where each word's pairs begin."""
        if len(self) == 0:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(np.r_[True, self.rows[1:] != self.rows[:-1]])

    @property
    def counts(self) -> Int[np.ndarray, "w"]:
        """How many pairs each word has."""
        return np.diff(np.r_[self.starts, len(self)])

    def best(self, values: Float[np.ndarray, "p"]) -> Int[np.ndarray, "w"]:
        """The place of each word's highest value, the first of equal ones."""
        order = np.lexsort((np.arange(len(self)), -values, self.rows))
        best: np.ndarray = order[self.starts]
        return best

    def among(self, gold: Int[np.ndarray, "g 2"], width: int) -> Bool[np.ndarray, "p"]:
        """Whether each pair is one of the given ones."""
        found: np.ndarray = np.isin(self.rows * width + self.keys, gold[:, 0] * width + gold[:, 1])
        return found

    def highest(self, values: Float[np.ndarray, "p"]) -> Float[np.ndarray, "p"]:
        """For each pair the highest value among its word's pairs."""
        if len(self) == 0:
            return values
        return np.repeat(np.maximum.reduceat(values, self.starts), self.counts)


def blocks(count: int) -> Iterator[slice]:
    """Slices such that what is gathered at a time stays in the processor's cache."""
    for start in range(0, count, _BLOCK):
        yield slice(start, min(start + _BLOCK, count))


def products(
    x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], rows: Int[Tensor, "p"], keys: Int[Tensor, "p"]
) -> Float[Tensor, "p"]:
    """The inner product of each row of x with its key of z."""
    made = torch.empty(rows.shape[0], device=x.device)
    for part in blocks(rows.shape[0]):
        made[part] = (x[rows[part]] * z[keys[part]]).sum(dim=1)
    return made


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """One row a pair, one column a feature.

    Attributes:
        names: Of the columns, `group.feature` or `group.alignment.feature`.
        values: float32 `[p, f]`.
    """

    names: tuple[str, ...]
    values: Float[np.ndarray, "p f"]

    @classmethod
    def of(cls, columns: dict[str, np.ndarray], groups: Collection[str]) -> "FeatureTable":
        """The columns of the groups that are wanted."""
        kept = {name: column for name, column in columns.items() if group_of(name) in groups}
        return cls(tuple(kept), np.stack(list(kept.values()), axis=1).astype(np.float32))

    @classmethod
    def stacked(cls, tables: "Sequence[FeatureTable]") -> "FeatureTable":
        """The rows of all of them; the columns are the same."""
        return cls(tables[0].names, np.concatenate([table.values for table in tables]))

    def chosen(self, ids: Int[np.ndarray, "c"]) -> "FeatureTable":
        """Some of the rows."""
        return FeatureTable(self.names, self.values[ids])

    def members(self, group: str) -> Bool[np.ndarray, "f"]:
        """Which columns are of a group."""
        return np.array([group_of(name) == group for name in self.names], dtype=bool)

    def only(self, groups: Collection[str]) -> "FeatureTable":
        """The table of some groups."""
        kept = [group_of(name) in groups for name in self.names]
        return FeatureTable(tuple(np.array(self.names)[kept]), self.values[:, kept])

    def without(self, group: str) -> "FeatureTable":
        """The table of the other groups."""
        return self.only({group_of(name) for name in self.names} - {group})


def group_of(name: str) -> str:
    """The group of a feature."""
    return name.partition(".")[0]


def check_groups(groups: Sequence[str]) -> None:
    """Raise `InputError` for an unknown group."""
    for group in groups:
        look_up(group, GROUPS, "feature group")
