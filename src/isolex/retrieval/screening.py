"""The precision of tiles in the fast search, and proofs that the lower precision has missed nothing.

Some processors multiply matrices in bfloat16 several times as fast as in float32. Tiles are then computed in
bfloat16 and used only to select candidates: the best candidates are scored again in float32, and an upper
bound on the scores of the others proves that none of them was better.
"""

import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.errors import InputError
from isolex.retrieval.tiles import Scores

# Overrides what the processor says: on, off or auto.
SCREENING_VARIABLE = "ISOLEX_SCREENING"

# What torch tells of processors, in the releases that do: AMX, and AVX-512's instructions for bfloat16.
_BFLOAT16_QUESTIONS = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
# Half the distance from 1 to the next float32: the relative error of rounding.
_UNIT = 2**-24
# So many times the candidates for rows that could not be proven: those of words with many near copies.
_GENEROSITY = 8


class Product(Protocol):
    """Computes tiles, with a bound on their errors."""

    @property
    def scores(self) -> Scores:
        """The scores that are computed."""
        ...

    @property
    def cheap(self) -> bool:
        """Whether a second product costs less than selecting twice from the first."""
        ...

    @property
    def dtype(self) -> torch.dtype:
        """Type of the numbers in the tiles."""
        ...

    @property
    def ordered(self) -> bool:
        """Whether of any two numbers in a tile one is the greater or both are equal: no NaN among them."""
        ...

    @property
    def turned(self) -> "Product":
        """The same for the transposed scores."""
        ...

    def candidates(self, k: int) -> int:
        """How many candidates to keep so that the k best are nearly always among them, provably."""
        ...

    def closer(self, rows: Int[Tensor, "r"]) -> "Product | None":
        """The same for some rows with many more candidates; None where only the plain search is left."""
        ...

    def most_columns(self, scratch_bytes: int) -> int:
        """The widest tile whose making takes so much memory beside the tile itself."""
        ...

    def tile(self, rows: slice, columns: slice, out: Tensor) -> Tensor:
        """The tile `[r, c]`, written to the front of a flat buffer."""
        ...

    def exact(self, rows: slice, ids: Int[Tensor, "r c"], found: Tensor) -> Float[Tensor, "r c"]:
        """The float32 scores of candidates whose tiles said `found`."""
        ...

    def ceiling(self, rows: slice, last: Float[Tensor, "r"]) -> Float[Tensor, "r"]:
        """Upper bound on the float32 score of a column whose score in the tile is at most `last`."""
        ...


@dataclass(frozen=True, eq=False)
class FullProduct:
    """Tiles in float32, which may differ from the scores in the last bits.

    Both add up d products, each in an order of its own, so that they differ by no more than 2 d 2^-24 ‖x‖ ‖z‖
    and the rounding of the biases (Higham 2002, section 3.1; with room).
    """

    scores: Scores
    generous: bool = False
    dtype: torch.dtype = torch.float32
    cheap: bool = False

    @cached_property
    def ordered(self) -> bool:
        """Where every number is finite."""
        sides = self.scores.x, self.scores.z, self.scores.x_bias, self.scores.z_bias
        return all(side is None or bool(side.sum().isfinite()) for side in sides)

    @property
    def turned(self) -> "FullProduct":
        """The same for the transposed scores."""
        return FullProduct(self.scores.turned, self.generous)

    def candidates(self, k: int) -> int:
        """A few more than asked, to see that none of the others can be as good."""
        few = k + 5
        return _GENEROSITY * few if self.generous else few

    def closer(self, rows: Int[Tensor, "r"]) -> "FullProduct | None":
        """More candidates are tried once; rows that are then not proven have ties, or almost equal scores."""
        return None if self.generous else FullProduct(self.scores.asked_by(rows), generous=True)

    def most_columns(self, scratch_bytes: int) -> int:  # noqa: ARG002
        """All columns."""
        return self.scores.z.shape[0]

    def tile(self, rows: slice, columns: slice, out: Tensor) -> Tensor:
        """The tile in float32."""
        return self.scores.tile(rows, columns, out=_front(out, rows, columns))

    def exact(self, rows: slice, ids: Int[Tensor, "r c"], found: Tensor) -> Float[Tensor, "r c"]:  # noqa: ARG002
        """The scores, computed again in float32."""
        return self.scores.at(rows, ids)

    def ceiling(self, rows: slice, last: Float[Tensor, "r"]) -> Float[Tensor, "r"]:
        """The last one found, and what tiles and scores may differ by."""
        norms, widest = self._norms
        d = self.scores.x.shape[1]
        return last + _UNIT * ((2 * d + 8) * abs(self.scores.scale) * norms[rows] * widest + 8 * self._bias)

    @cached_property
    def _norms(self) -> tuple[Float[Tensor, "n"], float]:
        """Of each row, and the largest of the columns."""
        return self.scores.x.norm(dim=1), float(self.scores.z.norm(dim=1).max())

    @cached_property
    def _bias(self) -> float:
        """The largest sum of biases, of either sign."""
        biases = (self.scores.x_bias, self.scores.z_bias)
        return sum(0.0 if one is None else float(one.abs().max()) for one in biases)


