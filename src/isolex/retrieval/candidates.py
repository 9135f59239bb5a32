"""The best columns of each row so far, collected tile by tile: two ways to select them."""

from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.retrieval.screening import Product
from isolex.retrieval.tiles import compiled_loops

# Rows selected from at a time: enough that a product of so many packs its other factor seldom and that their
# columns tell a high floor, few enough that what the selection needs stays in the processor's cache.
SELECTED_ROWS = 2_048
_GROUP = 8


class Candidates(Protocol):
    """The best columns of some rows so far, in no particular order, with their scores in the tiles."""

    @property
    def ids(self) -> Int[Tensor, "r c"]:
        """The columns; 0 where there are fewer columns."""
        ...

    @property
    def found(self) -> Float[Tensor, "r c"]:
        """Their scores in the tiles; −∞ where there are fewer columns."""
        ...

    def add(self, tile: Tensor, first: int) -> None:
        """Take in the tile `[r, c]` whose first column is `first`; tiles come from left to right."""
        ...

    def part(self, rows: slice) -> "Candidates":
        """Some of the rows, in the same memory."""
        ...


def none_yet(rows: int, count: int, product: Product) -> Candidates:
    """Room for `count` candidates a row, selected in the fastest way there is."""
    way = StreamedCandidates if streams(product) else GroupedCandidates
    return way.none_yet(rows, count, product)


def streams(product: Product) -> bool:
    """Whether the compiled selection can be used."""
    on_cpu = product.scores.x.device.type == "cpu"
    return on_cpu and product.ordered and compiled_loops() is not None


@dataclass(frozen=True, eq=False)
class GroupedCandidates:
    """By maxima of groups, in plain torch.

    The k best scores of a row lie in the k groups with the best maxima, so that only maxima of groups (cheap,
    for they need no places) are computed for all scores, and places are looked up in a few groups.
    """

    ids: Int[Tensor, "r c"]
    found: Float[Tensor, "r c"]

    @classmethod
    def none_yet(cls, rows: int, count: int, product: Product) -> "GroupedCandidates":
        """Placeholders that every score beats."""
        device = product.scores.x.device
        ids = torch.zeros(rows, count, dtype=torch.int64, device=device)
        return cls(ids, torch.full((rows, count), -torch.inf, dtype=product.dtype, device=device))

    def add(self, tile: Tensor, first: int) -> None:
        """Take in a tile."""
        count = self.ids.shape[1]
        for start in range(0, tile.shape[0], SELECTED_ROWS):
            part = slice(start, start + SELECTED_ROWS)
            columns = _best_places(tile[part], count)
            values = tile[part].gather(1, columns)
            ids = columns.add_(first)
            if first or ids.shape[1] < count:
                values = torch.cat([self.found[part], values], dim=1)
                ids = torch.cat([self.ids[part], ids], dim=1)
            best = values.topk(count, dim=1, sorted=False)
            self.found[part] = best.values
            self.ids[part] = ids.gather(1, best.indices)

    def part(self, rows: slice) -> "GroupedCandidates":
        """Some of the rows, in the same memory."""
        return GroupedCandidates(self.ids[rows], self.found[rows])


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


@dataclass(frozen=True, eq=False)
class StreamedCandidates:
    """By one compiled look at every score, which must beat the worst candidate of its row so far.

    bfloat16 numbers are compared as integers. Negative ones are never taken: where a row has too few others,
    places stay empty.
    """

    _ids: Int[Tensor, "r c"]
    _values: Tensor
    _dtype: torch.dtype

    @classmethod
    def none_yet(cls, rows: int, count: int, product: Product) -> "StreamedCandidates":
        """Empty places."""
        ids = torch.zeros(rows, count, dtype=torch.int32)
        if product.dtype == torch.bfloat16:
            return cls(ids, torch.full((rows, count), -1, dtype=torch.int16), product.dtype)
        return cls(ids, torch.full((rows, count), -torch.inf), product.dtype)

    @property
    def ids(self) -> Int[Tensor, "r c"]:
        """The columns."""
        return self._ids.long()

    @property
    def found(self) -> Float[Tensor, "r c"]:
        """Their scores in the tiles."""
        if self._dtype == self._values.dtype:
            return self._values
        return self._values.view(self._dtype).masked_fill(self._values < 0, -torch.inf)

    def add(self, tile: Tensor, first: int) -> None:
        """Take in a tile, by columns where that is how it lies in memory."""
        from isolex.retrieval import compiled  # noqa: PLC0415

        by_rows = tile.stride(1) == 1
        select = compiled.best_of_rows if by_rows else compiled.best_of_columns
        scores = (tile if by_rows else tile.T).view(self._values.dtype).numpy()
        with compiled.at_work() as threads:
            select(scores, first, self._ids.numpy(), self._values.numpy(), threads)

    def part(self, rows: slice) -> "StreamedCandidates":
        """Some of the rows, in the same memory."""
        return StreamedCandidates(self._ids[rows], self._values[rows], self._dtype)
