"""Choose one of the methods that a name stands for."""

from collections.abc import Iterable
from importlib.util import find_spec

import torch

from isolex.alignment import Side
from isolex.judging import FEW_WORDS, Candidate, Choice, FurtherPairs, Refinement
from isolex.judging import choose as choose_of
from isolex.judging.thresholds import VOCABULARY
from isolex.lexicon import Lexicon
from isolex.mapping import Bilinear, Bootstrapping, Contrastive, GivenPairs, Problem, Solver
from isolex.names import look_up
from isolex.recipes.methods import METHODS, learns_from_itself, other_starts, self_learning

# Of methods that do equally well the first is taken, which is the simplest.
CLOSED_FORM = ("procrustes", "vecmap", "bilinear")
COMPARED = (*CLOSED_FORM, "self-learning")
REFINED = ("bootstrapping", "contrastive")
# A small one for good vectors and many pairs, a large one for noisy vectors or few.
_RIDGES = (0.3, 1.0, 3.0, 10.0)
# Held-out words tell whether it gains, so it need not find that out itself.
_EPOCHS = 2
# Fewer words that are written alike are no seed lexicon.
_FEW_ALIKE = 25


def choose(
    method: str | Solver, problem: Problem, *, seed: int, check: bool, further: FurtherPairs | None = None
) -> Choice:
    """Solve the problem by one method, or by the best of several, and judge the result.

    Without `check`, a named method is used as it is and its result is not judged.

    Args:
        method: A method as for `align`.
        problem: Spaces and seed pairs.
        seed: Seed of everything random.
        check: Whether the result is judged.
        further: Pairs that may be added to the given ones, for `auto` and `unsupervised`.
    """
    words = problem.pairs[:, 0].unique().numel()
    candidates = _candidates(method, words, seed, further, problem)
    if not check and method != "auto":
        only = candidates[0]
        return Choice(only, only.solver.solve(only.on(problem)))
    if method != "auto":
        return choose_of(candidates, problem, seed=seed)
    return choose_of(
        candidates,
        problem,
        seed=seed,
        further=further,
        # In spaces too small to learn from themselves a rotation may still hold.
        rescue=_named(CLOSED_FORM, seed),
        refinements=(
            Refinement("bootstrapping", Bootstrapping),
            Refinement(
                "contrastive", lambda start: Contrastive(start, epochs=_EPOCHS, validation=0, seed=seed)
            ),
        ),
    )


def words_alike(source: Side, target: Side, problem: Problem) -> FurtherPairs | None:
    """Pairs of frequent words that are written alike and are in no given pair; None if there are only a few.

    Held-out words test only the most frequent words, so rarer pairs would be added without a test.
    """
    found = Lexicon.alike(source.vectors, target.vectors).index(source.vectors, target.vectors).pairs
    ids = torch.from_numpy(found).to(problem.x.device)
    ids = problem.unnamed(ids[(ids < VOCABULARY).all(dim=1)])
    if len(ids) < _FEW_ALIKE:
        return None
    return FurtherPairs(ids, f"{len(ids):,} pairs of words that are written alike")


def closed_forms(seed: int = 0) -> list[Solver]:
    """The closed-form solvers that `auto` tries; ridge regression is tried with several ridges."""
    return [one.solver for one in _named(CLOSED_FORM, seed)]


def _named(names: Iterable[str], seed: int) -> list[Candidate]:
    """Candidates of `auto`, the ridge regression with each of several ridges."""
    found = []
    for name in names:
        if name == "bilinear":
            found += [Candidate(name, Bilinear(ridge), setting=f"ridge {ridge:g}") for ridge in _RIDGES]
        else:
            found.append(Candidate(name, METHODS[name].make(seed), METHODS[name].self_learning))
    return found


def _candidates(
    method: str | Solver, words: int, seed: int, further: FurtherPairs | None, problem: Problem
) -> list[Candidate]:
    if not isinstance(method, str):
        return [Candidate(type(method).__name__, method, learns_from_itself(method))]
    look_up(method, dict.fromkeys(("auto", *METHODS)), "method")
    if method == "auto" and words >= FEW_WORDS:
        return _named(COMPARED, seed)
    if method != "auto" and METHODS[method].start == "own":
        return [Candidate(method, METHODS[method].make(seed), METHODS[method].self_learning)]
    given = self_learning(GivenPairs(), seed)
    found = []
    if words:
        found.append(Candidate("self-learning", given, self_learning=True))
    if further is not None:
        # With given pairs beside them it is still those that it learns from.
        name = "self-learning" if words else "unsupervised"
        found.insert(0, Candidate(name, given, self_learning=True, further=further))
    name = "unsupervised" if method == "auto" else method
    smaller = min(problem.x.shape[0], problem.z.shape[0])
    same_dimension = problem.x.shape[1] == problem.z.shape[1]
    transport = same_dimension and find_spec("ot") is not None
    return found + [
        Candidate(name, solver, self_learning=True, setting=setting, costly=costly)
        for setting, solver, costly in other_starts(seed, words=smaller, transport=transport)
    ]
