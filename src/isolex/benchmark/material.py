"""As many real vectors as a benchmark asks for."""

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.arrays import generator
from isolex.normalize import unit_rows
from isolex.recipes import align
from isolex.samples import sample

NOISE = 0.02


def shared_space(words: int) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
    """Both sides of the sample where VecMap takes them, repeated with noise."""
    given = sample()
    x, z = align(given.source, given.target, given.train, method="vecmap", check=False).shared
    return _repeated(x.cpu(), words, 1), _repeated(z.cpu(), words, 2)


def _repeated(rows: Float[Tensor, "s d"], count: int, seed: int) -> Float[Tensor, "n d"]:
    """The rows over and over, from the second time on with noise."""
    made = rows[torch.arange(count) % rows.shape[0]]
    noise = torch.randn(made.shape, generator=generator(seed))
    noise[: rows.shape[0]] = 0
    return unit_rows(made + NOISE * noise)
