"""The search kernel: blocked, exact passes over the scores `scale * <x, z> + x_bias[x] + z_bias[z]`.

All criteria rank keys by this expression (see `criteria`), so every pass over two vocabularies happens here.
Scores are computed in tiles that together hold no more than `scratch_bytes`; nothing of size queries × keys
is ever kept. Results are those of float32, even if tiles were computed in another type (see `screening`), and
on a processor they do not depend on the tiles. The same code runs on a GPU.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.arrays import full_precision
from isolex.errors import InputError
from isolex.given import whole_number
from isolex.retrieval.screening import FullProduct, Product, ScreeningProduct, screens
from isolex.retrieval.selection import search, search_both
from isolex.retrieval.tiles import Scores, TopK, plain_top_k, row_blocks, row_of_tiles

SCRATCH_BYTES = 256 * 2**20
_GPU_SHARE = 4

# GPUs select as fast as they multiply, so they search plainly. With fewer scores, or keys for each that is
# kept, float32 is as fast as any other precision.
_MANY_SCORES = 2**20
# Of fewer queries all scores cost less than a bound of what others can score.
_FEW_QUERIES = 4
_MANY_KEYS = 32


@full_precision()
def top_k(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    k: int,
    *,
    scale: float = 1.0,
    bias: Float[Tensor, "m"] | None = None,
    scratch_bytes: int | None = None,
) -> TopK:
    """The k keys of highest `scale * <q, z> + bias[z]` for each query, exactly.

    With fewer than k keys all of them are returned, so the width is min(k, m).

    Args:
        queries: `[n, d]` float32.
        keys: `[m, d]` float32, m ≥ 1.
        k: How many to keep, ≥ 1.
        scale: Factor of the inner product.
        bias: `[m]`, one addend a key.
        scratch_bytes: Bound on the working memory beside inputs, results, and some 10 (k + 5) bytes a query;
            by default 256 MiB, or on a GPU a quarter of what is free.

    Raises:
        InputError: Shapes that do not fit, no keys, or k < 1.
    """
    _check(queries, keys, bias)
    _check_k(k)
    scratch = _bound(scratch_bytes, queries.device)
    scores = Scores(queries, keys, scale, z_bias=bias)
    k = min(k, keys.shape[0])
    if not _fast(scores) or scores.x.shape[0] < _FEW_QUERIES:
        return plain_top_k(scores, k, scratch_bytes=scratch)
    return search(_product(scores, scratch, paid=_pays(scores, k)), k, scratch_bytes=scratch)


@full_precision()
def top_k_both(
    x: Float[Tensor, "n d"],
    z: Float[Tensor, "m d"],
    k: int,
    *,
    scale: float = 1.0,
    x_bias: Float[Tensor, "n"] | None = None,
    z_bias: Float[Tensor, "m"] | None = None,
    scratch_bytes: int | None = None,
) -> tuple[TopK, TopK]:
    """The k best z of each x and the k best x of each z, exactly, from one product.

    By `scale * <x, z> + x_bias[x] + z_bias[z]`. Either width is at most what there is.

    Args:
        x: `[n, d]` float32, n ≥ 1.
        z: `[m, d]` float32, m ≥ 1.
        k: How many to keep, ≥ 1.
        scale: Factor of the inner product.
        x_bias: `[n]`, one addend an x.
        z_bias: `[m]`, one addend a z.
        scratch_bytes: As for `top_k`, with about 20 (k + 5) bytes for each x and z instead.

    Raises:
        InputError: Shapes that do not fit, no rows, or k < 1.
    """
    _check(x, z, z_bias)
    _check(z, x, x_bias)
    _check_k(k)
    scratch = _bound(scratch_bytes, x.device)
    scores = Scores(x, z, scale, x_bias, z_bias)
    widths = min(k, z.shape[0]), min(k, x.shape[0])
    if not _fast(scores):
        forward, backward = (
            plain_top_k(one, width, scratch_bytes=scratch)
            for one, width in zip((scores, scores.turned), widths, strict=True)
        )
        return forward, backward
    paid = _pays(scores, k) and _pays(scores.turned, k)
    return search_both(_product(scores, scratch, paid=paid), widths, scratch_bytes=scratch)


def mean_top_k(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    k: int,
    *,
    scratch_bytes: int | None = None,
) -> Float[Tensor, "n"]:
    """Mean inner product of each query with its k best keys: r(q) of CSLS. `[n]`, float32."""
    return top_k(queries, keys, k, scratch_bytes=scratch_bytes).scores.mean(dim=1)


@full_precision()
def log_sum_exp(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    *,
    scale: float = 1.0,
    bias: Float[Tensor, "m"] | None = None,
    scratch_bytes: int | None = None,
) -> Float[Tensor, "n"]:
    """`log Σ_z exp(scale * <q, z> + bias[z])` of each query, without overflow. `[n]`, float32."""
    _check(queries, keys, bias)
    total = torch.full((queries.shape[0],), -torch.inf, device=queries.device)
    scratch = _bound(scratch_bytes, queries.device)
    scores = Scores(queries, keys, scale, z_bias=bias)
    for rows in row_blocks(scores, scratch):
        for _, tile in row_of_tiles(scores, rows):
            total[rows] = torch.logaddexp(total[rows], torch.logsumexp(tile, dim=1))
    return total


@full_precision()
def ranks(
    queries: Float[Tensor, "n d"],
    keys: Float[Tensor, "m d"],
    targets: Int[Tensor, "n"],
    *,
    scale: float = 1.0,
    bias: Float[Tensor, "m"] | None = None,
    scratch_bytes: int | None = None,
) -> Int[Tensor, "n"]:
    """The rank, from 1, of one given key for each query in the full ranking; ties go to the lower id."""
    _check(queries, keys, bias)
    if targets.numel() and not 0 <= int(targets.min()) <= int(targets.max()) < keys.shape[0]:
        raise InputError(
            f"got ids from {int(targets.min())} to {int(targets.max())}, expected 0 to {keys.shape[0] - 1}",
            where="ranks",
        )
    result = torch.ones(queries.shape[0], dtype=torch.int64, device=queries.device)
    scratch = _bound(scratch_bytes, queries.device)
    scores = Scores(queries, keys, scale, z_bias=bias)
    for rows in row_blocks(scores, scratch):
        wanted = targets[rows, None]
        own = torch.empty(wanted.shape, device=queries.device)
        # The target's score is read off the very tile that it is compared in: a product computed in another
        # shape may differ in the last bit, and a key must never outrank itself.
        for start, tile in row_of_tiles(scores, rows):
            inside = (wanted >= start) & (wanted < start + tile.shape[1])
            own = torch.where(inside, tile.gather(1, (wanted - start).clamp(0, tile.shape[1] - 1)), own)
        for start, tile in row_of_tiles(scores, rows):
            ids = torch.arange(start, start + tile.shape[1], device=tile.device)
            result[rows] += ((tile > own) | ((tile == own) & (ids < wanted))).sum(dim=1)
    return result


def _check(
    queries: Float[Tensor, "n d"], keys: Float[Tensor, "m e"], bias: Float[Tensor, "b"] | None
) -> None:
    if not isinstance(queries, Tensor) or not isinstance(keys, Tensor):
        raise InputError(
            f"got {type(queries).__name__} and {type(keys).__name__}, expected tensors",
            where="retrieval",
            fix="use torch.from_numpy(array)",
        )
    if queries.shape[1] != keys.shape[1]:
        raise InputError(
            f"got queries of {queries.shape[1]} and keys of {keys.shape[1]} columns, expected the same",
            where="retrieval",
        )
    if keys.shape[0] == 0:
        raise InputError("got no keys, expected at least one row to search in", where="retrieval")
    if bias is not None and bias.shape[0] != keys.shape[0]:
        raise InputError(f"got {bias.shape[0]} biases for {keys.shape[0]} keys", where="retrieval")


def _check_k(k: int) -> None:
    whole_number(k, "k", where="retrieval")


def _bound(given: int | None, device: torch.device) -> int:
    """The scratch memory: as given, else 256 MiB, or on a GPU a quarter of what is free there."""
    if given is not None:
        return given
    return torch.cuda.mem_get_info(device)[0] // _GPU_SHARE if device.type == "cuda" else SCRATCH_BYTES


def _fast(scores: Scores) -> bool:
    """Whether there is a fast search: GPUs have a fast plain one, and float64 is for proofs and tests."""
    return scores.x.device.type == "cpu" and scores.x.dtype == torch.float32


def _pays(scores: Scores, k: int) -> bool:
    """Whether there is enough to do that another precision can be faster."""
    n, m = scores.x.shape[0], scores.z.shape[0]
    return n * m >= _MANY_SCORES and m >= _MANY_KEYS * (k + 3)


def _product(scores: Scores, scratch: int, *, paid: bool) -> Product:
    if paid and screens(scores.x.device):
        return ScreeningProduct.of(scores, scratch_bytes=scratch)
    return FullProduct(scores)
