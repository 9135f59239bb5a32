"""A NumPy array and a list of words a side."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from isolex.alignment import Side
from isolex.errors import InputError
from isolex.interchange.places import write_files
from isolex.interchange.sides import Exported, sides_of, stem_of


def write(exported: Exported, folder: str | Path) -> tuple[Path, ...]:
    """Write two files a side: `en.aligned.npy` float32 [n, p], and `en.aligned.words.txt`, a word a line.

    Raises:
        InputError: A word holds a line break, or the files cannot be written.
    """
    files: dict[str, Callable[[Path], object]] = {}
    for name, side in sides_of(exported).items():
        lines = _lines(side.vectors.words, name)
        files[f"{stem_of(name)}.npy"] = partial(_save, side)
        files[f"{stem_of(name)}.words.txt"] = partial(_write_bytes, lines)
    return write_files(exported, folder, files)


def _lines(words: Sequence[str], name: str) -> bytes:
    for word in words:
        # Python's sense of a line break, which is the widest: readers that use another still agree.
        if word.splitlines() != [word]:
            raise InputError(
                f"the word {word!r} holds a line break, which a list of one word a line cannot hold",
                where=f"{name} vectors",
                fix="leave it out, or export to another format",
            )
    return "".join(f"{word}\n" for word in words).encode()


def _save(side: Side, path: Path) -> None:
    with path.open("wb") as file:  # by name, NumPy would add an ending
        np.save(file, side.aligned().matrix)


def _write_bytes(data: bytes, path: Path) -> None:
    path.write_bytes(data)
