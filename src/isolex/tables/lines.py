"""Read lines of text from a file, unpacked and without byte-order mark; refuse other kinds of files."""

import re
from pathlib import Path

from isolex import signatures
from isolex.errors import FormatError, InputError
from isolex.streams import find_compression, open_stream

NOT_UTF8_FIX = (
    "convert it from the encoding that it is in, such as cp1251 or latin1, by: iconv -f ENCODING -t utf-8"
)

# Enough to recognise a file of word vectors before reading gigabytes of it.
HEAD_BYTES = 1 << 16

_LINE_END = re.compile("\r\n|\r|\n")
_UNPACK = "unpack it and name a file from it"
_SAVE_AS_TEXT = "save it as UTF-8 text: TSV or CSV"
_BINARY = (
    (signatures.ZIP._replace(what="a zip archive or an Excel workbook"), f"unpack it, or {_SAVE_AS_TEXT}"),
    (signatures.OFFICE, _SAVE_AS_TEXT),
    (signatures.TAR, _UNPACK),
    (signatures.SEVEN_ZIP, _UNPACK),
    (signatures.RAR, _UNPACK),
    (signatures.PDF, _SAVE_AS_TEXT),
    (signatures.PARQUET, _SAVE_AS_TEXT),
    (signatures.HDF5, _SAVE_AS_TEXT),
    (signatures.NUMPY, _SAVE_AS_TEXT),
    (signatures.SQLITE, _SAVE_AS_TEXT),
    (signatures.PICKLE, "open it with what made it and write text from there"),
    (signatures.UTF16, "convert it, for instance by: iconv -f utf-16 -t utf-8"),
    (signatures.Signature("a binary file or UTF-16 text", rb".*\x00"), None),
)
# First lines of what is often saved or named by mistake. None holds a tab: a line with one may be an entry.
_FIRST_LINES = (
    (re.compile(r"<(!doctype|html|head|body|title|\?xml)\b[^\t]*", re.IGNORECASE), "is a web page or XML"),
    (re.compile(r"[\[{]|\[\s*\{[^\t]*|\[\s*\[\s*[\"'][^\t]*"), "is one JSON document, not JSON Lines"),
    (re.compile(r"version https://git-lfs[^\t]*"), "is a Git LFS pointer, not the file itself"),
)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|[-+]?(nan|inf)", re.IGNORECASE)
_ANY_BLANK = re.compile(r"[ \t]+")


def read_lines(path: str | Path, *, expected: str, fix: str, prose: bool = False) -> list[str]:
    """The lines of a text file, plain or compressed (gzip, bzip2, xz, zstd).

    A line ends with LF, CR LF or CR, and with nothing else; a byte-order mark is removed. Bytes that are not
    UTF-8 are returned as lone surrogates, so that the caller can find their lines; see `check_utf8`.

    Args:
        path: The file.
        expected: The contents that are expected, for messages.
        fix: How the file should be written, for messages.
        prose: Whether the lines are running text, where rows of numbers are allowed.

    Raises:
        InputError: The file is missing, is a folder, or cannot be read.
        FormatError: The file is empty, damaged or binary, a web page, a JSON document or a file of vectors.
        MissingExtraError: The file is zstd and the package for zstd is not installed.
    """
    path = regular_file(path)
    with open_stream(path, find_compression(path)) as stream:
        head = stream.read(HEAD_BYTES)
        refuse_strangers(head, where=path, expected=expected, fix=fix, prose=prose)
        return split_lines(head + stream.read())


def regular_file(path: str | Path) -> Path:
    """The path of an existing file.

    Raises:
        InputError: There is no file, or it is a folder or a pipe.
    """
    path = Path(path)
    if path.is_dir():
        raise _not_readable(path, "is a folder, expected a file")
    if not path.exists():
        raise _not_readable(path, "there is no such file")
    if not path.is_file():
        raise InputError("is not a regular file", where=path, fix="save the data to a file first")
    return path


def refuse_strangers(head: bytes, *, where: object, expected: str, fix: str, prose: bool = False) -> None:
    """Raise `FormatError` if the first `HEAD_BYTES` of a file show that it is empty or of another kind.

    The arguments are those of `read_lines`; `where` is the name of the file in messages.
    """
    if stranger := _stranger(head, prose=prose):
        kind, remedy = stranger
        raise FormatError(f"{kind}, expected {expected}", where=where, fix=remedy or fix)


def split_lines(data: bytes) -> list[str]:
    """The lines that `read_lines` makes of the bytes of a file."""
    return _LINE_END.split(data.decode("utf-8", "surrogateescape").removeprefix("\ufeff"))


def check_utf8(path: str | Path, lines: list[str]) -> None:
    """Raise `FormatError` at the first line that is not UTF-8."""
    for number, line in enumerate(lines, 1):
        if not line.isascii() and not is_utf8(line):
            raise FormatError("is not UTF-8", where=f"{path}, line {number}", fix=NOT_UTF8_FIX)


def is_utf8(text: str) -> bool:
    """Whether a text, read by `read_lines`, was UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_readable(path: Path, found: str) -> InputError:
    return InputError(found, where=path, fix="check the path, and the order of the arguments")


def _stranger(head: bytes, *, prose: bool) -> tuple[str, str | None] | None:
    """What a file is that is no text or no table, and what to do about it, if that is anything special."""
    for signature, fix in _BINARY:
        if signature.matches(head):
            return f"is {signature.what}", fix
    whole = len(head) < HEAD_BYTES
    lines = [line.strip() for line in split_lines(head)]
    lines = [line for line in (lines if whole or len(lines) == 1 else lines[:-1]) if line]
    if not lines:
        return "is empty", "fetch or make it again"
    for first_line, kind in _FIRST_LINES:
        if first_line.fullmatch(lines[0]):
            return kind, None
    if not prose and 2 * sum(map(_is_vector, lines)) >= len(lines):
        return "looks like a file of word vectors", None
    return None


def _is_vector(line: str) -> bool:
    # Two or three tab-separated fields are an entry, even one such as "countdown	5 4 3 2 1".
    if line.count("\t") in (1, 2):
        return False
    numbers = _ANY_BLANK.split(line)[1:]
    return len(numbers) >= 4 and all(map(_NUMBER.fullmatch, numbers))
