"""Many languages in one space: what each seed lexicon says of two of them, and one map a language."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.errors import InputError
from isolex.linalg import eigenvectors, gram, polar_factor, root, svd
from isolex.mapping.problem import Mapping, Problem

PlacePair: TypeAlias = tuple[int, int]
"""Places of two languages, the earlier one first."""

# What a lexicon of their own counts between two languages, beside what all lexicons say together.
OWN_SHARE = 0.25


@dataclass(frozen=True, eq=False)
class Tie:
    """What one seed lexicon says of two spaces: second moments of its pairs, in float64.

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
        """The moments of a problem's seed pairs; its matrices are not needed any more.

        Raises:
            InputError: It has no pairs.
        """
        x, z = problem.seeds()
        weights = problem.weights
        total = float(x.shape[0] if weights is None else weights.sum(dtype=torch.float64))
        return cls(problem.cross() / total, gram(x, x, weights) / total, gram(z, z, weights) / total)


@dataclass(frozen=True, eq=False)
class JointProblem:
    """N spaces, and what the lexicons between them say. It holds `[d, d]` matrices only, and no rows.

    Attributes:
        covariances: Of each space, the mean over its lexicons of the second moments of its rows there.
        crosses: By pair of spaces (i < j), the cross-product of its lexicon.
        weights: By pair, how much its lexicon counts.
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
        """The problem of `size` spaces; ties are read one after the other, and only their sums kept.

        Args:
            size: Number of spaces.
            ties: For pairs of spaces (i, j) what their lexicon says; each pair of spaces once.
            weights: How much each lexicon counts; None for all alike.

        Raises:
            InputError: A tie of a space with itself or with none, two ties of one pair, weights that are not
                positive, or spaces that the ties do not connect.
        """
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
        if not all(weight > 0 for weight in counting.values()):
            raise InputError("weights of lexicons must be positive", where="joint")
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
    """Where one language stands in a joint space.

    Attributes:
        whitening: Σ^(−½) of its dictionary rows; the identity where the solver does not whiten.
        rotation: Its directions of the shared space, after whitening.
    """

    whitening: Float[Tensor, "d d"]
    rotation: Float[Tensor, "d p"]


@dataclass(frozen=True, eq=False)
class JointMapping:
    """One map a language into the space of p dimensions that all share.

    Attributes:
        placements: Each language's own part of its map.
        strengths: How well the languages agree in each shared direction, largest first.
        scaling: diag(strengths)^reweight times the shared de-whitening, which every map ends with.
        reweight: The exponent.
        trace: The objective after each sweep.
    """

    placements: tuple[Placement, ...]
    strengths: Float[Tensor, "p"]
    scaling: Float[Tensor, "p p"]
    reweight: float = 0.5
    trace: tuple[dict[str, Any], ...] = ()

    @property
    def maps(self) -> tuple[Float[Tensor, "_ p"], ...]:
        """Float32 `[d, p]` for each language; maps act on the right."""
        return tuple(self.map(placement) for placement in self.placements)

    def map(self, placement: Placement) -> Float[Tensor, "d p"]:
        """The map of a language that stands there."""
        return (placement.whitening @ placement.rotation @ self.scaling).float()

    def between(
        self,
        source: Placement,
        target: Placement,
        cross: Float[Tensor, "d e"] | None = None,
        *,
        own: float = OWN_SHARE,
    ) -> Mapping:
        """The maps of two languages for questions from one to the other.

        Without a lexicon of their own these are their maps into the space that all share. With one, which
        knows more of just these two, they are VecMap's maps for own · K + (1 − own) · R_i diag(s) R_jᵀ: a
        mixture of what their lexicon says, the whitened cross-product K, and of what all lexicons together
        say by the rotations R. So the shared space is corrected for this pair alone.

        Args:
            source: Where the source language stands.
            target: Where the target language stands.
            cross: Cross-product of the pair's lexicon, as `Tie` has it; None if there is none.
            own: How much their own lexicon counts, from 0 to 1.
        """
        if cross is None:
            return Mapping(self.map(source), self.map(target))
        said = source.whitening @ cross.double() @ target.whitening
        shared = source.rotation * self.strengths @ target.rotation.T
        u, s, vt = svd(own * said + (1 - own) * shared)
        weights = s.pow(self.reweight)
        return Mapping.two_sided(
            *(
                side.whitening @ turn * weights @ (turn.T @ root(side.whitening, -1) @ turn)
                for side, turn in ((source, u), (target, vt.T))
            )
        )


class JointSolver(Protocol):
    """A method for many languages is a frozen dataclass of its settings with this one method."""

    def solve(self, problem: JointProblem) -> JointMapping:
        """The maps of all languages."""
        ...


@dataclass(frozen=True)
class Joint:
    """VecMap's steps for many languages at once: whiten, rotate all, re-weight, de-whiten.

    With C_ij the cross-product of the lexicon between languages i and j, and Σ_i the covariance of the rows
    of language i that lexicons name:

    1. whiten: K_ij = Σ_i^(−½) C_ij Σ_j^(−½);
    2. rotate: sweep Q_i ← polar factor of Σ_j w_ij K_ij Q_j until the objective Σ w_ij tr(Q_iᵀ K_ij Q_j)
       stalls (generalised Procrustes, ten Berge 1977);
    3. turn all into the eigenvectors of the mean of Q_iᵀ K_ij Q_j = V s Vᵀ, and re-weight by s^`reweight`;
    4. de-whiten by the mean of VᵀQ_iᵀ Σ_i^½ Q_i V, which is the same for all languages.

    For two languages steps 1 to 3 are those of `VecMap`. With whitening off it is orthogonal generalised
    Procrustes, which on a star of lexicons equals Procrustes of each language with the one in the middle.
    Any connected graph of lexicons will do, and languages may differ in dimension. Cost: a singular value
    decomposition a language and sweep.

    Attributes:
        whiten: Steps 1 and 4.
        reweight: Exponent of s, ≥ 0.
        sweeps: Most sweeps.
        tolerance: Sweeps end where the objective grows by less than this share of itself.

    Raises:
        InputError: A negative exponent or tolerance, or no sweep.

    Examples:
        >>> import torch
        >>> from isolex.mapping import Joint, JointProblem, Problem, Tie
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> pairs = torch.arange(50).repeat(2, 1).T
        >>> tie = Tie.of(Problem(x, x.flip(1), pairs))
        >>> first, second = Joint().solve(JointProblem.of(2, [((0, 1), tie)])).maps
        >>> bool(torch.allclose(x @ first, x.flip(1) @ second, atol=1e-4))
        True
    """

    whiten: bool = True
    reweight: float = 0.5
    sweeps: int = 100
    tolerance: float = 1e-4

    def __post_init__(self) -> None:
        if not (self.reweight >= 0 and self.tolerance >= 0):
            raise InputError("exponent and tolerance must be at least 0", where="Joint")
        if self.sweeps < 1:
            raise InputError(f"got {self.sweeps} sweeps, expected at least 1", where="Joint")

    @classmethod
    def rotations(cls, *, sweeps: int = 100, tolerance: float = 1e-4) -> "Joint":
        """Orthogonal generalised Procrustes: rotations alone."""
        return cls(whiten=False, reweight=0, sweeps=sweeps, tolerance=tolerance)

    def solve(self, problem: JointProblem) -> JointMapping:
        """The maps of all languages."""
        whitenings = tuple(self._whitening(moments) for moments in problem.covariances)
        agreements = {
            (i, j): whitenings[i] @ cross @ whitenings[j] for (i, j), cross in problem.crosses.items()
        }
        ties = _neighbours(len(problem), agreements, problem.weights)
        rotations, trace = self._swept(whitenings, ties)
        strengths, turn = _principal(rotations, agreements, problem.weights)
        turned = [rotation @ turn for rotation in rotations]
        scaling = torch.diag(strengths.pow(self.reweight))
        if self.whiten:
            back = [
                rotation.T @ root(moments, 0.5) @ rotation
                for rotation, moments in zip(turned, problem.covariances, strict=True)
            ]
            scaling = scaling @ (reduce(torch.add, back) / len(back))
        placements = tuple(Placement(*each) for each in zip(whitenings, turned, strict=True))
        return JointMapping(placements, strengths, scaling, self.reweight, trace)

    def place(
        self,
        mapping: JointMapping,
        moments: Float[Tensor, "d d"],
        crosses: Sequence[tuple[int, Float[Tensor, "d e"], float]],
    ) -> Placement:
        """Where one more language stands in a space that stays as it is.

        Args:
            mapping: The space.
            moments: Σ of the new language, over its dictionary rows.
            crosses: For each lexicon of the new language: the language of the space that it leads to, the
                cross-product (rows: new language), and how much it counts.

        Raises:
            InputError: No lexicon.
        """
        if not crosses:
            raise InputError("got no lexicon between the new language and the space", where="joint")
        whitening = self._whitening(moments)
        pulled = [
            weight
            * whitening
            @ cross
            @ mapping.placements[other].whitening
            @ mapping.placements[other].rotation
            for other, cross, weight in crosses
        ]
        return Placement(whitening, polar_factor(reduce(torch.add, pulled)))

    def _whitening(self, moments: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
        return root(moments, -0.5) if self.whiten else torch.eye(moments.shape[0]).to(moments)

    def _swept(
        self,
        whitenings: Sequence[Float[Tensor, "_ _"]],
        ties: Sequence[Sequence[tuple[int, Tensor]]],
    ) -> tuple[list[Float[Tensor, "_ p"]], tuple[dict[str, Any], ...]]:
        """Rotations of all languages, and the objective after each sweep.

        The first rotations go out from the language with the most lexicons, along the lexicons.
        """
        width = max(moments.shape[0] for moments in whitenings)
        order = _outward(ties)
        first = whitenings[order[0]]
        rotations: dict[int, Tensor] = {order[0]: torch.eye(first.shape[0], width).to(first)}
        trace: list[dict[str, Any]] = []
        for place in order[1:]:
            rotations[place] = polar_factor(_pull(ties[place], rotations))
        for sweep in range(self.sweeps):
            for place in order:
                rotations[place] = polar_factor(_pull(ties[place], rotations))
            # Every lexicon pulls at both its ends.
            objective = 0.5 * sum(
                float((_pull(ties[place], rotations) * rotations[place]).sum()) for place in order
            )
            trace.append({"sweep": sweep + 1, "objective": objective})
            if sweep and objective - trace[-2]["objective"] <= self.tolerance * abs(objective):
                break
        return [rotations[place] for place in range(len(ties))], tuple(trace)


def _neighbours(
    size: int, agreements: Dictionary[PlacePair, Tensor], weights: Dictionary[PlacePair, float]
) -> list[list[tuple[int, Tensor]]]:
    """Of each language, those that it has a lexicon with, and w_ij K_ij from its side."""
    ties: list[list[tuple[int, Tensor]]] = [[] for _ in range(size)]
    for (i, j), agreement in agreements.items():
        weighted = weights[i, j] * agreement
        ties[i].append((j, weighted))
        ties[j].append((i, weighted.T))
    return ties


def _outward(ties: Sequence[Sequence[tuple[int, Tensor]]]) -> list[int]:
    """All languages, breadth first from the one with the most lexicons."""
    order = [max(range(len(ties)), key=lambda place: len(ties[place]))]
    for place in order:
        order += [other for other, _ in ties[place] if other not in order]
    return order


def _pull(
    ties: Sequence[tuple[int, Float[Tensor, "d _"]]], rotations: Dictionary[int, Float[Tensor, "_ p"]]
) -> Float[Tensor, "d p"]:
    """Σ_j w_ij K_ij Q_j over the languages that are placed."""
    pulled = [tie @ rotations[other] for other, tie in ties if other in rotations]
    return reduce(torch.add, pulled)


def _principal(
    rotations: Sequence[Float[Tensor, "_ p"]],
    agreements: Dictionary[PlacePair, Tensor],
    weights: Dictionary[PlacePair, float],
) -> tuple[Float[Tensor, "p"], Float[Tensor, "p p"]]:
    """The s and V of the weighted mean of Q_iᵀ K_ij Q_j, both ways: shared directions, the best first."""
    seen = torch.zeros_like(rotations[0].T @ rotations[0])
    for (i, j), agreement in agreements.items():
        seen += weights[i, j] * (rotations[i].T @ agreement @ rotations[j])
    seen /= sum(weights.values())
    values, vectors = eigenvectors((seen + seen.T) / 2)
    return values.clamp(min=0), vectors
