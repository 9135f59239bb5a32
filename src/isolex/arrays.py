"""Where tensors live and what they are made of: the one place for device, dtype and generator policy."""

from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from isolex.errors import InputError

Matrix: TypeAlias = Float[Tensor, "rows columns"]
ArrayLike: TypeAlias = "np.ndarray | Tensor"


def pick_device(name: str | torch.device | None = None) -> torch.device:
    """The named device, or without a name the first CUDA GPU if there is one, else the CPU.

    Raises:
        InputError: The name is no device, or this machine does not have it.
    """
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    fix = "use 'cpu', or 'cuda' on a machine with a GPU"
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"device {str(name)!r} is not available here", fix=fix) from error
    if device.type not in ("cpu", "cuda"):  # others lack the float64 that SVD and whitening are done in
        raise InputError(f"device {str(name)!r} is not supported", fix=fix)
    return device


def as_matrix(
    values: "np.ndarray | Tensor",
    *,
    name: str = "matrix",
    device: str | torch.device | None = "cpu",
    dtype: torch.dtype = torch.float32,
) -> Float[Tensor, "rows columns"]:
    """A finite matrix as a contiguous tensor; shares memory with `values` where dtype and device allow.

    Raises:
        InputError: Not two-dimensional, or holding NaN or infinite values.
    """
    # As a plain array in C order: torch takes neither memory maps nor rows in reverse.
    tensor = torch.as_tensor(np.asarray(values, order="C") if isinstance(values, np.ndarray) else values)
    if tensor.ndim != 2:
        raise InputError(f"got {tensor.ndim} dimensions, expected a matrix of rows and columns", where=name)
    tensor = tensor.to(device=pick_device(device), dtype=dtype).contiguous()
    # One sum is finite only if every value is, and costs no mask of the matrix's size.
    if not torch.isfinite(tensor.sum(dtype=torch.float64)):
        bad = int((~torch.isfinite(tensor).all(dim=1)).nonzero()[0])
        raise InputError(
            f"row {bad} holds NaN or infinite values", where=name, fix="remove or repair that row"
        )
    return tensor


def generator(seed: int) -> torch.Generator:
    """A CPU generator of its own; nothing in isolex reads or sets the global one."""
    return torch.Generator().manual_seed(seed)
