"""The words whose vectors are nearest to one, in their own space."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Float32
    from torch import Tensor


def cosines(
    vector: 'Float32[np.ndarray, "d"]', pieces: 'Iterable[Float[Tensor, "some d"]]'
) -> 'Float32[np.ndarray, "n"]':
    """The cosine of one vector with each row of some pieces; 0 with a row of zeros."""
    import torch  # noqa: PLC0415 - readers do without it

    from isolex.normalize import to_unit_length  # noqa: PLC0415 - brings torch

    (unit,) = to_unit_length(torch.from_numpy(vector.copy())[None])
    return (
        torch.cat([to_unit_length(piece.clone()) @ unit.to(piece.device) for piece in pieces]).cpu().numpy()
    )
