"""How much each unsupervised method recovers of an alignment that was planted in real vectors.

The space of one language, rotated, its rows shuffled, noise on every row until the mean cosine to the clean
row is .9, and a fifth of the words missing on each side, independently.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from isolex.arrays import generator
from isolex.benchmark.verdict import noisy
from isolex.choices import PLANTED_COSINE, PLANTED_METHODS, PLANTED_MISSING
from isolex.linalg import polar_factor
from isolex.mapping import Problem
from isolex.names import look_up
from isolex.normalize import Normalizer
from isolex.progress import track
from isolex.recipes import METHODS
from isolex.retrieval import CSLS
from isolex.samples import sample
from isolex.vectors import Vectors


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
    for method in methods:
        look_up(method, METHODS, "method")
    given = sample()[1] if vectors is None else vectors
    problem, shared = planted(given, words, seed, cosine=cosine, missing=missing)
    for method in track(list(methods), "methods"):
        start = time.perf_counter()
        x, z = METHODS[method].make(seed).solve(problem).apply(problem.x, problem.z)
        seconds = time.perf_counter() - start
        answers = CSLS().index(x, z).best(x[shared[:, 0]], 1)[:, 0]
        recovered = 100 * float((answers == shared[:, 1]).double().mean())
        yield PlantedRun(method, words, shared.shape[0], round(recovered, 1), round(seconds, 1))


def planted(
    vectors: Vectors,
    words: int,
    seed: int,
    *,
    cosine: float = PLANTED_COSINE,
    missing: float = PLANTED_MISSING,
) -> tuple[Problem, Int[Tensor, "p 2"]]:
    """Both spaces, normalised, and the ids of the words that they share."""
    draws = generator(seed)
    x = vectors.head(words).tensor()
    turn = polar_factor(torch.randn(x.shape[1], x.shape[1], generator=draws)).float()
    z = noisy(x, seed + 1, cosine=cosine) @ turn
    there = [(torch.rand(x.shape[0], generator=draws) >= missing).nonzero()[:, 0] for _ in range(2)]
    there[1] = there[1][torch.randperm(there[1].numel(), generator=draws)]
    place = torch.full((x.shape[0],), -1)
    place[there[1]] = torch.arange(there[1].numel())
    own = (place[there[0]] >= 0).nonzero()[:, 0]
    shared = torch.stack([own, place[there[0][own]]], dim=1)
    sides = (Normalizer().fit(rows).apply(rows) for rows in (x[there[0]], z[there[1]]))
    return Problem(*sides), shared
