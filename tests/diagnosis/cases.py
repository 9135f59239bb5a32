"""Spaces with a shape, and disturbed copies of them."""

from itertools import pairwise
from statistics import mean

import torch
from torch import Tensor

from isolex.arrays import generator
from isolex.normalize import unit_rows
from tests.planted import gaussian, rotation

NOISES = (0.0, 0.1, 0.3, 1.0)
SEEDS = range(0, 50, 10)


def clustered(n: int = 60, d: int = 8, seed: int = 0) -> Tensor:
    """Unit rows around uneven clusters, wider in some directions than in others, which noise blurs."""
    centres = gaussian(6, d, seed)[torch.arange(n) ** 2 % 6]
    return unit_rows((centres + 0.3 * gaussian(n, d, seed + 1)) * torch.linspace(1.5, 0.3, d))


def turned(x: Tensor, noise: float = 0.0, seed: int = 0) -> Tensor:
    """A rotation of the rows, with noise of the rows' own length at 1."""
    n, d = x.shape
    return unit_rows(x @ rotation(d, seed + 2) + noise * d**-0.5 * gaussian(n, d, seed + 3))


def order(n: int, seed: int = 9) -> Tensor:
    return torch.randperm(n, generator=generator(seed))


def float64(*spaces: Tensor) -> list:
    return [rows.double().numpy() for rows in spaces]


def degraded(measure, noises=NOISES) -> list[float]:
    """What `measure` says of spaces and their copies, a mean over several spaces, for more and more noise."""
    spaces = [clustered(seed=seed) for seed in SEEDS]
    return [
        mean(measure(x, turned(x, noise, seed)) for x, seed in zip(spaces, SEEDS, strict=True))
        for noise in noises
    ]


def increases(values: list[float]) -> bool:
    return all(low < high for low, high in pairwise(values))
