"""Checks that every measure makes on the rows that it is given."""

from jaxtyping import Float, Int
from torch import Tensor

from isolex.errors import InputError


def require_rows(rows: Float[Tensor, "n d"], where: str, *, least: int = 1) -> None:
    """Check that there are enough rows, and at least one column.

    Raises:
        InputError: There are not enough.
    """
    if rows.shape[0] < least or rows.shape[1] < 1:
        raise InputError(
            f"got a matrix of shape {tuple(rows.shape)}, expected at least {least} x 1", where=where
        )


def require_ids(rows: tuple[int, int], pairs: Int[Tensor, "p 2"], where: str) -> None:
    """Raise `InputError` unless all pairs name existing rows of both sides."""
    if pairs.shape[0] == 0:
        return
    for side, count, ids in zip(("source", "target"), rows, pairs.unbind(dim=1), strict=True):
        low, high = int(ids.min()), int(ids.max())
        if low < 0 or high >= count:
            raise InputError(f"got {side} ids from {low} to {high}, expected 0 to {count - 1}", where=where)
