"""Test sets as callers give them, and the lines of the small text files that they come in."""

import unicodedata
from pathlib import Path
from typing import Literal, TypeAlias

from isolex.errors import FormatError, InputError
from isolex.lexicon.checked import Kind, given_or_read
from isolex.names import look_up
from isolex.streams import find_compression, open_stream

Unicode: TypeAlias = Literal["nfc", "keep"]


def as_set(given: object, kind: type[Kind]) -> Kind:
    """A set of this kind, or the one in the file that is given; see `given_or_read`."""
    return given_or_read(given, kind, what="test set")


def read_set_lines(path: str | Path, unicode: Unicode) -> list[tuple[int, str]]:
    """Numbered lines that are not blank, of a UTF-8 file, plain or compressed.

    Raises:
        InputError: The file cannot be read, or `unicode` is unknown.
        FormatError: It is not UTF-8 or holds nothing.
    """
    keep = look_up(unicode, {"nfc": False, "keep": True}, "Unicode form")
    path = Path(path)
    if path.is_dir() or not path.exists():
        found = "is a folder, expected a file" if path.exists() else "there is no such file"
        raise InputError(found, where=path, fix="check the path, and the order of the arguments")
    with open_stream(path, find_compression(path)) as stream:
        data = stream.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            "is not UTF-8",
            where=f"{path}, line {line}",
            fix="convert it, for instance by: iconv -f latin1 -t utf-8",
        ) from error
    # NFC makes none of the characters that part fields here.
    text = text if keep else unicodedata.normalize("NFC", text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = [(number, line.strip(" ")) for number, line in enumerate(lines, 1) if line.strip()]
    if not numbered:
        raise FormatError("is empty", where=path, fix="fetch or make it again")
    return numbered
