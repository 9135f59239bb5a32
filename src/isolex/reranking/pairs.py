"""Candidate pairs as flat arrays, and sums over the pairs of one word. Knows no words."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

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
        counts = np.diff(np.r_[self.starts, len(self)])
        return np.repeat(np.maximum.reduceat(values, self.starts), counts)


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
