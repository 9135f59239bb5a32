"""word2vec binary: a header line, then rows of a word, a space, float32 numbers and perhaps a newline."""

from pathlib import Path

import numpy as np

from isolex.errors import FormatError, InputError
from isolex.streams import create_stream, open_stream
from isolex.vectors.content import Content
from isolex.vectors.gather import Gather, ReadOptions
from isolex.vectors.rows import Block
from isolex.vectors.sniff import Header, VectorFormat

CHUNK = 1 << 21  # bytes read at a time

_AGAIN = "fetch or make the file again"


def read_binary(path: Path, kind: VectorFormat, options: ReadOptions) -> Content:
    """Read word2vec binary as it streams, with or without a newline after each row.

    Raises:
        FormatError: The file ends before the last row that its header promises, or does not hold rows of
            the size that its header says, or not one row is usable.
    """
    header = _credible(path, kind)
    gather = Gather(header.dimension, options, expected=header.rows)
    with open_stream(path, kind.compression) as stream:
        stream.readline()
        buffer, rows = b"", 0
        while rows < header.rows and not gather.full:
            chunk = stream.read(CHUNK)
            buffer += chunk
            block, used = _scan(buffer, header, rows)
            if not block.words:
                _check_progress(path, header, rows, pending=len(buffer), ended=not chunk)
            gather.add(block)
            rows += len(block.words)
            buffer = buffer[used:]
        surplus = not gather.full and (buffer + stream.read(2)).strip(b"\n")
    claim = f"the header says {header.rows:,} rows, but data go on after them" if surplus else None
    return gather.content(path, str(kind), header=claim, unit="row")


def write_binary(content: Content, path: Path, *, compression: str | None) -> None:
    """Write word2vec binary, always float32, with a newline after each row as word2vec does.

    Raises:
        InputError: A word holds a space or a newline, which the format cannot.
    """
    for word in content.words:
        if " " in word or "\n" in word:
            raise InputError(
                f"the word {word!r} holds a space or a newline, which word2vec binary cannot hold",
                where=path,
                fix="write a .safetensors store, which holds any word",
            )
    with create_stream(path, compression) as stream:
        stream.write(b"%d %d\n" % content.matrix.shape)
        for word, row in zip(content.words, content.matrix, strict=True):
            stream.write(b"%b %b\n" % (word.encode(), row.astype("<f4").tobytes()))


def _credible(path: Path, kind: VectorFormat) -> Header:
    header = kind.header
    if header is None or not header.rows or not header.dimension:
        raise FormatError("its header says that it holds no vectors", where=path, fix=_AGAIN)
    size = path.stat().st_size
    if kind.compression is None and 4 * header.dimension > size:
        raise FormatError(
            f"the header says {header.dimension:,} dimensions, but one such row is more than the file's"
            f" {size:,} bytes",
            where=path,
            fix=_AGAIN,
        )
    return header


def _scan(buffer: bytes, header: Header, done: int) -> tuple[Block, int]:
    """The whole rows at the start of the buffer, `done` having come before, and the bytes that they take."""
    words: list[bytes] = []
    starts: list[int] = []
    position = 0
    while done + len(words) < header.rows:
        start = buffer.find(b" ", position) + 1
        end = start + 4 * header.dimension
        if not start or end > len(buffer):
            break
        words.append(buffer[position : start - 1].removeprefix(b"\n"))
        starts.append(start)
        position = end
    values = np.empty((len(words), header.dimension), dtype="<f4")
    for row, start in zip(values, starts, strict=True):
        row[:] = np.frombuffer(buffer, "<f4", header.dimension, start)
    return Block(words, values, range(done + 1, done + 1 + len(words))), position


def _check_progress(path: Path, header: Header, rows: int, *, pending: int, ended: bool) -> None:
    """Complain if a row that is not whole cannot become whole any more."""
    if ended:
        raise FormatError(
            f"the file ends in row {rows + 1:,} of the {header.rows:,} that its header says",
            where=path,
            fix=_AGAIN,
        )
    if pending > 4 * header.dimension + CHUNK:  # no word is that long
        raise FormatError(
            f"row {rows + 1:,} does not end where {header.dimension:,} dimensions would have it",
            where=path,
            fix=_AGAIN,
        )
