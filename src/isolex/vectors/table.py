"""`Vectors`, the words of one language and their vectors, which come from files and go to them."""

import difflib
import json
import unicodedata
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from isolex.errors import FormatError, InputError, IsolexWarning, UnknownWordError
from isolex.files import digest
from isolex.given import given_or_read, whole_number
from isolex.tables import Unicode
from isolex.text.casing import lower, title, upper
from isolex.vectors.content import Content, Subwords
from isolex.vectors.gather import DType, MatrixName, ReadOptions
from isolex.vectors.mapped import release
from isolex.vectors.neighbours import cosines
from isolex.vectors.reading_report import ReadReport
from isolex.vectors.table_checks import (
    PIECE_ROWS,
    as_array,
    check_stored_rows,
    check_table,
    check_unicode,
    in_nfc,
)
from isolex.vectors.vector_formats import read_content, write_content

if TYPE_CHECKING:
    import torch
    from jaxtyping import Float
    from torch import Tensor

    from isolex.arrays import ArrayLike

# Part of what a fingerprint means: change it, and no saved alignment knows its vectors any more.
_FINGERPRINT_ROWS = 4096


class Vectors:
    """Words in frequency order, each with its vector.

    A word whose vector is zero counts as a word without a vector. It stays in `words` and keeps its row, but
    looking it up does not find it, and isolex does not align, answer or score with it (see `without_zeros`).

    Args:
        words: n unique words, most frequent first.
        matrix: Their vectors as rows, [n, d]; a NumPy array or memory map, or a torch tensor. float32 and
            float16 are kept as they are and not copied, anything else becomes float32. An array that is kept
            becomes read-only; give a copy if you want to change yours later.
        language: Language code, for messages and reports.
        unicode: "nfc" brings words to Unicode NFC, as reading a file does; "keep" leaves them as they are.

    Attributes:
        words: The words, [n].
        matrix: The rows, [n, d], float32 or float16, read-only.
        language: Language code or None.
        report: How the reading of the file went, for vectors that come from one.
        path: The file whose first rows these are, as `read` reads it by default, or None.
        subwords: A model with a method `vector(word)` for words that are not there, or None.
        without_vector: Words that `without_zeros` has left out.

    Raises:
        InputError: The matrix is not two-dimensional, has another number of rows than there are words, or
            holds NaN or infinite values; a word is not a string, is empty or is repeated; there are no words.

    Warns:
        IsolexWarning: Two words are the same in NFC, and the first is kept; or rows become zero because
            float32 cannot hold such small values.

    Examples:
        >>> import numpy as np
        >>> from isolex.vectors import Vectors
        >>> vectors = Vectors(["cat", "dog"], np.eye(2), language="en")
        >>> vectors.id("dog"), "cow" in vectors, vectors.vector("cat").tolist()
        (1, False, [1.0, 0.0])
    """

    words: Sequence[str]
    matrix: np.ndarray
    language: str | None
    report: ReadReport | None
    path: Path | None
    subwords: Subwords | None
    without_vector: frozenset[str]

    def __init__(
        self,
        words: Sequence[str],
        matrix: "ArrayLike",
        *,
        language: str | None = None,
        unicode: Unicode = "nfc",
    ) -> None:
        check_unicode(unicode)
        words, array = tuple(words), as_array(matrix)
        check_table(words, array)
        if unicode == "nfc":
            words, array = in_nfc(words, array)
        self._hold(Content(words, array, language))

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        limit: int | None = None,
        vocabulary: Collection[str] | None = None,
        dtype: DType | None = None,
        unicode: Unicode = "nfc",
        language: str | None = None,
        matrix: MatrixName = "input",
    ) -> "Vectors":
        """Read word vectors in any format that isolex knows, which it finds by the content, not the name.

        word2vec text and binary, GloVe text, isolex's own store, and fastText binaries. All but the store may
        be compressed by gzip, bzip2, xz or zstd, and stream. Rows that cannot be
        used (too short, too long, not numbers, NaN or infinite, an empty or repeated word, not UTF-8) are
        skipped and counted in `Vectors.report`, and one warning names them. A store is memory-mapped unless
        `vocabulary` or `dtype` makes a copy necessary.

        Args:
            path: The file.
            limit: Read only this many usable rows, from the beginning.
            vocabulary: Of these, keep only rows of these words.
            dtype: float32 or float16; by default a store keeps its own and all else is float32. Values that
                float16 cannot hold count as infinite.
            unicode: "nfc" brings words (and the vocabulary) to Unicode NFC, "keep" leaves them as they are.
            language: Language code; by default the one that a store holds.
            matrix: "output" reads the output matrix of a fastText binary: the vectors of words as contexts of
                other words. These have no subwords.

        Returns:
            The vectors, in the order of the file.

        Raises:
            InputError: There is no such file, or an option has a value that it cannot have.
            FormatError: The file is damaged, does not hold word vectors, or has no row to keep; or you
                asked for the output matrix, and it has none with rows of words.
            MissingExtraError: The format needs a package that is not installed.

        Warns:
            IsolexWarning: Rows were skipped, or the header contradicts the rows.
        """
        options = ReadOptions(limit=limit, vocabulary=vocabulary, dtype=dtype, unicode=unicode, matrix=matrix)
        content = read_content(path, options)
        report = content.report
        if report is not None and (summary := report.summary()) is not None:
            warnings.warn(f"{path}: {summary}", IsolexWarning, stacklevel=2)
        vectors = cls._of(replace(content, language=language or content.language))
        if vocabulary is None and dtype is None and unicode == "nfc" and matrix == "input":
            vectors.path = Path(path).resolve()  # where `read` with no more than a limit finds them again
        return vectors

    def write(self, path: str | Path, *, format: str | None = None) -> None:
        """Write them so that reading them back gives the same words, order and values.

        There are two exceptions. Only the store holds the language, n-grams of fastText and float16 (other
        formats hold float16 values as float32). Words that are not in NFC need `unicode="keep"` on reading.
        An earlier file at `path` stays until the new one is complete.

        Args:
            path: The file. Without `format`, its extension tells it: .vec (word2vec text), .txt (GloVe text),
                .bin (word2vec binary) or .safetensors (isolex's store). A further .gz, .bz2, .xz or .zst
                compresses all but the store.
            format: A key of `VECTOR_FORMATS` other than fasttext.

        Raises:
            InputError: The format is unknown, it cannot hold one of the words, or the file cannot be written.
            FormatError: The vectors come from a store that is damaged.
            MissingExtraError: .zst without the package zstandard.
        """
        self._check(0, len(self))
        content = Content(
            self.words,
            self.matrix,
            self.language,
            subwords=self.subwords,
            fingerprint=self.fingerprint,
            without_vector=self.without_vector,
        )
        write_content(content, path, format=format)

    def check(self) -> None:
        """Read all rows of a store, and compare them with its checksums.

        Without this, isolex compares rows when they are first used.

        Raises:
            FormatError: Rows have changed since they were written, or hold NaN or infinite values; or
                two words are the same, or one is not UTF-8.
        """
        _ = self.words[0]  # which decodes all of them
        self._check(0, len(self))
        release(self.matrix)

    @property
    def dimension(self) -> int:
        """Numbers a word, d."""
        return int(self.matrix.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the words and their float32 rows: the same for the same vectors in any format.

        Vectors stored as float16 have another fingerprint than the float32 ones that they were rounded from.
        """
        if self._known_fingerprint is not None:
            return self._known_fingerprint
        words = json.dumps(list(self.words)).encode()
        # A digest of digests, so that a memory map passes through memory piece by piece.
        pieces = (digest(rows.data.cast("B")) for rows in self._float32_pieces())
        return digest(words, *(piece.encode() for piece in pieces))

    @cached_property
    def zero_rows(self) -> np.ndarray:
        """Rows of the words without a vector, whose values are zero, int64, ascending."""
        if self._all_have_vectors:
            return np.empty(0, dtype=np.int64)
        self._check_sums(0, len(self))
        pieces = range(0, len(self), PIECE_ROWS)
        zero = (~self.matrix[start : start + PIECE_ROWS].any(axis=1) for start in pieces)
        return np.flatnonzero(np.concatenate(list(zero)))

    def without_zeros(self) -> "Vectors":
        """The same without words that have no vector, which it remembers; this object itself if all have one.

        Raises:
            InputError: Not one word has a vector.
            FormatError: They come from a store that is damaged.
        """
        return self if self.zero_rows.size == 0 else self._with_vectors

    def id(self, word: str) -> int | None:
        """Row of the word in any Unicode form, or None if it is unknown or has no vector."""
        row = self._place(word)
        return row if row is None or self._has_vector(row) else None

    def lacks_vector(self, word: str) -> bool:
        """Whether the word is known to have no vector, because its row is zero."""
        row = self._place(word)
        return word in self.without_vector if row is None else not self._has_vector(row)

    def vector(self, word: str) -> np.ndarray:
        """The word's vector, float32 [d]; a word without one gets it from its subwords.

        Raises:
            UnknownWordError: The word is not there or its vector is zero, and there are no subwords to make
                one from.
            FormatError: It is a row of a store, and damaged.
        """
        row = self.id(word)
        if row is not None:
            self._check(row, row + 1)
            return np.asarray(self.matrix[row], dtype=np.float32)
        made = self.from_subwords(word)
        if made is None:
            raise self._unknown(word)
        return made

    def from_subwords(self, word: str) -> np.ndarray | None:
        """A vector made of the word's subwords, float32 [d]; None if there are none to make it from."""
        if self.subwords is None:
            return None
        try:
            vector = self.subwords.vector(unicodedata.normalize("NFC", word))
        except UnicodeEncodeError:  # a lone surrogate has no UTF-8, and n-grams are hashed by that
            return None
        return vector if vector.any() else None

    def nearest(self, word: str, *, k: int = 10) -> list[tuple[str, float]]:
        """The k words whose vectors have the highest cosines with that of a word, best first.

        If the vectors were trained on enough text, the neighbours are words of similar use: look at those of
        ten words before you align. The search passes over all rows once, O(n d).

        Args:
            word: The word, which is not among its neighbours. An unknown word is looked up by its subwords.
            k: How many; the result has fewer if the vocabulary has no more.

        Raises:
            UnknownWordError: As for `vector`.
            InputError: k is not a whole number of at least 1.
            FormatError: A store is damaged.

        Examples:
            >>> import isolex
            >>> en = isolex.sample().source
            >>> [word for word, _ in en.nearest("dog", k=3)]
            ['dogs', 'cat', 'cats']
        """
        whole_number(k, "k", where=repr(self))
        scores = cosines(self.vector(word), self.tensors(PIECE_ROWS))
        left_out = self.zero_rows.tolist()
        if (own := self.id(word)) is not None:
            left_out.append(own)
        scores[left_out] = -np.inf
        best = np.argsort(-scores, kind="stable")[: min(k, len(self) - len(left_out))]
        return [(self.words[row], float(scores[row])) for row in best.tolist()]

    def tensor(self, device: "str | torch.device | None" = "cpu") -> 'Float[Tensor, "n d"]':
        """All rows as a float32 tensor; on the CPU it shares memory with a float32 matrix.

        Raises:
            InputError: The device is not there.
            FormatError: A store is damaged.
        """
        return self._tensor(slice(None), device)

    def tensors(
        self, rows: int, *, device: "str | torch.device | None" = "cpu"
    ) -> "Iterator[Float[Tensor, 'some d']]":
        """All rows in tensors of this many rows; the last tensor may have fewer.

        Of a stored matrix, only one tensor at a time is in memory, unless you keep them.
        """
        for start in range(0, len(self), rows):
            yield self._tensor(slice(start, start + rows), device)
            release(self.matrix)

    def head(self, n: int) -> "Vectors":
        """The first n words, sharing memory with this object; the object itself if it has no more.

        Raises:
            InputError: n is less than 1.
        """
        if whole_number(n, "n", where=repr(self)) >= len(self):
            return self
        part = self._part(self.words[:n], self.matrix[:n])
        part.path, part._sums = self.path, self._sums
        return part

    def subset(self, words: Collection[str]) -> "Vectors":
        """The given words that are known and have a vector, in the order of this vocabulary.

        Raises:
            InputError: None of the words is known.
            FormatError: A row of them comes from a store, and is damaged.
        """
        ids = sorted({row for word in words if (row := self.id(word)) is not None})
        if not ids:
            raise InputError(f"none of the {len(words):,} words is in {self!r}", where="words")
        return self._part([self.words[row] for row in ids], self.matrix[ids])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.id(word) is not None

    def __repr__(self) -> str:
        language = f"{self.language}: " if self.language else ""
        return f"Vectors({language}{len(self):,} words × {self.dimension}, {self.matrix.dtype})"

    @classmethod
    def _of(cls, content: Content) -> "Vectors":
        """Vectors of a content that is known to be sound: nothing is checked, no word decoded."""
        vectors = cls.__new__(cls)
        vectors._hold(content)
        return vectors

    def __getstate__(self) -> dict[str, Any]:
        self._check_sums(0, len(self))  # a copy of stored rows has none
        # The words with vectors are nearly as large as these, and quickly made again.
        state = {name: value for name, value in self.__dict__.items() if name != "_with_vectors"}
        return state | {"_sums": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.matrix.setflags(write=False)  # which a pickle does not tell

    def _hold(self, content: Content) -> None:
        self.words = content.words
        self.matrix = content.matrix
        self.matrix.setflags(write=False)
        self.language = content.language
        self.report = content.report
        self.path = None
        self.subwords = content.subwords
        self.without_vector = content.without_vector
        self._known_fingerprint = content.fingerprint
        self._sums = content.sums
        self._all_have_vectors = content.report is not None and content.report.zero_rows == 0

    def _part(self, words: Sequence[str], matrix: np.ndarray) -> "Vectors":
        part = self._of(Content(words, matrix, self.language, subwords=self.subwords))
        part.without_vector, part._all_have_vectors = self.without_vector, self._all_have_vectors
        return part

    @cached_property
    def _with_vectors(self) -> "Vectors":
        zero = self.zero_rows
        if zero.size == len(self):
            raise InputError("every vector is zero, expected some that are not", where=repr(self))
        kept = np.delete(np.arange(len(self)), zero)
        part = self._part([self.words[row] for row in kept.tolist()], self.matrix[kept])
        part.without_vector = self.without_vector.union(self.words[row] for row in zero.tolist())
        part.path, part._all_have_vectors = self.path, True
        return part

    def _tensor(self, part: slice, device: "str | torch.device | None") -> "Float[Tensor, 'some d']":
        from isolex.arrays import as_matrix  # noqa: PLC0415 - brings torch, which readers do without

        matrix = self.matrix[part]
        self._check_sums(part.start or 0, len(self) if part.stop is None else part.stop)
        try:
            tensor = as_matrix(matrix, name=repr(self), device=device)
        except InputError:
            check_stored_rows(self.words[part], matrix)  # which can tell the file and the word
            raise
        if self._all_have_vectors and isinstance(matrix, np.memmap) and not matrix.any(axis=1).all():
            raise FormatError(
                "is damaged (its card says that no vector is zero, and some are)",
                where=matrix.filename or repr(self),
                fix="fetch or make the file again",
            )
        return tensor

    def _check(self, start: int, stop: int) -> None:
        """Check stored rows, which nobody looked at when they were opened."""
        self._check_sums(start, stop)
        check_stored_rows(self.words[start:stop], self.matrix[start:stop])

    def _check_sums(self, start: int, stop: int) -> None:
        if self._sums is not None:
            self._sums.check(start, min(stop, len(self)))  # these may be the first rows of a file

    def _place(self, word: str) -> int | None:
        row = self._ids.get(word)
        return row if row is not None or word.isascii() else self._ids.get(unicodedata.normalize("NFC", word))

    def _has_vector(self, row: int) -> bool:
        self._check_sums(row, row + 1)
        return self._all_have_vectors or bool(self.matrix[row].any())

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.words)}

    def _float32_pieces(self) -> Iterator[np.ndarray]:
        for start in range(0, len(self), _FINGERPRINT_ROWS):
            self._check_sums(start, start + _FINGERPRINT_ROWS)
            yield np.ascontiguousarray(self.matrix[start : start + _FINGERPRINT_ROWS], dtype="<f4")

    def _unknown(self, word: str) -> UnknownWordError:
        if self.lacks_vector(word):
            return UnknownWordError(f"the word {word!r} has no vector: its row is zero", where=repr(self))
        near = _near(word, self._ids, self.language)
        fix = f"did you mean {' or '.join(map(repr, near))}?" if near else None
        return UnknownWordError(f"the word {word!r} is not there", where=repr(self), fix=fix)