@dataclass(frozen=True, eq=False)
class ScreeningProduct:
    """Tiles in bfloat16, with both biases as columns of the product, and all biases made positive.

    A tile differs from the scores by no more than

        ‖x − x̂‖ ‖ẑ‖ + ‖x‖ ‖z − ẑ‖  (the rounding of the factors, by Cauchy and Schwarz)
        + 2^-8 |tile|               (the rounding of the result)
        + 2^-14 (‖x‖ ‖z‖ + biases)  (accumulation in float32, and the rounding of the biases; with room)

    where ‖x − x̂‖ is known for each row, and of the other side the largest norms are taken.
    """

    scores: Scores
    x: "_Rounded"
    z: "_Rounded"
    generous: bool = False
    dtype: torch.dtype = torch.bfloat16
    cheap: bool = True
    # Tiles are compared as integers, and NaN anywhere is a doubt of every row.
    ordered: bool = True

    @classmethod
    def of(cls, scores: Scores, *, scratch_bytes: int) -> "ScreeningProduct":
        """Round both sides; the copies are kept if they fit into a quarter of the scratch memory each."""
        biased = scores.x_bias is not None or scores.z_bias is not None
        x = _Rounded(scores.x, scores.scale, scores.x_bias, biased, first=True, kept_bytes=scratch_bytes // 4)
        z = _Rounded(scores.z, 1.0, scores.z_bias, biased, first=False, kept_bytes=scratch_bytes // 4)
        return cls(scores, x, z)

    @property
    def turned(self) -> "ScreeningProduct":
        """The same for the transposed scores."""
        return ScreeningProduct(self.scores.turned, self.z, self.x, self.generous)

    def candidates(self, k: int) -> int:
        """On real vectors 99 of 100 rows are proven with the first number; a few more cost little."""
        few = k + k // 2 + 7
        return _GENEROSITY * few if self.generous else few

    def closer(self, rows: Int[Tensor, "r"]) -> "ScreeningProduct | None":
        """More candidates are tried once; rows not proven then have too many words of similar scores."""
        if self.generous:
            return None
        asked = self.scores.asked_by(rows)
        return ScreeningProduct(asked, self.x.like(asked.x, asked.x_bias), self.z, generous=True)

    def most_columns(self, scratch_bytes: int) -> int:
        """As many as may be rounded at a time."""
        return self.z.most(scratch_bytes)

    def tile(self, rows: slice, columns: slice, out: Tensor) -> Tensor:
        """The tile in bfloat16, with biases shifted so that none is negative."""
        return torch.mm(self.x.part(rows), self.z.part(columns).T, out=_front(out, rows, columns))

    def exact(self, rows: slice, ids: Int[Tensor, "r c"], found: Tensor) -> Float[Tensor, "r c"]:  # noqa: ARG002
        """The scores, computed again in float32."""
        return self.scores.at(rows, ids)

    def ceiling(self, rows: slice, last: Float[Tensor, "r"]) -> Float[Tensor, "r"]:
        """Negative values are not told apart in a tile (see `selection`), so the ceiling is never below 0."""
        widest, norms = self.z.widest, self.x.norms[rows]
        factors = self.x.errors[rows] * widest.norm + norms * widest.error
        slack = 2**-14 * (norms * widest.norm + self.x.widest.bias + widest.bias)
        return last.float().clamp(min=0) * (1 + 2**-8) + factors + slack + self.x.shift + self.z.shift


@dataclass(frozen=True)
class _Widest:
    """The largest norm, rounding error and shifted bias of a side."""

    norm: float
    error: float
    bias: float


class _Rounded:
    """One side in bfloat16, padded to whole blocks of 32 columns, and how far that is from float32."""

    def __init__(
        self,
        rows: Float[Tensor, "n d"],
        scale: float,
        bias: Float[Tensor, "n"] | None,
        biased: bool,
        *,
        first: bool,
        kept_bytes: int,
    ) -> None:
        self._rows, self._scale, self._biased, self._first = rows, scale, biased, first
        self._kept_bytes = kept_bytes
        self.shift = 0.0 if bias is None else float(bias.min())
        self._bias = None if bias is None else bias - self.shift
        self._width = -(-(rows.shape[1] + (6 if biased else 0)) // 32) * 32
        n = rows.shape[0]
        keeps = 2 * n * self._width <= kept_bytes
        self._kept = rows.new_empty(n, self._width, dtype=torch.bfloat16) if keeps else None
        self._last: tuple[slice, Tensor] | None = None
        self.norms, self.errors = rows.new_empty(n), rows.new_empty(n)
        for start in range(0, n, _ROUNDED_ROWS):
            part = slice(start, min(start + _ROUNDED_ROWS, n))
            scaled, rounded = self._round(part)
            self.norms[part] = scaled.norm(dim=1)
            self.errors[part] = scaled.sub_(rounded[:, : rows.shape[1]]).norm(dim=1)
            if self._kept is not None:
                self._kept[part] = rounded

    def like(self, rows: Float[Tensor, "r d"], bias: Float[Tensor, "r"] | None) -> "_Rounded":
        """Other rows of the same side."""
        return _Rounded(rows, self._scale, bias, self._biased, first=self._first, kept_bytes=self._kept_bytes)

    @cached_property
    def widest(self) -> _Widest:
        """Over all rows; the norm is of the rounded rows."""
        bias = 0.0 if self._bias is None else float(self._bias.max())
        return _Widest(float((self.norms + self.errors).max()), float(self.errors.max()), bias)

    def most(self, scratch_bytes: int) -> int:
        """How many rows, at least one, may be rounded at a time: all where they are kept."""
        if self._kept is not None:
            return len(self._rows)
        return max(1, scratch_bytes // (4 * self._rows.shape[1] + 2 * self._width))

    def part(self, rows: slice) -> Tensor:
        """Some rows, rounded; the last ones are remembered."""
        if self._kept is not None:
            return self._kept[rows]
        if self._last is None or self._last[0] != rows:
            self._last = rows, self._round(rows)[1]
        return self._last[1]

    def _round(self, rows: slice) -> tuple[Tensor, Tensor]:
        """Scaled rows in float32, and rounded with their columns for the biases."""
        scaled = self._rows[rows] * self._scale
        n, d = scaled.shape
        made = scaled.new_zeros(n, self._width, dtype=torch.bfloat16)
        made[:, :d] = scaled
        if self._biased:
            own, others = (d, d + 3) if self._first else (d + 3, d)
            made[:, others : others + 3] = 1
            if self._bias is not None:
                # Three bfloat16 numbers hold the 24 bits of a float32.
                rest = self._bias[rows].clone()
                for place in range(own, own + 3):
                    made[:, place] = rest
                    rest -= made[:, place]
        return scaled, made


_ROUNDED_ROWS = 8_192


def screens(device: torch.device) -> bool:
    """Whether to screen in bfloat16: as the environment says, else where the processor multiplies it."""
    wish = os.environ.get(SCREENING_VARIABLE, "auto")
    if wish not in ("auto", "on", "off"):
        raise InputError(f"got {wish!r}, expected auto, on or off", where=SCREENING_VARIABLE)
    return wish == "on" or (wish == "auto" and device.type == "cpu" and _multiplies_bfloat16())


@lru_cache(maxsize=1)
def _multiplies_bfloat16() -> bool:
    """Whether the processor has instructions for products in bfloat16.

    What it is, and no timing, decides: scores of near ties may differ in the last bit between the two ways,
    and the same seed must give the same result in every run.
    """
    questions = (getattr(torch.cpu, name, None) for name in _BFLOAT16_QUESTIONS)
    return any(ask is not None and ask() for ask in questions)


def _front(buffer: Tensor, rows: slice, columns: slice) -> Tensor:
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    return buffer[: shape[0] * shape[1]].view(shape)
