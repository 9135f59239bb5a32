"""Files as streams of bytes, through gzip, bzip2, xz and zstd, with errors that a person can act on."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from isolex.errors import FormatError, InputError, MissingExtraError

BUFFER = 1 << 20

SUFFIXES: Mapping[str, str] = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}

# Long enough that no UTF-8 text can start with them by chance.
_MAGIC = {
    b"\x1f\x8b\x08": "gzip",
    **{b"BZh%d\x31\x41\x59\x26\x53\x59" % level: "bzip2" for level in range(1, 10)},
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}


def check_file(path: str | Path) -> Path:
    """The path of a regular file that is there and not empty.

    Raises:
        InputError: There is no such file, or it is a folder or a pipe.
        FormatError: It is empty.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(
            "is a folder, expected a file of word vectors", where=path, fix="name a file inside it"
        )
    if not path.exists():
        raise InputError("no such file", where=path, fix="check the path")
    if not path.is_file():
        raise InputError("is not a regular file", where=path, fix="save the data to a file first")
    if path.stat().st_size == 0:
        raise FormatError("the file is empty", where=path, fix="fetch or make it again")
    return path


def find_compression(path: Path) -> str | None:
    """Name of the compression that the file's first bytes tell of, or None.

    Raises:
        InputError: The file cannot be read.
    """
    with open_stream(path, None) as stream:
        start = stream.read(max(map(len, _MAGIC)))
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)


@contextmanager
def open_stream(path: Path, compression: str | None) -> Iterator[io.BufferedReader]:
    """The file's decompressed bytes; errors while they are read become isolex's own.

    Raises:
        InputError: The file cannot be read.
        FormatError: The compressed data are damaged or cut off.
        MissingExtraError: zstd without the package zstandard.
    """
    try:
        with _OPENERS[compression](path) as raw, io.BufferedReader(raw, BUFFER) as stream:
            yield stream
    except (EOFError, zlib.error, lzma.LZMAError) as error:
        raise _damaged(path, compression, error) from error
    except OSError as error:
        if error.errno is None:  # the decompressors' own complaints carry none
            raise _damaged(path, compression, error) from error
        raise InputError(f"cannot be read ({error.strerror})", where=path) from error


@contextmanager
def create_stream(path: Path, compression: str | None) -> Iterator[BinaryIO]:
    """A stream that writes the file, compressed; the same content makes the same bytes.

    Raises:
        InputError: The file cannot be written, for example because the disk is full.
        MissingExtraError: zstd without the package zstandard.
    """
    try:
        with _CREATORS[compression](path) as stream:
            yield stream
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=path) from error


def _damaged(path: Path, compression: str | None, error: Exception) -> FormatError:
    return FormatError(
        f"the {compression} data are damaged or cut off ({error})", where=path, fix="fetch the file again"
    )


class _ZstdReader(io.RawIOBase):
    """Reads zstd frames one after the other; unlike zstandard's own reader it notices a cut-off end."""

    def __init__(self, path: Path) -> None:
        self._package = _zstandard()
        self._decoder = self._package.ZstdDecompressor().decompressobj()
        self._ready = b""
        self._file = path.open("rb")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._ready:
            chunk = self._decoder.unused_data or self._file.read(BUFFER)
            if not chunk:
                if not self._decoder.eof:
                    raise EOFError("the last frame does not end")
                return 0
            if self._decoder.eof:
                self._decoder = self._package.ZstdDecompressor().decompressobj()
            try:
                self._ready = self._decoder.decompress(chunk)
            except self._package.ZstdError as error:
                raise EOFError(str(error)) from error
        size = min(len(target), len(self._ready))
        target[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def _zstandard() -> Any:
    try:
        import zstandard  # noqa: PLC0415 - an optional package is asked for where it is needed
    except ImportError as error:
        raise MissingExtraError("reading and writing .zst files", "zstandard", "zstd") from error
    return zstandard


@contextmanager
def _create_gzip(path: Path) -> Iterator[BinaryIO]:
    # Without a name and a time in its header, the same content gives the same file.
    with path.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as stream:
        yield stream  # type: ignore[misc]


_OPENERS: Mapping[str | None, Callable[[Path], AbstractContextManager[Any]]] = {
    None: lambda path: path.open("rb", buffering=0),
    "gzip": gzip.open,
    "bzip2": bz2.open,
    "xz": lzma.open,
    "zstd": _ZstdReader,
}
_CREATORS: Mapping[str | None, Callable[[Path], AbstractContextManager[Any]]] = {
    None: lambda path: path.open("wb"),
    "gzip": _create_gzip,
    "bzip2": partial(bz2.BZ2File, mode="wb"),
    "xz": partial(lzma.LZMAFile, mode="wb"),
    "zstd": lambda path: _zstandard().open(path, "wb"),
}
