"""What every measure asks of the rows that it is given."""

from jaxtyping import Float
from torch import Tensor

from isolex.errors import InputError


def require_rows(rows: Float[Tensor, "n d"], where: str, *, least: int = 1) -> None:
    """That there are enough rows, and a column.

    Raises:
        InputError: There are not.
    """
    if rows.shape[0] < least or rows.shape[1] < 1:
        raise InputError(
            f"got a matrix of shape {tuple(rows.shape)}, expected at least {least} x 1", where=where
        )
