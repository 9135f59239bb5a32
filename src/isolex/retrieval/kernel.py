"""The one kernel: blocked, exact passes over the scores `scale * <q, z> + bias[z]`.

Every criterion of the field ranks keys by this expression (see `criteria`), so every pass over two
vocabularies happens here. Scores are computed in float32, in tiles that together hold no more than
`scratch_bytes`; nothing of size queries × keys is ever kept. The same code runs on a GPU.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.errors import InputError
from isolex.progress import track

SCRATCH_BYTES = 256 * 2**20
_MAX_TILE_COLUMNS = 65_536


@dataclass(frozen=True, eq=False)
class TopK:
    """The best keys of each query, best first; equal scores stand in the order of their key ids.

    Attributes:
        indices: int64 `[n, k]`, row ids of the keys.
        scores: float32 `[n, k]`, higher is better.
    """

    indices: Int[Tensor, "n k"]
    scores: Float[Tensor, "n k"]


def top_k(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    k: int,
    *,
    scale: float = 1.0,
    bias: Float[Tensor, "m"] | None = None,
    scratch_bytes: int = SCRATCH_BYTES,
) -> TopK:
    """The k keys of highest `scale * <q, z> + bias[z]` for each query, exactly.

    With fewer than k keys all of them are returned, so the width is min(k, m).

    Args:
        queries: `[n, d]` float32.
        keys: `[m, d]` float32, m ≥ 1.
        k: How many to keep, ≥ 1.
        scale: Factor of the inner product.
        bias: `[m]`, one addend a key.
        scratch_bytes: Bound on the working memory beside inputs and results.

    Raises:
        InputError: Shapes that do not fit, no keys, or k < 1.
    """
    _check(queries, keys, bias)
    if k < 1:
        raise InputError(f"got k = {k}, expected at least 1", where="top_k")
    k = min(k, keys.shape[0])
    indices = torch.empty(queries.shape[0], k, dtype=torch.int64, device=queries.device)
    scores = torch.empty(queries.shape[0], k, dtype=torch.float32, device=queries.device)
    for rows in _row_blocks(queries, keys, scratch_bytes):
        best: TopK | None = None
        for start, tile in _tiles(queries[rows], keys, scale, bias):
            found = _best_of_tile(tile, k)
            found = TopK(found.indices + start, found.scores)
            best = found if best is None else _merge(best, found, k)
        if best is not None:
            indices[rows], scores[rows] = best.indices, best.scores
    return TopK(indices, scores)


def mean_top_k(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    k: int,
    *,
    scratch_bytes: int = SCRATCH_BYTES,
) -> Float[Tensor, "n"]:
    """Mean inner product of each query with its k best keys: r(q) of CSLS. `[n]`, float32."""
    return top_k(queries, keys, k, scratch_bytes=scratch_bytes).scores.mean(dim=1)


def log_sum_exp(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    *,
    scale: float = 1.0,
    bias: Float[Tensor, "m"] | None = None,
    scratch_bytes: int = SCRATCH_BYTES,
) -> Float[Tensor, "n"]:
    """`log Σ_z exp(scale * <q, z> + bias[z])` of each query, without overflow. `[n]`, float32."""
    _check(queries, keys, bias)
    total = torch.full((queries.shape[0],), -torch.inf, device=queries.device)
    for rows in _row_blocks(queries, keys, scratch_bytes):
        for _, tile in _tiles(queries[rows], keys, scale, bias):
            total[rows] = torch.logaddexp(total[rows], torch.logsumexp(tile, dim=1))
    return total


def ranks(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    targets: Int[Tensor, "n"],
    *,
    scale: float = 1.0,
    bias: Float[Tensor, "m"] | None = None,
    scratch_bytes: int = SCRATCH_BYTES,
) -> Int[Tensor, "n"]:
    """The rank, from 1, of one given key for each query in the full ranking; ties go to the lower id."""
    _check(queries, keys, bias)
    if targets.numel() and not 0 <= int(targets.min()) <= int(targets.max()) < keys.shape[0]:
        raise InputError(
            f"got ids from {int(targets.min())} to {int(targets.max())}, expected 0 to {keys.shape[0] - 1}",
            where="ranks",
        )
    result = torch.ones(queries.shape[0], dtype=torch.int64, device=queries.device)
    for rows in _row_blocks(queries, keys, scratch_bytes):
        wanted = targets[rows, None]
        own = torch.empty(wanted.shape, device=queries.device)
        # The target's score is read off the very tile that it is compared in: a product computed in another
        # shape may differ in the last bit, and a key must never outrank itself.
        for start, tile in _tiles(queries[rows], keys, scale, bias):
            inside = (wanted >= start) & (wanted < start + tile.shape[1])
            own = torch.where(inside, tile.gather(1, (wanted - start).clamp(0, tile.shape[1] - 1)), own)
        for start, tile in _tiles(queries[rows], keys, scale, bias):
            ids = torch.arange(start, start + tile.shape[1], device=tile.device)
            result[rows] += ((tile > own) | ((tile == own) & (ids < wanted))).sum(dim=1)
    return result


def _check(
    queries: Float[Tensor, "n d"], keys: Float[Tensor, "m e"], bias: Float[Tensor, "b"] | None
) -> None:
    if queries.shape[1] != keys.shape[1]:
        raise InputError(
            f"got queries of {queries.shape[1]} and keys of {keys.shape[1]} columns, expected the same",
            where="retrieval",
        )
    if keys.shape[0] == 0:
        raise InputError("got no keys, expected at least one row to search in", where="retrieval")
    if bias is not None and bias.shape[0] != keys.shape[0]:
        raise InputError(f"got {bias.shape[0]} biases for {keys.shape[0]} keys", where="retrieval")


def _row_blocks(
    queries: Float[Tensor, "n d"], keys: Float[Tensor, "m d"], scratch_bytes: int
) -> Iterator[slice]:
    # A tile of float32 scores and, where many scores are tied, a sorted copy with int64 places: six times.
    rows = max(1, scratch_bytes // (24 * min(keys.shape[0], _MAX_TILE_COLUMNS)))
    for start in track(range(0, queries.shape[0], rows), "searching"):
        yield slice(start, min(start + rows, queries.shape[0]))


def _tiles(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    scale: float,
    bias: Float[Tensor, "m"] | None,
) -> Iterator[tuple[int, Float[Tensor, "n t"]]]:
    """The first key id and the scores of each tile of keys, from left to right."""
    for start in range(0, keys.shape[0], _MAX_TILE_COLUMNS):
        columns = slice(start, start + _MAX_TILE_COLUMNS)
        part = keys[columns].T
        if bias is None:
            tile = queries @ part
            yield start, tile if scale == 1 else tile.mul_(scale)
        else:
            yield start, torch.addmm(bias[columns], queries, part, alpha=scale)


def _best_of_tile(scores: Float[Tensor, "n t"], k: int) -> TopK:
    """Top k of each row, equal scores by lower column, which `torch.topk` alone does not promise."""
    wide = torch.topk(scores, min(k + 1, scores.shape[1]), dim=1)
    best = _by_score_then_id(TopK(wide.indices[:, :k], wide.values[:, :k]))
    if wide.values.shape[1] > k:
        # Only where the k-th score occurs again beyond the k kept can the wrong one have been kept.
        tied = (wide.values[:, k] == wide.values[:, k - 1]).nonzero()[:, 0]
        if tied.numel():
            order = torch.sort(scores[tied], dim=1, descending=True, stable=True)
            best.indices[tied], best.scores[tied] = order.indices[:, :k], order.values[:, :k]
    return best


def _merge(left: TopK, right: TopK, k: int) -> TopK:
    """The best k of two selections; every id on the left is lower than every id on the right."""
    scores = torch.cat([left.scores, right.scores], dim=1)
    indices = torch.cat([left.indices, right.indices], dim=1)
    order = torch.sort(scores, dim=1, descending=True, stable=True).indices[:, :k]
    return TopK(indices.gather(1, order), scores.gather(1, order))


def _by_score_then_id(found: TopK) -> TopK:
    by_id = torch.sort(found.indices, dim=1)
    scores = found.scores.gather(1, by_id.indices)
    by_score = torch.sort(scores, dim=1, descending=True, stable=True)
    return TopK(by_id.values.gather(1, by_score.indices), by_score.values)
