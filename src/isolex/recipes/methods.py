"""Complete methods by name: the solver of each method, and the supervision that it needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from isolex.errors import InputError
from isolex.mapping import (
    CCA,
    RCSLS,
    Adversarial,
    Annealing,
    Bilinear,
    Bootstrapping,
    Contrastive,
    GivenPairs,
    GromovWasserstein,
    Induction,
    LeastSquares,
    Procrustes,
    Seed,
    SelfLearning,
    SimilarityDistributions,
    Solved,
    Solver,
    VecMap,
    WassersteinProcrustes,
)
from isolex.names import look_up

Needs = Literal["pairs", "identical", "nothing"]
StartsAt = Literal["own", "vectors", "words"]


@dataclass(frozen=True)
class Method:
    """One named method.

    Attributes:
        make: Function from the seed of the run to the solver.
        needs: Seed `pairs`, strings that are `identical` in both vocabularies, or `nothing` but vectors.
        self_learning: Whether it learns from dictionaries that it made itself. If there are only a few
            held-out pairs, they say little about it, and restarts and a null judge it.
        start: `own` if the method has its own start; otherwise the best of several starts is taken, found
            from the `vectors` alone, or also from `words` that are written alike.
    """

    make: Callable[[int], Solver]
    needs: Needs = "pairs"
    self_learning: bool = False
    start: StartsAt = "own"

    @property
    def begins_with(self) -> str:
        """What it needs, for tables: most unsupervised methods look at no spelling, but some do."""
        return "words written alike" if self.start == "words" else self.needs


def self_learning(start: Seed, seed: int, **budget: int) -> Solver:
    """Annealing from a first dictionary, and ridge regression on given pairs and the map's mutual answers."""
    # Good vectors want a smaller ridge and noisy ones a larger; an induced dictionary cannot choose one.
    return Bootstrapping(Annealing(start, seed=seed, **budget), Bilinear(2.0))


def other_starts(seed: int, *, words: int, transport: bool) -> Iterator[tuple[str, Solver, bool]]:
    """Ways for self-learning to find its first pairs, cheapest first: name, solver, and whether it is costly.

    Args:
        seed: Seed of everything random.
        words: Number of words of the smaller side; in small vocabularies some starts would be the same.
        transport: Whether Wasserstein-Procrustes is available.
    """
    most = Annealing().vocabulary
    half = most // 2
    yield "from similarity distributions", _from_similarities(seed, most), False
    if words > half:
        yield f"from those of {half:,} words", _from_similarities(seed, half), False
        yield "from similarity distributions, slowly", _from_similarities(seed, most, rounds=_SLOWLY), True
    if transport:
        # Another way in; it needs the extra `transport`.
        found = Solved(WassersteinProcrustes.cpu(seed), Induction("union", vocabulary=most))
        yield "from Wasserstein-Procrustes", self_learning(found, seed), True


def _from_similarities(seed: int, words: int, **budget: int) -> Solver:
    return self_learning(SimilarityDistributions(words, quantiles=600), seed, vocabulary=words, **budget)


def vecmap_self_learning(start: Seed, seed: int, *, vocabulary: int = 20_000, patience: int = 50) -> Solver:
    """VecMap's self-learning: keep from .1, doubled after 50 rounds without gain (Artetxe et al. 2018b).

    Rounds with dropout use only the 4,000 most frequent words; the first dictionary is also found among
    these.
    """
    return SelfLearning(
        solver=VecMap.rotation(),
        start=start,
        induction=Induction("union", vocabulary=vocabulary),
        final=VecMap(),
        keep=0.1,
        patience=patience,
        coarse=_COARSE,
        seed=seed,
    )


def muse_refinement(start: Seed, seed: int = 0) -> Solver:
    """Five rounds of Procrustes on mutual CSLS pairs of the 15,000 most frequent words (Conneau 2018)."""
    return SelfLearning(
        start=start,
        induction=Induction("mutual", vocabulary=None, rank_limit=15_000),
        rounds=6,
        patience=6,
        seed=seed,
    )


def _mutual(solver: Solver) -> Seed:
    return Solved(solver, Induction("mutual", vocabulary=15_000))


def _unsupervised_vecmap(seed: int, **budget: int) -> Solver:
    return vecmap_self_learning(SimilarityDistributions(), seed, **budget)


def _semi_supervised_vecmap(seed: int, **budget: int) -> Solver:
    return vecmap_self_learning(GivenPairs(), seed, **budget)


def _first_unsupervised(seed: int) -> Solver:
    return _from_similarities(seed, Annealing().vocabulary)


def starts_at_words(method: str | Solver) -> bool:
    """Whether a method, or `auto`, can use words that are written alike."""
    return method == "auto" or (isinstance(method, str) and METHODS[method].start == "words")


