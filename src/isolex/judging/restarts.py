"""Whether an alignment that no seed word can vouch for is one: restarts, and spaces that cannot align."""

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
    """What is known of an alignment without a dictionary, among the most frequent words of either side.

    Attributes:
        agreement: Percent of source words to which an independent restart gives the same best answer.
        null_agreement: The same where the same solver was given a space that cannot align: what seed pairs
            alone make two maps agree on.
        criterion: Mean cosine of the best answers, both directions.
        null_criterion: The same where the spaces cannot align.
        cycle: Percent of source words that are the best answer of their own best answer.
        null_cycle: The same where the spaces cannot align.
    """

    agreement: float
    null_agreement: float
    criterion: float
    null_criterion: float
    cycle: float
    null_cycle: float

    @property
    def lead(self) -> float:
        """Percent of the words left over by the null on which the restart agrees: what the verdict rests on.

        It is Cohen's κ with the agreement of the null in the place of chance, below 0 where that is higher.
        """
        left_over = 100 - self.null_agreement
        return 100 * (self.agreement - self.null_agreement) / left_over if left_over > 0 else 0.0

    def to_dict(self) -> dict[str, float]:
        """As plain numbers, rounded."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def agreement(
    solver: Solver,
    mapping: Mapping,
    problem: Problem,
    *,
    seed: int = 0,
    restarts: int = RESTARTS,
) -> tuple[float, float]:
    """Percent of frequent source words with the same best answer when the solver tries again.

    Each new try has other draws, fewer words and pairs (see `restart`), and a source space that is turned;
    both maps answer over the whole problem. Two maps that learnt what the languages share agree; two that
    settled in noise do not. A try may fail where another succeeds, so the best of `restarts` counts. The
    first that agrees well enough for `aligned` is the last, and so is the second if hardly a word agrees.

    Returns:
        Of all these words, and of those to which the pairs give no answer: on the others maps may agree
        without having found anything.
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
    """The evidence on a mapping whose agreement is known; the solver runs again on a null, restarts and all.

    Args:
        solver: What made the mapping.
        mapping: Its result for the problem.
        problem: Both spaces, and the pairs if it began with any.
        agreed: See `agreement`.
        seed: Of the null.
    """
    null = null_problem(problem, seed=seed)
    nothing = solver.solve(null)
    # In noise one restart agrees as little as the best of several does.
    null_agreed, _ = agreement(solver, nothing, null, seed=seed, restarts=1)
    own, chance = _answers(mapping, problem), _answers(nothing, null)
    return Evidence(agreed, null_agreed, own.criterion, chance.criterion, own.cycle, chance.cycle)


def restart(problem: Problem, *, seed: int = 0) -> Problem:
    """The problem for an independent try: a word in twenty less on either side, and a fifth of the pairs.

    Solvers without any chance in them would otherwise only repeat themselves. Order is kept, so that the most
    frequent words stay in front; words in the remaining pairs stay in any case. Pairs keep their weights, and
    those of weight 0 do not count.
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
    """The same solver with another seed of everything random, nested solvers included."""
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
