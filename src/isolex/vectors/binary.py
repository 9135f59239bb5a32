"""word2vec binary: a header line, then rows of a word, a space, float32 numbers and perhaps a newline."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from isolex.errors import FormatError, InputError
from isolex.streams import create_stream, open_stream
from isolex.vectors.binary_rows import LONGEST_WORD, Bounds, TangledError
from isolex.vectors.content import Content
from isolex.vectors.gather import Gather, ReadOptions
from isolex.vectors.row_grammar import Block
from isolex.vectors.sniff import Header, VectorFormat

CHUNK = 1 << 21  # bytes read at a time

_AGAIN = "fetch or make the file again"


def read_binary(path: Path, kind: VectorFormat, options: ReadOptions) -> Content:
    """Read word2vec binary as it streams, with or without a newline after each row.

    Raises:
        FormatError: The file ends before the last row that its header promises, or does not hold rows of
            the size that its header says; it cannot be told where a word with a blank ends; or not one row is
            usable.
    """
    header = _credible(path, kind)
    gather = Gather(header.dimension, options, expected=header.rows)
    bounds: Bounds | None = None
    with open_stream(path, kind.compression) as stream:
        stream.readline()
        buffer, rows = b"", 0
        while rows < header.rows and not gather.full:
            chunk = stream.read(CHUNK)
            buffer += chunk
            bounds = bounds or Bounds.of(buffer, header.rows, header.dimension, last=not chunk)
            block, used, tangled = _scan(buffer, header, bounds, rows, last=not chunk)
            gather.add(block)
            rows += len(block.words)
            buffer = buffer[used:]
            if tangled and not gather.full:
                raise _tangled(path, header, rows)
            if not block.words:
                _check_progress(path, header, rows, pending=len(buffer), ended=not chunk)
        rest = b"" if gather.full else buffer + stream.read(4 * header.dimension + 3 * LONGEST_WORD)
    surplus = bool(rest.strip(b"\n"))
    # What goes on otherwise than in rows tells that the last one did not end there.
    if surplus and not _scan(rest, replace(header, rows=1), bounds, 0, last=True)[0].words:
        raise _tangled(path, header, header.rows - 1)
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


def _scan(
    buffer: bytes, header: Header, bounds: Bounds | None, done: int, *, last: bool
) -> tuple[Block, int, bool]:
    """The whole rows at the start of the buffer, `done` having come before.

    Returns:
        The rows, the bytes that they take, and whether they end at one whose bounds nobody can tell.
    """
    words: list[bytes] = []
    starts: list[int] = []
    position, tangled = 0, False
    while bounds is not None and (left := header.rows - done - len(words)) > 0:
        try:
            found = bounds.find(buffer, position, left=left, last=last)
        except TangledError:
            tangled = True
            break
        if found is None:
            break
        blank, end = found
        words.append(buffer[position:blank])
        starts.append(blank + 1)
        position = end
    values = np.empty((len(words), header.dimension), dtype="<f4")
    for row, start in zip(values, starts, strict=True):
        row[:] = np.frombuffer(buffer, "<f4", header.dimension, start)
    return Block(words, values, range(done + 1, done + 1 + len(words))), position, tangled


def _tangled(path: Path, header: Header, rows: int) -> FormatError:
    return FormatError(
        f"row {rows + 1:,} does not end after {header.dimension:,} dimensions; perhaps its word or the one "
        "before contains a blank, and word2vec binary cannot tell where such a word ends",
        where=path,
        fix="write the vectors as text (.vec), or as a .safetensors store, with the program that made them",
    )


def _check_progress(path: Path, header: Header, rows: int, *, pending: int, ended: bool) -> None:
    """Complain if a row that is not whole cannot become whole any more."""
    if ended:
        raise FormatError(
            f"the file ends in row {rows + 1:,} of the {header.rows:,} that its header says",
            where=path,
            fix=_AGAIN,
        )
    if pending > 4 * header.dimension + CHUNK + 3 * LONGEST_WORD:  # no word is that long
        raise _tangled(path, header, rows)
