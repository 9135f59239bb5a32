"""Telling the format of a file of vectors from its content; its name is never asked."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from isolex.choices import VECTOR_FORMATS
from isolex.errors import FormatError, InputError
from isolex.signatures import BYTE_ORDER_MARK
from isolex.streams import check_file, find_compression, open_stream
from isolex.vectors.row_grammar import SAMPLE, common_width, row_width
from isolex.vectors.strangers import Stranger, bare_matrix, folder_error, magic, named, other_grammar

HEAD = 1 << 20  # bytes looked at
LONGEST_ROW = 1 << 24  # more of them, where the first rows are longer than that
FASTTEXT_MAGIC = (793712314).to_bytes(4, "little")

_HEADER = re.compile(rb"\s*(\d{1,18})[ \t]+(\d{1,18})\s*")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Header:
    """The first line of the word2vec formats: what the file claims to hold."""

    rows: int
    dimension: int


@dataclass(frozen=True)
class VectorFormat:
    """What a file of vectors is.

    Attributes:
        name: A key of `VECTOR_FORMATS`.
        compression: gzip, bzip2, xz, zstd or None.
        header: The header of the word2vec formats, as it stands in the file.
        dimension: Numbers a row, where the first bytes tell: of text formats what most of the first rows
            have, of word2vec binary what the header says.
    """

    name: str
    compression: str | None = None
    header: Header | None = None
    dimension: int | None = None

    def __str__(self) -> str:
        title = VECTOR_FORMATS[self.name]
        return title if self.compression is None else f"{title}, {self.compression}"


def refuse_vectors(path: str | Path, *, fix: str) -> None:
    """Raise `FormatError` for a file of word vectors where a text is expected.

    A text reader would make words and numbers of it. A file that cannot be read passes: whoever reads it
    next says why.
    """
    try:
        found = identify(path)
    except InputError:
        return
    raise FormatError(f"is a file of word vectors ({found}), expected text", where=path, fix=fix)


def identify(path: str | Path) -> VectorFormat:
    """Tell the format of a file of vectors from its first megabyte.

    A first line of two whole numbers is a word2vec header; rows that end in numbers make it text, bytes that
    are no text make it binary. Without a header, a file is GloVe text if at least half of its first rows end
    in equally many numbers, two or more (a word and one number is a list of frequencies). Lines may end in
    any of the three ways, and a byte-order mark may stand before them.

    Raises:
        InputError: There is no such file, or it cannot be read.
        FormatError: It is empty, damaged, or something else; the message says what it looks like.
    """
    path = Path(path)
    if os.path.isdir(path):  # noqa: PTH112 - the method of paths raises where nobody may look
        raise folder_error(path)
    file = check_file(path)
    compression = find_compression(file)
    with open_stream(file, compression) as stream:
        head, whole = _first_bytes(stream)
    if not head:
        raise FormatError(f"the {compression} data are empty", where=path, fix="fetch or make the file again")
    if head.startswith(FASTTEXT_MAGIC):
        return VectorFormat("fasttext", compression)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 1 << 32:
        return VectorFormat("native", compression)
    stranger = magic(head)
    if stranger is not None:
        raise stranger.error(path, compression)
    head = head.removeprefix(BYTE_ORDER_MARK)
    lines = head.splitlines()
    if not whole and not head.endswith((b"\n", b"\r")):
        lines.pop()  # most likely cut in the middle
    found = _with_header(head, lines, whole, compression) or _without_header(lines, compression)
    if isinstance(found, VectorFormat):
        return found
    headed = bool(lines) and _HEADER.fullmatch(lines[0]) is not None
    stranger = found or named(head, lines[int(headed) : SAMPLE])
    if stranger is not None:
        raise stranger.error(path, compression)
    fix = f"isolex reads {', '.join(VECTOR_FORMATS.values())}"
    what = "unknown binary data"
    if _looks_like_text(head, whole):
        what = "text whose lines are not a word and its numbers"
        fix += "; isolex train makes vectors of running text"
    raise FormatError(f"looks like {what}", where=path, fix=fix)


def _first_bytes(stream: BinaryIO) -> tuple[bytes, bool]:
    """Bytes that hold whole rows, unless those of a text are very long; and whether these are all bytes."""
    head = stream.read(HEAD)
    whole = len(head) < HEAD
    while not whole and len(head) < LONGEST_ROW and len(head.splitlines()) < 4 and not _CONTROL.search(head):
        more = stream.read(len(head))
        whole = len(more) < len(head)
        head += more
    return head, whole


def _with_header(
    head: bytes, lines: Sequence[bytes], whole: bool, compression: str | None
) -> VectorFormat | Stranger | None:
    match = _HEADER.fullmatch(lines[0]) if lines else None
    if match is None:
        return None
    header = Header(int(match[1]), int(match[2]))
    rows = [line for line in lines[1 : SAMPLE + 1] if line.strip()]
    dimension, _ = common_width(rows, prefer=header.dimension)
    if dimension != header.dimension:
        # A matrix without words has a first number where others have a word.
        stranger = other_grammar(rows) or (bare_matrix(rows) if dimension + 1 == header.dimension else None)
        if stranger is not None:
            return stranger
    good = sum(row_width(row) > 0 for row in rows)
    if 2 * good <= len(rows) and not _looks_like_text(head, whole):
        return VectorFormat("word2vec-binary", compression, header, header.dimension)
    if 2 * good < len(rows):
        return None
    return VectorFormat("word2vec", compression, header, dimension or None)


def _without_header(lines: Sequence[bytes], compression: str | None) -> VectorFormat | Stranger | None:
    dimension, share = common_width(lines[:SAMPLE])
    if dimension < 2 or share < 0.5:
        return None
    return bare_matrix(lines[:SAMPLE]) or VectorFormat("glove", compression, None, dimension)


def _looks_like_text(sample: bytes, whole: bool) -> bool:
    """Whether bytes, cut where they are not the whole, are UTF-8 without control characters."""
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        if whole or error.start < len(sample) - 3:
            return False
    return _CONTROL.search(sample) is None
