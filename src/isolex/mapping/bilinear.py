"""Ridge regression of the lexicon on products of rows, in closed form."""

from dataclasses import dataclass

from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.linalg import svd
from isolex.mapping.joint_problem import LARGEST, Tie
from isolex.mapping.problem import Mapping, Problem
from isolex.mapping.spectrum import Spectrum


@dataclass(frozen=True)
class Bilinear:
    """Score two words by x M zᵀ, and regress M on the lexicon, with a ridge.

    With X, Z the n rows of the seed pairs, M minimises ‖X M Zᵀ / n − 1‖² + λ‖M‖², where 1 has a one for each
    pair of the lexicon and a zero for all others. Every seed word is therefore also a negative example for
    every other. In the eigenvectors of the two covariances E diag(σ) Eᵀ, the solution in closed form is

    (E_xᵀ M E_z)_ab = (E_xᵀ (XᵀZ/n) E_z)_ab / (σ_xa σ_zb + λ).

    With its singular value decomposition U diag(s) Vᵀ, the maps are U diag(s)^½ and V diag(s)^½. This is
    `Joint` for two languages. Without a ridge, M is that of VecMap without de-whitening, but the lengths of
    mapped rows differ. The ridge limits the effect of few or noisy pairs in weak directions. A small ridge is
    best for good vectors and many pairs, and otherwise a large one, so `align` tries several. Cost: O(p d²) +
    O(d³).

    Attributes:
        ridge: λ over the product of the mean eigenvalues of the two covariances, ≥ 0.

    Raises:
        InputError: A negative ridge.

    Examples:
        >>> import torch
        >>> from isolex.mapping import Bilinear, Problem
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> pairs = torch.arange(50).repeat(2, 1).T
        >>> mapping = Bilinear().solve(Problem(x, x.flip(1), pairs))
        >>> bool(torch.allclose(x @ mapping.source, x.flip(1) @ mapping.target, atol=1e-4))
        True
    """

    ridge: float = 3.0

    def __post_init__(self) -> None:
        check_numbers(self)
        if not 0 <= self.ridge < LARGEST:
            raise InputError(
                f"got a ridge of {self.ridge}, expected a number of at least 0", where="Bilinear"
            )

    def solve(self, problem: Problem) -> Mapping:
        """The maps of both sides."""
        tie = Tie.of(problem)
        source, target = Spectrum.of(tie.source), Spectrum.of(tie.target)
        u, s, vt = svd(source.regressed(tie.cross, target, self.ridge))
        return Mapping.two_sided(u * s.sqrt(), vt.T * s.sqrt())
