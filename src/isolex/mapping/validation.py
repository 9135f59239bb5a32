"""How well a solver does on seed words that it has not seen, and whether that is better than nothing."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from isolex.arrays import generator
from isolex.mapping.problem import Problem, Solver
from isolex.normalize import unit_rows
from isolex.retrieval import CSLS

FOLDS = 5
ENOUGH_WORDS = 200
VOCABULARY = 20_000
# With fewer seed words, held-out ones are too few to compare methods on.
FEW_WORDS = 200

MIN_WORDS = 10
USABLE_PERCENT = 10.0


@dataclass(frozen=True)
class HeldOut:
    """P@1 (CSLS) on held-out seed words, a word right if any of its seed translations is the best answer.

    Attributes:
        right: Held-out words translated rightly.
        words: Held-out words.
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

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.percent:.1f} % ({low:.1f} to {high:.1f})"


def cross_validate(solver: Solver, problem: Problem, *, seed: int = 0) -> HeldOut:
    """Solve on four fifths of the seed words, translate the others; among the 20,000 most frequent words.

    Of the five folds as many are tried as hold 200 words together; with fewer words, every one is held out
    once. All pairs of a source word are on the same side.
    """
    problem = _counting(problem)
    words = problem.pairs[:, 0].unique()
    order = words[torch.randperm(words.numel(), generator=generator(seed)).to(words.device)]
    folds = [part for part in order.chunk(FOLDS) if 0 < part.numel() < words.numel()]
    if folds:
        folds = folds[: math.ceil(ENOUGH_WORDS / folds[0].numel())]
    held = [torch.isin(problem.pairs[:, 0], part) for part in folds]
    right = sum(_right(solver, problem, mask) for mask in held)
    return HeldOut(right, sum(part.numel() for part in folds))


def null_problem(problem: Problem, *, seed: int = 0) -> Problem:
    """The same problem with a target space that cannot align.

    Each column is permuted on its own, which keeps its values and destroys what rows have in common.
    (Permuting whole rows or columns would only be a relabelling.)
    """
    source = generator(seed)
    z = problem.z.clone()
    for column in range(z.shape[1]):
        z[:, column] = z[torch.randperm(z.shape[0], generator=source).to(z.device), column]
    return Problem(problem.x, unit_rows(z), problem.pairs, problem.weights)


def judge(found: HeldOut, null: HeldOut) -> tuple[Literal["aligned", "doubtful", "failed"], str]:
    """A status and the sentence that explains it.

    Better than a space that cannot align means that the two intervals do not overlap. `failed`: no better,
    and surely below 10 %. `doubtful`: no better, below 10 %, or too few seed words to tell. `aligned`: the
    rest.
    """
    figures = f"P@1 on {found.words:,} held-out seed words {found}, a space that cannot align gives {null}"
    if found.words < MIN_WORDS:
        return "doubtful", f"only {found.words} seed words can be held out, too few to check the alignment"
    better = found.interval[0] > null.interval[1]
    if not better and found.interval[1] < USABLE_PERCENT:
        return (
            "failed",
            f"{figures}: the spaces did not align; check languages and lexicon, or give more text",
        )
    if not better:
        return "doubtful", f"{figures}: not clearly better; give more seed pairs"
    if found.percent < USABLE_PERCENT:
        return "doubtful", f"{figures}: weak; more seed pairs or vectors from more text would help"
    return "aligned", figures


def _counting(problem: Problem) -> Problem:
    """The problem of the pairs that have a weight, and of those the ones between frequent words."""
    problem = problem.weighty()
    inside = (problem.pairs < VOCABULARY).all(dim=1)
    if not inside.any():
        return problem
    problem = problem.restricted(inside)
    return Problem(problem.x[:VOCABULARY], problem.z[:VOCABULARY], problem.pairs, problem.weights)


def _right(solver: Solver, problem: Problem, held_out: Bool[Tensor, "p"]) -> int:
    x, z = solver.solve(problem.restricted(~held_out)).apply(problem.x, problem.z)
    return int(_first_answers_right(x, z, problem.pairs[held_out]).sum())


def _first_answers_right(
    x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], pairs: Int[Tensor, "p 2"]
) -> Bool[Tensor, "w"]:
    """For each source word in `pairs`, whether its best CSLS answer is one of its targets there."""
    words, place = pairs[:, 0].unique(return_inverse=True)
    best = CSLS().index(x, z).best(x[words], 1)[:, 0]
    right = torch.zeros(words.numel(), dtype=torch.bool, device=x.device)
    right[place[best[place] == pairs[:, 1]]] = True
    return right
