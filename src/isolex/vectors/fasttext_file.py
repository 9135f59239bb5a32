"""The layout of fastText's binaries, versions 11 and 12: settings, dictionary, input and output matrix.

Numbers are little-endian. Matrices are dense, or quantised (Joulin et al. 2016, FastText.zip): the parts of a
row are replaced by numbers of centroids, and perhaps its length is, too. A dense matrix of a plain file stays
in it, one of a compressed file is read through. Every size is held against the file's before it is believed.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from isolex.errors import FormatError
from isolex.streams import open_stream
from isolex.vectors.gather import MatrixName
from isolex.vectors.mapped import stored_rows
from isolex.vectors.ngrams import LONGEST

if TYPE_CHECKING:
    from jaxtyping import Float, Int

CHUNK = 1 << 20  # bytes read at a time
CENTROIDS = 256
LONGEST_WORD = 1 << 16  # bytes

_START = struct.Struct("<2i")  # magic, version
# Dimension, window, epochs, least count, negatives, word n-grams, loss, model, buckets, shortest, longest,
# learning-rate interval, sampling.
_SETTINGS = struct.Struct("<12id")
_SIZES = struct.Struct("<3i2q")  # entries, words, labels, tokens, pruned n-grams
_ENTRY = struct.Struct("<qb")  # after each word and its NUL: its count and whether it is a label
_SHAPE = struct.Struct("<2q")
_CODES = struct.Struct("<i")
_QUANTISER = struct.Struct("<4i")  # dimension, parts, numbers a part, numbers of the last part
_VERSIONS = (11, 12)
_HIERARCHICAL, _SUPERVISED = 1, 3


class ModelRows(Protocol):
    """Rows of a matrix, however they are stored."""

    @property
    def dimension(self) -> int:
        """Numbers a row, d."""
        ...

    def __len__(self) -> int: ...

    def take(self, places: 'Int[np.ndarray, "k"]') -> 'Float[np.ndarray, "k d"]':
        """Some of them, float32, in memory."""
        ...


class DenseRows:
    """Rows as they stand in the file, of which the bytes need not be aligned as numbers are."""

    def __init__(self, raw: 'Int[np.ndarray, "n bytes"]') -> None:
        self.raw = raw

    @property
    def dimension(self) -> int:
        """Numbers a row, d."""
        return int(self.raw.shape[1] // 4)

    def __len__(self) -> int:
        return len(self.raw)

    def take(self, places: 'Int[np.ndarray, "k"]') -> 'Float[np.ndarray, "k d"]':
        """Some of them, float32, in memory."""
        # NumPy copies all of an unaligned matrix of floats to take rows from it, but bytes are never that.
        return np.asarray(self.raw).take(places, axis=0).view("<f4")


@dataclass(frozen=True)
class Quantiser:
    """Parts of a row, each of which is one of 256 centroids.

    Attributes:
        whole: Centroids of the parts but the last, [parts - 1, 256, numbers a part].
        last: Centroids of the last part, [256, numbers].
    """

    whole: 'Float[np.ndarray, "parts 256 numbers"]'
    last: 'Float[np.ndarray, "256 rest"]'

    def decode(self, codes: 'Int[np.ndarray, "k parts"]') -> 'Float[np.ndarray, "k d"]':
        """The rows that these codes stand for."""
        whole = self.whole[np.arange(len(self.whole)), codes[:, :-1]]
        width = whole.shape[1] * whole.shape[2]
        return np.concatenate([whole.reshape(len(codes), width), self.last[codes[:, -1]]], axis=1)


@dataclass(frozen=True)
class QuantisedRows:
    """Rows as codes, [n, parts]; where lengths are coded apart, the norm of each row is, too, [n, 1]."""

    codes: 'Int[np.ndarray, "n parts"]'
    quantiser: Quantiser
    norm_codes: 'Int[np.ndarray, "n 1"] | None' = None
    norms: Quantiser | None = None

    @property
    def dimension(self) -> int:
        """Numbers a row, d."""
        whole, last = self.quantiser.whole, self.quantiser.last
        return int(len(whole) * whole.shape[2] + last.shape[1])

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, places: 'Int[np.ndarray, "k"]') -> 'Float[np.ndarray, "k d"]':
        """Some of them, float32, in memory."""
        rows = self.quantiser.decode(self.codes[places])
        if self.norms is None or self.norm_codes is None:
            return rows
        scaled: np.ndarray = rows * self.norms.decode(self.norm_codes[places])
        return scaled


@dataclass(frozen=True)
class Pruning:
    """The n-grams that a pruned model has kept.

    Attributes:
        kept: Their buckets, ascending, [kept].
        rows: Which of the rows behind those of the words each of them has, [kept].
    """

    kept: 'Int[np.ndarray, "kept"]'
    rows: 'Int[np.ndarray, "kept"]'


@dataclass(frozen=True)
class FastTextFile:
    """What a fastText binary holds.

    Attributes:
        words: The words, not decoded, [n].
        labels: How many labels it has, as only classifiers do.
        rows: The input matrix, of words and then n-grams, or the output matrix, of words.
        shortest: Characters of the shortest n-grams.
        longest: Characters of the longest n-grams.
        buckets: Values of the n-grams' hash; 0 where the model has no n-grams.
        pruning: Which of them have a row; None where all have.
    """

    words: Sequence[bytes]
    labels: int
    rows: ModelRows
    shortest: int
    longest: int
    buckets: int
    pruning: Pruning | None


def read_fasttext_file(
    path: Path, compression: str | None = None, *, matrix: MatrixName = "input"
) -> FastTextFile:
    """Read the dictionary of a fastText binary, and one of its matrices.

    Raises:
        FormatError: The file is cut off, contradicts itself, is of another version, or its output matrix is
            asked for and has no rows of words.
    """
    with open_stream(path, compression) as stream:
        source = _Source(path, stream, None if compression else path.stat().st_size)
        _, version = source.unpack(_START)
        if version not in _VERSIONS:
            raise source.error(f"is a fastText binary of version {version}, expected 11 or 12")
        settings = source.unpack(_SETTINGS)
        dimension, loss, model, buckets, shortest, longest = settings[0], *settings[6:11]
        entries, words, labels, _, pruned = source.unpack(_SIZES)
        possible = min(dimension, words) > 0 and min(buckets, shortest, longest, labels) >= 0
        if not possible or longest > LONGEST or entries != words + labels or not -1 <= pruned <= buckets:
            raise source.contradiction()
        known = source.words(words, labels)
        pruning = None if pruned < 0 else source.pruning(pruned, buckets)
        quantised = source.flag()
        ngrams = buckets if pruned < 0 else pruned
        rows = source.matrix(words + ngrams, dimension, quantised=quantised, wanted=matrix == "input")
        if matrix == "output":
            rows = _output(source, dimension, quantised, loss)
            if len(rows) != words and not labels:
                raise source.contradiction()
        else:
            _output(source, dimension, quantised)  # only to see whether it is whole
        source.finish()
    has_ngrams = ngrams > 0 and max(shortest, 1) <= longest and (version, model) != (11, _SUPERVISED)
    return FastTextFile(known, labels, rows, shortest, longest, buckets if has_ngrams else 0, pruning)


def _output(source: "_Source", dimension: int, quantised: bool, loss: int | None = None) -> ModelRows:
    """The output matrix, if the loss has one of words."""
    if loss == _HIERARCHICAL:
        raise source.error(
            "has no output vectors of words, since hierarchical softmax has none",
            "name a model made with negative sampling",
        )
    return source.matrix(None, dimension, quantised=source.flag() and quantised, wanted=loss is not None)


class _Source:
    """The bytes of a binary, one after the other.

    Attributes:
        size: Bytes of a plain file; None of a compressed one, which nobody knows.
    """

    def __init__(self, path: Path, stream: BufferedReader, size: int | None) -> None:
        self.size = size
        self._path = path
        self._stream = stream
        self._position = 0  # bytes taken
        self._ahead = b""  # read, not taken

    def error(self, problem: str, fix: str = "fetch the file again") -> FormatError:
        return FormatError(problem, where=self._path, fix=fix)

    def contradiction(self) -> FormatError:
        return self.error("the fastText binary contradicts itself")

    def unpack(self, layout: struct.Struct) -> tuple[Any, ...]:
        return layout.unpack(self._take(layout.size))

    def flag(self) -> bool:
        (value,) = self._take(1)
        if value > 1:
            raise self.contradiction()
        return bool(value)

    def words(self, words: int, labels: int) -> list[bytes]:
        """The words of the dictionary, behind which labels may stand."""
        self._check((words + labels) * (_ENTRY.size + 1))
        found, data, start = [], self._ahead, 0
        for entry in range(words + labels):
            while (end := data.find(b"\0", start)) < 0 or end + 1 + _ENTRY.size > len(data):
                more = self._stream.read(CHUNK)
                if not more:
                    raise self._cut_off()
                data, start = data[start:] + more, 0
                if len(data) > CHUNK + LONGEST_WORD:
                    raise self.error(f"word {entry + 1:,} of the fastText binary does not end")
            _, is_label = _ENTRY.unpack_from(data, end + 1)
            if is_label != (entry >= words):
                raise self.contradiction()
            found.append(data[start:end])
            self._position += end + 1 + _ENTRY.size - start
            start = end + 1 + _ENTRY.size
        self._ahead = data[start:]
        return found[:words]

    def pruning(self, pruned: int, buckets: int) -> Pruning:
        """The n-grams of a pruned model: pairs of a bucket and a row, in any order."""
        pairs = self._array("<i4", pruned, 2).astype(np.int64)
        kept, rows = pairs[np.argsort(pairs[:, 0])].T
        if pruned:
            apart = bool((kept[1:] > kept[:-1]).all()) and kept[0] >= 0 and kept[-1] < buckets
            if not apart or rows.min() < 0 or rows.max() >= pruned:
                raise self.contradiction()
        return Pruning(kept, rows)

    def matrix(self, rows: int | None, columns: int, *, quantised: bool, wanted: bool) -> ModelRows:
        """A matrix of so many rows and columns; one that is not wanted is passed over, and comes empty."""
        lengths_apart = quantised and self.flag()
        n, d = self.unpack(_SHAPE)
        if d != columns or n < 1 or rows not in (None, n):
            raise self.contradiction()
        if quantised:
            return self._quantised(n, d, lengths_apart=lengths_apart)
        width = 4 * d
        self._check(n * width)
        if self.size is not None:
            raw = stored_rows(self._path, "u1", self._position, (n, width))
            self._position += n * width
            self._ahead = b""
            self._stream.seek(self._position)
            return DenseRows(raw)
        if wanted:
            return DenseRows(self._array("u1", n, width))
        for start in range(0, n * width, CHUNK):
            self._take(min(CHUNK, n * width - start))
        return DenseRows(np.empty((0, width), dtype=np.uint8))

    def finish(self) -> None:
        """Look behind the last byte: compressed data have an end mark there, and nothing else."""
        self._stream.read(1)

    def _quantised(self, n: int, d: int, *, lengths_apart: bool) -> QuantisedRows:
        (size,) = self.unpack(_CODES)
        parts, rest = divmod(size, n)
        if rest or not 0 < parts <= d:
            raise self.contradiction()
        codes = self._array("u1", n, parts)
        quantiser = self._quantiser(d, parts)
        if not lengths_apart:
            return QuantisedRows(codes, quantiser)
        norm_codes = self._array("u1", n, 1)
        return QuantisedRows(codes, quantiser, norm_codes, self._quantiser(1, 1))

    def _quantiser(self, columns: int, parts: int) -> Quantiser:
        d, own_parts, width, last = self.unpack(_QUANTISER)
        if (d, own_parts) != (columns, parts) or not 0 < last <= width or (parts - 1) * width + last != d:
            raise self.contradiction()
        centroids = self._array("<f4", CENTROIDS * d)
        whole = CENTROIDS * (d - last)
        return Quantiser(
            centroids[:whole].reshape(parts - 1, CENTROIDS, width),
            centroids[whole:].reshape(CENTROIDS, last),
        )

    def _array(self, dtype: str, *shape: int) -> np.ndarray:
        size = math.prod(shape) * np.dtype(dtype).itemsize
        return np.frombuffer(self._take(size), dtype=dtype).reshape(shape)

    def _take(self, size: int) -> bytearray:
        """The next bytes; memory grows with what is there, not with what a header says."""
        self._check(size)
        data = bytearray(self._ahead[:size])
        self._ahead = self._ahead[size:]
        while len(data) < size:
            piece = self._stream.read(min(CHUNK, size - len(data)))
            if not piece:
                raise self._cut_off()
            data += piece
        self._position += size
        return data

    def _check(self, size: int) -> None:
        """See that a plain file has so many more bytes."""
        if self.size is not None and self._position + size > self.size:
            raise self._cut_off()

    def _cut_off(self) -> FormatError:
        return self.error("the fastText binary is cut off")
