"""The fast exact search: tiles in the fastest precision, selection (see `candidates`), and a proof."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from isolex.progress import track
from isolex.retrieval.candidates import SELECTED_ROWS, Candidates, none_yet, streams
from isolex.retrieval.screening import Product
from isolex.retrieval.tiles import Scores, TopK, best_first, plain_top_k

# Rows whose candidates are scored again at a time.
_TAKEN_ROWS = 4_096
# The rows that are searched again are copied, into such a part of the scratch memory.
_COPIES = 4


def search(product: Product, k: int, *, scratch_bytes: int) -> TopK:
    """The k best columns of each row."""
    n, m = product.scores.x.shape[0], product.scores.z.shape[0]
    of_rows = none_yet(n, min(product.candidates(k), m), product)
    area = _area(product, scratch_bytes)
    _scan(product, of_rows, None, height=min(SELECTED_ROWS, math.isqrt(area)), area=area)
    return _finished(product, of_rows, k, scratch_bytes)


def search_both(product: Product, k: tuple[int, int], *, scratch_bytes: int) -> tuple[TopK, TopK]:
    """The best columns of each row and the best rows of each column.

    From one product, unless a product costs less than selecting from more than one tile.
    """
    n, m = product.scores.x.shape[0], product.scores.z.shape[0]
    area = _area(product, scratch_bytes)
    streamed = streams(product)
    if product.cheap and n * m > area and not streamed:
        forward, backward = (
            search(one, width, scratch_bytes=scratch_bytes)
            for one, width in zip((product, product.turned), k, strict=True)
        )
        return forward, backward
    of_rows = none_yet(n, min(product.candidates(k[0]), m), product)
    of_columns = none_yet(m, min(product.candidates(k[1]), n), product)
    height = math.isqrt(area) if n * m > area else n
    _scan(
        product,
        of_rows,
        of_columns,
        height=min(SELECTED_ROWS, height) if streamed else height,
        area=area,
    )
    return (
        _finished(product, of_rows, k[0], scratch_bytes),
        _finished(product.turned, of_columns, k[1], scratch_bytes),
    )


def _scan(
    product: Product, of_rows: Candidates, of_columns: Candidates | None, *, height: int, area: int
) -> None:
    """Show every tile to the candidates.

    All rows of some columns come first: columns too many to be kept rounded are then rounded but once.
    """
    n, m = product.scores.x.shape[0], product.scores.z.shape[0]
    height = max(1, min(n, height))
    width = min(m, area // height, product.most_columns(area * product.dtype.itemsize // 2))
    buffer = product.scores.x.new_empty(height * width, dtype=product.dtype)
    tiles = [(rows, columns) for columns in _blocks(m, width) for rows in _blocks(n, height)]
    for rows, columns in track(tiles, "searching"):
        tile = product.tile(rows, columns, buffer)
        of_rows.part(rows).add(tile, columns.start)
        if of_columns is not None:
            of_columns.part(columns).add(tile.T, rows.start)


def _finished(product: Product, found: Candidates, k: int, scratch_bytes: int) -> TopK:
    made = _Result.empty(product.scores, k)
    for rows in _blocks(product.scores.x.shape[0], _TAKEN_ROWS):
        made.take(product, rows, found.part(rows))
    return made.proven(product, scratch_bytes)


@dataclass(frozen=True, eq=False)
class _Result:
    """What was found for each row, and for which rows that is not proven."""

    best: TopK
    doubted: Tensor

    @classmethod
    def empty(cls, scores: Scores, k: int) -> "_Result":
        """An empty result that is to be filled."""
        rows, device = scores.x.shape[0], scores.x.device
        indices = torch.empty(rows, k, dtype=torch.int64, device=device)
        values = torch.empty(rows, k, device=device)
        return cls(TopK(indices, values), torch.zeros(rows, dtype=torch.bool, device=device))

    def take(self, product: Product, rows: slice, best: Candidates) -> None:
        """The k best of the candidates; doubted if a column that is no candidate could be as good."""
        k, ids, said = self.best.indices.shape[1], best.ids, best.found
        exact = product.exact(rows, ids, said).masked_fill(said == -torch.inf, -torch.inf)
        found = best_first(TopK(ids, exact), k)
        self.best.indices[rows], self.best.scores[rows] = found.indices, found.scores
        last = said.amin(dim=1)
        # Not <=, so that a comparison with NaN is a doubt.
        self.doubted[rows] = ~(found.scores[:, -1] > product.ceiling(rows, last))
        if said.shape[1] == product.scores.z.shape[0]:
            self.doubted[rows] &= last == -torch.inf

    def proven(self, product: Product, scratch_bytes: int) -> TopK:
        """The result, with doubted rows searched again: more closely, and if that is no proof, in float32."""
        doubted, k = self.doubted.nonzero()[:, 0], self.best.indices.shape[1]
        most = max(1, scratch_bytes // (_COPIES * max(1, product.scores.x.shape[1]) * 4))
        for part in _blocks(len(doubted), most):
            rows = doubted[part]
            closer = product.closer(rows)
            if closer is None:
                found = plain_top_k(product.scores.asked_by(rows), k, scratch_bytes=scratch_bytes)
            else:
                found = search(closer, k, scratch_bytes=scratch_bytes)
            self.best.indices[rows], self.best.scores[rows] = found.indices, found.scores
        return self.best


def _area(product: Product, scratch_bytes: int) -> int:
    """Scores a tile may hold: half of the scratch memory; rounded copies and the selection have the rest."""
    return max(1, scratch_bytes // (2 * product.dtype.itemsize))


def _blocks(count: int, size: int) -> Iterator[slice]:
    """Even blocks of at most `size`."""
    blocks = -(-count // max(1, size))
    for number in range(blocks):
        yield slice(count * number // blocks, count * (number + 1) // blocks)