def learns_from_itself(solver: Solver) -> bool:
    """Whether a solver, or a solver inside it, learns from dictionaries that it made itself."""
    start = getattr(solver, "start", None)
    return isinstance(solver, Annealing | SelfLearning) or (
        isinstance(start, Solver) and learns_from_itself(start)
    )


_COARSE = 4_000
# Rounds of an annealing that gets where shorter ones do not.
_SLOWLY = 300

# VecMap's vocabulary and patience, cut so that a run takes minutes on two cores.
_CPU = {"vocabulary": 4_000, "patience": 10}

METHODS: dict[str, Method] = {
    "procrustes": Method(lambda _: Procrustes()),
    "vecmap": Method(lambda _: VecMap()),
    "bilinear": Method(lambda _: Bilinear()),
    "bootstrapping": Method(lambda _: Bootstrapping()),
    "contrastive": Method(lambda seed: Contrastive(Bootstrapping(), seed=seed)),
    "cca": Method(lambda _: CCA()),
    "least-squares": Method(lambda _: LeastSquares()),
    "rcsls": Method(lambda seed: RCSLS(seed=seed)),
    "self-learning": Method(lambda seed: self_learning(GivenPairs(), seed), "pairs", True),
    "muse-supervised": Method(lambda seed: muse_refinement(GivenPairs(), seed), "pairs", True),
    "vecmap-semi": Method(_semi_supervised_vecmap, "pairs", True),
    "vecmap-semi-cpu": Method(lambda seed: _semi_supervised_vecmap(seed, **_CPU), "pairs", True),
    "vecmap-identical": Method(_semi_supervised_vecmap, "identical", True),
    "vecmap-identical-cpu": Method(lambda seed: _semi_supervised_vecmap(seed, **_CPU), "identical", True),
    "unsupervised": Method(_first_unsupervised, "nothing", True, "words"),
    "fully-unsupervised": Method(_first_unsupervised, "nothing", True, "vectors"),
    "vecmap-unsupervised": Method(_unsupervised_vecmap, "nothing", True),
    "vecmap-unsupervised-cpu": Method(lambda seed: _unsupervised_vecmap(seed, **_CPU), "nothing", True),
    "muse-unsupervised": Method(
        lambda seed: muse_refinement(_mutual(Adversarial.paper(seed)), seed), "nothing", True
    ),
    "muse-unsupervised-released": Method(
        lambda seed: muse_refinement(_mutual(Adversarial.released(seed)), seed), "nothing", True
    ),
    "muse-unsupervised-cpu": Method(
        lambda seed: muse_refinement(_mutual(Adversarial.cpu(seed)), seed), "nothing", True
    ),
    "wasserstein-procrustes": Method(
        lambda seed: muse_refinement(_mutual(WassersteinProcrustes.paper(seed)), seed), "nothing", True
    ),
    "wasserstein-procrustes-cpu": Method(
        lambda seed: muse_refinement(_mutual(WassersteinProcrustes.cpu(seed)), seed), "nothing", True
    ),
    "gromov-wasserstein": Method(lambda _: GromovWasserstein.paper(), "nothing", True),
    "gromov-wasserstein-cpu": Method(lambda _: GromovWasserstein.cpu(), "nothing", True),
}


def check_outputs(method: str | Solver) -> None:
    """Raise `InputError` if a method induces no dictionaries and so cannot use output embeddings.

    Args:
        method: Name of a method, `auto`, or a solver.
    """
    if method == "auto":
        return
    solver = look_up(method, METHODS, "method").make(0) if isinstance(method, str) else method
    if not learns_from_itself(solver):
        raise InputError(
            "cannot use output vectors; only self-learning uses them",
            where=f"method {method if isinstance(method, str) else type(method).__name__}",
            fix="leave them out, or take self-learning, unsupervised or auto",
        )


def check_supervision(method: str | Solver, given: str | None) -> None:
    """Raise `InputError` if a method and the supervision that it is given contradict each other.

    Args:
        method: Name of a method, `auto`, or a solver; nothing is assumed about a solver.
        given: A description of the seed pairs, such as `a lexicon`; None if there are none.
    """
    if isinstance(method, Solver):
        return
    look_up(method, dict.fromkeys(("auto", *METHODS)), "method")
    needs = "anything" if method == "auto" else METHODS[method].needs
    if needs == "pairs" and given is None:
        raise InputError(
            "needs seed pairs, got none",
            where=f"method {method}",
            fix="give a lexicon, identical strings or numerals, or take the method unsupervised",
        )
    if needs == "nothing" and given is not None:
        raise InputError(
            f"works without seed pairs, got {given}",
            where=f"method {method}",
            fix="leave the seed pairs out, or take self-learning or vecmap-semi, which use them",
        )
    if needs == "identical" and given not in (None, "identical strings"):
        raise InputError(
            f"finds its own seed of identical strings, got {given}",
            where=f"method {method}",
            fix="leave the seed pairs out, or take vecmap-semi, which uses them",
        )
