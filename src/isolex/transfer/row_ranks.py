"""Ranks of the right rows among all rows, by a criterion or by scores."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from isolex.errors import InputError
from isolex.evaluation import RankingResult
from isolex.names import look_up
from isolex.retrieval import CSLS, Criterion, NearestNeighbour

CRITERIA: dict[str, Criterion] = {"csls": CSLS(), "nn": NearestNeighbour()}


def rank_rows(
    queries: Float[np.ndarray, "n p"],
    documents: Float[np.ndarray, "m p"],
    relevant: Sequence[Sequence[int]],
    *,
    criterion: str | Criterion = "csls",
) -> RankingResult:
    """Rank all documents for each query.

    With CSLS, the neighbourhood of a document is taken over the given queries.

    Args:
        queries: `[n, p]` unit rows.
        documents: `[m, p]` unit rows.
        relevant: For each query the rows of its relevant documents.
        criterion: `csls`, `nn`, or a criterion object.

    Raises:
        InputError: An unknown criterion, another number of queries, or one without a relevant document.
    """
    if not isinstance(criterion, Criterion):
        criterion = look_up(criterion, CRITERIA, "criterion")
    _check_queries(len(queries), len(relevant))
    x, z = torch.from_numpy(queries), torch.from_numpy(documents)
    asked = torch.tensor([number for number, rows in enumerate(relevant) for _ in rows], dtype=torch.int64)
    wanted = torch.tensor([row for rows in relevant for row in rows], dtype=torch.int64)
    ranks = iter(criterion.index(x, z).ranks(x[asked], wanted).tolist())
    return RankingResult([sorted(next(ranks) for _ in rows) for rows in relevant])


def rank_scores(scores: Float[np.ndarray, "n m"], relevant: Sequence[Sequence[int]]) -> RankingResult:
    """Ranks of relevant documents by given scores; equal scores are ordered by document.

    Raises:
        InputError: Another number of queries, or one without a relevant document.
    """
    _check_queries(len(scores), len(relevant))
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1)[None], axis=1)
    return RankingResult([sorted(ranks[number, list(rows)].tolist()) for number, rows in enumerate(relevant)])


def _check_queries(given: int, expected: int) -> None:
    if given != expected:
        raise InputError(
            f"got {given} queries and relevant documents of {expected}, expected the same", where="ranking"
        )
