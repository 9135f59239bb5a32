"""How much each unsupervised method recovers of an alignment that was planted in real vectors.

The space of one language, rotated, its rows shuffled, noise on every row until the mean cosine to the clean
row is .9, and a fifth of the words missing on each side, independently.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.measuring import timed
from benchmarks.spaces import PLANTED_COSINE, PLANTED_MISSING, planted
from isolex.progress import track
from isolex.recipes import METHODS
from isolex.retrieval import CSLS
from isolex.samples import sample
from isolex.scoring import check_methods
from isolex.vectors import Vectors

PLANTED_METHODS = (
    "unsupervised",
    "vecmap-unsupervised-cpu",
    "muse-unsupervised-cpu",
    "wasserstein-procrustes-cpu",
    "gromov-wasserstein-cpu",
)


@dataclass(frozen=True)
class PlantedRun:
    """One method on one planted pair of spaces.

    Attributes:
        method: Its name.
        words: Words before a fifth went missing on each side.
        shared: Words that are on both sides.
        recovered: Percent of those whose best answer (CSLS) is themselves.
        seconds: For solving.
    """

    method: str
    words: int
    shared: int
    recovered: float
    seconds: float


def run_planted(
    vectors: Vectors | None = None,
    *,
    words: int = 4_000,
    methods: Sequence[str] = PLANTED_METHODS,
    cosine: float = PLANTED_COSINE,
    missing: float = PLANTED_MISSING,
    seed: int = 0,
) -> Iterator[PlantedRun]:
    """One run a method; on the Spanish vectors of the bundled sample unless others are given.

    Args:
        vectors: What is planted in.
        words: Most frequent words taken.
        methods: Names of methods without supervision.
        cosine: Mean cosine of a noisy row to the clean one, over 0; 1 for no noise.
        missing: Share of the words missing on each side.
        seed: Of everything random.
    """
    check_methods(methods)
    given = sample()[1] if vectors is None else vectors
    problem, shared = planted(given, words, seed, cosine=cosine, missing=missing)
    for method in track(list(methods), "methods"):
        seconds, mapping = timed(partial(METHODS[method].make(seed).solve, problem))
        x, z = mapping.apply(problem.x, problem.z)
        answers = CSLS().index(x, z).best(x[shared[:, 0]], 1)[:, 0]
        recovered = 100 * float((answers == shared[:, 1]).double().mean())
        yield PlantedRun(method, words, shared.shape[0], round(recovered, 1), round(seconds, 1))
