"""Aligned vectors for other programs: vocabularies in the shared space, in a format they read."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from isolex.alignment import AlignmentLike, Space, as_alignment, load_space
from isolex.cards import is_space_folder
from isolex.errors import InputError, IsolexWarning
from isolex.interchange import (
    gensim_files,
    hub_repository,
    numpy_files,
    spacy_pipelines,
    static_embedding,
    vector_files,
)
from isolex.interchange.sides import Exported
from isolex.names import look_up

__all__ = ["EXPORT_FORMATS", "export"]

_DOUBTS = ("doubtful", "failed")
# These have one vocabulary for both languages.
_OF_TWO = ("sentence-transformers", "huggingface")

EXPORT_FORMATS: Mapping[str, Callable[[Any, str | Path], tuple[Path, ...]]] = MappingProxyType(
    {
        **{name: partial(vector_files.write, format=name) for name in vector_files.ENDINGS},
        "gensim": gensim_files.write,
        "numpy": numpy_files.write,
        "spacy": spacy_pipelines.write,
        "sentence-transformers": static_embedding.write,
        "huggingface": hub_repository.write,
    }
)
"""The writer of each format. It takes a folder and an alignment (or a space, if the format can hold more than
two languages), and returns the files or folders to load."""


def export(
    alignment: AlignmentLike | Space, folder: str | Path, *, format: str = "word2vec"
) -> tuple[Path, ...]:
    """Write the mapped, unit-length vectors of an alignment or of a space for another program.

    The vocabularies are named by language where both are known and differ (`en.aligned.vec`), else by side
    (`source.aligned.vec`). The folder keeps its other files. New files replace earlier ones of the same
    name only when all are complete, and never the vectors that the alignment was made from.

    Three formats are folders: `spacy`, `sentence-transformers` and `huggingface`. Such a folder must be new,
    empty, or an earlier export in the same format in which nothing was added or changed since.

    Args:
        alignment: What to export, an alignment or a space, or the folder that it is saved in.
        folder: The output folder; made if it is missing.
        format: A key of `EXPORT_FORMATS`: `word2vec`, `word2vec-binary`, `glove`, `native`, `gensim`,
            `numpy`, `spacy`, `sentence-transformers` or `huggingface`.

    Returns:
        The files or folders to load, source first.

    Raises:
        InputError: The format is unknown, cannot hold a space or one of the words, or the folder cannot be
            written.
        MissingExtraError: The format needs a package that is not installed.

    Warns:
        IsolexWarning: The alignment, or a language of the space, is doubtful or failed.
    """
    write = look_up(format, EXPORT_FORMATS, "export format")
    if isinstance(alignment, str | Path) and is_space_folder(alignment):
        alignment = load_space(alignment)
    if not isinstance(alignment, Space):
        alignment = as_alignment(alignment)
    elif format in _OF_TWO:
        raise InputError(
            f"format {format} holds two languages, not {len(alignment)}",
            where="space",
            fix="choose two of them: --from and --to, or in Python space.pair(source, target)",
        )
    files = write(alignment, folder)
    for found in _doubts(alignment):
        warnings.warn(found, IsolexWarning, stacklevel=2)
    return files


def _doubts(exported: Exported) -> Iterator[str]:
    """What is doubtful or failed, and why."""
    if isinstance(exported, Space):
        for code, language in exported.card.languages.items():
            if language.status in _DOUBTS:
                yield f"in the exported space {code} is {language.status}"
    elif exported.card.status in _DOUBTS:
        yield f"the exported alignment is {exported.card.status}: {exported.card.reason}"
