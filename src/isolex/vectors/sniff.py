"""Telling the format of a file of vectors from its content; its name is never asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from isolex.errors import FormatError
from isolex.streams import check_file, find_compression, open_stream
from isolex.vectors.rows import SAMPLE, common_width, row_width

VECTOR_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "word2vec": "word2vec text",
        "glove": "GloVe text",
        "word2vec-binary": "word2vec binary",
        "native": "isolex store",
        "fasttext": "fastText binary",
    }
)
"""Every format that isolex reads, by name, and what messages call it; it writes all but fasttext."""

HEAD = 1 << 20  # bytes looked at; they hold whole lines even of vectors with tens of thousands of numbers
FASTTEXT_MAGIC = (793712314).to_bytes(4, "little")

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?\s*(\d{1,18})[ \t]+(\d{1,18})\s*")
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


def identify(path: str | Path) -> VectorFormat:
    """Tell the format of a file of vectors from its first megabyte.

    A first line of two whole numbers is a word2vec header; rows that end in numbers make it text, bytes that
    are no text make it binary. Without a header, a file is GloVe text if at least half of its first rows end
    in equally many numbers, two or more (a word and one number is a list of frequencies).

    Raises:
        InputError: There is no such file, or it cannot be read.
        FormatError: It is empty, damaged, or something else; the message says what it looks like.
    """
    file = check_file(path)
    compression = find_compression(file)
    with open_stream(file, compression) as stream:
        head = stream.read(HEAD)
    if not head:
        raise FormatError(f"the {compression} data are empty", where=path, fix="fetch or make the file again")
    if head.startswith(FASTTEXT_MAGIC):
        return VectorFormat("fasttext", compression)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 1 << 32:
        return VectorFormat("native", compression)
    lines = head.split(b"\n")
    if len(head) == HEAD:
        lines.pop()  # most likely cut in the middle
    found = _with_header(head, lines, compression) or _without_header(lines, compression)
    if found is None:
        raise _stranger(file, head)
    return found


def _with_header(head: bytes, lines: Sequence[bytes], compression: str | None) -> VectorFormat | None:
    match = _HEADER.fullmatch(lines[0])
    if match is None:
        return None
    header = Header(int(match[1]), int(match[2]))
    rows = [line for line in lines[1 : SAMPLE + 1] if line.strip()]
    if 2 * sum(row_width(row) > 0 for row in rows) < len(rows):
        if _looks_like_text(head):
            return None
        return VectorFormat("word2vec-binary", compression, header, header.dimension)
    dimension, _ = common_width(rows, prefer=header.dimension)
    return VectorFormat("word2vec", compression, header, dimension or None)


def _without_header(lines: Sequence[bytes], compression: str | None) -> VectorFormat | None:
    dimension, share = common_width(lines[:SAMPLE])
    if dimension < 2 or share < 0.5:
        return None
    return VectorFormat("glove", compression, None, dimension)


_FETCH = "the download probably failed, fetch it again"
_UNPACK = "unpack it and name a file from it"
_STRANGERS: Sequence[tuple[bytes, str, str]] = (
    (rb"\s*<(!doctype html|html|head|body|title|!--)", "a web page (HTML)", _FETCH),
    (rb"\s*<(\?xml|error|!doctype)", "an XML page", _FETCH),
    (rb"version https://git-lfs", "a Git LFS pointer", "run git lfs pull to get the file itself"),
    (rb"\s*[{\[]\s*[\"{\[\]}]", "JSON", _FETCH),
    (rb"PK[\x03\x05]\x04?", "a zip archive", _UNPACK),
    (rb"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (rb"Rar!", "a RAR archive", _UNPACK),
    (rb"(?s).{257}ustar", "a tar archive", _UNPACK),
    (rb"%PDF", "a PDF", "name a file of word vectors"),
    (rb"\x89HDF", "an HDF5 file", "write it as word2vec text first"),
    (rb"\x93NUMPY", "a NumPy array without words", "write it as word2vec text first"),
    (rb"\x80[\x02-\x05]", "a Python pickle", "open it with what made it and write word2vec text from there"),
    (rb"\xff\xfe|\xfe\xff", "UTF-16 text", "convert it to UTF-8"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture", "name a file of word vectors"),
)


def _stranger(path: Path, head: bytes) -> FormatError:
    for pattern, what, fix in _STRANGERS:
        if re.match(pattern, head, re.IGNORECASE):
            return FormatError(f"looks like {what}, not word vectors", where=path, fix=fix)
    what = (
        "text whose lines are not a word and its numbers" if _looks_like_text(head) else "unknown binary data"
    )
    known = ", ".join(VECTOR_FORMATS.values())
    return FormatError(f"looks like {what}", where=path, fix=f"isolex reads {known}")


def _looks_like_text(sample: bytes) -> bool:
    """Whether bytes, cut where they are as many as `HEAD`, are UTF-8 without control characters."""
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        if len(sample) < HEAD or error.start < len(sample) - 3:
            return False
    return _CONTROL.search(sample) is None
