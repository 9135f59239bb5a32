"""Matrices that stay in their file: what is used of them comes into memory, and can leave it again."""

import mmap
from pathlib import Path

import numpy as np


class StoredRows(np.memmap):
    """A memory map that isolex itself opened, so that nothing but the file's own content is in it."""


def stored_rows(path: Path, dtype: str, offset: int, shape: tuple[int, ...]) -> StoredRows:
    """Rows of a file, of which the bytes come into memory where they are used."""
    # Copy on write: the array counts as writable, which PyTorch wants, and the file stays as it is.
    return StoredRows(path, dtype=dtype, mode="c", offset=offset, shape=shape)


def release(matrix: np.ndarray) -> None:
    """Let what was read of stored rows leave memory, where the system can; used again, it is read again."""
    # NumPy has no public name for it, and an unpickled copy has none.
    file = getattr(matrix, "_mmap", None)
    if isinstance(matrix, StoredRows) and file is not None and hasattr(mmap, "MADV_DONTNEED"):
        file.madvise(mmap.MADV_DONTNEED)
