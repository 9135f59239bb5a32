"""Vector files of isolex's own writers: word2vec text and binary, GloVe text, the native store."""

from functools import partial
from pathlib import Path

from isolex.alignment import Alignment
from isolex.interchange.places import write_files
from isolex.interchange.sides import sides_of

ENDINGS = {"word2vec": ".vec", "word2vec-binary": ".bin", "glove": ".txt", "native": ".safetensors"}


def write(alignment: Alignment, folder: str | Path, *, format: str) -> tuple[Path, ...]:
    """Write one file a side, `en.aligned.vec` and the like, by `isolex.vectors.write_vectors`.

    Args:
        alignment: What to export.
        folder: Where to.
        format: A key of `ENDINGS`.

    Raises:
        InputError: The format cannot hold one of the words, or the files cannot be written.
    """
    sides = sides_of(alignment)
    return write_files(
        alignment,
        folder,
        {f"{side.stem}{ENDINGS[format]}": partial(side.vectors.write, format=format) for side in sides},
    )
