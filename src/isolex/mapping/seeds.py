"""Starts of self-learning: objects that find a first dictionary, with or without supervision."""

import math
from dataclasses import dataclass, field
from typing import Protocol

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.linalg import svd
from isolex.mapping.induction import Induction
from isolex.mapping.problem import Problem, Solver
from isolex.normalize import unit_rows


class Seed(Protocol):
    """An object that finds the first pairs."""

    def pairs(self, problem: Problem) -> Int[Tensor, "p 2"]:
        """Ids into x and z."""
        ...


@dataclass(frozen=True)
class GivenPairs:
    """The problem's own pairs: a lexicon, identical strings, numerals, or any union of them."""

    def pairs(self, problem: Problem) -> Int[Tensor, "p 2"]:
        """The pairs of the problem.

        Raises:
            InputError: The problem has no pairs.
        """
        problem.seeds()
        return problem.pairs


@dataclass(frozen=True)
class SimilarityDistributions:
    """Match words whose similarities to their own language are distributed alike (Artetxe et al. 2018b, 3.2).

    With X = U S Vᵀ the rows of √(XXᵀ) = U S Uᵀ hold each word's similarities to all words of its language;
    sorted, they no longer depend on the order of the words, and can be compared across languages. Rows are
    brought to unit length, centred, and matched by CSLS in both directions. The result is a weak dictionary
    with a few right pairs in a hundred, which self-learning with dropout can improve. Spaces may differ in
    dimension; the same number of words is compared on both sides. Cost: O(n² q) for n words and q quantiles.

    Attributes:
        vocabulary: Compare this many of the most frequent words.
        quantiles: Compare at most this many points of each sorted row. They are denser near the ends of the
            row, which say most (of two points at the same place only one is used). None compares all points,
            as published.

    Raises:
        InputError: Either setting is under 2.
    """

    vocabulary: int = 4_000
    quantiles: int | None = None

    def __post_init__(self) -> None:
        check_numbers(self)
        if self.vocabulary < 2 or (self.quantiles is not None and self.quantiles < 2):
            raise InputError(
                f"got vocabulary {self.vocabulary} and quantiles {self.quantiles}, expected at least 2",
                where="SimilarityDistributions",
            )

    def pairs(self, problem: Problem) -> Int[Tensor, "p 2"]:
        """The best match of each word of either side."""
        words = min(self.vocabulary, problem.x.shape[0], problem.z.shape[0])
        x, z = (self._profiles(rows[:words]) for rows in (problem.x, problem.z))
        return Induction(vocabulary=None).induce(x, z).pairs

    def _profiles(self, rows: Float[Tensor, "n d"]) -> Float[Tensor, "n q"]:
        u, s, _ = svd(rows)
        similarities = ((u * s).float() @ u.T.float()).sort(dim=1).values
        if self.quantiles is not None and self.quantiles < similarities.shape[1]:
            last = similarities.shape[1] - 1
            steps = torch.logspace(0, math.log10(last), self.quantiles // 2, dtype=torch.float64).long() - 1
            places = torch.cat([steps, last - steps]).unique().to(similarities.device)
            similarities = similarities[:, places]
        profiles = unit_rows(similarities)
        return unit_rows(profiles - profiles.mean(dim=0))


@dataclass(frozen=True)
class Solved:
    """The dictionary induced in the shared space of another solver, which may be one that needs no pairs.

    Attributes:
        solver: A solver such as `Adversarial()`, `WassersteinProcrustes()`, or another `SelfLearning`.
        induction: How the dictionary is induced.
    """

    solver: Solver
    induction: Induction = field(default_factory=lambda: Induction("mutual", vocabulary=10_000))

    def pairs(self, problem: Problem) -> Int[Tensor, "p 2"]:
        """Pairs that lie near each other in its space."""
        return self.induction.between(self.solver.solve(problem), problem).pairs


@dataclass(frozen=True)
class Union:
    """All pairs that any of several seeds finds; a pair that two find counts twice.

    Attributes:
        seeds: The seeds, in order.

    Raises:
        InputError: There are no seeds.
    """

    seeds: tuple[Seed, ...]

    def __post_init__(self) -> None:
        if not self.seeds:
            raise InputError("got no seeds", where="Union")

    def pairs(self, problem: Problem) -> Int[Tensor, "p 2"]:
        """Their pairs, one after the other."""
        return torch.cat([seed.pairs(problem) for seed in self.seeds])
