"""Many languages in one space: the moments of each seed lexicon, and one map for each language."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.errors import InputError
from isolex.linalg import gram
from isolex.mapping.problem import Mapping, Problem

PlacePair: TypeAlias = tuple[int, int]
"""Places of two languages, the earlier one first."""

LARGEST = 1e9
"""What is more than this is no weight or ridge, and would drown everything else in rounding."""
Crosses: TypeAlias = Sequence[tuple[int, Float[Tensor, "d _"], float]]
"""Of each lexicon of a language that joins: the language of the space that it leads to, the cross-product
(rows: the new language), and how much it counts."""


@dataclass(frozen=True, eq=False)
class Tie:
    """The second moments of the pairs of one seed lexicon, in float64; joint solvers need no more of it.

    Attributes:
        cross: Xᵀ diag(w) Z / Σw over the pairs.
        source: Xᵀ diag(w) X / Σw.
        target: Zᵀ diag(w) Z / Σw.
    """

    cross: Float[Tensor, "d e"]
    source: Float[Tensor, "d d"]
    target: Float[Tensor, "e e"]

    @classmethod
    def of(cls, problem: Problem) -> "Tie":
        """The moments of a problem's seed pairs; the matrices of the problem are not needed any more.

        Raises:
            InputError: The problem has no pairs.
        """
        x, z = problem.seeds()
        weights = problem.weights
        total = float(x.shape[0] if weights is None else weights.sum(dtype=torch.float64))
        return cls(problem.cross() / total, gram(x, x, weights) / total, gram(z, z, weights) / total)


@dataclass(frozen=True, eq=False)
class JointProblem:
    """N spaces, and the moments of the lexicons between them: only `[d, d]` matrices, and no rows.

    Attributes:
        covariances: For each space, the second moments of its rows in a lexicon, averaged over its lexicons.
        crosses: The cross-product of the lexicon, by pair of spaces (i < j).
        weights: How much the lexicon counts, by pair of spaces.
    """

    covariances: tuple[Float[Tensor, "_ _"], ...]
    crosses: Dictionary[PlacePair, Float[Tensor, "_ _"]]
    weights: Dictionary[PlacePair, float]

    @classmethod
    def of(
        cls,
        size: int,
        ties: Iterable[tuple[PlacePair, Tie]],
        *,
        weights: Dictionary[PlacePair, float] | None = None,
    ) -> "JointProblem":
        """The problem of `size` spaces; ties are read one after the other, and only their sums are kept.

        Args:
            size: Number of spaces.
            ties: For pairs of spaces (i, j) what their lexicon says; each pair of spaces once.
            weights: How much each lexicon counts; None for all alike.

        Raises:
            InputError: Fewer than two spaces, a tie of a space with itself or with none, two ties of one
                pair, a space of two dimensions, weights that are not positive and finite, or spaces that the
                ties do not connect.
        """
        if size < 2:
            raise InputError(f"got spaces: {size}, expected at least 2", where="joint")
        sums: list[Tensor | None] = [None] * size
        counts = [0] * size
        crosses: dict[PlacePair, Tensor] = {}
        for (i, j), tie in ties:
            if not (0 <= i < size and 0 <= j < size) or i == j:
                raise InputError(f"got a tie of spaces {i} and {j}, expected two of {size}", where="joint")
            key, cross = ((i, j), tie.cross) if i < j else ((j, i), tie.cross.T)
            if key in crosses:
                raise InputError(f"got two ties of spaces {key[0]} and {key[1]}", where="joint")
            crosses[key] = cross
            for place, moments in ((i, tie.source), (j, tie.target)):
                known = sums[place]
                if known is not None and known.shape != moments.shape:
                    raise InputError(
                        f"got ties of {known.shape[0]} and of {moments.shape[0]} dimensions of space {place}",
                        where="joint",
                    )
                sums[place] = moments if known is None else known + moments
                counts[place] += 1
        parts = components(size, crosses)
        if len(parts) > 1:
            raise InputError(
                f"the lexicons leave the spaces in {len(parts)} parts: {parts}",
                where="joint",
                fix="give a lexicon between the parts",
            )
        covariances = tuple(
            known / count for known, count in zip(sums, counts, strict=True) if known is not None
        )
        given = {} if weights is None else {(min(pair), max(pair)): w for pair, w in weights.items()}
        counting = {pair: float(given.get(pair, 1.0)) for pair in crosses}
        if not all(0 < weight < LARGEST for weight in counting.values()):
            raise InputError("weights of lexicons must be positive and finite", where="joint")
        return cls(covariances, crosses, counting)

    def __len__(self) -> int:
        return len(self.covariances)


def components(size: int, pairs: Iterable[PlacePair]) -> list[list[int]]:
    """The connected parts of a graph of `size` spaces, each in rising order, the largest part first."""
    label = list(range(size))

    def find(i: int) -> int:
        while label[i] != i:
            label[i] = label[label[i]]
            i = label[i]
        return i

    for i, j in pairs:
        label[find(i)] = find(j)
    parts: dict[int, list[int]] = {}
    for i in range(size):
        parts.setdefault(find(i), []).append(i)
    return sorted(parts.values(), key=lambda part: (-len(part), part))


@dataclass(frozen=True, eq=False)
class Placement:
    """The place of one language in a joint space.

    Attributes:
        moments: Σ of its dictionary rows, in float64.
        rotation: Its directions in the shared space, in float64.
        map: Its map into the shared space, in float32.
    """

    moments: Float[Tensor, "d d"]
    rotation: Float[Tensor, "d p"]
    map: Float[Tensor, "d p"]


@dataclass(frozen=True, eq=False)
class JointMapping:
    """One map for each language into the shared space of p dimensions.

    Attributes:
        placements: The place of each language.
        strengths: How well the languages agree in each shared direction, largest first.
        scaling: The last factor of every map: how much each shared direction counts.
        trace: The objective after each sweep.
    """

    placements: tuple[Placement, ...]
    strengths: Float[Tensor, "p"]
    scaling: Float[Tensor, "p p"]
    trace: tuple[dict[str, Any], ...] = ()

    @property
    def maps(self) -> tuple[Float[Tensor, "_ p"], ...]:
        """`[d, p]` for each language, in float32; maps act on the right."""
        return tuple(placement.map for placement in self.placements)

    def between(self, source: int, target: int) -> Mapping:
        """The maps of two languages, by their places."""
        return Mapping(self.placements[source].map, self.placements[target].map)


class JointSolver(Protocol):
    """A method for many languages is a frozen dataclass of its settings with this one method."""

    def solve(self, problem: JointProblem) -> JointMapping:
        """The maps of all languages."""
        ...


class PlacingSolver(JointSolver, Protocol):
    """A joint solver that can add a language to a space without changing the space."""

    def place(self, mapping: JointMapping, moments: Float[Tensor, "d d"], crosses: Crosses) -> Placement:
        """The place of one more language.

        Args:
            mapping: The space.
            moments: Σ of the new language, over its dictionary rows.
            crosses: The cross-products of its lexicons; there must be at least one.
        """
        ...
