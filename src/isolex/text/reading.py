"""Running text from files, folders and standard input, piece by piece."""

import hashlib
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from io import BufferedReader
from pathlib import Path

from isolex.errors import FormatError, InputError
from isolex.signatures import BYTE_ORDER_MARK
from isolex.streams import find_compression, open_stream, unpacking
from isolex.tables import HEAD_BYTES, NOT_UTF8_FIX, is_utf8, refuse_strangers, regular_file, split_lines
from isolex.text.json_lines import holds_text, layout_of, text_object

STANDARD_INPUT = "-"

_JSON_LINES = (".jsonl", ".ndjson")
_FIX = "give UTF-8 text, or JSON Lines with a field of text"
_PIECE = 1 << 20
_LONGEST_LINE = 1 << 24  # bytes; a longer one is parted at a blank, so that memory is bounded
_SHOWN = 60  # characters of a sentence that is taken for a path
_LINE_END = re.compile(rb"\r\n|\r|\n")


class TextSource:
    """A text file, plain or compressed, or standard input, from which paragraphs are read.

    Files called `.jsonl` or `.ndjson`, and others whose first line is an object with the field, are JSON
    Lines; all others are plain text, in which a line is a paragraph. Texts are UTF-8, and come in NFC.

    Args:
        path: The file, or "-" for standard input, which can be read once.
        field: In JSON Lines, the field that holds the text.

    Raises:
        InputError: There is no such file, or it is a folder; see `text_sources` for those.
    """

    def __init__(self, path: str | Path, *, field: str = "text") -> None:
        self._path = None if str(path) == STANDARD_INPUT else regular_file(path)
        self._field = field
        self._digest: str | None = None

    def __repr__(self) -> str:
        return f"TextSource({self.name!r})"

    @property
    def path(self) -> Path | None:
        """The file; None for standard input."""
        return self._path

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return "standard input" if self._path is None else str(self._path)

    @property
    def digest(self) -> str | None:
        """SHA-256 of the text's bytes (unpacked), as `sha256:<hex>`; None before it was read to its end."""
        return self._digest

    def paragraphs(self) -> Iterator[str]:
        """The lines, or those of the texts in JSON Lines, that are not blank.

        Raises:
            InputError: It cannot be read.
            FormatError: It is empty, damaged, binary or no UTF-8, or a line of JSON Lines has no text.
            MissingExtraError: It is zstd and the package for that is not installed.
        """
        state, number = hashlib.sha256(), 1
        with self._open() as stream:
            head = stream.read(HEAD_BYTES)
            refuse_strangers(head, where=self.name, expected="text", fix=_FIX, prose=True)
            is_json = self._is_json(head)
            for piece in _whole_lines(stream, head, longest=None if is_json else _LONGEST_LINE):
                state.update(piece)
                lines = self._lines(piece, number)
                yield from self._texts(lines, number) if is_json else map(str.strip, filter(str.strip, lines))
                number += len(lines) - 1
        self._digest = f"sha256:{state.hexdigest()}"

    def _open(self) -> AbstractContextManager[BufferedReader]:
        if self._path is not None:
            return open_stream(self._path, find_compression(self._path))
        if sys.stdin is None or sys.stdin.closed:
            raise InputError("is closed, or was read already", where=self.name, fix="save the text to a file")
        return unpacking(sys.stdin.buffer, self.name)

    def _is_json(self, head: bytes) -> bool:
        if self._path is not None and layout_of(self._path) in _JSON_LINES:
            return True
        first = next(line for line in split_lines(head) if line.strip())
        return holds_text(first, field=self._field)

    def _lines(self, piece: bytes, number: int) -> list[str]:
        """The lines of a piece, of which the last is empty where the piece ends with one."""
        try:
            text = piece.removeprefix(BYTE_ORDER_MARK).decode() if number == 1 else piece.decode()
        except UnicodeDecodeError as error:
            line = number + len(_LINE_END.findall(error.object, 0, error.start))
            raise FormatError("is not UTF-8", where=f"{self.name}, line {line}", fix=NOT_UTF8_FIX) from None
        if "\0" in text:
            line = number + len(_LINE_END.findall(piece, 0, piece.index(0)))
            raise FormatError("is a binary file", where=f"{self.name}, line {line}", fix=_FIX)
        # NFC makes no line ends, so lines stay what they are.
        return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def _texts(self, lines: Iterable[str], number: int) -> Iterator[str]:
        fix = f'write {{"{self._field}": …}}, or name another field'
        for place, line in enumerate(lines, number):
            if line.strip():
                data = text_object(line, field=self._field, where=f"{self.name}, line {place}", fix=fix)
                text = unicodedata.normalize("NFC", data[self._field])
                if not is_utf8(text):  # half a character, which JSON can hold
                    text = text.encode(errors="replace").decode()
                text = text.replace(
                    "\0", " "
                )  # which JSON can hold, too, and hardly anything that reads words
                yield from map(str.strip, filter(str.strip, re.split(r"[\r\n]+", text)))


