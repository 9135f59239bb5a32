"""The multi-step linear framework of VecMap: whiten, rotate, re-weight, de-whiten, reduce."""

from dataclasses import dataclass
from typing import Literal

from isolex.errors import InputError
from isolex.given import check_numbers, whole_number
from isolex.linalg import gram, root, svd
from isolex.mapping.problem import Mapping, Problem

SideName = Literal["source", "target"]


@dataclass(frozen=True)
class VecMap:
    """Whitening, orthogonal mapping, re-weighting, de-whitening, dimension reduction (Artetxe et al. 2018a).

    With X, Z the rows of the seed pairs:

    1. whiten: X_w = X (XᵀX)^{−½}, Z_w = Z (ZᵀZ)^{−½};
    2. rotate both into the space of the singular vectors U S Vᵀ = SVD(X_wᵀ Z_w);
    3. re-weight each side by S to its exponent, so that directions the languages share count more;
    4. de-whiten by Uᵀ (XᵀX)^{½} U or Vᵀ (ZᵀZ)^{½} V;
    5. keep the first `dimension` directions.

    With all steps switched off, it is orthogonal Procrustes, up to a rotation of the shared space. With a
    thousand pairs or more it is a strong closed-form method, though `Bilinear` is mostly stronger. With fewer
    pairs than dimensions it can use only the directions that the pairs span, so prefer Procrustes then.
    Spaces may differ in dimension. Directions in which the seed pairs have no variance are left out. Cost:
    O(p d²) + O(d³).

    Attributes:
        whiten: Step 1.
        reweight_source: Exponent of S on the source side, ≥ 0; 0 switches the step off.
        reweight_target: The same for the target side.
        dewhiten_source: The side whose spectrum the source gets back; None switches the step off.
        dewhiten_target: The same for the target side.
        dimension: Directions kept; None keeps all.

    Raises:
        InputError: De-whitening without whitening, a negative exponent, or a dimension under 1.

    Examples:
        >>> import torch
        >>> from isolex.mapping import Problem, VecMap
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> pairs = torch.arange(50).repeat(2, 1).T
        >>> mapping = VecMap(dimension=3).solve(Problem(x, x, pairs))
        >>> bool(torch.allclose(mapping.source, mapping.target, atol=1e-4))
        True
    """

    whiten: bool = True
    reweight_source: float = 0.5
    reweight_target: float = 0.5
    dewhiten_source: SideName | None = "source"
    dewhiten_target: SideName | None = "target"
    dimension: int | None = None

    def __post_init__(self) -> None:
        check_numbers(self)
        if not self.whiten and (self.dewhiten_source or self.dewhiten_target):
            raise InputError(
                "de-whitening is on but whitening is off",
                where="VecMap",
                fix="set dewhiten_source and dewhiten_target to None",
            )
        for side in (self.dewhiten_source, self.dewhiten_target):
            if side not in ("source", "target", None):
                raise InputError(
                    f"got {side!r}, expected 'source', 'target' or None", where="VecMap de-whitening"
                )
        if not (self.reweight_source >= 0 and self.reweight_target >= 0):
            raise InputError("exponents must be at least 0", where="VecMap re-weighting")
        if self.dimension is not None:
            whole_number(self.dimension, "dimension", where="VecMap")

    @classmethod
    def rotation(cls, dimension: int | None = None) -> "VecMap":
        """Step 2 alone: Procrustes, both sides rotated so that the best linked directions come first."""
        return cls(
            whiten=False,
            reweight_source=0,
            reweight_target=0,
            dewhiten_source=None,
            dewhiten_target=None,
            dimension=dimension,
        )

    def solve(self, problem: Problem) -> Mapping:
        """The maps of both sides."""
        cross = problem.cross()
        if self.whiten:
            x, z = problem.seeds()
            gram_x, gram_z = gram(x, x, problem.weights), gram(z, z, problem.weights)
            whiten_x, whiten_z = root(gram_x, -0.5), root(gram_z, -0.5)
            u, s, vt = svd(whiten_x @ cross @ whiten_z)
            source, target = whiten_x @ u, whiten_z @ vt.T
        else:
            u, s, vt = svd(cross)
            source, target = u, vt.T
        source = source * s.pow(self.reweight_source)
        target = target * s.pow(self.reweight_target)
        if self.dewhiten_source or self.dewhiten_target:
            back = {"source": u.T @ root(gram_x, 0.5) @ u, "target": vt @ root(gram_z, 0.5) @ vt.T}
            source = source @ back[self.dewhiten_source] if self.dewhiten_source else source
            target = target @ back[self.dewhiten_target] if self.dewhiten_target else target
        return Mapping.two_sided(source[:, : self.dimension], target[:, : self.dimension])
