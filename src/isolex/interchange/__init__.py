"""Aligned vectors for other programs: both vocabularies in the shared space, in a format they read."""

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from isolex.alignment import Alignment, AlignmentLike, as_alignment
from isolex.errors import IsolexWarning
from isolex.interchange import (
    gensim_files,
    hub_repository,
    numpy_files,
    spacy_pipelines,
    static_embedding,
    vector_files,
)
from isolex.names import look_up

__all__ = ["EXPORT_FORMATS", "export"]

EXPORT_FORMATS: Mapping[str, Callable[[Alignment, str | Path], tuple[Path, ...]]] = MappingProxyType(
    {
        **{name: partial(vector_files.write, format=name) for name in vector_files.ENDINGS},
        "gensim": gensim_files.write,
        "numpy": numpy_files.write,
        "spacy": spacy_pipelines.write,
        "sentence-transformers": static_embedding.write,
        "huggingface": hub_repository.write,
    }
)
"""What writes each format: from an alignment and a folder to the files or folders that one then loads."""


def export(alignment: AlignmentLike, folder: str | Path, *, format: str = "word2vec") -> tuple[Path, ...]:
    """Write the mapped, unit-length vectors of both sides for another program.

    The vocabularies are named by language where both are known and differ (`en.aligned.vec`), else by side
    (`source.aligned.vec`). Files stand beside what the folder holds; they replace earlier ones of their names
    only when all are whole, and never the vectors that the alignment was made from. Formats that are folders
    (`spacy`, `sentence-transformers`, `huggingface`) take a new or empty one, or replace an earlier export in
    the same format in which nothing was added or changed since.

    Args:
        alignment: What to export, or the folder that it is saved in.
        folder: Where to; made if it is missing.
        format: A key of `EXPORT_FORMATS`: `word2vec`, `word2vec-binary`, `glove`, `native`, `gensim`,
            `numpy`, `spacy`, `sentence-transformers` or `huggingface`.

    Returns:
        The files or folders to load, source first.

    Raises:
        InputError: No such format, it cannot hold one of the words, or the folder cannot be written.
        MissingExtraError: The format needs a package that is not installed.

    Warns:
        IsolexWarning: The alignment is doubtful or failed.
    """
    write = look_up(format, EXPORT_FORMATS, "export format")
    alignment = as_alignment(alignment)
    files = write(alignment, folder)
    card = alignment.card
    if card.status in ("doubtful", "failed"):
        warnings.warn(f"the exported alignment is {card.status}: {card.reason}", IsolexWarning, stacklevel=2)
    return files
