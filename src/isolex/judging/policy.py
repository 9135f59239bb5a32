"""The policy: which of several methods is taken, and what is known of the result before anybody uses it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from isolex.choices import Status
from isolex.errors import InputError
from isolex.judging.held_out import HeldOut, Part, cross_validate, null_problem
from isolex.judging.restarts import agreement, gather
from isolex.judging.thresholds import ALIGNED_AGREEMENT, FEW_WORDS
from isolex.judging.verdict import judge, judge_evidence
from isolex.mapping import Mapping, Problem, Solver
from isolex.progress import stop_wanted, track

_INTERRUPTED = "stopped early, before the result could be checked"


@dataclass(frozen=True, eq=False)
class Choice:
    """The method that was taken, its mapping for the whole problem, and why.

    Attributes:
        name: Of the method.
        solver: Its settings.
        mapping: Its result.
        status: The verdict.
        reasons: One sentence each, the verdict's first.
        scores: Figures behind it.
    """

    name: str
    solver: Solver
    mapping: Mapping
    status: Status = "unchecked"
    reasons: tuple[str, ...] = ()
    scores: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A method that may be taken.

    Attributes:
        name: What it is called.
        solver: Its settings.
        self_learning: It goes on from dictionaries that it made itself.
        setting: What tells it from others of the name, in words.
    """

    name: str
    solver: Solver
    self_learning: bool = False
    setting: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.setting})" if self.setting else self.name


@dataclass(frozen=True)
class Refinement:
    """A method that goes on from the map of another one.

    Attributes:
        name: What it is called.
        of: From the other solver to its own.
    """

    name: str
    of: Callable[[Solver], Solver]


def choose(
    candidates: Sequence[Candidate],
    problem: Problem,
    *,
    seed: int,
    rescue: Sequence[Candidate] = (),
    refinements: Sequence[Refinement] = (),
) -> Choice:
    """Solve the problem by the best of some methods, and judge the result.

    With at least 200 seed words, or a method that does not learn from itself, held-out words judge. With
    fewer, or none, an independent restart and a null do.

    Args:
        candidates: The methods; of those that do equally well the first is taken.
        problem: Spaces and seed pairs.
        seed: Of everything random.
        rescue: Methods to try where there are few seed words, and none of the others aligned the spaces.
        refinements: What is tried, one after the other, on top of the best method that does not learn from
            itself, where held-out words judge.
    """
    words = problem.pairs[:, 0].unique().numel()
    if words >= FEW_WORDS or (words and not any(one.self_learning for one in candidates)):
        return _by_held_out_words(candidates, problem, seed, refinements)
    choice = _by_agreement(candidates, problem, seed)
    if rescue and words and choice.status == "failed":
        return _by_held_out_words(rescue, problem, seed, refinements)
    return choice


def _by_held_out_words(
    candidates: Sequence[Candidate], problem: Problem, seed: int, refinements: Sequence[Refinement]
) -> Choice:
    """Try each on held-out seed words, take the best, and judge it against a null.

    Of several, one is picked for its luck with some words, too, so others judge it.
    """
    several = len(candidates) > 1
    part: Part = "choice" if several else "all"
    tried = [
        (one, cross_validate(one.solver, problem, seed=seed, part=part))
        for one in track(candidates, "trying methods")
    ]
    plain = [one for one in tried if not one[0].self_learning]
    for refinement in refinements if plain else ():
        base = _best(plain)[0]
        setting = ", ".join(filter(None, (f"from {base.name}", base.setting)))
        one = Candidate(refinement.name, refinement.of(base.solver), setting=setting)
        plain.append((one, cross_validate(one.solver, problem, seed=seed, part=part)))
        tried.append(plain[-1])
    best, score = _best(tried)
    scores: dict[str, HeldOut] = {}
    for one, right in tried:  # of several settings the best stands for the method
        if one.name not in scores or right.right > scores[one.name].right:
            scores[one.name] = right
    part = "verdict" if several else "all"
    found = cross_validate(best.solver, problem, seed=seed, part=part) if several else score
    null = cross_validate(best.solver, null_problem(problem, seed=seed), seed=seed, part=part)
    status, reason = judge(found, null)
    reasons: tuple[str, ...] = (reason,)
    if several:
        reasons += (_why(best, scores),)
    figures = {
        "held_out_p@1": {name: _percent(score) for name, score in scores.items()},
        "verdict_p@1": _percent(found),
        "null_p@1": _percent(null),
    }
    mapping = best.solver.solve(problem)
    if stop_wanted():
        status, reasons = "doubtful", (_INTERRUPTED, *reasons)
    return Choice(best.name, best.solver, mapping, status, reasons, figures)


def _best(tried: Sequence[tuple[Candidate, HeldOut]]) -> tuple[Candidate, HeldOut]:
    """The first of those that do best."""
    return max(tried, key=lambda one: one[1].right)


def _by_agreement(candidates: Sequence[Candidate], problem: Problem, seed: int) -> Choice:
    """Try each, in rising cost, until one finds the same again from a restart; then judge against a null."""
    best: tuple[float, Candidate, Mapping] | None = None
    for one in candidates:
        mapping = one.solver.solve(problem)
        agreed = 0.0 if stop_wanted() else agreement(one.solver, mapping, problem, seed=seed)
        best = (agreed, one, mapping) if best is None or agreed > best[0] else best
        if agreed >= ALIGNED_AGREEMENT or stop_wanted():
            break
    if best is None:
        raise InputError("got no method to try", where="align")
    agreed, taken, mapping = best
    evidence = None if stop_wanted() else gather(taken.solver, mapping, problem, agreed, seed=seed)
    if evidence is None or stop_wanted():
        return Choice(taken.name, taken.solver, mapping, "doubtful", (_INTERRUPTED,))
    status, reason = judge_evidence(evidence, words=min(problem.x.shape[0], problem.z.shape[0]))
    return Choice(taken.name, taken.solver, mapping, status, (reason,), {"evidence": evidence.to_dict()})


def _why(best: Candidate, scores: dict[str, HeldOut]) -> str:
    own = scores[best.name]
    if not own.words:
        return f"{best} was taken as the simplest method, for want of held-out seed words to compare them on"
    others = ", ".join(f"{name} {score.percent:.1f}" for name, score in scores.items() if name != best.name)
    return f"{best} was taken for the best P@1 on held-out seed words, {own.percent:.1f} % (others: {others})"


def _percent(score: HeldOut) -> float | None:
    return round(score.percent, 2) if score.words else None
