"""Judge an alignment that too few seed words can test, by restarts and by spaces that cannot align."""

import math
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from functools import partial
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from isolex.arrays import generator
from isolex.judging.held_out import null_problem
from isolex.judging.thresholds import (
    ALIGNED_AGREEMENT,
    FREQUENT_WORDS,
    HARDLY_ANY_AGREEMENT,
    KEPT_PAIRS,
    KEPT_WORDS,
    RESTARTS,
)
from isolex.linalg import polar_factor
from isolex.mapping import Induction, Mapping, Problem, Solver
from isolex.progress import Rounds


@dataclass(frozen=True)
class Evidence:
    """What can be measured of an alignment without a dictionary, on the most frequent words of both sides.

    Attributes:
        agreement: Percent of source words to which an independent restart gives the same best answer.
        null_agreement: The same percentage after the same solver was given a space that cannot align. It
            shows how far two maps agree only because they were given the same seed pairs.
        criterion: Mean cosine of the best answers in both directions.
        null_criterion: The same cosine for a space that cannot align.
        cycle: Percent of source words that are the best answer to their own best answer.
        null_cycle: The same percentage for a space that cannot align.
    """

    agreement: float
    null_agreement: float
    criterion: float
    null_criterion: float
    cycle: float
    null_cycle: float

    @property
    def lead(self) -> float:
        """The agreement beyond that of the null, in percent of the possible maximum; it sets the verdict.

        This is Cohen's κ with the agreement of the null in place of chance agreement. It is negative if the
        null agrees more.
        """
        left_over = 100 - self.null_agreement
        return 100 * (self.agreement - self.null_agreement) / left_over if left_over > 0 else 0.0

    def to_dict(self) -> dict[str, float]:
        """The attributes as plain numbers, rounded."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def agreement(
    solver: Solver,
    mapping: Mapping,
    problem: Problem,
    *,
    seed: int = 0,
    restarts: int = RESTARTS,
) -> tuple[float, float]:
    """Percent of frequent source words that get the same best answer when the solver starts again.

    Each restart has other random draws, fewer words and pairs (see `restart`), and a rotated source space;
    both maps then answer over the whole problem. Two maps that learnt what the languages share agree; two
    maps that settled in noise do not. One restart may fail while another succeeds, so the best of `restarts`
    counts. isolex stops after the first restart that agrees well enough for `aligned`, or after the second if
    hardly a word agrees.

    Returns:
        The percentage among all these words, and among the words that are in none of the pairs. On words in
        the pairs, two maps may agree without having found anything.
    """
    own = _answers(mapping, problem).forward
    given = torch.zeros_like(own, dtype=torch.bool)
    given[problem.pairs[(problem.pairs < FREQUENT_WORDS).all(dim=1), 0]] = True
    best = 0.0, 0.0
    for number in Rounds(range(seed + 1, seed + 1 + restarts), "independent restarts"):
        turn = _rotation(problem.x.shape[1], number).to(problem.x)
        again = restart(problem.changed(partial(_turned, turn)), seed=number)
        found = reseeded(solver, number).solve(again)
        theirs = _answers(Mapping(turn @ found.source, found.target), problem).forward
        same = (own == theirs) & (own >= 0)
        best = max(best, (_percent(same), _percent(same if given.all() else same[~given])))
        if best[0] >= ALIGNED_AGREEMENT or (number > seed + 1 and best[0] < HARDLY_ANY_AGREEMENT):
            break
    return best


def gather(solver: Solver, mapping: Mapping, problem: Problem, agreed: float, *, seed: int = 0) -> Evidence:
    """Gather the evidence on a mapping whose agreement is known: run the solver and a restart on a null, too.

    Args:
        solver: The solver that made the mapping.
        mapping: The mapping that it found for the problem.
        problem: Both spaces, and the seed pairs if there were any.
        agreed: The agreement of a restart, see `agreement`.
        seed: Seed of the null.
    """
    null = null_problem(problem, seed=seed)
    nothing = solver.solve(null)
    # In noise one restart agrees as little as the best of several does.
    null_agreed, _ = agreement(solver, nothing, null, seed=seed, restarts=1)
    own, chance = _answers(mapping, problem), _answers(nothing, null)
    return Evidence(agreed, null_agreed, own.criterion, chance.criterion, own.cycle, chance.cycle)


def restart(problem: Problem, *, seed: int = 0) -> Problem:
    """The problem for an independent restart, with one word in twenty left out, and one pair in five.

    Without this, solvers that use no randomness would only repeat themselves. The order of words is kept, so
    the most frequent words stay in front; words in the remaining pairs are never left out. Pairs keep their
    weights, and pairs of weight 0 do not count.
    """
    draws = generator(seed)
    problem = problem.weighty()
    order = torch.randperm(problem.pairs.shape[0], generator=draws).to(problem.pairs.device)
    problem = problem.restricted(order[: math.ceil(KEPT_PAIRS * order.numel())].sort().values)
    source, source_ids = _thinned(problem.x.shape[0], problem.pairs[:, 0], draws)
    target, target_ids = _thinned(problem.z.shape[0], problem.pairs[:, 1], draws)
    pairs = torch.stack([source_ids, target_ids], dim=1)
    return problem.changed(lambda rows: rows[source], lambda rows: rows[target], pairs=pairs)


def _thinned(
    words: int, needed: Int[Tensor, "p"], draws: torch.Generator
) -> tuple[Bool[Tensor, "n"], Int[Tensor, "p"]]:
    """Which words are kept, a share of them and the needed ones in any case, and where those are then."""
    kept = (torch.rand(words, generator=draws) < KEPT_WORDS).to(needed.device)
    kept[needed] = True
    return kept, (kept.cumsum(0) - 1)[needed]


def _turned(turn: Float[Tensor, "d d"], rows: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    return rows @ turn


def _rotation(dimension: int, seed: int) -> Tensor:
    """A random turn, against solvers that begin at the identity and would only repeat where they began."""
    draws = generator(seed)
    return polar_factor(torch.randn(dimension, dimension, generator=draws, dtype=torch.float64))


def reseeded(solver: Solver, seed: int) -> Solver:
    """The same solver with another random seed, also in the solvers inside it."""
    changed: Solver = _reseeded(solver, seed)
    return changed


def _reseeded(value: Any, seed: int) -> Any:
    if isinstance(value, tuple):
        return tuple(_reseeded(part, seed) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    own = {entry.name: getattr(value, entry.name) for entry in fields(value) if entry.init}
    changed = {name: seed if name == "seed" else _reseeded(part, seed) for name, part in own.items()}
    return replace(value, **changed)


@dataclass(frozen=True, eq=False)
class _Answers:
    forward: Int[Tensor, "n"]
    cycle: float
    criterion: float


def _answers(mapping: Mapping, problem: Problem) -> _Answers:
    """The best answers among the frequent words, how many come back, and how near they are."""
    x, z = mapping.apply(problem.x[:FREQUENT_WORDS], problem.z[:FREQUENT_WORDS])
    induced = Induction("union", vocabulary=None).induce(x, z)
    forward = torch.full((x.shape[0],), -1, dtype=torch.int64, device=x.device)
    backward = torch.full((z.shape[0],), -1, dtype=torch.int64, device=x.device)
    count = int(x.any(dim=1).sum())
    forward[induced.pairs[:count, 0]] = induced.pairs[:count, 1]
    backward[induced.pairs[count:, 1]] = induced.pairs[count:, 0]
    cycles = (backward[forward] == torch.arange(x.shape[0], device=x.device)) & (forward >= 0)
    return _Answers(forward, _percent(cycles), induced.criterion)


def _percent(hits: Tensor) -> float:
    return 100 * float(hits.double().mean())
