"""spaCy pipelines that hold nothing but vectors."""

from pathlib import Path
from typing import Any

from isolex.errors import MissingExtraError
from isolex.interchange.places import export_folder
from isolex.interchange.sides import Exported, sides_of
from isolex.vectors import Vectors

_ANY_LANGUAGE = "xx"  # spaCy's multi-language class


def write(exported: Exported, folder: str | Path) -> tuple[Path, ...]:
    """Write a folder that holds one pipeline a side, `en` and `es`, for `spacy.load`.

    Each is blank: the tokenizer of its language where spaCy has one that works here, else the one for any
    language; and a vector for every word.

    Raises:
        InputError: The folder holds anything but an unchanged export like this, or cannot be written.
        MissingExtraError: spaCy is not there.
    """
    try:
        import spacy  # noqa: F401, PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError("exporting to spaCy", "spacy", "spacy") from error
    sides = sides_of(exported)
    with export_folder(exported, folder, "spacy") as temporary:
        for name, side in sides.items():
            _pipeline(name, side.aligned()).to_disk(temporary / name)
    return tuple(Path(folder) / name for name in sides)


def _pipeline(name: str, aligned: Vectors) -> Any:
    import spacy.vectors  # noqa: PLC0415 - optional

    pipeline = _blank(aligned.language or _ANY_LANGUAGE)
    for word in aligned.words:
        pipeline.vocab.strings.add(word)
    pipeline.vocab.vectors = spacy.vectors.Vectors(
        data=aligned.matrix, keys=aligned.words, name=f"isolex.{name}"
    )
    return pipeline


def _blank(language: str) -> Any:
    import spacy  # noqa: PLC0415 - optional

    try:
        return spacy.blank(language)
    except (ImportError, ValueError):  # no such language, or one that needs a package that is not there
        return spacy.blank(_ANY_LANGUAGE)
