"""Settings of reranking."""

from collections.abc import Callable
from dataclasses import dataclass

from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.mapping import RCSLS, Bootstrapping, Contrastive, Known, Procrustes, Solver, VecMap
from isolex.names import look_up
from isolex.reranking.features import GROUPS, check_groups

# What can be fitted to some pairs and not to others: from the solver of the base, which held-out seed words
# chose, from the maps that it found there, and from the random seed.
ALIGNMENTS: dict[str, Callable[[Solver, Known, int], Solver]] = {
    "base": lambda _, known, __: known,
    "bootstrapping": lambda base, known, _: Bootstrapping(known, base),
    "contrastive": lambda _, known, seed: Contrastive(known, epochs=2, validation=0, seed=seed),
    "vecmap": lambda _, __, ___: VecMap(),
    "procrustes": lambda _, __, ___: Procrustes(),
    "rcsls": lambda _, __, seed: RCSLS(seed=seed),
}


@dataclass(frozen=True)
class RerankSettings:
    """How candidates are found, which features are looked at, and how the reranker learns.

    Attributes:
        alignments: Out of `ALIGNMENTS`; the first one's neighbourhoods are looked at. `base` is the closed
            form (Procrustes, VecMap, ridge regression) that does best on held-out seed words;
            `bootstrapping` and `contrastive` go on from it.
        candidates: Number of best targets by CSLS for each source word in each alignment.
        softmax: Number of best targets by inverted softmax, in the first alignment.
        backward: Each target also becomes a candidate of this many best sources, by either score.
        strings: Number of nearest strings for each source word, by spelling and by learned correspondences.
        languages: For a pair of a space, third languages that are asked, the most trusted ones.
        through: Words of a third language that are looked up for each word.
        triangulated: Targets of each source word that third languages support most.
        groups: Feature groups to use, see `GROUPS`.
        folds: Parts of the seed words for cross-fitting.
        trees: Trees of the reranker.
        learning_rate: Of boosting.
        leaves: Of each tree.
        alternatives: Candidates kept of each word in the result.
        seed: Seed of random numbers.

    Raises:
        InputError: A number out of range, or an unknown alignment or group.
    """

    alignments: tuple[str, ...] = ("base", "bootstrapping", "contrastive")
    candidates: int = 20
    softmax: int = 10
    backward: int = 3
    strings: int = 5
    languages: int = 3
    through: int = 10
    triangulated: int = 10
    groups: tuple[str, ...] = tuple(GROUPS)
    folds: int = 5
    trees: int = 100
    learning_rate: float = 0.1
    leaves: int = 15
    alternatives: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        check_numbers(self)
        check_groups(self.groups)
        for name in self.alignments:
            look_up(name, ALIGNMENTS, "alignment to rerank by")
        for what, names in (("feature groups", self.groups), ("alignments", self.alignments)):
            if not names:
                raise InputError(f"got no {what}, expected at least one", where="reranking")
        least = {"candidates": 1, "softmax": 1, "backward": 0, "strings": 0, "folds": 2, "trees": 1}
        least |= {"leaves": 2, "alternatives": 1, "languages": 1, "through": 1, "triangulated": 0}
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise InputError(
                    f"got {name} {getattr(self, name)}, expected at least {bound}", where="reranking"
                )
        if not self.learning_rate > 0:
            raise InputError(f"got learning rate {self.learning_rate}, expected over 0", where="reranking")
