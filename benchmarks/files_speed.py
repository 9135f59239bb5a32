"""How fast isolex reads and writes text vectors, beside gensim."""

import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measuring import AnonymousPeak, alone, seconds_of, timed
from benchmarks.spaces import shared_space
from isolex.errors import MissingExtraError
from isolex.vectors import Vectors


@dataclass(frozen=True)
class FilesRow:
    """Seconds and memory for text vectors of 300 dimensions.

    Attributes:
        rows: Words.
        gensim_read: `KeyedVectors.load_word2vec_format`.
        isolex_read: `Vectors.read`.
        gensim_write: `save_word2vec_format`.
        isolex_write: `Vectors.write`.
        open_store: `Vectors.read` of the native store.
        peak_over_matrix: Most memory while isolex reads, beyond that before, over the size of the matrix.
    """

    rows: int
    gensim_read: float
    isolex_read: float
    gensim_write: float
    isolex_write: float
    open_store: float
    peak_over_matrix: float


def run_files(rows: int) -> FilesRow:
    """Text, read and written by gensim and by isolex, each in a process of its own.

    Raises:
        MissingExtraError: gensim is not there.
    """
    if find_spec("gensim") is None:
        raise MissingExtraError("the comparison with gensim", "gensim", "gensim")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.vec"
        matrix = shared_space(rows)[0].numpy()
        Vectors([f"word{number}" for number in range(rows)], matrix).write(path)
        gensim_read, gensim_write = alone(_gensim, path)
        read, write, opened, peak = alone(_isolex, path)
    return FilesRow(rows, gensim_read, read, gensim_write, write, opened, peak / matrix.nbytes)


def _gensim(path: Path) -> tuple[float, float]:
    from gensim.models import KeyedVectors  # noqa: PLC0415

    read, vectors = timed(lambda: KeyedVectors.load_word2vec_format(str(path)))
    return read, seconds_of(lambda: vectors.save_word2vec_format(str(path.with_suffix(".gensim"))))


def _isolex(path: Path) -> tuple[float, float, float, int]:
    with AnonymousPeak() as memory:
        read, vectors = timed(lambda: Vectors.read(path))
    write = seconds_of(lambda: vectors.write(path.with_suffix(".again.vec")))
    store = path.with_suffix(".safetensors")
    vectors.write(store)
    Vectors.read(store)
    return read, write, seconds_of(lambda: Vectors.read(store)), memory.bytes
