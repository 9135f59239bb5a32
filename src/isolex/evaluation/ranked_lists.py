"""Scores of ranked lists: the ranks of the relevant documents in the answer to each query."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Float

from isolex.errors import InputError
from isolex.evaluation.metrics import PairedDifference, bootstrap_interval, paired_difference
from isolex.given import whole_number

CUTOFF = 10


@dataclass(frozen=True)
class RankingResult:
    """How well documents, or sentences, were ranked for some queries.

    Attributes:
        ranks: For each query, the ranks of its relevant documents, from 1, best first; at least one rank.

    Raises:
        InputError: A query without a relevant document.

    Examples:
        >>> from isolex.evaluation import RankingResult
        >>> result = RankingResult([[1], [3, 4]])
        >>> result.hits(1), round(result.mrr, 3), round(result.recall(3), 1)
        (50.0, 0.667, 75.0)
    """

    ranks: Sequence[Sequence[int]] = field(repr=False)

    def __post_init__(self) -> None:
        if not all(self.ranks):
            raise InputError("a query has no relevant document", where="ranks", fix="leave such queries out")

    def __repr__(self) -> str:
        return f"<RankingResult: nDCG@10 {self.ndcg:.3f}, P@1 {self.hits():.1f} %, n = {self.n:,}>"

    @property
    def n(self) -> int:
        """Queries."""
        return len(self.ranks)

    def hits(self, k: int = 1) -> float:
        """Percent of the queries with a relevant document among the best k: P@1 for k = 1."""
        k = whole_number(k, "k", where="hits")
        return 100 * _mean([float(ranks[0] <= k) for ranks in self.ranks])

    def recall(self, k: int = CUTOFF) -> float:
        """R@k: percent of a query's relevant documents that are among the best k, mean over queries."""
        k = whole_number(k, "k", where="recall")
        return 100 * _mean([sum(rank <= k for rank in ranks) / len(ranks) for ranks in self.ranks])

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank of the first relevant document, 0 to 1."""
        return _mean([1 / ranks[0] for ranks in self.ranks])

    @property
    def map(self) -> float:
        """Mean average precision over the full ranking, 0 to 1."""
        return _mean([_average_precision(ranks) for ranks in self.ranks])

    @property
    def ndcg(self) -> float:
        """nDCG@10, 0 to 1: Σ 1/log₂(1 + rank) of relevant documents, over its best possible value.

        Järvelin & Kekäläinen 2002, with relevance 0 or 1.
        """
        return _mean(self.gains.tolist())

    @cached_property
    def gains(self) -> Float[np.ndarray, "n"]:
        """nDCG@10 of each query."""
        return np.array([_ndcg(ranks) for ranks in self.ranks])

    @property
    def interval(self) -> tuple[float, float]:
        """95 % bootstrap interval of nDCG@10, queries resampled."""
        return bootstrap_interval(self.gains, np.arange(self.n))

    def compare(self, other: "RankingResult") -> PairedDifference:
        """Paired test of this nDCG@10 against another's, query by query.

        Raises:
            InputError: Another number of queries.
        """
        if self.n != other.n:
            raise InputError(f"got {self.n} and {other.n} queries, expected the same", where="paired test")
        return paired_difference(self.gains, other.gains)

    def to_dict(self) -> dict[str, float | int | list[float]]:
        """Every figure: hits and recall in percent, the others from 0 to 1."""
        return {
            **{f"p@{k}": round(self.hits(k), 2) for k in (1, 5, 10)},
            "recall@10": round(self.recall(), 2),
            "mrr": round(self.mrr, 4),
            "map": round(self.map, 4),
            "ndcg@10": round(self.ndcg, 4),
            "interval": [round(end, 4) for end in self.interval],
            "n": self.n,
        }


def _average_precision(ranks: Sequence[int]) -> float:
    return sum(found / rank for found, rank in enumerate(ranks, start=1)) / len(ranks)


def _ndcg(ranks: Sequence[int]) -> float:
    gain = sum(1 / math.log2(1 + rank) for rank in ranks if rank <= CUTOFF)
    return gain / sum(1 / math.log2(1 + rank) for rank in range(1, min(len(ranks), CUTOFF) + 1))


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan
