"""Normalisation of embedding matrices: fitted once on a vocabulary, then applied to any rows of that space.

A chain such as `("unit", "center", "unit")` is fitted step by step, each step on the result of the ones
before it. The result is a list of primitive operations with their means and column scales, so that the vector
of a new word is normalised in exactly the same way as the vocabulary.
"""

import re
import warnings
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from isolex.arrays import nonzero_rows
from isolex.choices import OPERATIONS, STEPS
from isolex.errors import InputError, IsolexWarning
from isolex.names import look_up

DEFAULT_STEPS = ("unit", "center", "unit")

ITERATIVE_ROUNDS = 100
ITERATIVE_TOLERANCE = 1e-6

# Between these, the squares of a row's values and their sum are far from the ends of float32.
_SAFE_LENGTHS = (1e-15, 1e15)


@dataclass(frozen=True)
class Operation:
    """One primitive step: scale rows to unit length, subtract `vector`, or multiply columns by `vector`.

    Attributes:
        name: `unit`, `subtract` or `multiply`.
        vector: The fitted `[d]` vector in float32; None for `unit`.

    Raises:
        InputError: No operation has that name, or a vector is missing or not needed.
    """

    name: str
    vector: Tensor | None = None

    def __post_init__(self) -> None:
        look_up(self.name, dict.fromkeys(OPERATIONS), "operation of a normaliser")
        if (self.vector is None) != (self.name == "unit"):
            found = "no" if self.vector is None else "a"
            raise InputError(f"has {found} fitted vector", where=f"operation {self.name!r}")

    def apply(self, rows: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """Change the rows in place; the caller must own `rows`."""
        if self.vector is None:
            return to_unit_length(rows)
        vector = self.vector.to(rows)
        return rows.sub_(vector) if self.name == "subtract" else rows.mul_(vector)


@dataclass(frozen=True)
class FittedNormalizer:
    """A normalisation that was fitted to a vocabulary.

    Attributes:
        steps: The names of the steps.
        operations: The fitted operations.
        dimension: Number of columns that rows must have.
        zero_rows: Number of zero rows in the fitted vocabulary (they stay zero).

    Raises:
        InputError: An operation is of another dimension.
    """

    steps: tuple[str, ...]
    operations: tuple[Operation, ...]
    dimension: int
    zero_rows: int = 0

    def __post_init__(self) -> None:
        for operation in self.operations:
            if operation.vector is not None and operation.vector.shape != (self.dimension,):
                found = tuple(operation.vector.shape)
                raise InputError(
                    f"has a vector of shape {found}, expected [{self.dimension}]",
                    where=f"operation {operation.name!r}",
                )

    def apply(self, rows: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """A normalised float32 copy of `[n, d]` rows of the same space; zero rows stay zero.

        Raises:
            InputError: The rows have another number of columns than the fitted vocabulary.
        """
        if rows.ndim != 2 or rows.shape[1] != self.dimension:
            raise InputError(
                f"got rows of shape {tuple(rows.shape)}, expected [n, {self.dimension}]", where="normaliser"
            )
        rows = rows.to(torch.float32, copy=True)
        used = nonzero_rows(rows)
        for operation in self.operations:
            operation.apply(rows)
        return rows if used.all() else rows.masked_fill_(~used[:, None], 0)


@dataclass(frozen=True)
class Normalizer:
    """A chain of normalisation steps that is not yet fitted.

    The steps can be given in any order and number:

    * `unit`: scale each row to length 1, so that inner products are cosines.
    * `center`: subtract the mean row (Artetxe et al. 2016).
    * `unit-dim`: scale each column to length 1.
    * `iterative`: repeat unit and center until rows have length 1 and the mean is zero (Zhang et al. 2019);
      prefer it if an orthogonal map aligns a distant pair badly.

    The default, `unit,center,unit`, is the usual choice (Artetxe et al. 2018). Zero rows (words without a
    vector) do not count in means and stay zero. Cost: O(n d) for each step.

    Raises:
        InputError: A step's name is not known.
    """

    steps: tuple[str, ...] = DEFAULT_STEPS

    def __post_init__(self) -> None:
        for step in self.steps:
            look_up(step, dict.fromkeys(STEPS), "normalisation step")

    @classmethod
    def parse(cls, text: str) -> "Normalizer":
        """Make a chain from `"unit,center,unit"`, with commas or blanks; `"none"` is the empty chain."""
        return cls(() if text == "none" else tuple(re.split(r"\s*,\s*|\s+", text.strip())))

    def fit(self, matrix: Float[Tensor, "n d"]) -> FittedNormalizer:
        """Fit on the whole vocabulary `[n, d]`."""
        rows = matrix.to(torch.float32, copy=True)
        used = nonzero_rows(rows)
        operations: list[Operation] = []
        for step in self.steps:
            operations += _fit_iterative(rows, used) if step == "iterative" else [_fit_step(step, rows, used)]
        zeros = int((~used).sum())
        return FittedNormalizer(self.steps, tuple(operations), matrix.shape[1], zeros)


def unit_rows(rows: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """A copy with each row divided by its length; zero rows stay zero."""
    return to_unit_length(rows.clone())


def to_unit_length(rows: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """Divide each row by its length, in place; the caller must own `rows`. Zero rows stay zero.

    The direction of every finite row is kept, even if it is extremely long or short.
    """
    norms = torch.linalg.vector_norm(rows, dim=1)
    extreme = ~((norms > _SAFE_LENGTHS[0]) & (norms < _SAFE_LENGTHS[1]))
    if extreme.any():
        # Scaled by their largest value, these have squares that neither vanish nor overflow.
        largest = rows[extreme].abs().amax(dim=1, keepdim=True)
        scaled = rows[extreme] / largest.masked_fill_(largest == 0, 1)
        rows[extreme] = scaled
        lengths = torch.linalg.vector_norm(scaled, dim=1)
        norms[extreme] = lengths.masked_fill_(lengths == 0, 1)
    return rows.div_(norms[:, None])


def _fit_step(step: str, rows: Float[Tensor, "n d"], used: Bool[Tensor, "n"]) -> Operation:
    """Fit one step, and apply it to `rows` in place for the steps that follow."""
    if step == "center":
        operation = Operation("subtract", _mean(rows, used))
    elif step == "unit-dim":
        lengths = torch.linalg.vector_norm(rows, dim=0, dtype=torch.float64)
        lengths[lengths == 0] = 1
        # The inverse of a length under the least normal float32 would be infinite.
        operation = Operation("multiply", (1 / lengths.clamp(min=torch.finfo(torch.float32).tiny)).float())
    else:
        operation = Operation("unit")
    operation.apply(rows)
    rows.masked_fill_(~used[:, None], 0)
    return operation


def _fit_iterative(rows: Float[Tensor, "n d"], used: Bool[Tensor, "n"]) -> list[Operation]:
    operations = [_fit_step("unit", rows, used)]
    for _ in range(ITERATIVE_ROUNDS):
        left = float(torch.linalg.vector_norm(_mean(rows, used)))
        if left <= ITERATIVE_TOLERANCE:
            break
        operations += [_fit_step("center", rows, used), _fit_step("unit", rows, used)]
    else:
        warnings.warn(
            f"iterative normalisation did not settle: after {ITERATIVE_ROUNDS} rounds the mean row still "
            f"has length {left:.2g}",
            IsolexWarning,
            stacklevel=3,
        )
    return operations


def _mean(rows: Float[Tensor, "n d"], used: Bool[Tensor, "n"]) -> Float[Tensor, "d"]:
    count = max(int(used.sum()), 1)
    return (rows.sum(dim=0, dtype=torch.float64) / count).float()  # unused rows are zero