def text_sources(given: str | Path | Iterable[str | Path], *, field: str = "text") -> list[TextSource]:
    """What is read: the given files, and all files of given folders, sorted by name.

    In folders and their subfolders, isolex skips hidden and empty files, follows links, and reads no folder
    twice.

    Args:
        given: A file or a folder, or several; "-" is standard input.
        field: In JSON Lines, the field that holds the text.

    Raises:
        InputError: A file does not exist, a folder has no files or cannot be read, nothing is given, or
            sentences are given instead of paths.
    """
    paths = [given] if isinstance(given, str | Path) else list(given)
    for path in paths:
        _check_path(path)
    if not paths:
        raise InputError("got none, expected a file or a folder", where="texts")
    if sum(str(path) == STANDARD_INPUT for path in paths) > 1:
        raise InputError("is named twice, but can be read only once", where="standard input")
    sources: list[TextSource] = []
    for path in paths:
        files = _files(Path(path)) if Path(path).is_dir() else [path]
        sources += (TextSource(file, field=field) for file in files)
    return sources


def _check_path(given: object) -> None:
    """Raise `InputError` for what is no path: sentences, as words or as a string of several words."""
    fix = "give paths; write sentences to a file, one a line"
    if not isinstance(given, str | Path):
        raise InputError(f"got {type(given).__name__}, expected a path", where="texts", fix=fix)
    if isinstance(given, str) and len(given.split()) > 1 and not os.path.lexists(given):
        shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
        raise InputError(f"there is no file {shown!r}", where="texts", fix=fix)


def _files(folder: Path) -> list[Path]:
    found: list[Path] = []
    seen: set[str] = set()  # links may lead back to a folder
    for place, folders, names in os.walk(folder, onerror=_refuse, followlinks=True):
        real = os.path.realpath(place)
        folders[:] = [] if real in seen else sorted(name for name in folders if not name.startswith("."))
        files = [] if real in seen else [Path(place, name) for name in names if not name.startswith(".")]
        found += [file for file in files if file.is_file() and file.stat().st_size]
        seen.add(real)
    if not found:
        raise InputError("the folder holds no file of text", where=folder, fix="check the path")
    return sorted(found, key=lambda file: file.relative_to(folder).parts)


def _refuse(error: OSError) -> None:
    raise InputError(f"cannot be read ({error.strerror})", where=error.filename, fix="check its mode")


def _whole_lines(stream: BufferedReader, head: bytes, *, longest: int | None) -> Iterator[bytes]:
    """The bytes in pieces that end with a line; a longer line than `longest` is parted at a blank."""
    rest = bytearray(head)
    seen = 0  # bytes in which no line ends
    while chunk := stream.read(_PIECE):
        rest += chunk
        # A CR at the very end may be half of a line end.
        end = max(rest.rfind(b"\n", seen), rest.rfind(b"\r", seen, len(rest) - 1)) + 1
        if not end and longest is not None and len(rest) > longest:
            end = rest.rfind(b" ") + 1 or _character_end(rest)
        if end:
            yield bytes(rest[:end])
            del rest[:end]
        seen = 0 if end else len(rest) - 1
    if rest:
        yield bytes(rest)


def _character_end(data: bytearray) -> int:
    """Where the last character of UTF-8 begins, which may not be whole."""
    start = len(data) - 1
    while start > 0 and data[start] & 0xC0 == 0x80:
        start -= 1
    return start or len(data)
