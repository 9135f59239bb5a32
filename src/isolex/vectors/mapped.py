"""Matrices that stay in their file: what is used of them comes into memory, and can leave it again."""

import mmap
import zlib
from pathlib import Path

import numpy as np

from isolex.errors import FormatError

PIECE = 256
"""Rows that share a checksum: few enough that a look-up of one row reads little more."""


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


def piece_sums(matrix: np.ndarray) -> np.ndarray:
    """A checksum (CRC-32) of each piece of a matrix, uint32 [pieces]."""
    starts = range(0, len(matrix), PIECE)
    sums = [zlib.crc32(np.ascontiguousarray(matrix[start : start + PIECE]).data) for start in starts]
    return np.array(sums, dtype=np.uint32)


class StoredSums:
    """Checksums of stored rows; each is compared once, when a row of its piece is first used.

    Args:
        matrix: All rows of the file, [n, d].
        sums: What `piece_sums` gave for them when they were written.
    """

    def __init__(self, matrix: StoredRows, sums: np.ndarray) -> None:
        self._matrix, self._sums = matrix, sums
        self._sound = np.zeros(len(sums), dtype=bool)

    def check(self, start: int, stop: int) -> None:
        """Check the rows of a range.

        Raises:
            FormatError: They are not the rows that were written.
        """
        first, last = start // PIECE, -(-stop // PIECE)
        if last - first == 1 and self._sound[first]:  # as in most look-ups of a word
            return
        self._check_pieces(first + np.flatnonzero(~self._sound[first:last]))

    def check_places(self, places: np.ndarray) -> None:
        """Check some rows, wherever they are.

        Raises:
            FormatError: They are not the rows that were written.
        """
        pieces = places // PIECE
        unsure = pieces[~self._sound[pieces]]
        if unsure.size:
            self._check_pieces(np.unique(unsure))

    def _check_pieces(self, pieces: np.ndarray) -> None:
        for piece in pieces.tolist():
            rows = self._matrix[piece * PIECE : (piece + 1) * PIECE]
            if zlib.crc32(rows.data) != self._sums[piece]:
                first, last = piece * PIECE + 1, piece * PIECE + len(rows)
                raise FormatError(
                    f"is damaged (rows {first:,} to {last:,} have changed since they were written)",
                    where=self._matrix.filename or "store",
                    fix="fetch or make the file again",
                )
            self._sound[piece] = True
