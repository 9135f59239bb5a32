"""The fast exact search: tiles in the fastest precision, the best of each row by groups, then a proof.

The k best scores of a row lie in the k groups with the best maxima, so that only maxima of groups (cheap, for
they need no places) are computed for all scores, and places are looked up in a few groups.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.progress import track
from isolex.retrieval.screening import Product
from isolex.retrieval.tiles import Scores, TopK, best_first, plain_top_k

# Rows selected from at a time: what the selection needs stays in the processor's cache.
_SELECTED_ROWS = 1_024
_TILE_ROWS = 2_048
_GROUP = 8


@dataclass(frozen=True, eq=False)
class _Candidates:
    """The best columns of some rows so far, in no order, with what their tiles said."""

    ids: Int[Tensor, "r c"]
    found: Float[Tensor, "r c"]

    @classmethod
    def none_yet(cls, rows: int, count: int, dtype: torch.dtype, device: torch.device) -> "_Candidates":
        """Placeholders that every score beats."""
        ids = torch.zeros(rows, count, dtype=torch.int64, device=device)
        return cls(ids, torch.full((rows, count), -torch.inf, dtype=dtype, device=device))

    def add(self, tile: Tensor, first: int) -> None:
        """Take in the tile `[r, c]` whose first column is `first`."""
        count = self.ids.shape[1]
        for start in range(0, tile.shape[0], _SELECTED_ROWS):
            part = slice(start, start + _SELECTED_ROWS)
            columns = _best_places(tile[part], count)
            values = torch.cat([self.found[part], tile[part].gather(1, columns)], dim=1)
            best = values.topk(count, dim=1, sorted=False)
            self.found[part] = best.values
            self.ids[part] = torch.cat([self.ids[part], columns.add_(first)], dim=1).gather(1, best.indices)

    def part(self, rows: slice) -> "_Candidates":
        """Some of the rows, in the same memory."""
        return _Candidates(self.ids[rows], self.found[rows])


def _best_places(tile: Tensor, count: int) -> Int[Tensor, "r p"]:
    """Some columns of each row, the places of its `count` best among them.

    Group j of G holds the columns j, j + G, j + 2G …, so that maxima are taken over whole rows of numbers;
    the best groups are found among their maxima in the same way. bfloat16 numbers are compared as integers,
    which is much faster and right unless both are negative: a group without any positive number may pass for
    a worse one.
    """
    r, c = tile.shape
    groups = c // _GROUP
    if groups <= 2 * count:
        return torch.arange(c, device=tile.device).expand(r, c).clone()
    maxima = _maxima(tile.view(torch.int16) if tile.dtype == torch.bfloat16 else tile, groups)
    places = _best_places(maxima, count)
    if places.shape[1] > count:
        best = maxima.gather(1, places).topk(count, dim=1, sorted=False).indices
        places = places.gather(1, best)
    steps = torch.arange(0, _GROUP * groups, groups, device=tile.device)
    rest = torch.arange(groups * _GROUP, c, device=tile.device).expand(r, -1)
    return torch.cat([(places[:, :, None] + steps).flatten(1), rest], dim=1)


def _maxima(tile: Tensor, groups: int) -> Tensor:
    """The maximum of each group of each row, as a contiguous `[r, groups]`."""
    tile = tile[:, : _GROUP * groups]
    if tile.stride(1) == 1:
        maxima: Tensor = tile.unflatten(1, (_GROUP, groups)).amax(dim=1)
    else:
        maxima = tile.T.unflatten(0, (_GROUP, groups)).amax(dim=0).T.contiguous()
    return maxima


def search(product: Product, scores: Scores, k: int, *, scratch_bytes: int) -> TopK:
    """The k best columns of each row."""
    n, m = scores.x.shape[0], scores.z.shape[0]
    count, device = min(product.candidates(k), m), scores.x.device
    made = _Result.empty(n, k, device)
    area = _area(product, scratch_bytes)
    height = max(1, min(_TILE_ROWS, math.isqrt(area)))
    buffer = torch.empty(min(area, height * m), dtype=product.dtype, device=device)
    for rows in track(list(_blocks(n, height)), "searching"):
        best = _Candidates.none_yet(rows.stop - rows.start, count, product.dtype, device)
        for columns in _blocks(m, area // height):
            best.add(product.tile(rows, columns, buffer), columns.start)
        made.take(product, rows, best, m)
    return made.proven(scores, scratch_bytes)


def search_both(
    product: Product, scores: Scores, k: tuple[int, int], *, scratch_bytes: int
) -> tuple[TopK, TopK]:
    """The best columns of each row and the best rows of each column, from one product."""
    n, m = scores.x.shape[0], scores.z.shape[0]
    device = scores.x.device
    forward, backward = _Result.empty(n, k[0], device), _Result.empty(m, k[1], device)
    of_columns = _Candidates.none_yet(m, min(product.candidates(k[1]), n), product.dtype, device)
    area = _area(product, scratch_bytes)
    side = max(1, math.isqrt(area))
    buffer = torch.empty(min(side, n) * min(side, m), dtype=product.dtype, device=device)
    for rows in track(list(_blocks(n, side)), "searching"):
        of_rows = _Candidates.none_yet(
            rows.stop - rows.start, min(product.candidates(k[0]), m), product.dtype, device
        )
        for columns in _blocks(m, side):
            tile = product.tile(rows, columns, buffer)
            of_rows.add(tile, columns.start)
            of_columns.part(columns).add(tile.T, rows.start)
        forward.take(product, rows, of_rows, m)
    for columns in _blocks(m, _TILE_ROWS):
        backward.take(product.turned, columns, of_columns.part(columns), n)
    return forward.proven(scores, scratch_bytes), backward.proven(scores.turned, scratch_bytes)


@dataclass(frozen=True, eq=False)
class _Result:
    """What was found for each row, and for which rows that is not proven."""

    best: TopK
    doubted: Tensor

    @classmethod
    def empty(cls, rows: int, k: int, device: torch.device) -> "_Result":
        """To be filled."""
        indices = torch.empty(rows, k, dtype=torch.int64, device=device)
        scores = torch.empty(rows, k, device=device)
        return cls(TopK(indices, scores), torch.zeros(rows, dtype=torch.bool, device=device))

    def take(self, product: Product, rows: slice, best: _Candidates, columns: int) -> None:
        """The k best of the candidates; doubted if a column that is no candidate could be as good."""
        k = self.best.indices.shape[1]
        found = best_first(TopK(best.ids, product.exact(rows, best.ids, best.found)), k)
        self.best.indices[rows], self.best.scores[rows] = found.indices, found.scores
        if best.ids.shape[1] < columns:
            # Not <=, so that a comparison with NaN is a doubt.
            self.doubted[rows] = ~(found.scores[:, -1] > product.ceiling(rows, best.found.amin(dim=1)))

    def proven(self, scores: Scores, scratch_bytes: int) -> TopK:
        """The result, with doubted rows searched again in float32."""
        again = self.doubted.nonzero()[:, 0]
        if again.numel():
            plain = plain_top_k(
                scores.asked_by(again), self.best.indices.shape[1], scratch_bytes=scratch_bytes
            )
            self.best.indices[again], self.best.scores[again] = plain.indices, plain.scores
        return self.best


def _area(product: Product, scratch_bytes: int) -> int:
    """Scores a tile may hold: half of the scratch memory; rounded copies and the selection have the rest."""
    return max(1, scratch_bytes // (2 * product.dtype.itemsize))


def _blocks(count: int, size: int) -> Iterator[slice]:
    """Even blocks of at most `size`."""
    blocks = -(-count // max(1, size))
    for number in range(blocks):
        yield slice(count * number // blocks, count * (number + 1) // blocks)
