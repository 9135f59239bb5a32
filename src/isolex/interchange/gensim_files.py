"""gensim's `KeyedVectors`, saved by gensim itself."""

from functools import partial
from pathlib import Path

from isolex.alignment import Side
from isolex.errors import MissingExtraError
from isolex.interchange.places import write_files
from isolex.interchange.sides import Exported, sides_of, stem_of


def write(exported: Exported, folder: str | Path) -> tuple[Path, ...]:
    """Write one file a side, `en.aligned.kv`, for `gensim.models.KeyedVectors.load`.

    Raises:
        InputError: The files cannot be written.
        MissingExtraError: gensim is not there.
    """
    try:
        import gensim  # noqa: F401, PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError("exporting to gensim", "gensim", "gensim") from error
    files = {f"{stem_of(name)}.kv": partial(_save, side) for name, side in sides_of(exported).items()}
    return write_files(exported, folder, files)


def _save(side: Side, path: Path) -> None:
    from gensim.models import KeyedVectors  # noqa: PLC0415 - optional

    aligned = side.aligned()
    vectors = KeyedVectors(aligned.dimension, count=0)
    vectors.add_vectors(list(aligned.words), aligned.matrix)
    vectors.lifecycle_events = None  # gensim would note the name of a temporary file
    # Given an open file, gensim keeps everything in it; given a name, it puts a big matrix into a second one.
    with path.open("wb") as file:
        vectors.save(file)
