"""Input and output of solvers: matrices and pairs of ids in, one linear map for each side out."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import embedding_bag

from isolex.arrays import full_precision
from isolex.errors import InputError
from isolex.linalg import gram
from isolex.normalize import to_unit_length

Trace: TypeAlias = list[dict[str, Any]]
"""What a solver notes of its rounds, for `Mapping.trace`."""


class Normalized(Protocol):
    """One language of a problem, such as `isolex.alignment.Side`."""

    def normalized(self) -> Float[Tensor, "n d"]:
        """Its normalised rows, on the device where isolex computes with it."""
        ...


class IndexedPairs(Protocol):
    """Seed pairs as ids, such as `isolex.lexicon.IndexedLexicon`."""

    @property
    def pairs(self) -> Int[np.ndarray, "p 2"]:
        """Source id and target id of each."""
        ...

    @property
    def weights(self) -> Float[np.ndarray, "p"] | None:
        """Their importances; None if all are alike."""
        ...


def _same(rows: Tensor) -> Tensor:
    return rows


@dataclass(frozen=True, eq=False)
class Problem:
    """Two normalised embedding matrices, and the seed pairs between them if there are any.

    Attributes:
        x: Source rows, float32 `[n, d]`, most frequent word first; rows in half precision become float32.
        z: Target rows, float32 `[m, e]`.
        pairs: int64 `[p, 2]`: ids into x and z. A word may be in several pairs. There may be no pairs for
            solvers that need no supervision.
        weights: `[p]` non-negative weights of the pairs; None if all count alike. They are scaled to a mean
            of 1 over the pairs with a positive weight, so that a ridge has the same effect with and without
            them.
        outputs: A second view of both vocabularies, `[n, d]` and `[m, e]`: the output embeddings of their
            words, normalised. Self-learning then fits its maps to both views and induces from both, see
            `Induction.between`; other solvers use only x and z. None for no second view.

    Raises:
        InputError: Ids outside the matrices, unusable weights, or outputs of other shapes than x and z.
    """

    x: Float[Tensor, "n d"]
    z: Float[Tensor, "m e"]
    pairs: Int[Tensor, "p 2"] = field(default_factory=lambda: torch.empty(0, 2, dtype=torch.int64))
    weights: Float[Tensor, "p"] | None = None
    outputs: tuple[Tensor, Tensor] | None = None

    def __post_init__(self) -> None:
        for side in ("x", "z"):
            rows = getattr(self, side)
            if rows.dtype.itemsize < torch.float32.itemsize:  # sums and weights are float32 at least
                object.__setattr__(self, side, rows.float())
        for side, rows, output in zip(
            ("source", "target"), (self.x, self.z), self.outputs or (self.x, self.z), strict=True
        ):
            if output.shape != rows.shape:
                raise InputError(
                    f"got {side} outputs of shape {list(output.shape)}, expected {list(rows.shape)} as of "
                    "its rows",
                    where="problem",
                )
        if self.pairs.shape[0] == 0:
            object.__setattr__(self, "weights", None)
            return
        for side, rows, ids in (("source", self.x, self.pairs[:, 0]), ("target", self.z, self.pairs[:, 1])):
            if int(ids.min()) < 0 or int(ids.max()) >= rows.shape[0]:
                raise InputError(
                    f"got {side} ids from {int(ids.min())} to {int(ids.max())}, "
                    f"expected 0 to {rows.shape[0] - 1}",
                    where="problem",
                )
        if self.weights is None:
            return
        if self.weights.shape[0] != self.pairs.shape[0]:
            raise InputError(
                f"got {self.weights.shape[0]} weights for {self.pairs.shape[0]} pairs", where="problem"
            )
        total = float(self.weights.sum(dtype=torch.float64))
        if not (math.isfinite(total) and total > 0 and bool((self.weights >= 0).all())):
            raise InputError("weights must be finite and not negative, with a positive sum", where="problem")
        scaled = self.weights.double() * (int(self.weights.count_nonzero()) / total)
        object.__setattr__(self, "weights", scaled.float())

    @classmethod
    def of(cls, source: Normalized, target: Normalized, seeds: IndexedPairs | None = None) -> "Problem":
        """The problem of two languages and their seed pairs; pairs of weight 0 are left out.

        Args:
            source: Source side.
            target: Target side.
            seeds: Seed pairs by the rows of the two; None for none.

        Examples:
            >>> import isolex
            >>> from isolex.alignment import Side
            >>> from isolex.mapping import Problem
            >>> from isolex.normalize import Normalizer
            >>> en, es, train, test = isolex.sample()
            >>> english, spanish = (Side.fitted(some, Normalizer()) for some in (en, es))
            >>> problem = Problem.of(english, spanish, train.index(en, es))
            >>> problem.x.shape[0] == len(en)
            True
        """
        return cls.over(source.normalized(), target.normalized(), seeds)

    @classmethod
    def over(
        cls, x: Float[Tensor, "n d"], z: Float[Tensor, "m e"], seeds: IndexedPairs | None = None
    ) -> "Problem":
        """The problem of rows that are already normalised, for instance if a language has several problems.

        Args:
            x: Normalised rows of the source side.
            z: Normalised rows of the target side, on the same device.
            seeds: Seed pairs by these rows; None for none.
        """
        if seeds is None:
            return cls(x, z)
        weights = None if seeds.weights is None else torch.from_numpy(seeds.weights).to(x.device)
        return cls(x, z, torch.from_numpy(seeds.pairs).to(x.device), weights).weighty()

    def seeds(self) -> tuple[Float[Tensor, "p d"], Float[Tensor, "p e"]]:
        """X and Z: the rows of the pairs, stacked in the same order.

        Raises:
            InputError: There are no pairs.
        """
        pairs = self._some_pairs()
        return self.x[pairs[:, 0]], self.z[pairs[:, 1]]

    def cross(self) -> Float[Tensor, "d e"]:
        """Xᵀ diag(weights) Z of the seed pairs, in float64.

        The target rows of pairs with the same source word are summed first.

        Raises:
            InputError: There are no pairs.
        """
        order = self._some_pairs()[:, 0].argsort(stable=True)
        sources, counts = self.pairs[order, 0].unique_consecutive(return_counts=True)
        weights = None if self.weights is None else self.weights[order]
        sums = embedding_bag(
            self.pairs[order, 1], self.z, counts.cumsum(0) - counts, mode="sum", per_sample_weights=weights
        )
        return gram(self.x[sources], sums)

    def restricted(self, keep: Tensor) -> "Problem":
        """The same spaces with some of the pairs: `keep` is a `[p]` mask or ids of pairs."""
        weights = None if self.weights is None else self.weights[keep]
        return replace(self, pairs=self.pairs[keep], weights=weights)

    def joined(self, others: Int[Tensor, "q 2"], weight: float) -> "Problem":
        """The same problem with further pairs, as far as their words are in none of its own pairs.

        Args:
            others: Ids of the further pairs.
            weight: Weight of each further pair, relative to the mean weight of its own pairs.
        """
        if self.pairs.shape[0] == 0:
            return replace(self, pairs=others, weights=None)
        others = self.unnamed(others)
        own = torch.ones(len(self.pairs)).to(self.x) if self.weights is None else self.weights
        weights = torch.cat([own, torch.full((len(others),), weight).to(own)])
        return replace(self, pairs=torch.cat([self.pairs, others]), weights=weights)

    def unnamed(self, others: Int[Tensor, "q 2"]) -> Int[Tensor, "r 2"]:
        """The pairs among `others` whose words are in no pair of the problem."""
        if self.pairs.shape[0] == 0:
            return others
        named = [torch.isin(others[:, side], self.pairs[:, side]) for side in (0, 1)]
        return others[~(named[0] | named[1])]

    def changed(
        self,
        source: Callable[[Tensor], Tensor] = _same,
        target: Callable[[Tensor], Tensor] = _same,
        *,
        pairs: Int[Tensor, "p 2"] | None = None,
    ) -> "Problem":
        """The same problem with other rows; both views are changed in the same way.

        Args:
            source: Function that changes the source rows of a view; by default they stay.
            target: Function that changes the target rows of a view; by default they stay.
            pairs: The same pairs with the new ids of the words; None if words keep their ids.
        """
        x, z = source(self.x), target(self.z)
        outputs = None if self.outputs is None else (source(self.outputs[0]), target(self.outputs[1]))
        return replace(self, x=x, z=z, pairs=self.pairs if pairs is None else pairs, outputs=outputs)

    def stacked(self) -> "Problem":
        """Both views as one: the rows of the second after those of the first, and every pair in both."""
        if self.outputs is None:
            return self
        (x, z), sizes = self.outputs, self.pairs.new_tensor([self.x.shape[0], self.z.shape[0]])
        return Problem(
            torch.cat([self.x, x]),
            torch.cat([self.z, z]),
            torch.cat([self.pairs, self.pairs + sizes]),
            None if self.weights is None else self.weights.repeat(2),
        )

    def weighty(self) -> "Problem":
        """The same without the pairs of weight 0."""
        if self.weights is None or bool((self.weights > 0).all()):
            return self
        return self.restricted(self.weights > 0)

    def _some_pairs(self) -> Int[Tensor, "p 2"]:
        if self.pairs.shape[0] == 0:
            raise InputError(
                "got no seed pairs inside both vocabularies", where="problem", fix="add a lexicon"
            )
        return self.pairs


@dataclass(frozen=True, eq=False)
class Mapping:
    """One linear map for each side into the shared space of p dimensions; use it as `x @ source`.

    A method that maps only one side has the identity for the other side, so that all results have one form.

    Attributes:
        source: float32 `[d, p]`.
        target: float32 `[e, p]`.
        trace: Notes of the solver, a row for each step; empty for closed-form solvers.
    """

    source: Float[Tensor, "d p"]
    target: Float[Tensor, "e p"]
    trace: tuple[dict[str, Any], ...] = ()

    @classmethod
    def one_sided(cls, source: Float[Tensor, "d p"], *, trace: tuple[dict[str, Any], ...] = ()) -> "Mapping":
        """A mapping whose shared space is the target space itself."""
        return cls(source.float(), torch.eye(source.shape[1], device=source.device), trace)

    @classmethod
    def two_sided(cls, source: Float[Tensor, "d p"], target: Float[Tensor, "e p"]) -> "Mapping":
        """A mapping that maps both sides."""
        return cls(source.float(), target.float())

    @full_precision()
    def apply(
        self, x: Float[Tensor, "n d"], z: Float[Tensor, "m e"]
    ) -> tuple[Float[Tensor, "n p"], Float[Tensor, "m p"]]:
        """Both vocabularies in the shared space, scaled to unit length, so that scores are cosines."""
        return to_unit_length(x @ self.source), to_unit_length(z @ self.target)


@runtime_checkable
class Solver(Protocol):
    """A method is a frozen dataclass of its settings with this one method."""

    def solve(self, problem: Problem) -> Mapping:
        """The maps for one problem."""
        ...
