"""fastText binaries: the words' vectors, and the n-grams that give any other word one."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from isolex.errors import FormatError
from isolex.vectors.content import Content
from isolex.vectors.fasttext_file import DenseRows, FastTextFile, read_fasttext_file
from isolex.vectors.gather import Gather, ReadOptions
from isolex.vectors.mapped import StoredRows, release
from isolex.vectors.ngrams import BLOCK, NgramVectors
from isolex.vectors.reading_report import ReadReport
from isolex.vectors.row_grammar import Block
from isolex.vectors.sniff import VectorFormat

if TYPE_CHECKING:
    from jaxtyping import Float, Int


_BYTES = 1 << 18  # of words whose n-grams are hashed at a time


class FastTextSubwords(NgramVectors):
    """A fastText model's n-grams; words that the model has seen, read or not, keep their own vectors."""

    def __init__(self, model: FastTextFile, path: Path) -> None:
        self._model = model
        self._path = path
        self.shortest = model.shortest
        self.longest = model.longest
        self.buckets = model.buckets
        self.kept = None if model.pruning is None else model.pruning.kept

    @property
    def matrix(self) -> 'Float[np.ndarray, "rows d"]':
        """The rows of the n-grams; those that can be are mapped from the file."""
        rows, words = self._model.rows, len(self._model.words)
        if isinstance(rows, DenseRows) and self.kept is None:
            mapped: np.ndarray = rows.raw[words:].view("<f4")
            return mapped
        return self.rows(np.arange(len(rows) - words))

    @property
    def file(self) -> str:
        """The model's file."""
        return str(self._path)

    def rows(self, places: 'Int[np.ndarray, "k"]') -> 'Float[np.ndarray, "k d"]':
        """Some of the n-grams' rows, float32."""
        pruning = self._model.pruning
        own = places if pruning is None else pruning.rows[places]
        return self._model.rows.take(len(self._model.words) + own)

    def vector(self, word: str) -> 'Float[np.ndarray, "d"]':
        """The model's vector of the word, float32 [d]; zeros if the word has no n-gram."""
        place = self._places.get(unicodedata.normalize("NFC", word))
        if place is None:
            return self.composed(word)
        rows = self.known_rows(np.array([place]), [self._model.words[place].decode()])
        self.check_finite(rows, [word])
        vector: np.ndarray = rows[0]
        return vector

    def known_rows(self, ids: 'Int[np.ndarray, "k"]', words: Sequence[str]) -> 'Float[np.ndarray, "k d"]':
        """Vectors of words that the model has seen: the mean of their own row and those of their n-grams."""
        means = self._model.rows.take(ids)
        for place, ngrams in enumerate(self.places(words)):
            means[place] = (means[place] + self.sum(ngrams)) / np.float32(1 + len(ngrams))
        return means

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each word stands, by its NFC: whoever asks need not know the form that the model has."""
        places: dict[str, int] = {}
        for place, word in enumerate(map(_decoded, self._model.words)):
            if word is not None:
                places.setdefault(unicodedata.normalize("NFC", word), place)
        return places


def read_fasttext(path: Path, kind: VectorFormat, options: ReadOptions) -> Content:
    """Read a fastText binary; the `subwords` of the content answer for any word.

    Of a plain file only the rows that are asked for come into memory. A word's vector is the mean of its own
    row and the rows of its n-grams (Bojanowski et al. 2017), or where there are none its own row; so is any
    row of the output matrix.

    Raises:
        FormatError: The file is cut off, contradicts itself, or is a classifier's; or it has no output
            vectors of words, which are asked for.
    """
    model = read_fasttext_file(path, kind.compression, matrix=options.matrix)
    if model.labels:
        raise FormatError("is a fastText classifier", where=path, fix="name a model made by skipgram or cbow")
    subwords = FastTextSubwords(model, path) if model.buckets and options.matrix == "input" else None
    if subwords is None and (mapped := _mapped(model, kind, options)) is not None:
        return mapped
    gather = Gather(model.rows.dimension, options, expected=len(model.words))
    for block in _blocks(model.words, min(BLOCK, options.limit or BLOCK)):
        if gather.full:
            break
        rows = _rows(model, subwords, block, options)
        places = range(block.start + 1, block.stop + 1)
        gather.add(Block(model.words[block.start : block.stop], rows, places))
    if isinstance(model.rows, DenseRows):
        release(model.rows.raw)
    return replace(gather.content(path, str(kind), unit="row"), subwords=subwords)


def _mapped(model: FastTextFile, kind: VectorFormat, options: ReadOptions) -> Content | None:
    """Words and rows as they stand in the file; None if they must be chosen or changed."""
    raw = model.rows.raw if isinstance(model.rows, DenseRows) else None
    if not isinstance(raw, StoredRows) or options.vocabulary is not None or options.dtype == "float16":
        return None
    matrix = raw[: len(model.words)].view("<f4")
    n = min(len(model.words), options.limit or len(model.words))
    decoded = map(_decoded, model.words[:n])
    words = tuple(options.normal(word) for word in decoded if word)
    if not matrix.flags.aligned or len(set(words)) < n:
        return None
    return Content(words, matrix[:n], report=ReadReport(str(kind), n, zero_rows=None, unit="row"))


def _blocks(words: Sequence[bytes], most: int) -> Iterator[range]:
    """Words on end, at most so many, and no more than a block's n-grams even where words are very long."""
    start = size = 0
    for place, word in enumerate(words):
        if place - start == most or (size + len(word) > _BYTES and place > start):
            yield range(start, place)
            start, size = place, 0
        size += len(word)
    yield range(start, len(words))


def _rows(
    model: FastTextFile, subwords: FastTextSubwords | None, block: range, options: ReadOptions
) -> 'Float[np.ndarray, "k d"]':
    """The words' vectors; zeros for words that nobody wants, so that their rows are not touched."""
    words = {place: _decoded(model.words[place]) for place in block}
    wanted = {
        place: word
        for place, word in words.items()
        if word is not None and options.wants(options.normal(word))
    }
    ids = np.fromiter(wanted, dtype=np.int64, count=len(wanted))
    taken = model.rows.take(ids) if subwords is None else subwords.known_rows(ids, list(wanted.values()))
    rows = np.zeros((len(block), taken.shape[1]), dtype=np.float32)
    rows[ids - block.start] = taken
    return rows


def _decoded(word: bytes) -> str | None:
    """The word, or None if it is not UTF-8."""
    try:
        return word.decode()
    except UnicodeDecodeError:
        return None
