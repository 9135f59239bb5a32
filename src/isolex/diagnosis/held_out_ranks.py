"""Results of a mapping on seed words that it has not seen: ranks of their translations, learning curves."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.judging import HeldOut, dealt, shuffled
from isolex.judging.thresholds import FOLDS
from isolex.mapping import Problem, Solver
from isolex.progress import track
from isolex.retrieval import CSLS

SIZES = (25, 50, 100, 250, 500, 1_000, 2_500, 5_000)
HELD_OUT_WORDS = 500
ANSWERS = 3
# Of the vocabulary. On the bundled sample with one pair in twenty made wrong, and 200 to 500 seed words, 43 %
# of the pairs below a tenth are wrong, and nine tenths of the wrong ones are among them; below rank 100, 16 %
# are. With fewer seed words most are right all the same (30 % are wrong with 100, 16 % with 50).
_SHARE = 10
_FEWEST_RANKS = 100


@dataclass(frozen=True, eq=False)
class HeldOutPairs:
    """The rank of each seed pair in an alignment that was made without its source word.

    Attributes:
        pairs: `[p, 2]` ids into x and z.
        forward: `[p]`, the rank, from 1, of the target among all answers to the source word, by CSLS.
        backward: `[p]`, the rank of the source among all answers to the target word.
        answers: `[p, a]`, the best answers to the source word.
    """

    pairs: Int[Tensor, "p 2"]
    forward: Int[Tensor, "p"]
    backward: Int[Tensor, "p"]
    answers: Int[Tensor, "p a"]

    def __repr__(self) -> str:
        return f"<HeldOutPairs: {self.pairs.shape[0]:,} pairs, P@1 {self.precision().percent:.1f} %>"

    def precision(self, *, lowest: int = 0, highest: int | None = None) -> HeldOut:
        """P@1 of the source words with ids from `lowest` to below `highest`; any target of a word counts."""
        inside = self.pairs[:, 0] >= lowest
        if highest is not None:
            inside &= self.pairs[:, 0] < highest
        words, place = self.pairs[inside, 0].unique(return_inverse=True)
        right = torch.zeros(words.numel(), dtype=torch.bool, device=place.device)
        right[place[self.forward[inside] == 1]] = True
        return HeldOut(int(right.sum()), words.numel())

    def suspects(self, count: int = 20, *, rank: int = _FEWEST_RANKS) -> Int[Tensor, "s"]:
        """The pairs that fit worst, which may be errors; worst first, by the better of the two ranks.

        Only pairs whose rank is `rank` or worse in both directions are returned; see `suspect_rank`.
        """
        better = torch.minimum(self.forward, self.backward)
        order = torch.sort(better, descending=True, stable=True)
        return order.indices[order.values >= rank][:count]


def suspect_rank(words: int) -> int:
    """The rank from which on a pair looks wrong, in a vocabulary of so many words."""
    return max(_FEWEST_RANKS, words // _SHARE)


def held_out_pairs(solver: Solver, problem: Problem, *, seed: int = 0) -> HeldOutPairs:
    """Rank every seed pair by a mapping that was made without its source word.

    The source words are divided into five folds, with all pairs of a word in the same fold. Each fold is
    ranked by the mapping of the other four. Cost: five solutions, and ten passes over the two vocabularies.

    Args:
        solver: How to map.
        problem: Spaces and seed pairs.
        seed: Seed of the random division into folds.

    Raises:
        InputError: Fewer than two seed words.
    """
    words = problem.pairs[:, 0].unique()
    if words.numel() < 2:
        raise InputError(f"got {words.numel()} seed words, expected at least 2", where="held-out pairs")
    count = problem.pairs.shape[0]
    forward, backward = (torch.zeros(count, dtype=torch.int64, device=words.device) for _ in range(2))
    width = min(ANSWERS, problem.z.shape[0])
    answers = torch.zeros(count, width, dtype=torch.int64, device=words.device)
    for part in track(dealt(words, seed=seed), "held-out seeds"):
        held = torch.isin(problem.pairs[:, 0], part)
        x, z = solver.solve(problem.restricted(~held)).apply(problem.x, problem.z)
        sources, targets = problem.pairs[held].T
        r_x, r_z = CSLS().neighbourhoods(x, z)
        there, back = CSLS().index_with(z, r_z), CSLS().index_with(x, r_x)
        forward[held], backward[held] = there.ranks(x[sources], targets), back.ranks(z[targets], sources)
        answers[held] = there.best(x[sources], width)
    return HeldOutPairs(problem.pairs, forward, backward, answers)


@dataclass(frozen=True)
class CurvePoint:
    """P@1 on held-out words with a given number of seed pairs."""

    pairs: int
    found: HeldOut


def learning_curve(solver: Solver, problem: Problem, *, seed: int = 0) -> Iterator[CurvePoint]:
    """P@1 (CSLS) on held-out seed words with 25, 50, 100 … and all other seed pairs.

    Each set of pairs contains the smaller ones. A fifth of the source words, at most 500, is held out; the
    held-out words are the same for every size.

    Args:
        solver: How to map.
        problem: Spaces and seed pairs.
        seed: Seed of the random choices.
    """
    order = shuffled(problem.pairs[:, 0].unique(), seed=seed)
    held_words = order[: min(HELD_OUT_WORDS, order.numel() // FOLDS)]
    held = torch.isin(problem.pairs[:, 0], held_words)
    rest = (~held).nonzero()[:, 0]
    rest = rest[torch.randperm(rest.numel(), generator=generator(seed + 1)).to(rest.device)]
    sizes = [size for size in SIZES if size < rest.numel()] + [rest.numel()]
    if held_words.numel() == 0 or rest.numel() == 0:
        return
    for size in track(sizes, "learning curve"):
        x, z = solver.solve(problem.restricted(rest[:size].sort().values)).apply(problem.x, problem.z)
        yield CurvePoint(size, first_answers(x, z, problem.pairs[held]))


def first_answers(x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], pairs: Int[Tensor, "p 2"]) -> HeldOut:
    """P@1 of the words in `pairs` by CSLS: any of a word's targets counts."""
    best = CSLS().index(x, z).best(x[pairs[:, 0]], 1)
    ranks = torch.where(best[:, 0] == pairs[:, 1], 1, 2)
    return HeldOutPairs(pairs, ranks, ranks, best).precision()
