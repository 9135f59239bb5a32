"""Aligned vectors for other programs: both vocabularies in the shared space, in a format they read."""

import re
from pathlib import Path

from isolex.alignment import Alignment
from isolex.files import atomic_file, make_folder
from isolex.names import look_up
from isolex.vectors import Vectors

# Format name of `write_vectors` and the ending its files get.
EXPORT_FORMATS = {"word2vec": ".vec", "word2vec-binary": ".bin", "glove": ".txt", "native": ".safetensors"}


def export(alignment: Alignment, folder: str | Path, *, format: str = "word2vec") -> tuple[Path, Path]:
    """Write the mapped, unit-length vectors of both sides.

    The files are named by language where both are known and differ (`en.aligned.vec`), else by side
    (`source.aligned.vec`), so that they never take the place of the vectors that they were made from. They
    replace earlier ones only when both are whole.

    Args:
        alignment: What to export.
        folder: Where to; made if it is missing.
        format: `word2vec`, `word2vec-binary`, `glove` or `native`.

    Returns:
        The two files, source first.

    Raises:
        InputError: No such format, or the folder cannot be written.
    """
    ending = look_up(format, EXPORT_FORMATS, "export format")
    folder = make_folder(folder)
    languages = (alignment.source.language, alignment.target.language)
    # A language may come from a file, so it must be a plain name before it names one.
    plain = all(language and re.fullmatch(r"[\w-]+", language) for language in languages)
    names = languages if plain and len(set(languages)) == 2 else ("source", "target")
    files = (folder / f"{names[0]}.aligned{ending}", folder / f"{names[1]}.aligned{ending}")
    sides = (alignment.source, alignment.target)
    # Vectors of one run with those of another would be two spaces, so neither file stands without the other.
    with atomic_file(files[0]) as first, atomic_file(files[1]) as second:
        for path, side, rows in zip((first, second), sides, alignment.shared, strict=True):
            Vectors(side.words, rows, side.language).write(path, format=format)
    return files
