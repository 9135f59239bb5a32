"""Vector files of isolex's own writers: word2vec text and binary, GloVe text, the native store."""

from functools import partial
from pathlib import Path

from isolex.alignment import Side
from isolex.interchange.places import write_files
from isolex.interchange.sides import Exported, sides_of, stem_of

ENDINGS = {"word2vec": ".vec", "word2vec-binary": ".bin", "glove": ".txt", "native": ".safetensors"}


def write(exported: Exported, folder: str | Path, *, format: str) -> tuple[Path, ...]:
    """Write one file a side, `en.aligned.vec` and the like, by `Vectors.write`.

    Args:
        exported: What to export.
        folder: Where to.
        format: A key of `ENDINGS`.

    Raises:
        InputError: The format cannot hold one of the words, or the files cannot be written.
    """
    files = {
        f"{stem_of(name)}{ENDINGS[format]}": partial(_save, side, format)
        for name, side in sides_of(exported).items()
    }
    return write_files(exported, folder, files)


def _save(side: Side, format: str, path: Path) -> None:
    side.aligned().write(path, format=format)
