"""How well a solver translates seed words that it has not seen, and whether that is better than chance."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from isolex.arrays import generator
from isolex.judging.expectation import Expectation
from isolex.judging.thresholds import ENOUGH_WORDS, FOLDS, VOCABULARY
from isolex.mapping import Problem, Solver
from isolex.normalize import unit_rows
from isolex.retrieval import CSLS

Part: TypeAlias = Literal["all", "choice", "verdict"]

_FOLDS_OF: dict[Part, slice] = {"all": slice(None), "choice": slice(2), "verdict": slice(2, None)}


@dataclass(frozen=True)
class HeldOut:
    """P@1 (by CSLS) on held-out seed words: a word is right if its best answer is a seed translation of it.

    Attributes:
        right: Number of held-out words whose best answer is right.
        words: Number of held-out words.
    """

    right: int
    words: int

    @property
    def percent(self) -> float:
        """P@1 in percent; nan without words."""
        return 100 * self.right / self.words if self.words else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson score interval of P@1, in percent; 0 to 100 without words."""
        if not self.words:
            return 0.0, 100.0
        n, p, z = self.words, self.right / self.words, 1.959964
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)

    @property
    def expectation(self) -> Expectation:
        """P@1 with its interval, in the form in which estimates without seed words are given."""
        return Expectation(self.percent, *self.interval, level=95)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.percent:.1f} % ({low:.1f} to {high:.1f})"


def dealt(words: Int[Tensor, "w"], *, seed: int = 0) -> tuple[Int[Tensor, "f"], ...]:
    """Divide the words at random into five folds of about the same size, or fewer for fewer words."""
    return shuffled(words, seed=seed).chunk(FOLDS)


def shuffled(words: Int[Tensor, "w"], *, seed: int = 0) -> Int[Tensor, "w"]:
    """The words in random order."""
    return words[torch.randperm(words.numel(), generator=generator(seed)).to(words.device)]


def cross_validate(
    solver: Solver,
    problem: Problem,
    *,
    seed: int = 0,
    part: Part = "all",
    words: Int[Tensor, "w"] | None = None,
) -> HeldOut:
    """Solve on four fifths of the seed words and translate the rest, among the 20,000 most frequent words.

    The seed words are divided into five folds. Folds are tried until they hold 200 words together; with fewer
    words, every word is held out once. All pairs of a source word are in the same fold.

    Args:
        solver: How to map.
        problem: Spaces and seed pairs.
        seed: Seed of the random division into folds.
        part: `choice` uses two of the folds and `verdict` the three others, because a method that was chosen
            by its result on some words must be judged on other words.
        words: Source words that may be held out, if some pairs are not to be trusted; None for all.
    """
    problem = _counting(problem)
    known = problem.pairs[:, 0].unique()
    words = known if words is None else known[torch.isin(known, words)]
    folds = [fold for fold in dealt(words, seed=seed)[_FOLDS_OF[part]] if 0 < fold.numel() < words.numel()]
    if folds:
        folds = folds[: math.ceil(ENOUGH_WORDS / folds[0].numel())]
    held = [torch.isin(problem.pairs[:, 0], fold) for fold in folds]
    right = sum(_right(solver, problem, mask) for mask in held)
    return HeldOut(right, sum(fold.numel() for fold in folds))


def null_problem(problem: Problem, *, seed: int = 0) -> Problem:
    """The same problem with a target space that cannot align.

    Each column is permuted separately. This keeps the values of the column and destroys the relations between
    rows. (Permuting whole rows or columns would only relabel them.)
    """
    return problem.changed(target=partial(null_rows, seed=seed))


def null_rows(rows: Float[Tensor, "n d"], *, seed: int = 0) -> Float[Tensor, "n d"]:
    """Unit rows after the values of each column were shuffled, each column in a different order."""
    source = generator(seed)
    made = rows.clone()
    for column in range(made.shape[1]):
        made[:, column] = made[torch.randperm(made.shape[0], generator=source).to(made.device), column]
    return unit_rows(made)


def _counting(problem: Problem) -> Problem:
    """The problem of the pairs that have a weight, and of those the ones between frequent words."""
    problem = problem.weighty()
    inside = (problem.pairs < VOCABULARY).all(dim=1)
    if not inside.any():
        return problem
    return problem.restricted(inside).changed(_frequent, _frequent)


def _frequent(rows: Float[Tensor, "n d"]) -> Float[Tensor, "f d"]:
    return rows[:VOCABULARY]


def _right(solver: Solver, problem: Problem, held_out: Bool[Tensor, "p"]) -> int:
    x, z = solver.solve(problem.restricted(~held_out)).apply(problem.x, problem.z)
    return int(first_answers_right(x, z, problem.pairs[held_out]).sum())


def first_answers_right(
    x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], pairs: Int[Tensor, "p 2"]
) -> Bool[Tensor, "w"]:
    """For each source word in `pairs`, whether its best CSLS answer is one of its targets there."""
    words, place = pairs[:, 0].unique(return_inverse=True)
    best = CSLS().index(x, z).best(x[words], 1)[:, 0]
    right = torch.zeros(words.numel(), dtype=torch.bool, device=x.device)
    right[place[best[place] == pairs[:, 1]]] = True
    return right
