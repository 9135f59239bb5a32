"""The native store: one safetensors file that opens at once, whatever its size.

It holds three tensors: `matrix` [n, d], float32 or float16; `words`, all words' UTF-8 bytes on end; and
`offsets` int64 [n + 1], where each word starts in them. Under the key `isolex`, the file's metadata hold a
JSON card: format, version, n, dimension, language and fingerprint. Vectors with fastText's subwords have a
fourth tensor, `ngrams` [buckets, d], and `ngrams` in the card, with their shortest and longest length; those
of a pruned model have rows only for some buckets, which are a fifth, `ngram_buckets` int64, ascending, and
the card has the number of all, `buckets`. Both matrices are memory-mapped, and words are decoded when the
first of them is asked for.

So that damage does not go unnoticed, `sums` and `ngram_sums` hold a CRC-32 of every 256 rows, and the card
one of the words and their offsets, `words_sum`, and of the buckets, `buckets_sum`. Stores of earlier releases
have none of them.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from isolex.errors import FormatError, InputError
from isolex.saved import (
    DIMENSION,
    WORDS,
    Array,
    UnsoundError,
    many,
    maybe,
    parse_json,
    record,
    sound,
    text,
    whole,
)
from isolex.vectors.content import Content
from isolex.vectors.gather import Gather, ReadOptions
from isolex.vectors.mapped import PIECE, StoredRows, StoredSums, piece_sums, stored_rows
from isolex.vectors.ngrams import BUCKETS, LONGEST, NgramVectors
from isolex.vectors.reading_report import ReadReport
from isolex.vectors.row_grammar import Block
from isolex.vectors.sniff import VectorFormat

CARD = "isolex"
FORMAT = "isolex-vectors"
VERSION = 1
CHUNK = 4096  # rows converted at a time

_FIX = "fetch or make the file again"
_DTYPES = {"F32": "<f4", "F16": "<f2"}
_ARRAYS = {
    "matrix": Array("n d", types=tuple(_DTYPES)),
    "words": Array("bytes", types=("U8",)),
    "offsets": Array("bounds", types=("I64",)),
}
_NGRAMS = {"ngrams": Array("ngrams d", types=tuple(_DTYPES))}
_SUMS = {name: Array("pieces", types=("U32",)) for name in ("sums", "ngram_sums")}
_PRUNED = {"ngram_buckets": Array("ngrams", types=("I64",))}
# Longer n-grams than any model has would only take time.
_LENGTH = whole(1, LONGEST)
_SUM = whole(0, 2**32 - 1)
_CARD = record(
    {},
    {
        "n": whole(1, WORDS),
        "dimension": whole(1, DIMENSION),
        "language": maybe(text),
        "fingerprint": maybe(text),
        "zero_rows": whole(0, WORDS),
        "without_vector": many(text),
        "words_sum": _SUM,
        "buckets_sum": _SUM,
        "ngrams": record({"shortest": _LENGTH, "longest": _LENGTH}, {"buckets": whole(1, BUCKETS)}),
    },
)


class StoredWords(Sequence[str]):
    """Words of a store, decoded all together when the first one is asked for.

    Raises:
        FormatError: On that occasion, if the bytes are not UTF-8 or a word stands there twice.
    """

    def __init__(self, path: Path, text: bytes, offsets: np.ndarray, options: ReadOptions) -> None:
        self._path = path
        self._options = options
        self._text = text
        self._offsets = offsets

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return self._words[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def head(self, rows: int) -> "StoredWords":
        """The first words, likewise not yet decoded."""
        return StoredWords(self._path, self._text, self._offsets[: rows + 1], self._options)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        raw = self._text[: self._offsets[-1]]
        # Bytes that begin a character; words are cut out of the decoded text, which is much faster.
        begins = (np.frombuffer(raw, dtype=np.uint8) & 0xC0) != 0x80
        ends = np.concatenate([[0], begins.cumsum()])[self._offsets]
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise self._not_utf8() from error
        if not begins[self._offsets[:-1]].all():
            raise self._not_utf8()
        words = tuple(text[start:end] for start, end in pairwise(ends.tolist()))
        if self._options.unicode != "keep" and not text.isascii():
            words = tuple(map(self._options.normal, words))
        if len(set(words)) < len(words):
            raise FormatError(
                "two words of the store are the same, at least in Unicode NFC",
                where=self._path,
                fix="read it with unicode='keep', or make it again",
            )
        return words

    def _not_utf8(self) -> FormatError:
        return FormatError("is damaged (a word is not UTF-8)", where=self._path, fix=_FIX)


def read_store(path: Path, kind: VectorFormat, options: ReadOptions) -> Content:
    """Open a store; rows come into memory only where they must be chosen or converted.

    Raises:
        FormatError: The file is damaged, cut off, compressed, no store of isolex, or from a newer one.
    """
    if kind.compression is not None:
        raise FormatError(
            f"is an isolex store inside {kind.compression}", where=path, fix="decompress it first"
        )
    card, matrix, words, subwords, sums = _open(path, options)
    language = card.get("language")
    if options.vocabulary is not None or options.dtype not in (None, matrix.dtype.name):
        gather = Gather(matrix.shape[1], options, expected=len(words))
        for start in range(0, len(words), CHUNK):
            if not gather.full:
                if sums is not None:
                    sums.check(start, min(start + CHUNK, len(words)))
                batch = [word.encode() for word in words[start : start + CHUNK]]
                places = range(start + 1, start + 1 + len(batch))
                gather.add(Block(batch, matrix[start : start + CHUNK], places))
        content = gather.content(path, str(kind), unit="row")
        return replace(content, language=language, subwords=subwords)
    rows = min(len(words), options.limit or len(words))
    fingerprint = card.get("fingerprint") if rows == len(words) else None
    # Of the first rows one knows only that there are none where there are none at all.
    zero_rows = card.get("zero_rows") if rows == len(words) or card.get("zero_rows") == 0 else None
    report = ReadReport(str(kind), rows, zero_rows=zero_rows, unit="row")
    without_vector = frozenset(card.get("without_vector", ()))
    return Content(
        words.head(rows), matrix[:rows], language, report, subwords, fingerprint, without_vector, sums
    )


def write_store(content: Content, path: Path) -> None:
    """Write a store in the matrix's own dtype, n-grams included; any word can stand in it.

    Raises:
        InputError: The file cannot be written, for example because the disk is full.
    """
    raw = [word.encode() for word in content.words]
    offsets = np.cumsum([0, *map(len, raw)], dtype=np.int64)
    n, dimension = content.matrix.shape
    card = {
        "format": FORMAT,
        "version": VERSION,
        "n": n,
        "dimension": dimension,
        "language": content.language,
        "fingerprint": content.fingerprint,
    }
    card["zero_rows"] = int((~content.matrix.any(axis=1)).sum())
    if content.without_vector:
        card["without_vector"] = sorted(content.without_vector)
    text = b"".join(raw)
    card["words_sum"] = _crc(text, offsets)
    tensors = {
        "matrix": np.ascontiguousarray(content.matrix),
        "sums": piece_sums(content.matrix),
        "words": np.frombuffer(text, dtype=np.uint8),
        "offsets": offsets,
    }
    if isinstance(content.subwords, NgramVectors):
        ngrams = content.subwords
        ngrams.check()
        tensors["ngrams"] = np.ascontiguousarray(ngrams.matrix, dtype=content.matrix.dtype)
        tensors["ngram_sums"] = piece_sums(tensors["ngrams"])
        card["ngrams"] = {"shortest": ngrams.shortest, "longest": ngrams.longest}
        if ngrams.kept is not None:
            tensors["ngram_buckets"] = np.ascontiguousarray(ngrams.kept, dtype=np.int64)
            card["ngrams"]["buckets"] = ngrams.buckets
            card["buckets_sum"] = _crc(tensors["ngram_buckets"])
    mode = path.stat().st_mode if path.exists() else None
    try:
        save_file(tensors, path, metadata={CARD: json.dumps(card)})
    except (SafetensorError, OSError) as error:
        raise InputError(f"cannot be written ({error})", where=path) from error
    if mode is not None:  # safetensors puts a file of its own, private one in the place of ours
        path.chmod(mode)


_Opened: TypeAlias = tuple[dict[str, Any], np.ndarray, StoredWords, NgramVectors | None, StoredSums | None]


def _open(path: Path, options: ReadOptions) -> _Opened:
    with sound(path, _FIX):
        try:
            with safe_open(path, framework="numpy") as file:
                return _checked(path, file, options)
        except SafetensorError as error:
            raise UnsoundError(f"is cut off or no safetensors file: {error}") from error


def _checked(path: Path, file: Any, options: ReadOptions) -> _Opened:
    """What `_open` gives: card, rows, words, n-grams and checksums of the rows, which fit each other."""
    card = _card(path, file.metadata() or {})
    pruned = "buckets" in card.get("ngrams", {})
    declared = _ARRAYS | (_NGRAMS if "ngrams" in card else {}) | (_PRUNED if pruned else {})
    sizes = {size: card[name] for size, name in (("n", "n"), ("d", "dimension")) if name in card}
    missing = declared.keys() - file.keys()
    if missing:
        raise UnsoundError(f"lacks {min(missing)!r}")
    for name, array in declared.items():
        header = file.get_slice(name)
        array.check_header(name, header.get_dtype(), header.get_shape(), sizes)
    text, offsets = file.get_tensor("words").tobytes(), file.get_tensor("offsets")
    if len(offsets) != sizes["n"] + 1:
        raise UnsoundError(f"bound {len(offsets) - 1:,} words, expected {sizes['n']:,}", ("offsets",))
    if offsets[0] != 0 or offsets[-1] != len(text) or (offsets[1:] <= offsets[:-1]).any():
        raise UnsoundError("do not part the words", ("offsets",))
    _check_sum(card.get("words_sum"), "words", text, offsets)
    subwords = _subwords(path, card, file) if "ngrams" in card else None
    matrix = _mapped(path, file, "matrix")
    sums = _sums(file, "sums", matrix)
    return card, matrix, StoredWords(path, text, offsets, options), subwords, sums


def _crc(*parts: bytes | np.ndarray) -> int:
    """One checksum of all parts."""
    found = 0
    for part in parts:
        found = zlib.crc32(part if isinstance(part, bytes) else part.data, found)
    return found


def _check_sum(noted: int | None, name: str, *parts: bytes | np.ndarray) -> None:
    """Raise `UnsoundError` unless the parts have the checksum that was noted, if one was."""
    if noted is not None and _crc(*parts) != noted:
        raise UnsoundError("have changed since they were written", (name,))


def _subwords(path: Path, card: dict[str, Any], file: Any) -> NgramVectors:
    """The n-grams, of which the card has the lengths."""
    known = card["ngrams"]
    shortest, longest, buckets = known["shortest"], known["longest"], known.get("buckets")
    if shortest > longest:
        raise UnsoundError(f"are of {shortest} to {longest} characters", ("ngrams",))
    rows = _mapped(path, file, "ngrams")
    sums = _sums(file, "ngram_sums", rows)
    if buckets is None:
        return NgramVectors(rows, shortest, longest, sums=sums)
    kept = file.get_tensor("ngram_buckets")
    if kept[0] < 0 or kept[-1] >= buckets or (kept[1:] <= kept[:-1]).any():
        raise UnsoundError("are not those of the n-grams", ("ngram_buckets",))
    _check_sum(card.get("buckets_sum"), "ngram_buckets", kept)
    return NgramVectors(rows, shortest, longest, buckets=buckets, kept=kept, sums=sums)


def _sums(file: Any, name: str, matrix: StoredRows) -> StoredSums | None:
    """The checksums of stored rows, if the file holds some."""
    if name not in file.keys():  # noqa: SIM118 - not a mapping
        return None
    header = file.get_slice(name)
    sizes = {"pieces": -(-len(matrix) // PIECE)}
    _SUMS[name].check_header(name, header.get_dtype(), header.get_shape(), sizes)
    return StoredSums(matrix, file.get_tensor(name))


def _mapped(path: Path, file: Any, name: str) -> StoredRows:
    """A tensor, of which the bytes come into memory where they are used."""
    header = file.get_slice(name)
    return stored_rows(path, _DTYPES[header.get_dtype()], _offset(path, name), tuple(header.get_shape()))


def _card(path: Path, metadata: dict[str, str]) -> dict[str, Any]:
    try:
        card = parse_json(metadata.get(CARD, "null"))
    except UnsoundError as error:
        raise UnsoundError(error.problem, ("card",)) from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise FormatError(
            "is a safetensors file, but not one of isolex vectors",
            where=path,
            fix="convert the vectors with what made them to word2vec text",
        )
    version = card.get("version")
    if type(version) is not int or version != VERSION:
        raise FormatError(
            f"is a store of version {str(version)[:40]}, this isolex reads version {VERSION}",
            where=path,
            fix="run: pip install --upgrade isolex",
        )
    checked: dict[str, Any] = _CARD(card)
    return checked


def _offset(path: Path, name: str) -> int:
    """Where a tensor starts; the library, which has checked the header, does not say."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        start: int = json.loads(file.read(size))[name]["data_offsets"][0]
    return 8 + size + start
