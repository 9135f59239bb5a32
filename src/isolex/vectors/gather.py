"""What every streaming reader does with its rows: decode, filter, count what is left out, and pile up."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from isolex.errors import FormatError, InputError
from isolex.given import check_numbers
from isolex.tables import Unicode
from isolex.vectors.content import Content
from isolex.vectors.reading_report import DUPLICATE, EMPTY, NOT_FINITE, NOT_UTF8, ReadReport, Skip, some
from isolex.vectors.row_grammar import Block

_FEW = 50  # one broken word in so many is a row to skip; in languages that need letters beyond ASCII more are

DType = Literal["float32", "float16"]
MatrixName = Literal["input", "output"]


@dataclass(frozen=True)
class ReadOptions:
    """The options of `Vectors.read` that concern rows, checked; see there.

    Raises:
        InputError: An option has a value that it cannot have.
    """

    limit: int | None = None
    vocabulary: Collection[str] | None = None
    dtype: DType | None = None
    unicode: Unicode = "nfc"
    matrix: MatrixName = "input"
    _wanted: frozenset[str] | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        check_numbers(self)
        if self.limit is not None and self.limit < 1:
            raise InputError(f"got {self.limit}, expected at least 1 row", where="limit")
        if self.dtype not in (None, "float32", "float16"):
            raise InputError(f"got {self.dtype!r}, expected 'float32' or 'float16'", where="dtype")
        if self.unicode not in ("nfc", "keep"):
            raise InputError(f"got {self.unicode!r}, expected 'nfc' or 'keep'", where="unicode")
        if self.matrix not in ("input", "output"):
            raise InputError(f"got {self.matrix!r}, expected 'input' or 'output'", where="matrix")
        if isinstance(self.vocabulary, str):
            raise InputError("got one string, expected a collection of words", where="vocabulary")
        if self.vocabulary is not None:
            object.__setattr__(self, "_wanted", frozenset(map(self.normal, self.vocabulary)))

    def normal(self, word: str) -> str:
        """The word in the Unicode form asked for."""
        return unicodedata.normalize("NFC", word) if self.unicode == "nfc" else word

    def wants(self, word: str) -> bool:
        """Whether the vocabulary, if there is one, holds this word, which is in the form asked for."""
        return self._wanted is None or word in self._wanted

    @property
    def wanted(self) -> int:
        """How many words the vocabulary asks for; 0 without one."""
        return 0 if self._wanted is None else len(self._wanted)

    def missing(self, words: Collection[str]) -> tuple[str, ...]:
        """Words of the vocabulary that are not among these, in its order."""
        if self.vocabulary is None:
            return ()
        there = set(words)
        return tuple(word for word in dict.fromkeys(map(self.normal, self.vocabulary)) if word not in there)

    def expect(self, rows: int | None) -> int | None:
        """An upper bound of the rows to keep from a file that claims to hold so many; None: unknown."""
        bounds = (rows, self.limit, None if self._wanted is None else len(self._wanted))
        return min((bound for bound in bounds if bound is not None), default=None)


class Gather:
    """Piles up usable rows in a matrix that grows in place, so that memory peaks near the matrix's size.

    Attributes:
        words: Words kept so far.
        rows: Rows looked at, skipped ones included.
        skipped: What was left out so far, by reason.
        zero_rows: Rows of zeros among those kept.
        underflowed: Those of them that had other numbers before they became float16.
    """

    def __init__(self, dimension: int, options: ReadOptions, *, expected: int | None = None) -> None:
        self.words: list[str] = []
        self.rows = 0
        self.skipped: dict[str, Skip] = {}
        self.zero_rows = 0
        self.underflowed = 0
        self._options = options
        self._expected = options.expect(expected)
        self._seen: set[str] = set()
        self._undecoded = self._latin = 0
        self._matrix = np.empty((0, dimension), dtype=options.dtype or "float32")

    @property
    def full(self) -> bool:
        """Whether the limit is reached."""
        return self._options.limit is not None and len(self._seen) >= self._options.limit

    def add(self, block: Block) -> None:
        """Take the usable rows of a block, up to the limit; count the others."""
        with np.errstate(over="ignore", under="ignore"):  # infinite values are looked for next, zeros later
            values = block.values.astype(self._matrix.dtype, copy=False)
        finite = np.isfinite(values).all(axis=1)
        faults = list(block.faults)
        kept = []
        last = None
        for index, (raw, place) in enumerate(zip(block.words, block.places, strict=True)):
            if self.full:
                break
            last = place
            try:
                word = self._accept(raw, finite=bool(finite[index]))
            except _UnusableError as reason:
                faults.append((place, str(reason)))
                continue
            self.rows += 1
            if self._options.wants(word):
                self.words.append(word)
                kept.append(index)
        # Lines after the one that reached the limit count as not read.
        self._count([fault for fault in faults if not self.full or last is None or fault[0] < last])
        zeros = self._pile(values if len(kept) == len(values) else values[kept])
        if zeros and values.dtype.itemsize < block.values.dtype.itemsize:
            self.underflowed += zeros - int((~block.values[kept].any(axis=1)).sum())

    def content(
        self,
        path: Path,
        kind: str,
        *,
        header: str | None = None,
        unit: Literal["line", "row"] = "line",
        doubts: tuple[str, ...] = (),
    ) -> Content:
        """The rows kept and the report on the others; nothing can be added afterwards.

        Args:
            path: The file, for messages.
            kind: What it is.
            header: In what its header contradicts its rows.
            unit: What places are counted in.
            doubts: What part of the rows seems to be no part of vectors.

        Raises:
            FormatError: There is not one row to keep, or the words are in another encoding than UTF-8.
        """
        report = ReadReport(
            kind,
            self.rows,
            self.skipped,
            header,
            self.zero_rows,
            unit,
            self.underflowed,
            doubts,
            wanted=self._options.wanted,
            missing=self._options.missing(self.words),
        )
        if self._in_another_encoding():
            raise self._other_encoding(path, report)
        if not self.words:
            raise self._nothing(path, report)
        self._matrix.resize((len(self.words), self._matrix.shape[1]), refcheck=False)
        return Content(tuple(self.words), self._matrix, report=report)

    def _nothing(self, path: Path, report: ReadReport) -> FormatError:
        if not self._seen:
            return FormatError(
                f"no usable row in what looks like {report.format} ({report.summary() or 'it has no rows'})",
                where=path,
                fix="fetch or make the file again",
            )
        return FormatError(
            f"none of the vocabulary's words is among the {len(self._seen):,} usable rows"
            f" ({some(report.missing)})",
            where=path,
            fix="check the language and the letter case",
        )

    def _in_another_encoding(self) -> bool:
        """Whether hardly a letter beyond ASCII is in UTF-8; a few broken words make no other encoding."""
        if _FEW * self._undecoded < self.rows:
            return False
        if 2 * self._undecoded <= self.rows and 2 * self._latin < self._undecoded:
            return False
        return self._undecoded > sum(not word.isascii() for word in self._seen)

    def _other_encoding(self, path: Path, report: ReadReport) -> FormatError:
        nothing = "" if self.words else f"no usable row in what looks like {report.format}: "
        if report.unit == "line":
            fix = (
                "convert it from the encoding that it is in, such as cp1251, latin1, koi8-r, gb18030 or "
                f"shift_jis, by: iconv -f ENCODING -t utf-8 {path.name} > NEW"
            )
        else:
            fix = (
                "write it anew, in Python: gensim.models.KeyedVectors.load_word2vec_format"
                f"('{path.name}', binary=True, encoding='latin1').save_word2vec_format('NEW.vec')"
            )
        first = report.skipped[NOT_UTF8].first_line
        return FormatError(
            f"{nothing}{self._undecoded:,} words are not UTF-8 (first at {report.unit} {first}); they seem to"
            " be in Latin-1 or another encoding",
            where=path,
            fix=fix,
        )

    def _accept(self, raw: bytes, *, finite: bool) -> str:
        try:
            word = self._options.normal(raw.decode())
        except UnicodeDecodeError:
            self._undecoded += 1
            self._latin += _is_latin(raw)
            raise _UnusableError(NOT_UTF8) from None
        if not word:
            raise _UnusableError(EMPTY)
        if not finite:
            raise _UnusableError(NOT_FINITE)
        if word in self._seen:
            raise _UnusableError(DUPLICATE)
        self._seen.add(word)
        return word

    def _count(self, faults: list[tuple[int, str]]) -> None:
        self.rows += len(faults)
        for place, reason in sorted(faults):
            known = self.skipped.get(reason, Skip(0, place))
            self.skipped[reason] = Skip(known.count + 1, known.first_line)

    def _pile(self, values: np.ndarray) -> int:
        """Take these values; how many rows of them are zeros."""
        start, stop = len(self.words) - len(values), len(self.words)
        if stop > len(self._matrix):
            capacity = max(stop, len(self._matrix) * 3 // 2)
            if self._expected is not None and self._expected >= stop:
                capacity = min(capacity, self._expected)
            self._matrix.resize((capacity, self._matrix.shape[1]), refcheck=False)
        self._matrix[start:stop] = values
        zeros = int((~values.any(axis=1)).sum())
        self.zero_rows += zeros
        return zeros


def _is_latin(raw: bytes) -> bool:
    """Whether bytes that are no UTF-8 make a word in Latin-1, some letters of which are ASCII."""
    return raw.decode("latin-1").isalpha() and any(byte < 0x80 for byte in raw)


class _UnusableError(Exception):
    """A row cannot be used; its only argument is the reason."""
