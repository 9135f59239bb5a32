"""Output embeddings as a second view of both sides: the same words in the same order, normalised."""

from pathlib import Path

from jaxtyping import Float
from torch import Tensor

from isolex.alignment import Side
from isolex.errors import InputError
from isolex.given import given_or_read
from isolex.normalize import Normalizer
from isolex.vectors import Vectors, VectorsLike, identify


def output_vectors(
    given: tuple[VectorsLike, VectorsLike], source: Side, target: Side
) -> tuple[Vectors, Vectors]:
    """The output embeddings of the words of two sides, in the order of the words.

    Args:
        given: Output embeddings of the source and of the target, or files of them. From a fastText binary the
            output matrix is read; from any other file, its vectors.
        source: Source side.
        target: Target side.

    Raises:
        InputError: `given` is not a pair of vectors, or a word of a side is missing.
        FormatError: A file cannot be read as vectors, or has no output matrix of words.
    """
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise InputError(
            f"got {type(given).__name__}, expected a pair: output vectors of the source and of the target",
            where="outputs",
        )
    return _in_order(given[0], source.vectors, "source"), _in_order(given[1], target.vectors, "target")


def output_rows(outputs: Vectors, side: Side, normalizer: Normalizer) -> Float[Tensor, "n d"]:
    """Output embeddings treated like the rows of their side: normalised, on its device; zero rows stay."""
    rows = outputs.tensor(side.device)
    return normalizer.fit(rows).apply(rows)


def _in_order(given: VectorsLike, of: Vectors, side: str) -> Vectors:
    what = f"{side} outputs"
    found = given_or_read(given, Vectors, _read, what=what, fix="make Vectors(words, matrix) of it")
    if found.words == of.words:
        return found
    places = {word: row for row, word in enumerate(found.words)}
    missing = [word for word in of.words if word not in places]
    if missing:
        raise InputError(
            f"lack {len(missing):,} of the {len(of):,} words of the {side}, such as {missing[0]!r}",
            where=what,
            fix="read both matrices of one model, with the same options",
        )
    found.check()
    rows = found.matrix[[places[word] for word in of.words]]
    return Vectors(of.words, rows, language=found.language, unicode="keep")


def _read(path: str | Path) -> Vectors:
    return Vectors.read(path, matrix="output" if identify(path).name == "fasttext" else "input")
