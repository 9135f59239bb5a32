"""Scores of all pairs of two vocabularies, computed only in tiles, and the plain search.

On a processor the score of a pair is that of `Scores.at`, which always adds up the products of the pair in
the same order. Results therefore do not depend on how the work is divided into tiles, threads or shards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import ModuleType

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.progress import track

MAX_TILE_COLUMNS = 65_536


@dataclass(frozen=True, eq=False)
class TopK:
    """The best keys of each query, best first; equal scores stand in the order of their key ids.

    Attributes:
        indices: int64 `[n, k]`, row ids of the keys.
        scores: float32 `[n, k]`, higher is better.
    """

    indices: Int[Tensor, "n k"]
    scores: Float[Tensor, "n k"]


@dataclass(frozen=True, eq=False)
class Scores:
    """`scale * <x_i, z_j> + x_bias[i] + z_bias[j]` for every i and j.

    Attributes:
        x: `[n, d]` float32, the queries.
        z: `[m, d]` float32, the keys.
        scale: Factor of the inner product.
        x_bias: `[n]` addends or None.
        z_bias: `[m]` addends or None.
    """

    x: Float[Tensor, "n d"]
    z: Float[Tensor, "m d"]
    scale: float = 1.0
    x_bias: Float[Tensor, "n"] | None = None
    z_bias: Float[Tensor, "m"] | None = None

    def __post_init__(self) -> None:
        # The order of adding up depends on how rows lie in memory.
        for side in ("x", "z"):
            object.__setattr__(self, side, getattr(self, side).contiguous())

    @property
    def turned(self) -> "Scores":
        """The same scores with z as queries and x as keys."""
        return Scores(self.z, self.x, self.scale, self.z_bias, self.x_bias)

    def asked_by(self, rows: Int[Tensor, "r"]) -> "Scores":
        """The same scores for some of the queries."""
        x_bias = None if self.x_bias is None else self.x_bias[rows]
        return Scores(self.x[rows], self.z, self.scale, x_bias, self.z_bias)

    def tile(self, rows: slice, columns: slice, out: Tensor | None = None) -> Float[Tensor, "r c"]:
        """The scores of one tile in float32, written to `out` if that is given.

        A product of matrices adds up in an order that depends on their shapes, so these may differ from those
        of `at` in the last bits.
        """
        x, z = self.x[rows], self.z[columns].T
        if self.z_bias is None:
            made = torch.mm(x, z, out=out)
            made = made if self.scale == 1 else made.mul_(self.scale)
        else:
            made = torch.addmm(self.z_bias[columns], x, z, alpha=self.scale, out=out)
        return made if self.x_bias is None else made.add_(self.x_bias[rows, None])

    def plain_tile(self, rows: slice, columns: slice) -> Float[Tensor, "r c"]:
        """The scores of one tile as the plain search sees them: on a processor, in float32, those of `at`."""
        if self.x.device.type != "cpu" or self.x.dtype != torch.float32:
            return self.tile(rows, columns)
        first, end, _ = columns.indices(self.z.shape[0])
        ids = torch.arange(first, end)
        return self.at(rows, ids.expand(self.x[rows].shape[0], -1).contiguous())

    def at(self, rows: slice, ids: Int[Tensor, "r c"]) -> Float[Tensor, "r c"]:
        """The scores of given pairs, in float32: c columns for each of the rows."""
        loops = compiled_loops() if ids.device.type == "cpu" else None
        if loops is None:
            made = _products(self.x[rows], self.z, ids)
        else:
            made = torch.empty(ids.shape)
            with loops.at_work() as threads:
                arrays = (one.numpy() for one in (self.x[rows], self.z, ids, made))
                loops.products(*arrays, threads)
        made = made if self.scale == 1 else made.mul_(self.scale)
        made = made if self.z_bias is None else made.add_(self.z_bias[ids])
        return made if self.x_bias is None else made.add_(self.x_bias[rows, None])


@lru_cache(maxsize=1)
def compiled_loops() -> ModuleType | None:
    """The module `compiled`, if the extra `fast` is there and works."""
    try:
        return import_module("isolex.retrieval.compiled")
    except (ImportError, RuntimeError):
        # numba is not there, is at odds with this numpy, or finds no folder for what it compiles.
        return None


# Floats gathered at a time: what stays in the processor's cache.
_GATHERED = 2**21


def _products(
    x: Float[Tensor, "r d"], z: Float[Tensor, "m d"], ids: Int[Tensor, "r c"]
) -> Float[Tensor, "r c"]:
    """The inner products of each row of x with the rows of z that are named for it."""
    count, width = ids.shape
    made = torch.empty(count, width, device=x.device)
    step = max(1, _GATHERED // max(1, width * x.shape[1]))
    gathered = x.new_empty(step * width, x.shape[1])
    for start in range(0, count, step):
        part = slice(start, min(start + step, count))
        asked = ids[part]
        keys = torch.index_select(z, 0, asked.reshape(-1), out=gathered[: asked.numel()])
        # No product of matrices, whose order of adding up depends on their shapes.
        made[part] = keys.view(*asked.shape, -1).mul_(x[part, None]).sum(dim=2)
    return made


def plain_top_k(scores: Scores, k: int, *, scratch_bytes: int) -> TopK:
    """The k best columns of each row, from the scores of all: the reference of the fast search."""
    n = scores.x.shape[0]
    indices = torch.empty(n, k, dtype=torch.int64, device=scores.x.device)
    values = torch.empty(n, k, dtype=torch.float32, device=scores.x.device)
    for rows in row_blocks(scores, scratch_bytes):
        best: TopK | None = None
        for columns in _tile_columns(scores):
            found = _best_of_tile(scores.plain_tile(rows, columns), k)
            found = TopK(found.indices + columns.start, found.scores)
            best = found if best is None else _merge(best, found, k)
        if best is not None:
            indices[rows], values[rows] = best.indices, best.scores
    return TopK(indices, values)


def row_blocks(scores: Scores, scratch_bytes: int) -> Iterator[slice]:
    """Blocks of rows such that a tile, and what is done with it, stays inside the scratch memory."""
    # A tile of float32 scores and, where many scores are tied, a sorted copy with int64 places: six times.
    rows = max(1, scratch_bytes // (24 * min(scores.z.shape[0], MAX_TILE_COLUMNS)))
    for start in track(range(0, scores.x.shape[0], rows), "searching"):
        yield slice(start, min(start + rows, scores.x.shape[0]))


def row_of_tiles(scores: Scores, rows: slice) -> Iterator[tuple[int, Float[Tensor, "n t"]]]:
    """The first column and the scores of each tile of a block of rows, from left to right."""
    for columns in _tile_columns(scores):
        yield columns.start, scores.tile(rows, columns)


def _tile_columns(scores: Scores) -> Iterator[slice]:
    for start in range(0, scores.z.shape[0], MAX_TILE_COLUMNS):
        yield slice(start, start + MAX_TILE_COLUMNS)


def best_first(found: TopK, k: int) -> TopK:
    """The k best of each row, best first, equal scores by lower id."""
    # One number to sort by: the bits of the score, made to compare as integers, over those of the id. Minus
    # zero is made zero.
    bits = (found.scores.float() + 0.0).view(torch.int32)
    bits = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).long()
    order = torch.topk((bits << 32) - found.indices, min(k, bits.shape[1]), dim=1).indices
    return TopK(found.indices.gather(1, order), found.scores.gather(1, order))


def _best_of_tile(scores: Float[Tensor, "n t"], k: int) -> TopK:
    """Top k of each row, equal scores by lower column, which `torch.topk` alone does not promise."""
    wide = torch.topk(scores, min(k + 1, scores.shape[1]), dim=1)
    best = best_first(TopK(wide.indices[:, :k], wide.values[:, :k]), k)
    if wide.values.shape[1] > k:
        # Only where the k-th score occurs again beyond the k kept can the wrong one have been kept.
        tied = (wide.values[:, k] == wide.values[:, k - 1]).nonzero()[:, 0]
        if tied.numel():
            order = torch.sort(scores[tied], dim=1, descending=True, stable=True)
            best.indices[tied], best.scores[tied] = order.indices[:, :k], order.values[:, :k]
    return best


def _merge(left: TopK, right: TopK, k: int) -> TopK:
    """The best k of two selections; every id on the left is lower than every id on the right."""
    scores = torch.cat([left.scores, right.scores], dim=1)
    indices = torch.cat([left.indices, right.indices], dim=1)
    order = torch.sort(scores, dim=1, descending=True, stable=True).indices[:, :k]
    return TopK(indices.gather(1, order), scores.gather(1, order))
