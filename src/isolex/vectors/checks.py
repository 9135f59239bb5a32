"""What makes words and a matrix a sound table of vectors."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from isolex.arrays import ArrayLike
from isolex.errors import FormatError, InputError

_ROWS = 16_384  # looked at in one go


def as_array(matrix: ArrayLike) -> np.ndarray:
    """The matrix as a NumPy array of float32 or float16; copied only where its dtype must change.

    Raises:
        InputError: It does not hold numbers.
    """
    if isinstance(matrix, Tensor):
        tensor = matrix.detach().cpu()
        array = (tensor if tensor.dtype == torch.float16 else tensor.float()).numpy()
    else:
        array = np.asanyarray(matrix)
    if array.dtype in (np.float32, np.float16):
        return array
    if array.dtype.kind not in "fiu":
        raise InputError(f"got {array.dtype} values, expected numbers", where="matrix")
    with np.errstate(over="ignore"):  # the check for infinite values comes next
        return array.astype(np.float32)


def check_table(words: Sequence[str], matrix: np.ndarray) -> None:
    """Check what `Vectors` promises of its words and rows.

    Raises:
        InputError: They do not match, a word is not a unique and proper one, or a row is not finite.
    """
    _check_shape(words, matrix)
    _check_words(words)
    _check_finite(words, matrix)


def check_stored_rows(words: Sequence[str], matrix: np.ndarray) -> None:
    """Check the rows of a memory map, which nobody looked at when it was opened.

    Args:
        words: n words.
        matrix: Their rows, [n, d]; unless it is a memory map, it was checked before.

    Raises:
        FormatError: A row is not finite.
    """
    if not isinstance(matrix, np.memmap):
        return
    for start in range(0, len(matrix), _ROWS):
        rows = np.asarray(matrix[start : start + _ROWS])
        # The sum is finite only if every value is.
        if not np.isfinite(rows.sum(dtype=np.float64)):
            bad = start + int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
            raise FormatError(
                f"is damaged (the row of {words[bad]!r} holds NaN or infinite values)",
                where=getattr(matrix, "filename", None) or "store",
                fix="fetch or make the file again",
            )


def _check_shape(words: Sequence[str], matrix: np.ndarray) -> None:
    if matrix.ndim != 2:
        raise InputError(f"got {matrix.ndim} dimensions, expected a row for each word", where="matrix")
    if len(words) != len(matrix):
        raise InputError(
            f"got {len(words):,} words and {len(matrix):,} rows, expected as many", where="vectors"
        )
    if 0 in matrix.shape:
        raise InputError(
            f"got {matrix.shape[0]} words of {matrix.shape[1]} numbers, expected some", where="vectors"
        )


def _check_words(words: Sequence[str]) -> None:
    places: dict[str, int] = {}
    for place, word in enumerate(words):
        if not isinstance(word, str) or not word:
            raise InputError(f"got {word!r} at {place}, expected a word", where="words", fix="leave it out")
        try:
            word.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"{word!r} at {place} is not valid Unicode", where="words", fix="repair it"
            ) from error
        first = places.setdefault(word, place)
        if first != place:
            raise InputError(
                f"{word!r} stands at {first} and at {place}, expected unique words",
                where="words",
                fix="keep the first and leave out the others",
            )


def _check_finite(words: Sequence[str], matrix: np.ndarray) -> None:
    # A memory map is not read through only to be looked at: see `check_stored_rows`.
    if isinstance(matrix, np.memmap):
        return
    bad = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    if bad.size:
        raise InputError(
            f"the row of {words[bad[0]]!r} holds NaN or infinite values",
            where="matrix",
            fix="repair or leave it out",
        )
