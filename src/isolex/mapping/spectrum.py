"""Ridge regression of a lexicon in closed form, by the eigenvectors of both covariances."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.linalg import eigenvectors


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A covariance, in the directions of its eigenvectors.

    Attributes:
        values: Its eigenvalues over their mean, largest first.
        vectors: Its eigenvectors, as columns.
        mean: The mean eigenvalue.
    """

    values: Float[Tensor, "d"]
    vectors: Float[Tensor, "d d"]
    mean: float

    @classmethod
    def of(cls, moments: Float[Tensor, "d d"]) -> "Spectrum":
        """The spectrum of second moments."""
        values, vectors = eigenvectors(moments)
        values = values.clamp(min=0)
        mean = float(values.mean())
        return cls(values / mean if mean else values, vectors, mean)

    def regressed(self, cross: Float[Tensor, "d e"], other: "Spectrum", ridge: float) -> Float[Tensor, "d e"]:
        """The ridge regression of one lexicon, in the scale of rows whose covariance has mean eigenvalue 1.

        Directions without variance are left out.

        Args:
            cross: Mean of x zᵀ over the pairs.
            other: The spectrum of the other side.
            ridge: λ in this scale.
        """
        if not (self.mean and other.mean):  # all rows are zero
            return torch.zeros_like(cross)
        damping = torch.outer(self.values, other.values) + ridge
        there = self.vectors.T @ cross @ other.vectors / (self.mean * other.mean) ** 0.5
        # What is under it is the rounding of float32, as in `linalg.root`.
        kept = damping > float(damping.max()) * len(damping) * torch.finfo(torch.float32).eps ** 2
        return self.vectors @ torch.where(kept, there / damping, 0.0) @ other.vectors.T
