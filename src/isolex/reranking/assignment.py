"""One-to-one dictionaries: the matching of the greatest summed confidence."""

import numpy as np
from jaxtyping import Float, Int

from isolex.errors import MissingExtraError


def one_to_one(
    rows: Int[np.ndarray, "w"],
    keys: Int[np.ndarray, "w a"],
    confidence: Float[np.ndarray, "w a"],
    least: float,
) -> Int[np.ndarray, "p 2"]:
    """At most one key a row and one row a key, such that the sum of the confidences is greatest.

    A sparse assignment problem over the candidates alone: its matrix has one entry a pair, and one a row that
    stays alone.

    Args:
        rows: Source ids.
        keys: Candidates of each, -1 where there are fewer.
        confidence: Of the candidates.
        least: Pairs below are left out.

    Returns:
        The pairs, by row.

    Raises:
        MissingExtraError: scipy, which comes with scikit-learn, is not installed.
    """
    try:
        from scipy.sparse import csr_matrix  # noqa: PLC0415
        from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("one-to-one dictionaries", "scipy", "rerank") from error
    kept: np.ndarray = (keys >= 0) & (confidence >= least) & (confidence > 0)
    places, ranks = np.nonzero(kept)
    if len(places) == 0:
        return np.empty((0, 2), dtype=np.int64)
    targets, columns = np.unique(keys[places, ranks], return_inverse=True)
    # Every row may also stay alone, on a column of its own, which costs what a pair of confidence 0 would.
    count = len(rows)
    own = np.arange(count)
    costs = np.concatenate([1 - confidence[places, ranks], np.ones(count)]) + 1.0
    graph = csr_matrix(
        (costs, (np.concatenate([places, own]), np.concatenate([columns, len(targets) + own]))),
        shape=(count, len(targets) + count),
    )
    matched, taken = min_weight_full_bipartite_matching(graph)
    paired = taken < len(targets)
    made = np.stack([rows[matched[paired]], targets[taken[paired]]], axis=1)
    ordered: np.ndarray = made[np.argsort(made[:, 0])]
    return ordered
