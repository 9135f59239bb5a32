"""Files as streams of bytes, through gzip, bzip2, xz and zstd, with errors that a person can act on."""

import bz2
import gzip
import io
import lzma
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from isolex.errors import FormatError, InputError, MissingExtraError

BUFFER = 1 << 20
_CHUNK = 1 << 16  # bytes of compressed data read at a time
_ZSTD_PIECE = 1 << 12  # of those, bytes decompressed at a time where nobody can limit what comes out
_XZ_MEMORY = 1 << 30  # bytes that a file may ask for; xz -9 needs 65 MiB

SUFFIXES: Mapping[str, str] = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}

# Long enough that no UTF-8 text can start with them by chance.
_MAGIC = {
    b"\x1f\x8b\x08": "gzip",
    **{b"BZh%d\x31\x41\x59\x26\x53\x59" % level: "bzip2" for level in range(1, 10)},
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_MAGIC_BYTES = max(map(len, _MAGIC))


def check_file(path: str | Path) -> Path:
    """The path of a regular file that is there and not empty.

    Raises:
        InputError: There is no such file, nobody may look at it, or it is a folder or a pipe.
        FormatError: It is empty.
    """
    path = Path(path)
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a name with a NUL
        raise InputError("no such file", where=path, fix="check the path") from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path, fix="check the path") from error
    if stat.S_ISDIR(status.st_mode):
        raise InputError(
            "is a folder, expected a file of word vectors", where=path, fix="name a file inside it"
        )
    if not stat.S_ISREG(status.st_mode):
        raise InputError("is not a regular file", where=path, fix="save the data to a file first")
    if status.st_size == 0:
        raise FormatError("the file is empty", where=path, fix="fetch or make it again")
    return path


def find_compression(path: Path) -> str | None:
    """Name of the compression that the file's first bytes tell of, or None.

    Raises:
        InputError: The file cannot be read.
    """
    with open_stream(path, None) as stream:
        return _compression_of(stream.read(_MAGIC_BYTES))


@contextmanager
def open_stream(path: Path, compression: str | None) -> Iterator[io.BufferedReader]:
    """The file's decompressed bytes; errors while they are read become isolex's own.

    Raises:
        InputError: The file cannot be read.
        FormatError: The compressed data are damaged or cut off.
        MissingExtraError: zstd without the package zstandard.
    """
    with (
        _own_errors(path, compression),
        path.open("rb", buffering=0) as file,
        _unpacked(file, compression) as stream,
    ):
        yield stream


@contextmanager
def unpacking(file: BinaryIO, name: str) -> Iterator[io.BufferedReader]:
    """The decompressed bytes of a file that is open already, such as standard input; it is closed at the end.

    Args:
        file: It is read once, from where it stands.
        name: What it is called in messages.

    Raises:
        InputError: The file cannot be read.
        FormatError: The compressed data are damaged or cut off.
        MissingExtraError: zstd without the package zstandard.
    """
    with _own_errors(name, None), io.BufferedReader(file, BUFFER) as packed:  # type: ignore[type-var]
        compression = _compression_of(packed.peek(_MAGIC_BYTES))
        with _own_errors(name, compression), _unpacked(packed, compression) as stream:
            yield stream


@contextmanager
def _own_errors(where: object, compression: str | None) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, lzma.LZMAError) as error:
        raise _damaged(where, compression, error) from error
    except OSError as error:
        if error.errno is None:  # the decompressors' own complaints carry none
            raise _damaged(where, compression, error) from error
        raise InputError(f"cannot be read ({error.strerror})", where=where) from error


def _compression_of(start: bytes) -> str | None:
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)


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


def _damaged(where: object, compression: str | None, error: Exception) -> FormatError:
    return FormatError(
        f"the {compression} data are damaged or cut off ({error})", where=where, fix="fetch the file again"
    )


class _Unpacked(io.RawIOBase):
    """The bytes of compressed streams one after the other, never more of them at a time than are asked for.

    Unlike the readers of the standard library it takes nothing for an end but an end: data that break off
    are cut off, and so are those in which something else follows the first stream, zeros as padding apart.
    """

    def __init__(self, make: Callable[[], Any], file: BinaryIO) -> None:
        self._file = file
        self._make = make
        self._decoder = make()
        self._input = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while True:
            if self._decoder.eof:
                self._input = self._decoder.unused_data.lstrip(b"\0")
                while not self._input:
                    chunk = self._file.read(_CHUNK)
                    if not chunk:
                        return 0
                    self._input = chunk.lstrip(b"\0")
                self._decoder = self._make()
            data = self._decoder.decompress(self._input, len(target))
            self._input = getattr(self._decoder, "unconsumed_tail", b"")
            if data:
                target[: len(data)] = data
                return len(data)
            if not (self._input or self._decoder.eof):
                self._input = self._file.read(_CHUNK)
                if not self._input:
                    raise EOFError("they end before their end mark")

    def close(self) -> None:
        self._file.close()
        super().close()


class _ZstdDecoder:
    """A frame of zstd, unpacked like those of other formats: no more of it than is asked for."""

    def __init__(self) -> None:
        self._package = _zstandard()
        self._decoder = self._package.ZstdDecompressor().decompressobj()
        self._ready = io.BytesIO()
        self.unconsumed_tail = b""

    @property
    def eof(self) -> bool:
        return self._decoder.eof and self._ready.tell() == len(self._ready.getbuffer())

    @property
    def unused_data(self) -> bytes:
        return bytes(self._decoder.unused_data + self.unconsumed_tail)

    def decompress(self, data: bytes, size: int) -> bytes:
        self.unconsumed_tail = data
        found = self._ready.read(size)
        if not found and not self._decoder.eof:
            # What so few bytes unpack to fits into memory, whatever they are.
            piece, self.unconsumed_tail = data[:_ZSTD_PIECE], data[_ZSTD_PIECE:]
            try:
                self._ready = io.BytesIO(self._decoder.decompress(piece))
            except self._package.ZstdError as error:
                raise EOFError(str(error)) from error
            found = self._ready.read(size)
        return found


def _zstandard() -> Any:
    try:
        import zstandard  # noqa: PLC0415 - an optional package is asked for where it is needed
    except ImportError as error:
        raise MissingExtraError("reading and writing .zst files", "zstandard", "zstd") from error
    return zstandard


def _unpacked(file: Any, compression: str | None) -> io.BufferedReader:
    return io.BufferedReader(file if compression is None else _Unpacked(_DECODERS[compression], file), BUFFER)


@contextmanager
def _create_gzip(path: Path) -> Iterator[BinaryIO]:
    # Without a name and a time in its header, the same content gives the same file.
    with path.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as stream:
        yield stream  # type: ignore[misc]


_DECODERS: Mapping[str, Callable[[], Any]] = {
    "gzip": partial(zlib.decompressobj, zlib.MAX_WBITS | 16),
    "bzip2": bz2.BZ2Decompressor,
    "xz": partial(lzma.LZMADecompressor, memlimit=_XZ_MEMORY),
    "zstd": _ZstdDecoder,
}
_CREATORS: Mapping[str | None, Callable[[Path], AbstractContextManager[Any]]] = {
    None: lambda path: path.open("wb"),
    "gzip": _create_gzip,
    "bzip2": partial(bz2.BZ2File, mode="wb"),
    "xz": partial(lzma.LZMAFile, mode="wb"),
    "zstd": lambda path: _zstandard().open(path, "wb"),
}
