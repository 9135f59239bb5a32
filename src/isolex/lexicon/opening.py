"""From a path to lines of text, refusing files that are no lexicon at all."""

import re
from pathlib import Path

from isolex.errors import FormatError, InputError
from isolex.streams import find_compression, open_stream

# Enough to recognise a file of word vectors before reading gigabytes of it.
_HEAD_BYTES = 1 << 16

_LINE_END = re.compile("\r\n|\r|\n")
# First lines of what is often saved or named by mistake. None holds a tab: a line with one may be an entry.
_STRANGERS = {
    re.compile(r"<(!doctype|html|head|body|title|\?xml)\b[^\t]*", re.IGNORECASE): "is a web page or XML",
    re.compile(r"[\[{]|\[\{[^\t]*"): "is one JSON document, not JSON Lines",
    re.compile(r"version https://git-lfs[^\t]*"): "is a Git LFS pointer, not the file itself",
}
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|[-+]?(nan|inf)", re.IGNORECASE)
_ANY_BLANK = re.compile(r"[ \t]+")


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, plain or compressed (gzip, bzip2, xz, zstd).

    Line ends of every kind and a byte-order mark are taken off. Bytes that are not UTF-8 come
    back as lone surrogates, so that a reader can tell which lines hold them.

    Raises:
        InputError: The file is missing, a folder, or cannot be read.
        FormatError: It is empty, damaged, binary, a web page, a JSON document or a file of word vectors.
        MissingExtraError: It is zstd and the package for that is not installed.
    """
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "no such regular file"
        raise InputError(f"{found}, expected a lexicon file", where=path, fix="check the path")
    with open_stream(path, find_compression(path)) as stream:
        head = stream.read(_HEAD_BYTES)
        if kind := _wrong_kind(head):
            raise FormatError(
                f"{kind}, expected pairs of words",
                where=path,
                fix="give a UTF-8 text file: 'source target' lines, TSV, CSV or JSON Lines",
            )
        return _split(head + stream.read())


def _wrong_kind(head: bytes) -> str | None:
    if b"\0" in head:
        return "is a binary file or UTF-16 text"
    whole = len(head) < _HEAD_BYTES
    lines = [line.strip() for line in _split(head)]
    lines = [line for line in (lines if whole or len(lines) == 1 else lines[:-1]) if line]
    if not lines:
        return "is empty"
    for first_line, kind in _STRANGERS.items():
        if first_line.fullmatch(lines[0]):
            return kind
    if 2 * sum(map(_is_vector, lines)) >= len(lines):
        return "looks like a file of word vectors"
    return None


def _is_vector(line: str) -> bool:
    # Two or three tab-separated fields are an entry, even one such as "countdown	5 4 3 2 1".
    if line.count("\t") in (1, 2):
        return False
    numbers = _ANY_BLANK.split(line)[1:]
    return len(numbers) >= 4 and all(map(_NUMBER.fullmatch, numbers))


def _split(data: bytes) -> list[str]:
    return _LINE_END.split(data.decode("utf-8", "surrogateescape").removeprefix("\ufeff"))
