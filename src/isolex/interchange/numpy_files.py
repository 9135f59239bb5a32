"""A NumPy array and a list of words a side."""

from functools import partial
from pathlib import Path

import numpy as np

from isolex.alignment import Alignment
from isolex.errors import InputError
from isolex.interchange.places import write_files
from isolex.interchange.sides import Side, sides_of


def write(alignment: Alignment, folder: str | Path) -> tuple[Path, ...]:
    """Write two files a side: `en.aligned.npy` float32 [n, p], and `en.aligned.words.txt`, a word a line.

    Raises:
        InputError: A word holds a line break, or the files cannot be written.
    """
    files = {}
    for side in sides_of(alignment):
        lines = _lines(side)
        files[f"{side.stem}.npy"] = partial(_save, side)
        files[f"{side.stem}.words.txt"] = partial(_write_bytes, lines)
    return write_files(alignment, folder, files)


def _lines(side: Side) -> bytes:
    for word in side.words:
        # Python's sense of a line break, which is the widest: readers that use another still agree.
        if word.splitlines() != [word]:
            raise InputError(
                f"the word {word!r} holds a line break, which a list of one word a line cannot hold",
                where=f"{side.name} vectors",
                fix="leave it out, or export to another format",
            )
    return "".join(f"{word}\n" for word in side.words).encode()


def _save(side: Side, path: Path) -> None:
    with path.open("wb") as file:  # by name, NumPy would add an ending
        np.save(file, side.rows)


def _write_bytes(data: bytes, path: Path) -> None:
    path.write_bytes(data)
