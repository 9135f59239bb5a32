"""Which method is taken, and what is known of the result before anybody uses it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from isolex.alignment import Status
from isolex.errors import InputError
from isolex.mapping import (
    Annealing,
    HeldOut,
    Mapping,
    Problem,
    SelfLearning,
    Solver,
    agreement,
    cross_validate,
    gather,
    judge,
    judge_evidence,
    null_problem,
)
from isolex.mapping.validation import FEW_WORDS
from isolex.mapping.verdict import ALIGNED_AGREEMENT
from isolex.names import look_up
from isolex.progress import stop_wanted, track
from isolex.recipes.methods import METHODS, from_transport

# Among fewer words than this two maps agree too often by chance.
TELLING_WORDS = 50

# Of methods that do equally well the first is taken, which is the simplest.
CLOSED_FORM = ("procrustes", "vecmap", "cca", "least-squares")
COMPARED = (*CLOSED_FORM, "rcsls", "self-learning")

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
class _Candidate:
    name: str
    solver: Solver
    self_learning: bool


def choose(method: str | Solver, problem: Problem, *, seed: int, check: bool) -> Choice:
    """Solve the problem by a method, or by the best of several, and judge the result.

    With at least 200 seed words, or a method that does not learn from itself, held-out words judge. With
    fewer, or none, an independent restart and a null do.
    """
    words = problem.pairs[:, 0].unique().numel()
    candidates = _candidates(method, words, seed, same_dimension=problem.x.shape[1] == problem.z.shape[1])
    if not check and method != "auto":
        only = candidates[0]
        return Choice(only.name, only.solver, only.solver.solve(problem))
    if words >= FEW_WORDS or (words and not any(one.self_learning for one in candidates)):
        return _by_held_out_words(candidates, problem, seed)
    choice = _by_agreement(candidates, problem, seed)
    if method == "auto" and words and choice.status == "failed":
        # In spaces too small to learn from themselves a rotation may still hold.
        closed = [_Candidate(name, METHODS[name].make(seed), self_learning=False) for name in CLOSED_FORM]
        return _by_held_out_words(closed, problem, seed)
    return choice


def _candidates(method: str | Solver, words: int, seed: int, *, same_dimension: bool) -> list[_Candidate]:
    if not isinstance(method, str):
        return [_Candidate(type(method).__name__, method, isinstance(method, Annealing | SelfLearning))]
    look_up(method, dict.fromkeys(("auto", *METHODS)), "method")
    names = [method]
    if method == "auto" and words >= FEW_WORDS:
        names = list(COMPARED)
    elif method == "auto":
        names = ["self-learning", "unsupervised"] if words else ["unsupervised"]
    named = [_Candidate(name, METHODS[name].make(seed), METHODS[name].self_learning) for name in names]
    if names[-1] == "unsupervised" and same_dimension and find_spec("ot") is not None:
        # A costlier seed, for spaces where the cheap one is too weak; it needs the extra `transport`.
        named.append(_Candidate("unsupervised", from_transport(seed), self_learning=True))
    return named


def _by_held_out_words(candidates: Sequence[_Candidate], problem: Problem, seed: int) -> Choice:
    """Try each on held-out seed words, take the best, and judge it against a null."""
    scores = {
        one.name: cross_validate(one.solver, problem, seed=seed)
        for one in track(candidates, "trying methods")
    }
    best = max(candidates, key=lambda one: scores[one.name].right)
    null = cross_validate(best.solver, null_problem(problem, seed=seed), seed=seed)
    status, reason = judge(scores[best.name], null)
    reasons: tuple[str, ...] = (reason,)
    if len(candidates) > 1:
        reasons += (_why(best.name, scores),)
    figures = {
        "held_out_p@1": {name: _percent(score) for name, score in scores.items()},
        "null_p@1": _percent(null),
    }
    mapping = best.solver.solve(problem)
    if stop_wanted():
        status, reasons = "doubtful", (_INTERRUPTED, *reasons)
    return Choice(best.name, best.solver, mapping, status, reasons, figures)


def _by_agreement(candidates: Sequence[_Candidate], problem: Problem, seed: int) -> Choice:
    """Try each, in rising cost, until one finds the same again from a restart; then judge against a null."""
    best: tuple[float, _Candidate, Mapping] | None = None
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
    status, reason = judge_evidence(evidence)
    words = min(problem.x.shape[0], problem.z.shape[0])
    if status == "aligned" and words < TELLING_WORDS:
        status, reason = "doubtful", f"{reason}: only {words} words, among which much agrees by chance"
    return Choice(taken.name, taken.solver, mapping, status, (reason,), {"evidence": evidence.to_json()})


def _why(best: str, scores: dict[str, HeldOut]) -> str:
    if not scores[best].words:
        return f"{best} was taken as the simplest method, for want of held-out seed words to compare them on"
    others = ", ".join(f"{name} {score.percent:.1f}" for name, score in scores.items() if name != best)
    return (
        f"{best} was taken for the best P@1 on held-out seed words, {scores[best].percent:.1f} % "
        f"(others: {others})"
    )


def _percent(score: HeldOut) -> float | None:
    return round(score.percent, 2) if score.words else None
