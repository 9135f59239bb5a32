"""Settings of reranking."""

from dataclasses import dataclass

from isolex.errors import InputError
from isolex.reranking.features import GROUPS, check_groups


@dataclass(frozen=True)
class RerankSettings:
    """How candidates are found, which features are looked at, and how the reranker learns.

    Attributes:
        candidates: Best targets taken of each source word in each alignment.
        backward: A target also becomes a candidate of its so many best sources.
        strings: Nearest strings taken of each source word, by sight and by learned correspondences each.
        groups: Feature groups to use, see `GROUPS`.
        folds: Parts of the seed words for cross-fitting.
        trees: Trees of the reranker.
        learning_rate: Of boosting.
        leaves: Of each tree.
        alternatives: Candidates kept of each word in the result.
        seed: Of everything random.

    Raises:
        InputError: A number out of range, or an unknown group.
    """

    candidates: int = 20
    backward: int = 3
    strings: int = 5
    groups: tuple[str, ...] = tuple(GROUPS)
    folds: int = 3
    trees: int = 100
    learning_rate: float = 0.1
    leaves: int = 15
    alternatives: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        check_groups(self.groups)
        if not self.groups:
            raise InputError("got no feature groups, expected at least one", where="reranking")
        least = {"candidates": 1, "backward": 0, "strings": 0, "folds": 2, "trees": 1, "leaves": 2}
        for name, bound in (least | {"alternatives": 1}).items():
            if getattr(self, name) < bound:
                raise InputError(
                    f"got {name} {getattr(self, name)}, expected at least {bound}", where="reranking"
                )
        if not self.learning_rate > 0:
            raise InputError(f"got learning rate {self.learning_rate}, expected over 0", where="reranking")
