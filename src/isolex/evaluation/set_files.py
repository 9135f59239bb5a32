"""Accept test sets as arguments, and read the lines of the small text files of published sets."""

import unicodedata
from pathlib import Path
from typing import Protocol, TypeVar

from isolex.given import given_or_read
from isolex.names import look_up
from isolex.tables import Unicode, check_utf8, numbered, read_lines

SetKind = TypeVar("SetKind", bound="Readable")


class Readable(Protocol):
    """A test set whose rows can be read from a file."""

    @classmethod
    def read(cls: type[SetKind], path: str | Path) -> SetKind:
        """Read the rows of a file."""
        ...


def as_set(given: object, kind: type[SetKind]) -> SetKind:
    """A set of this kind: the given one, or the one in the given file; see `given_or_read`."""
    return given_or_read(given, kind, kind.read, what="test set", fix=f"wrap its rows in {kind.__name__}(…)")


def read_set_lines(
    path: str | Path, *, expected: str, fix: str, prose: bool = False
) -> list[tuple[int, str]]:
    """Numbered lines that are not blank, of a UTF-8 file; the arguments are those of `tables.read_lines`.

    Raises:
        InputError: The file cannot be read.
        FormatError: The file is not UTF-8, is empty, or is another kind of file.
    """
    lines = read_lines(path, expected=expected, fix=fix, prose=prose)
    check_utf8(path, lines)
    return [(number, line.strip(" ")) for number, line in numbered(lines)]


def in_form(word: str, unicode: Unicode) -> str:
    """A word in Unicode NFC, or as it is.

    Raises:
        InputError: `unicode` is unknown.
    """
    keep = look_up(unicode, {"nfc": False, "keep": True}, "Unicode form")
    return word if keep else unicodedata.normalize("NFC", word)
