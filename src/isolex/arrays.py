"""Devices, types and random generators of tensors: the only place where they are chosen."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from isolex.errors import InputError
from isolex.given import whole_number

Matrix: TypeAlias = Float[Tensor, "rows columns"]
ArrayLike: TypeAlias = "np.ndarray | Tensor"


def pick_device(name: str | torch.device | None = None) -> torch.device:
    """The named device; without a name, the first CUDA GPU if there is one, else the CPU.

    Raises:
        InputError: The name is no device, or this machine does not have the device.
    """
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    fix = "use 'cpu', or 'cuda' on a machine with a GPU"
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
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
    """A finite matrix as a contiguous tensor; it shares memory with `values` if type and device allow.

    Raises:
        InputError: The values are not two-dimensional, or some are NaN or infinite.
    """
    tensor = torch.as_tensor(_plain(values) if isinstance(values, np.ndarray) else values)
    if tensor.ndim != 2:
        raise InputError(f"got {tensor.ndim} dimensions, expected a matrix of rows and columns", where=name)
    tensor = tensor.to(device=pick_device(device), dtype=dtype).contiguous()
    if not all_finite(tensor):
        bad = int((~torch.isfinite(tensor).all(dim=1)).nonzero()[0])
        raise InputError(
            f"row {bad} holds NaN or infinite values", where=name, fix="remove or repair that row"
        )
    return tensor


def all_finite(tensor: Tensor) -> bool:
    """Whether no value is NaN or infinite."""
    # A finite sum says so at once; that of very large values may overflow.
    return bool(torch.isfinite(tensor.sum()) or torch.isfinite(tensor).all())


def nonzero_rows(rows: Float[Tensor, "n d"]) -> Bool[Tensor, "n"]:
    """Which rows hold anything but zeros; several times as fast as `any`."""
    # Unlike that of squares, the sum of absolute values does not vanish where they are very small.
    used: Tensor = torch.linalg.vector_norm(rows, ord=1, dim=1) != 0
    return used


class _Writable:
    """Says of a read-only array that it may be written, since torch warns of others; nothing here writes."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        self.__array_interface__ = {**array.__array_interface__, "data": (array.ctypes.data, False)}


def _plain(values: np.ndarray) -> np.ndarray:
    """As a plain array in C order: torch takes neither memory maps nor rows in reverse."""
    array = np.asarray(values, order="C")
    return array if array.flags.writeable else np.asarray(_Writable(array))


class _Precision:
    """What was set before the first of the blocks that are running now, in whatever threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._before = "highest"

    def enter(self) -> None:
        with self._lock:
            if self._running == 0:
                self._before = torch.get_float32_matmul_precision()
                self._set("highest")
            self._running += 1

    def leave(self) -> None:
        with self._lock:
            self._running -= 1
            if self._running == 0:
                self._set(self._before)

    def _set(self, wanted: str) -> None:
        if self._before != "highest":
            torch.set_float32_matmul_precision(wanted)


_PRECISION = _Precision()


@contextmanager
def full_precision() -> Iterator[None]:
    """Compute products of float32 matrices in float32, even if the calling program has set something else.

    With `torch.set_float32_matmul_precision` or `allow_tf32` a program can have them rounded to TF32 or
    bfloat16, on processors as well as on GPUs; near-equal scores would then change places. torch has one
    setting for the whole process; the former setting is restored when no thread is in the block any more. It
    can also be used as a decorator.
    """
    _PRECISION.enter()
    try:
        yield
    finally:
        _PRECISION.leave()


def generator(seed: int) -> torch.Generator:
    """A new CPU generator; isolex never reads or sets the global one.

    Raises:
        InputError: The seed is not a whole number.
    """
    return torch.Generator().manual_seed(whole_number(seed, "seed", where="random numbers", least=-(2**63)))


def copied(generator: torch.Generator) -> torch.Generator:
    """A copy of the generator, which continues with the same draws."""
    return torch.Generator(generator.device).set_state(generator.get_state())
