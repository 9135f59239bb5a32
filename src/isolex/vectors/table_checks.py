"""What makes words and a matrix a sound table of vectors."""

import unicodedata
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from isolex.errors import FormatError, InputError, IsolexWarning

if TYPE_CHECKING:
    from isolex.arrays import ArrayLike

PIECE_ROWS = 16_384  # looked at in one go, so that a memory map passes through memory piece by piece


def as_array(matrix: "ArrayLike") -> np.ndarray:
    """The matrix as a NumPy array of float32 or float16; copied only where its dtype must change.

    Raises:
        InputError: It does not hold numbers.
    """
    if hasattr(matrix, "detach"):
        import torch  # noqa: PLC0415 - whoever has a tensor has imported it

        tensor = matrix.detach().cpu()
        array = (tensor if tensor.dtype == torch.float16 else tensor.float()).numpy()
    else:
        array = np.asanyarray(matrix)
        if isinstance(array, np.ma.MaskedArray):
            if np.ma.is_masked(array):
                raise InputError("holds masked values, expected numbers", where="matrix", fix="fill them")
            array = array.data
    if array.dtype in (np.float32, np.float16):
        return array
    if array.dtype.kind not in "fiu":
        raise InputError(f"got {array.dtype} values, expected numbers", where="matrix")
    with np.errstate(over="ignore", under="ignore"):  # the check for infinite values comes next
        made = array.astype(np.float32)
    if made.ndim == 2 and (vanished := int((array.any(axis=1) & ~made.any(axis=1)).sum())):
        warnings.warn(
            f"matrix: {vanished:,} of {len(made):,} rows become zero in float32, since all their values are "
            "too small for it; multiply the matrix by a large number first",
            IsolexWarning,
            stacklevel=3,
        )
    return made


def in_nfc(words: tuple[str, ...], matrix: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Words in Unicode NFC and their rows; of words that are the same in it, the first is kept.

    Warns:
        IsolexWarning: Some are the same.
    """
    normal = tuple(unicodedata.normalize("NFC", word) for word in words)
    first: dict[str, int] = {}
    for place, word in enumerate(normal):
        first.setdefault(word, place)
    if len(first) == len(words):
        return normal, matrix
    twice = next(word for place, word in enumerate(normal) if first[word] != place)
    warnings.warn(
        f"words: {len(words) - len(first):,} of {len(words):,} are the same as an earlier one in Unicode NFC "
        f"(first {twice!r}) and are left out; unicode='keep' keeps them",
        IsolexWarning,
        stacklevel=3,
    )
    return tuple(first), matrix[list(first.values())]


def check_unicode(unicode: str) -> None:
    """Raise `InputError` if this is no Unicode form that words can be asked for in."""
    if unicode not in ("nfc", "keep"):
        raise InputError(f"got {unicode!r}, expected 'nfc' or 'keep'", where="unicode")


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
    for start in range(0, len(matrix), PIECE_ROWS):
        rows = np.asarray(matrix[start : start + PIECE_ROWS])
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