VectorsLike: TypeAlias = Vectors | str | Path
"""Vectors, or the path of a file of them."""


def as_vectors(given: VectorsLike, *, what: str = "vectors") -> Vectors:
    """Vectors, or those in the file that is given.

    Raises:
        InputError: It is neither, or the file cannot be read as one.
    """
    return given_or_read(given, Vectors, Vectors.read, what=what, fix="make Vectors(words, matrix) of it")


def usable_vectors(given: VectorsLike, *, what: str) -> Vectors:
    """The words that have a vector, from `Vectors` or from a file of them.

    Raises:
        InputError: As for `as_vectors`, or not one word has a vector.

    Warns:
        IsolexWarning: Words are left out, and reading a file has not warned of them.
    """
    vectors = as_vectors(given, what=what)
    used = vectors.without_zeros()
    told = vectors.report is not None and vectors.report.zero_rows is not None
    if not told and (missing := len(vectors) - len(used)):
        zero = [vectors.words[row] for row in vectors.zero_rows[:3]]
        warnings.warn(
            f"{what}: left out {missing:,} of {len(vectors):,} words, whose vectors are zero, such as "
            f"{', '.join(zero)}",
            IsolexWarning,
            stacklevel=3,
        )
    return used


def _near(word: str, words: Collection[str], language: str | None) -> list[str]:
    """Up to three known words like this one; looks at few enough to answer at once in any vocabulary."""
    word = unicodedata.normalize("NFC", word)
    forms = (change(word, language=language) for change in (lower, title, upper))
    found = [form for form in dict.fromkeys(forms) if form in words]
    alike = (known for known in words if known[:1] == word[:1] and abs(len(known) - len(word)) <= 2)
    found += difflib.get_close_matches(word, list(islice(alike, 2000)), n=3, cutoff=0.7)
    return list(dict.fromkeys(found))[:3]
