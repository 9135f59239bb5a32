"""The policy: which of several methods is chosen, and how the result is judged before anybody uses it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

from jaxtyping import Int
from torch import Tensor

from isolex.choices import Status
from isolex.errors import InputError
from isolex.judging.estimate import estimate
from isolex.judging.held_out import HeldOut, Part, cross_validate, null_problem
from isolex.judging.restarts import agreement, gather
from isolex.judging.thresholds import ENOUGH_AGREEMENT, FEW_WORDS, SOME_AGREEMENT
from isolex.judging.verdict import judge, judge_evidence
from isolex.mapping import Mapping, Problem, Solver
from isolex.progress import stop_wanted, track

_INTERRUPTED = "stopped early, before the result could be checked"


@dataclass(frozen=True, eq=False)
class Choice:
    """The method that was chosen, its mapping for the whole problem, and the reasons.

    Attributes:
        taken: The chosen method.
        mapping: The mapping that the method found.
        status: The verdict.
        reasons: One sentence for each reason; the reason for the verdict comes first.
        scores: The figures behind the reasons.
    """

    taken: "Candidate"
    mapping: Mapping
    status: Status = "unchecked"
    reasons: tuple[str, ...] = ()
    scores: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FurtherPairs:
    """Pairs that no lexicon confirms, such as words that are written alike, but that may help.

    Attributes:
        ids: int64 `[q, 2]`, ids into both vocabularies.
        name: A description of the pairs with their number, for messages.
        weight: Weight of each pair, relative to a given pair.
    """

    ids: Int[Tensor, "q 2"]
    name: str
    weight: float = 1 / 3


@dataclass(frozen=True, eq=False)
class Candidate:
    """A method that may be chosen.

    Attributes:
        name: Name of the method.
        solver: The solver with its settings.
        self_learning: Whether the method learns from dictionaries that it made itself.
        setting: A description that distinguishes it from other candidates of the same name.
        further: Pairs that are added to the given ones.
        costly: Whether, when restarts judge, it is tried only if another method has found something.
    """

    name: str
    solver: Solver
    self_learning: bool = False
    setting: str = ""
    further: FurtherPairs | None = None
    costly: bool = False

    def __str__(self) -> str:
        further = "" if self.further is None else f"with {self.further.name}"
        told = ", ".join(filter(None, (self.setting, further)))
        return f"{self.name} ({told})" if told else self.name

    def on(self, problem: Problem) -> Problem:
        """The problem that this method solves: the given one, with the further pairs if there are any."""
        return problem if self.further is None else problem.joined(self.further.ids, self.further.weight)


_Attempt: TypeAlias = tuple[Candidate, HeldOut]
"""A method, and how it does on held-out words."""


@dataclass(frozen=True)
class Refinement:
    """A method that starts from the map of another one.

    Attributes:
        name: Name of the method.
        of: A function from the other solver to the solver of this method.
    """

    name: str
    of: Callable[[Solver], Solver]

    def on_top_of(self, base: Candidate) -> Candidate:
        """This method as a candidate that starts from the map of another one."""
        setting = ", ".join(filter(None, (f"from {base.name}", base.setting)))
        return replace(base, name=self.name, solver=self.of(base.solver), setting=setting)


def choose(
    candidates: Sequence[Candidate],
    problem: Problem,
    *,
    seed: int,
    further: FurtherPairs | None = None,
    rescue: Sequence[Candidate] = (),
    refinements: Sequence[Refinement] = (),
) -> Choice:
    """Solve the problem by the best of several methods, and judge the result.

    With at least 200 seed words, or a method that does not learn from its own answers, held-out words are the
    judge. With fewer seed words or none, the judge is an independent restart, compared with a null.

    Args:
        candidates: The methods; the first of those that do equally well is chosen.
        problem: Spaces and seed pairs.
        seed: Seed of everything random.
        further: Pairs that are added to the seed pairs if that improves the result on held-out words; they
            are tried with the best method, and with the best that does not learn from its own answers.
        rescue: Methods to try if there are few seed words and none of the candidates aligned the spaces.
        refinements: Methods to try, one after the other, on top of the best method that does not learn from
            its own answers, if held-out words are the judge.
    """
    words = problem.pairs[:, 0].unique().numel()
    if words >= FEW_WORDS or (words and not any(one.self_learning for one in candidates)):
        return _by_held_out_words(candidates, problem, seed, further, refinements)
    choice = _by_agreement(candidates, problem, seed)
    if rescue and words and choice.status == "failed":
        return _by_held_out_words(rescue, problem, seed, further, refinements)
    return choice


def _by_held_out_words(
    candidates: Sequence[Candidate],
    problem: Problem,
    seed: int,
    further: FurtherPairs | None,
    refinements: Sequence[Refinement],
) -> Choice:
    """Try each on held-out seed words, take the best, and judge it against a null.

    Of several, one is picked for its luck with some words, too, so others judge it.
    """
    several = len(candidates) > 1
    given = problem.pairs[:, 0].unique()
    validate = partial(cross_validate, seed=seed, words=given)
    part: Part = "choice" if several else "all"

    def attempt(one: Candidate) -> _Attempt:
        return one, validate(one.solver, one.on(problem), part=part)

    tried = [attempt(one) for one in track(candidates, "trying methods")]
    if further is not None:
        bases = dict.fromkeys(filter(None, (_best_plain(tried), _best(tried)[0])))
        tried += [attempt(replace(base, further=further)) for base in bases]
    for refinement in refinements:
        if (base := _best_plain(tried)) is not None:
            tried.append(attempt(refinement.on_top_of(base)))
    best, score = _best(tried)
    scores: dict[str, HeldOut] = {}
    for one, right in tried:  # of several settings the best stands for the method
        if one.name not in scores or right.right > scores[one.name].right:
            scores[one.name] = right
    part = "verdict" if several else "all"
    solved = best.on(problem)
    found = validate(best.solver, solved, part=part) if several else score
    null = validate(best.solver, null_problem(solved, seed=seed), part=part)
    status, reason = judge(found, null)
    reasons: tuple[str, ...] = (reason,)
    if several:
        reasons += (_why(best, scores),)
    figures: dict[str, Any] = {
        "held_out_p@1": {name: _percent(score) for name, score in scores.items()},
        "verdict_p@1": _percent(found),
        "null_p@1": _percent(null),
    }
    if found.words:
        figures["estimate"] = found.expectation.to_dict()
    mapping = best.solver.solve(solved)
    if stop_wanted():
        status, reasons = "doubtful", (_INTERRUPTED, *reasons)
    return Choice(best, mapping, status, reasons, figures)


def _best(tried: Sequence[_Attempt]) -> _Attempt:
    """The first of those that do best."""
    return max(tried, key=lambda one: one[1].right)


def _best_plain(tried: Sequence[_Attempt]) -> Candidate | None:
    """The best of those that do not learn from themselves, if there are any."""
    plain = [one for one in tried if not one[0].self_learning]
    return _best(plain)[0] if plain else None


@dataclass(frozen=True, eq=False)
class _Start:
    """A method that was tried, and how far its restart agrees: in all, and where pairs give no answer."""

    taken: Candidate
    mapping: Mapping
    agreed: float
    elsewhere: float


def _by_agreement(candidates: Sequence[Candidate], problem: Problem, seed: int) -> Choice:
    """Try each, in rising cost, until one finds the same again from a restart; then judge against a null."""
    tried: list[_Start] = []
    for one in track(candidates, "trying starts"):
        if one.costly and tried and all(start.elsewhere < SOME_AGREEMENT for start in tried):
            continue
        solved = one.on(problem)
        mapping = one.solver.solve(solved)
        shown = (0.0, 0.0) if stop_wanted() else agreement(one.solver, mapping, solved, seed=seed)
        if stop_wanted() and tried:  # what was finished before is better than what was cut short
            break
        tried.append(_Start(one, mapping, *shown))
        if tried[-1].elsewhere >= ENOUGH_AGREEMENT or stop_wanted():
            break
    if not tried:
        raise InputError("got no method to try", where="align")
    best = max(tried, key=lambda start: start.elsewhere)
    taken, mapping = best.taken, best.mapping
    evidence = None
    if not stop_wanted():
        evidence = gather(taken.solver, mapping, taken.on(problem), best.agreed, seed=seed)
    if evidence is None or stop_wanted():
        return Choice(taken, mapping, "doubtful", (_INTERRUPTED,))
    status, reason = judge_evidence(evidence, words=min(problem.x.shape[0], problem.z.shape[0]))
    reasons: tuple[str, ...] = (reason,)
    if len(tried) > 1:
        others = ", ".join(f"{one.taken} {one.elsewhere:.1f}" for one in tried if one is not best)
        reasons += (
            f"{taken} was taken because its restart gives the same answer most often, for "
            f"{best.elsewhere:.1f} % of the words outside the given pairs (others: {others})",
        )
    elif str(taken) != taken.name:
        reasons += (f"the method was {taken}",)
    figures = {"estimate": estimate(evidence).to_dict(), "evidence": evidence.to_dict()}
    return Choice(taken, mapping, status, reasons, figures)


def _why(best: Candidate, scores: dict[str, HeldOut]) -> str:
    own = scores[best.name]
    if not own.words:
        return (
            f"{best} was taken as the simplest method: there are no held-out seed words to compare methods on"
        )
    others = ", ".join(f"{name} {score.percent:.1f}" for name, score in scores.items() if name != best.name)
    return f"{best} was taken for the best P@1 on held-out seed words: {own.percent:.1f} % (others: {others})"


def _percent(score: HeldOut) -> float | None:
    return round(score.percent, 2) if score.words else None
