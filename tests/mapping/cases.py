"""Solvers: the table that the tests of what all of them have in common run through, and a spy."""

from dataclasses import dataclass

from isolex.mapping import (
    CCA,
    RCSLS,
    Bilinear,
    Bootstrapping,
    Contrastive,
    LeastSquares,
    Mapping,
    Problem,
    Procrustes,
    Solver,
    VecMap,
)

PLAIN_VECMAP = VecMap(
    whiten=False, reweight_source=0, reweight_target=0, dewhiten_source=None, dewhiten_target=None
)
# Held-out words choose its number of steps, and which are held out depends on seed and order of the words.
ALL_STEPS = {"validation": 0.0, "steps": 3, "learning_rate": 0.5, "k": 4}

SOLVERS: dict[str, Solver] = {
    "least-squares": LeastSquares(),
    "ridge": LeastSquares(ridge=0.5),
    "procrustes": Procrustes(),
    "cca": CCA(ratio=1.0),
    "cca-ridge": CCA(ratio=0.8, ridge=0.1),
    "vecmap": VecMap(),
    "vecmap-plain": PLAIN_VECMAP,
    "vecmap-whitened": VecMap(
        dewhiten_source=None, dewhiten_target=None, reweight_source=1, reweight_target=1
    ),
    "vecmap-crossed": VecMap(dewhiten_source="target", dewhiten_target="source", dimension=4),
    "rcsls-spectral": RCSLS(spectral=True, **ALL_STEPS),
    "rcsls-vecmap": RCSLS(start=VecMap(), **ALL_STEPS),
    "bilinear": Bilinear(),
    "bilinear-plain": Bilinear(ridge=0),
    "bootstrapping": Bootstrapping(),
    "contrastive": Contrastive(epochs=2, negatives=8, validation=0, k=4),
}


@dataclass(frozen=True)
class Fixed:
    """A map that does not depend on the problem."""

    mapping: Mapping

    def solve(self, problem: Problem) -> Mapping:
        return self.mapping


class Keeping:
    """Procrustes that keeps the problems it was given."""

    def __init__(self) -> None:
        self.seen: list[Problem] = []

    def solve(self, problem: Problem) -> Mapping:
        self.seen.append(problem)
        return Procrustes().solve(problem)


class Recording:
    """Procrustes that notes which source words each of its problems holds."""

    def __init__(self) -> None:
        self.seen: list[set[int]] = []

    def solve(self, problem: Problem) -> Mapping:
        self.seen.append(set(problem.pairs[:, 0].tolist()))
        return Procrustes().solve(problem)
