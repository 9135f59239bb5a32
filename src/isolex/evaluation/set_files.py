"""Test sets as callers give them, and the lines of the small text files that they come in."""

import unicodedata
from pathlib import Path
from typing import Protocol, TypeVar

from isolex.given import given_or_read
from isolex.names import look_up
from isolex.tables import Unicode, check_utf8, numbered, read_lines

SetKind = TypeVar("SetKind", bound="Readable")


class Readable(Protocol):
    """Rows that come in files."""

    @classmethod
    def read(cls: type[SetKind], path: str | Path) -> SetKind:
        """The rows of a file."""
        ...


def as_set(given: object, kind: type[SetKind]) -> SetKind:
    """A set of this kind, or the one in the file that is given; see `given_or_read`."""
    return given_or_read(given, kind, kind.read, what="test set", fix=f"wrap its rows in {kind.__name__}(…)")


def read_set_lines(
    path: str | Path, *, expected: str, fix: str, prose: bool = False
) -> list[tuple[int, str]]:
    """Numbered lines that are not blank, of a UTF-8 file; the arguments are those of `tables.read_lines`.

    Raises:
        InputError: The file cannot be read.
        FormatError: It is not UTF-8, holds nothing, or is something else.
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
