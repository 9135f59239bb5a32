"""What bm25s saves, checked before bm25s reads it: it believes every number."""

from pathlib import Path

import numpy as np

from isolex.saved import (
    UnsoundError,
    by_name,
    number,
    one_of,
    parse_json,
    read_saved,
    record,
    regular_file,
    text,
    whole,
)

_FIX = "run isolex index again"
_FACTOR = number(0, 1000)
_METHODS = ("lucene", "robertson", "atire")  # those that need no array beside the scores
_SETTINGS = record(
    {
        **dict.fromkeys(("k1", "b", "delta"), _FACTOR),
        **dict.fromkeys(("method", "idf_method"), one_of(*_METHODS)),
        "dtype": one_of("float32"),
        "int_dtype": one_of("int32"),
        "backend": one_of("numpy", "numba", "auto"),
        "num_docs": whole(1, 2**31 - 1),
    },
    {"version": text},
)
_BIGGEST = 10**6  # scores are some times the logarithm of the number of documents
_VOCABULARY_BYTES = 1 << 30


def check_terms(folder: Path, documents: int) -> None:
    """Check the term weights of so many documents: a sparse matrix with a column a term.

    Raises:
        UnsoundError: They are not what bm25s writes.
        FormatError: A file is missing.
        InputError: A file cannot be read.
    """
    settings = _SETTINGS(parse_json(read_saved(folder / "params.index.json", _FIX)))
    if settings["num_docs"] != documents:
        raise UnsoundError(f"is {settings['num_docs']:,}, expected {documents:,}", ("num_docs",))
    scores, rows, bounds = (_array(folder, name, kind) for name, kind in _ARRAYS.items())
    if len(rows) != len(scores) or len(bounds) < 2:
        raise UnsoundError("do not belong together", ("scores and terms",))
    if bounds[0] != 0 or bounds[-1] != len(scores) or (bounds[1:] < bounds[:-1]).any():
        raise UnsoundError("do not part the scores", ("bounds of terms",))
    if len(rows) and (rows.min() < 0 or rows.max() >= documents):
        raise UnsoundError(f"hold another number than 0 to {documents - 1:,}", ("documents of terms",))
    if not ((scores >= 0) & (scores <= _BIGGEST)).all():
        raise UnsoundError(f"hold NaN, or values under 0 or over {_BIGGEST:,}", ("scores",))
    places = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)) * documents + rows
    if (places[1:] <= places[:-1]).any() and len(np.unique(places)) < len(places):
        raise UnsoundError("hold a document twice", ("documents of terms",))
    _check_vocabulary(folder, len(bounds) - 1)


_ARRAYS = {"data": "f", "indices": "i", "indptr": "i"}


def _array(folder: Path, name: str, kind: str) -> np.ndarray:
    path = folder / f"{name}.csc.index.npy"
    regular_file(path, _FIX)
    try:
        # Mapped: a file that is shorter than it says is noticed then, before memory is asked for.
        array = np.array(np.load(path, mmap_mode="r", allow_pickle=False))
    except OSError:
        raise
    except Exception as error:  # whatever NumPy stumbles over, the file is to blame
        raise UnsoundError(f"is no NumPy array: {error}", (path.name,)) from error
    if array.ndim != 1 or array.dtype.kind != kind:
        raise UnsoundError(f"holds {array.ndim} dimensions of {array.dtype}", (path.name,))
    return array


def _check_vocabulary(folder: Path, terms: int) -> None:
    """A column for each term; bm25s adds an empty one that may have none."""
    data = read_saved(folder / "vocab.index.json", _FIX, most=_VOCABULARY_BYTES)
    columns = by_name(whole(0, terms))(parse_json(data))
    columns.pop("", None)
    if len(set(columns.values())) < len(columns) or terms in columns.values():
        raise UnsoundError("hold a number twice, or one that is no term's", ("terms",))
