"""Measures of how far pairs of translations have the same relations in both spaces."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.diagnosis.row_checks import require_ids
from isolex.errors import InputError
from isolex.linalg import gram
from isolex.normalize import unit_rows

LIMIT = 2000
_FEWEST = 3
# Cosines of float32 rows that spread no more than this differ by rounding only.
_SAME = torch.finfo(torch.float32).eps


def relational_similarity(
    x: Float[Tensor, "n d"], z: Float[Tensor, "m e"], pairs: Int[Tensor, "p 2"], *, limit: int = LIMIT
) -> float:
    """RSIM: Pearson's correlation of cos(x_i, x_j) with cos(z_i, z_j), all i < j (Vulić et al. 2020).

    x_i and z_i are the two rows of pair i. Higher is closer: 1 for isometric spaces, about 0 for unrelated
    ones. A pair counts once even if it is given several times; a word may be in several pairs. Nothing is
    compared across the spaces, so their dimensions may differ, and the lengths of rows do not matter.
    Cost: O(p² d), memory about six [p, p] matrices in float64: 200 MB for 2,000 pairs.

    Args:
        x: `[n, d]` source rows.
        z: `[m, e]` target rows.
        pairs: `[p, 2]` ids into x and z.
        limit: Use only this many distinct pairs, the first ones; ≥ 3.

    Raises:
        InputError: Ids outside the matrices, fewer than three distinct pairs, limit < 3, or a side whose
            cosines are all the same, so that the correlation is not defined.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import relational_similarity
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> round(relational_similarity(x, x.flip(1), torch.arange(50).repeat(2, 1).T), 6)
        1.0
    """
    where = "relational similarity"
    require_ids((x.shape[0], z.shape[0]), pairs, where)
    if limit < _FEWEST:
        raise InputError(f"got limit {limit}, expected at least {_FEWEST}", where=where)
    kept = list(dict.fromkeys((i, j) for i, j in pairs.tolist()))[:limit]
    if len(kept) < _FEWEST:
        raise InputError(f"got {len(kept)} distinct pairs, expected at least {_FEWEST}", where=where)
    first, second = (
        _centred_cosines(rows[torch.tensor(ids, device=rows.device)], side)
        for rows, ids, side in zip((x, z), zip(*kept, strict=True), ("source", "target"), strict=True)
    )
    return float(torch.dot(first, second).clamp(-1, 1))


def procrustes_residual(x: Float[Tensor, "n d"], z: Float[Tensor, "m e"], pairs: Int[Tensor, "p 2"]) -> float:
    """‖XW − Z‖²_F / ‖Z‖²_F of the best orthogonal W; X and Z stack the rows of the pairs. Lower is closer.

    The residual is (‖X‖² + ‖Z‖² − 2 ‖XᵀZ‖_*) / ‖Z‖², where ‖·‖_* is the sum of the singular values
    (Schönemann 1966). It is 0 if a rotation or reflection maps every pair exactly, and at most 2 if rows have
    the same length on both sides. Lengths of rows count, so give unit rows unless you want that. With hardly
    more pairs than dimensions a rotation fits any pairs, so compare only figures for the same number of
    pairs. A pair that is given twice counts twice. Cost: O(p d²) + O(d³).

    Args:
        x: `[n, d]` source rows.
        z: `[m, d]` target rows.
        pairs: `[p, 2]` ids into x and z, p ≥ 1.

    Raises:
        InputError: Different dimensions, ids outside the matrices, no pairs, or targets that are all zero.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import procrustes_residual
        >>> pairs = torch.arange(3).repeat(2, 1).T
        >>> round(procrustes_residual(torch.eye(3), 2 * torch.eye(3).flip(0), pairs), 6)
        0.25
    """
    where = "Procrustes residual"
    require_ids((x.shape[0], z.shape[0]), pairs, where)
    if x.shape[1] != z.shape[1]:
        raise InputError(f"got {x.shape[1]} and {z.shape[1]} dimensions, expected the same", where=where)
    if pairs.shape[0] == 0:
        raise InputError("got no pairs, expected at least 1", where=where, fix="add a lexicon")
    source, target = x[pairs[:, 0]].double(), z[pairs[:, 1]].double()
    size = float(target.square().sum())
    if size == 0:
        raise InputError("got target rows that are all zero", where=where)
    explained = float(torch.linalg.svdvals(gram(source, target)).sum())
    return max(0.0, (float(source.square().sum()) + size - 2 * explained) / size)


def _centred_cosines(rows: Float[Tensor, "p d"], side: str) -> Float[Tensor, "c"]:
    """Cosines of all two rows, minus their mean, as a vector of length 1."""
    unit = unit_rows(rows.double())
    above = torch.ones(unit.shape[0], unit.shape[0], dtype=torch.bool, device=unit.device).triu(1)
    cosines = (unit @ unit.T)[above]
    centred = cosines - cosines.mean()
    length = float(torch.linalg.vector_norm(centred))
    if length <= _SAME * cosines.numel() ** 0.5:
        raise InputError(
            f"got {side} rows whose cosines are all the same, so the correlation is not defined",
            where="relational similarity",
        )
    return centred.div_(length)
