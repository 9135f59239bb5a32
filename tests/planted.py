"""Problems whose solution is known because it was put there."""

import torch
from torch import Tensor

from isolex.arrays import generator
from isolex.mapping import Problem
from isolex.normalize import unit_rows


def gaussian(n: int, d: int, seed: int = 0) -> Tensor:
    return torch.randn(n, d, generator=generator(seed))


def unit_gaussian(n: int, d: int, seed: int = 0) -> Tensor:
    return unit_rows(gaussian(n, d, seed))


def rotation(d: int, seed: int = 0, e: int | None = None) -> Tensor:
    """A random `[d, e]` map with orthonormal columns, or rows where d < e."""
    wide = max(d, e or d)
    q, _ = torch.linalg.qr(gaussian(wide, wide, seed).double())
    return q[:d, : e or d].float()


def same_ids(n: int) -> Tensor:
    """Pairs (0, 0), (1, 1), …"""
    return torch.arange(n).repeat(2, 1).T


def shuffled_pairs(n: int, seed: int = 0) -> Tensor:
    """Each of n source rows with another target row."""
    return torch.stack([torch.arange(n), torch.randperm(n, generator=generator(seed))], dim=1)


def planted(
    n: int = 120, d: int = 6, *, seeds: int = 80, e: int | None = None, noise: float = 0.0, seed: int = 0
) -> tuple[Problem, Tensor, Tensor]:
    """z is a rotation of x in another order (plus noise); the first pairs are the seed.

    Returns the problem, all pairs, and the rotation.
    """
    x = unit_gaussian(n, d, seed)
    turn = rotation(d, seed + 1, e)
    pairs = shuffled_pairs(n, seed + 2)
    z = torch.empty(n, turn.shape[1])
    z[pairs[:, 1]] = x @ turn + noise * gaussian(n, turn.shape[1], seed + 3)
    return Problem(x, z, pairs[:seeds]), pairs, turn


def partly_shared(
    n: int = 400, *, shared: int = 6, private: int = 6, seeds: int = 250, seed: int = 0
) -> tuple[Problem, Tensor]:
    """Rows agree in some directions; in the others each space has its own. A rotation cannot tell them apart.

    Returns the problem and the pairs outside the seed.
    """
    common = gaussian(n, shared, seed)
    sides = (
        unit_rows(torch.cat([common, gaussian(n, private, seed + i)], dim=1) @ rotation(shared + private, i))
        for i in (1, 2)
    )
    pairs = same_ids(n)
    return Problem(*sides, pairs[:seeds]), pairs[seeds:]
