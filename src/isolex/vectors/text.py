"""word2vec text (a header, then rows) and GloVe text (rows only): a word and its numbers a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import orjson

from isolex.errors import FormatError, InputError
from isolex.signatures import BYTE_ORDER_MARK
from isolex.streams import create_stream, open_stream
from isolex.vectors.content import Content
from isolex.vectors.doubts import doubts
from isolex.vectors.gather import Gather, ReadOptions
from isolex.vectors.row_grammar import ends_in_number, parse_block
from isolex.vectors.sniff import VectorFormat

BLOCK = 1 << 19  # bytes of lines parsed at a time; one bad line sends a whole block the slow way
LONGEST_LINE = 1 << 26  # bytes
BATCH = 1000  # rows written at a time

_NATIVE = "write a .safetensors store, which holds any word"


def read_text(path: Path, kind: VectorFormat, options: ReadOptions) -> Content:
    """Read word2vec or GloVe text as it streams; malformed rows are skipped and counted.

    Raises:
        FormatError: Not one row is usable, a line has no end, or the compressed data are damaged.
    """
    dimension = kind.dimension or 0
    headed = kind.header is not None
    gather = Gather(dimension, options, expected=None if kind.header is None else kind.header.rows)
    doubtful: tuple[str, ...] = ()
    with open_stream(path, kind.compression) as stream:
        line = 1
        for lines in _line_blocks(stream, path):
            skip = int(headed and line == 1)
            if not dimension or gather.full:
                break
            block = parse_block(lines[skip:], dimension, line + skip)
            if line == 1:
                doubtful = doubts(block, file=path.name, header=headed)
            gather.add(block)
            line += len(lines)
    return gather.content(path, str(kind), header=_false_claim(kind, gather), doubts=doubtful)


def write_text(content: Content, path: Path, *, compression: str | None, header: bool) -> None:
    """Write word2vec text, or without a header GloVe text; every number reads back as it was.

    Raises:
        InputError: A word would be lost on the way: it holds a line break, begins or ends with a blank, or
            has a number after a blank; or the vectors have one dimension and no header tells so.
    """
    n, dimension = content.matrix.shape
    if not header and dimension < 2:
        raise InputError(
            "GloVe text of one dimension cannot be told from a list of frequencies",
            where=path,
            fix="write word2vec text (.vec)",
        )
    for word in content.words:
        _check_word(word, path)
    with create_stream(path, compression) as stream:
        if header:
            stream.write(b"%d %d\n" % (n, dimension))
        for start in range(0, n, BATCH):
            stream.write(b"".join(_lines(content, start, start + BATCH)))


def _line_blocks(stream: BinaryIO, path: Path) -> Iterator[list[bytes]]:
    r"""Consecutive lines without their ends, which are \n, \r\n or \r, some hundred kilobytes at a time."""
    pieces: list[bytes] = []
    start = BYTE_ORDER_MARK
    while chunk := stream.read(BLOCK):
        # A \r at the end of what was read may be the first half of a line end.
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r", 0, -1)) + 1
        pieces.append(chunk[:end] if end else chunk)
        if end:
            yield b"".join(pieces).removeprefix(start).splitlines()
            pieces, start = [chunk[end:]], b""
        elif len(pieces) > LONGEST_LINE // BLOCK:
            raise FormatError(
                f"has a line of more than {LONGEST_LINE >> 20} MiB", where=path, fix="fetch or make it again"
            )
    yield b"".join(pieces).removeprefix(start).splitlines()


def _false_claim(kind: VectorFormat, gather: Gather) -> str | None:
    header = kind.header
    if header is None:
        return None
    claims = []
    if header.dimension != kind.dimension:
        claims.append(f"the header says {header.dimension:,} dimensions, the rows have {kind.dimension}")
    if header.rows != gather.rows and not gather.full:
        claims.append(f"the header says {header.rows:,} rows, the file has {gather.rows:,}")
    return " and ".join(claims) or None


def _check_word(word: str, path: Path) -> None:
    raw = word.encode()
    if raw != raw.strip() or b"\n" in raw or b"\r" in raw:
        raise InputError(
            f"the word {word!r} holds a line break, or a blank at an end, which text cannot hold",
            where=path,
            fix=_NATIVE,
        )
    if ends_in_number(raw):
        raise InputError(
            f"the number in the word {word!r} could not be told from its vector's", where=path, fix=_NATIVE
        )


def _lines(content: Content, start: int, stop: int) -> Iterator[bytes]:
    # orjson writes the shortest number that reads back as the same float32.
    values = np.ascontiguousarray(content.matrix[start:stop], dtype=np.float32)
    rows = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].replace(b",", b" ").split(b"] [")
    for word, row in zip(content.words[start:stop], rows, strict=True):
        yield b"%s %s\n" % (word.encode(), row)
