"""Declarations of saved tensors, which check their type, shape and values."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from safetensors import SafetensorError, deserialize

from isolex.saved.unsound import UnsoundError, bounds

_DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U8": "<u1"}


@dataclass(frozen=True)
class Array:
    """The declaration of a saved tensor, whose numbers must all be finite.

    Attributes:
        sizes: Names of its sizes, such as "n d"; sizes of the same name must be equal in all tensors.
        least: The least number allowed.
        most: The greatest number allowed.
        types: The types allowed, in the names of safetensors.
    """

    sizes: str
    least: float = -math.inf
    most: float = math.inf
    types: tuple[str, ...] = ("F32",)

    def check_header(self, name: str, dtype: str, shape: Collection[int], known: dict[str, int]) -> None:
        """Check type and shape; sizes that are not known yet become known.

        Raises:
            UnsoundError: Type or shape is not as declared.
        """
        if dtype not in self.types:
            raise UnsoundError(f"is of type {dtype}, expected {' or '.join(self.types)}", (name,))
        names = self.sizes.split()
        expected = " × ".join(f"{known[own]:,}" if own in known else "some" for own in names)
        if len(shape) == len(names) and all(
            size > 0 and known.setdefault(own, size) == size for own, size in zip(names, shape, strict=True)
        ):
            return
        found = " × ".join(f"{size:,}" for size in shape) or "none"
        raise UnsoundError(f"has the sizes {found}, expected {expected}", (name,))

    def check_values(self, name: str, values: np.ndarray) -> None:
        """Check that all values are finite and in range.

        Raises:
            UnsoundError: A value is not finite or out of range.
        """
        least, most = values.min(), values.max()
        if not (np.isfinite(least) and np.isfinite(most)):
            raise UnsoundError("holds NaN or infinite values", (name,))
        if least < self.least or most > self.most:
            worst, expected = least if least < self.least else most, bounds(self.least, self.most)
            raise UnsoundError(f"holds {worst:.6g}, expected numbers {expected}", (name,))


def parse_arrays(
    data: bytes, declared: Mapping[str, Array], sizes: Mapping[str, int]
) -> dict[str, np.ndarray]:
    """The declared tensors of a safetensors file.

    Args:
        data: The contents of the file.
        declared: The expected tensors by name.
        sizes: Sizes that are known from elsewhere, by name.

    Raises:
        UnsoundError: It is no such file, a tensor is missing, or not what was declared.
    """
    try:
        found = dict(deserialize(data))  # type: ignore[no-untyped-call]
    except (SafetensorError, ValueError) as error:
        raise UnsoundError(f"is no safetensors file: {error}") from error
    known = dict(sizes)
    made = {}
    for name, array in declared.items():
        if name not in found:
            raise UnsoundError(f"lacks {name!r}")
        array.check_header(name, found[name]["dtype"], found[name]["shape"], known)
        values = np.frombuffer(found[name]["data"], _DTYPES[found[name]["dtype"]])
        made[name] = values.reshape(found[name]["shape"])
        array.check_values(name, made[name])
    return made
