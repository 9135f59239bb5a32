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
_SELECTED_ROWS = 2_048
_TILE_ROWS = 2_048
_GROUP = 8


@dataclass(frozen=True, eq=False)
class _Candidates:
    """The best columns of some rows so far, in no order, with what their tiles said."""

    ids: Int[Tensor, "r c"]
    found: Float[Tensor, "r c"]

    @classmethod
    def none_yet(cls, rows: int, count: int, product: Product) -> "_Candidates":
        """Placeholders that every score beats."""
        device = product.scores.x.device
        ids = torch.zeros(rows, count, dtype=torch.int64, device=device)
        return cls(ids, torch.full((rows, count), -torch.inf, dtype=product.dtype, device=device))

    def add(self, tile: Tensor, first: int) -> None:
        """Take in the tile `[r, c]` whose first column is `first`; tiles come from left to right."""
        count = self.ids.shape[1]
        for start in range(0, tile.shape[0], _SELECTED_ROWS):
            part = slice(start, start + _SELECTED_ROWS)
            columns = _best_places(tile[part], count)
            values = tile[part].gather(1, columns)
            ids = columns.add_(first)
            if first or ids.shape[1] < count:
                values = torch.cat([self.found[part], values], dim=1)
                ids = torch.cat([self.ids[part], ids], dim=1)
            best = values.topk(count, dim=1, sorted=False)
            self.found[part] = best.values
            self.ids[part] = ids.gather(1, best.indices)

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


def search(product: Product, k: int, *, scratch_bytes: int) -> TopK:
    """The k best columns of each row."""
    n, m = product.scores.x.shape[0], product.scores.z.shape[0]
    count = min(product.candidates(k), m)
    made = _Result.empty(product.scores, k)
    area = _area(product, scratch_bytes)
    height = max(1, min(_TILE_ROWS, math.isqrt(area)))
    buffer = product.scores.x.new_empty(min(area, height * m), dtype=product.dtype)
    for rows in track(list(_blocks(n, height)), "searching"):
        best = _Candidates.none_yet(rows.stop - rows.start, count, product)
        for columns in _blocks(m, area // height):
            best.add(product.tile(rows, columns, buffer), columns.start)
        made.take(product, rows, best)
    return made.proven(product.scores, scratch_bytes)


def search_both(product: Product, k: tuple[int, int], *, scratch_bytes: int) -> tuple[TopK, TopK]:
    """The best columns of each row and the best rows of each column.

    From one product, unless a product costs less than selecting from more than one tile.
    """
    n, m = product.scores.x.shape[0], product.scores.z.shape[0]
    area = _area(product, scratch_bytes)
    if product.cheap and n * m > area:
        forward, backward = (
            search(one, width, scratch_bytes=scratch_bytes)
            for one, width in zip((product, product.turned), k, strict=True)
        )
        return forward, backward
    counts = min(product.candidates(k[0]), m), min(product.candidates(k[1]), n)
    there, back = _Result.empty(product.scores, k[0]), _Result.empty(product.scores.turned, k[1])
    of_columns = _Candidates.none_yet(m, counts[1], product)
    side = max(1, math.isqrt(area))
    height, width = (n, m) if n * m <= area else (side, side)
    buffer = product.scores.x.new_empty(height * width, dtype=product.dtype)
    for rows in track(list(_blocks(n, height)), "searching"):
        of_rows = _Candidates.none_yet(rows.stop - rows.start, counts[0], product)
        for columns in _blocks(m, width):
            tile = product.tile(rows, columns, buffer)
            of_rows.add(tile, columns.start)
            of_columns.part(columns).add(tile.T, rows.start)
        there.take(product, rows, of_rows)
    for columns in _blocks(m, _TILE_ROWS):
        back.take(product.turned, columns, of_columns.part(columns))
    return (
        there.proven(product.scores, scratch_bytes),
        back.proven(product.scores.turned, scratch_bytes),
    )


@dataclass(frozen=True, eq=False)
class _Result:
    """What was found for each row, and for which rows that is not proven."""

    best: TopK
    doubted: Tensor

    @classmethod
    def empty(cls, scores: Scores, k: int) -> "_Result":
        """To be filled."""
        rows, device = scores.x.shape[0], scores.x.device
        indices = torch.empty(rows, k, dtype=torch.int64, device=device)
        values = torch.empty(rows, k, device=device)
        return cls(TopK(indices, values), torch.zeros(rows, dtype=torch.bool, device=device))

    def take(self, product: Product, rows: slice, best: _Candidates) -> None:
        """The k best of the candidates; doubted if a column that is no candidate could be as good."""
        k = self.best.indices.shape[1]
        found = best_first(TopK(best.ids, product.exact(rows, best.ids, best.found)), k)
        self.best.indices[rows], self.best.scores[rows] = found.indices, found.scores
        if best.ids.shape[1] < product.scores.z.shape[0]:
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
