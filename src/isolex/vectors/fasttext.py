"""fastText binaries, read by gensim: the words' vectors, and the n-grams that give any other word one."""

import mmap
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from isolex.errors import FormatError, MissingExtraError
from isolex.vectors.content import Content
from isolex.vectors.gather import Gather, ReadOptions
from isolex.vectors.ngrams import NgramVectors
from isolex.vectors.row_grammar import Block
from isolex.vectors.sniff import VectorFormat

_HEADER = struct.Struct("=2i12id3i2q")  # magic, version, settings, sampling, words and labels, sizes
_COUNT = struct.Struct("=qb")  # after each word and its NUL: its frequency and kind
_MATRIX = struct.Struct("=?2q")  # quantised or not, rows, columns

_AGAIN = "fetch the file again"
# Characters of an n-gram; more than any model has would only take time.
_LONGEST = 100


class FastTextSubwords(NgramVectors):
    """A fastText model's n-grams; words that the model has seen, read or not, keep their own vectors."""

    def __init__(self, model: Any) -> None:
        super().__init__(model.vectors_ngrams, max(model.min_n, 1), model.max_n)
        self._model = model

    def vector(self, word: str) -> np.ndarray:
        """The model's vector of the word, float32 [d]; zeros if the word has no n-gram."""
        if word not in self._model.key_to_index:
            return self.composed(word)
        vector: np.ndarray = self._model.get_vector(word)
        return vector.astype(np.float32, copy=False)


def read_fasttext(path: Path, kind: VectorFormat, options: ReadOptions) -> Content:
    """Read a fastText binary; the `subwords` of the content answer for any word.

    Raises:
        FormatError: The file is cut off, compressed, quantised, or a classifier's, or its n-grams are not
            finite.
        MissingExtraError: gensim is not there.
    """
    try:
        from gensim.models.fasttext import load_facebook_vectors  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError("reading fastText .bin files", "gensim", "fasttext") from error
    if kind.compression is not None:
        raise FormatError(
            f"is a fastText binary inside {kind.compression}", where=path, fix="decompress it first"
        )
    _check_whole(path)
    try:
        model = load_facebook_vectors(str(path))
    except Exception as error:  # whatever gensim stumbles over, the file is to blame
        raise FormatError(
            f"gensim cannot read this fastText binary ({error})", where=path, fix=_AGAIN
        ) from error
    words, matrix = model.index_to_key, model.vectors
    if model.bucket and not np.isfinite([model.vectors_ngrams.min(), model.vectors_ngrams.max()]).all():
        raise FormatError("its n-grams hold NaN or infinite numbers", where=path, fix=_AGAIN)
    gather = Gather(matrix.shape[1], options, expected=len(words))
    gather.add(Block([word.encode() for word in words], matrix, range(1, len(words) + 1)))
    content = gather.content(path, str(kind), unit="row")
    if len(content.words) == len(words):
        model.vectors = content.matrix  # one matrix for both
    return replace(content, subwords=FastTextSubwords(model) if model.bucket else None)


def _check_whole(path: Path) -> None:
    """Walk the file before gensim does, which loops for ever where a vocabulary is cut off."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            _, _, dimension, *settings = _HEADER.unpack_from(data)
            bucket, shortest, longest = settings[7:10]
            words, _, labels, _, pruned = settings[-5:]
            position = _HEADER.size
            for _ in range(words):
                position = data.find(b"\0", position) + 1
                if not position:
                    raise _cut_off(path)
                position += _COUNT.size
            position += 8 * max(pruned, 0)
            quantised, rows, columns = _MATRIX.unpack_from(data, position)
        except struct.error as error:
            raise _cut_off(path) from error
        missing = position + _MATRIX.size + 4 * rows * columns - len(data)
    if labels:
        raise FormatError("is a fastText classifier", where=path, fix="name a model made by skipgram or cbow")
    if quantised:
        raise FormatError(
            "is a quantised fastText model", where=path, fix="name the .bin that it was made from"
        )
    possible = min(words, dimension) > 0 and min(bucket, shortest, longest) >= 0 and longest <= _LONGEST
    if (rows, columns) != (words + bucket, dimension) or not possible:
        raise FormatError("the fastText binary contradicts itself", where=path, fix=_AGAIN)
    if missing > 0:
        raise _cut_off(path)


def _cut_off(path: Path) -> FormatError:
    return FormatError("the fastText binary is cut off", where=path, fix=_AGAIN)
