"""Which methods a name stands for, and the taking of one of them."""

from collections.abc import Iterable
from importlib.util import find_spec

from isolex.judging import FEW_WORDS, Candidate, Choice, Refinement
from isolex.judging import choose as choose_of
from isolex.mapping import Annealing, Bilinear, Bootstrapping, Contrastive, Problem, SelfLearning, Solver
from isolex.names import look_up
from isolex.recipes.methods import METHODS, from_transport

# Of methods that do equally well the first is taken, which is the simplest.
CLOSED_FORM = ("procrustes", "vecmap", "bilinear")
COMPARED = (*CLOSED_FORM, "self-learning")
REFINED = ("bootstrapping", "contrastive")
# A small one for good vectors and many pairs, a large one for noisy vectors or few.
_RIDGES = (0.3, 1.0, 3.0, 10.0)
# Held-out words tell whether it gains, so it need not find that out itself.
_EPOCHS = 2


def choose(method: str | Solver, problem: Problem, *, seed: int, check: bool) -> Choice:
    """Solve the problem by a method, or by the best of several, and judge the result.

    Without `check` a method that is named is taken as it is, and not judged.
    """
    words = problem.pairs[:, 0].unique().numel()
    candidates = _candidates(method, words, seed, same_dimension=problem.x.shape[1] == problem.z.shape[1])
    if not check and method != "auto":
        only = candidates[0]
        return Choice(only.name, only.solver, only.solver.solve(problem))
    # In spaces too small to learn from themselves a rotation may still hold.
    if method != "auto":
        return choose_of(candidates, problem, seed=seed)
    return choose_of(
        candidates,
        problem,
        seed=seed,
        rescue=_named(CLOSED_FORM, seed),
        refinements=(
            Refinement("bootstrapping", Bootstrapping),
            Refinement(
                "contrastive", lambda start: Contrastive(start, epochs=_EPOCHS, validation=0, seed=seed)
            ),
        ),
    )


def closed_forms(seed: int = 0) -> list[Solver]:
    """The solvers of `auto` that are solved at once, the ridge regression with each of several ridges."""
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


def _candidates(method: str | Solver, words: int, seed: int, *, same_dimension: bool) -> list[Candidate]:
    if not isinstance(method, str):
        return [Candidate(type(method).__name__, method, isinstance(method, Annealing | SelfLearning))]
    look_up(method, dict.fromkeys(("auto", *METHODS)), "method")
    if method == "auto" and words >= FEW_WORDS:
        return _named(COMPARED, seed)
    names = [method]
    if method == "auto":
        names = ["self-learning", "unsupervised"] if words else ["unsupervised"]
    named = [Candidate(name, METHODS[name].make(seed), METHODS[name].self_learning) for name in names]
    if names[-1] == "unsupervised" and same_dimension and find_spec("ot") is not None:
        # A costlier seed, for spaces where the cheap one is too weak; it needs the extra `transport`.
        named.append(Candidate("unsupervised", from_transport(seed), self_learning=True))
    return named
