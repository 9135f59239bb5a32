"""Archives, unpacked beside themselves, whole or not at all, and never to another place."""

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from gzip import BadGzipFile
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO

from isolex.errors import FormatError
from isolex.files import atomic_folder
from isolex.streams import SUFFIXES, find_compression, open_stream

Opener = Callable[[], IO[bytes] | None]

_CHUNK = 1 << 20
_TAR_BLOCK = 512  # bytes; zeros in the last one of a whole archive
_LIMIT_BYTES = 1 << 30
_LIMIT_RATIO = 100

# RuntimeError: encrypted.
_DAMAGES = (
    zipfile.BadZipFile,
    tarfile.TarError,
    BadGzipFile,
    EOFError,
    LZMAError,
    RuntimeError,
    zlib.error,
)


def unpacked_folder(path: Path) -> Path | None:
    """Where an archive is unpacked to; None for a file that is none."""
    suffix = next((suffix for suffix in _READERS if path.name.endswith(suffix)), None)
    return None if suffix is None else path.with_name(path.name.removesuffix(suffix))


def unpacked_limit(path: Path) -> int:
    """Bytes that a file of which nobody knows the checksum may unpack to; texts shrink to a fifth or so."""
    return max(_LIMIT_BYTES, _LIMIT_RATIO * path.stat().st_size)


def check_whole(path: Path, name: str) -> None:
    """Read compressed data and tar archives to their end, which those that unpack them may not do.

    Args:
        path: The file.
        name: What it will be called; nothing is done unless this says that it is compressed or a tar archive.

    Raises:
        FormatError: It is damaged or cut off, or unpacks to more than `unpacked_limit`.
    """
    is_tar = name.endswith(tuple(_READERS)) and not name.endswith(".zip")
    if not (is_tar or name.endswith(tuple(SUFFIXES))):
        return
    size, limit, end = 0, unpacked_limit(path), b""
    with open_stream(path, find_compression(path)) as stream:
        while chunk := stream.read(_CHUNK):
            size, end = size + len(chunk), chunk[-_TAR_BLOCK:]
            if size > limit:
                raise _too_large(path, limit)
    if is_tar and end.strip(b"\0"):
        raise FormatError("the tar archive is cut off", where=path, fix="fetch it again")


def unpack(path: Path, folder: Path, *, limit: int | None = None) -> None:
    """Write the members of an archive to a folder, which takes the place of what was unpacked there before.

    Args:
        path: The archive.
        folder: The folder.
        limit: Bytes that it may unpack to; None for any number.

    Raises:
        FormatError: It is damaged or unpacks to more than it may, or a member is a link or device, or would
            land outside the folder.
        InputError: The folder cannot be written, or holds other files.
    """
    try:
        tops = sorted({name.parts[0] for name, _ in _members(path)})
        if not tops:
            raise FormatError("is an empty archive", where=path, fix="remove it and fetch it again")
        with atomic_folder(folder, contents=tops) as made:
            size = 0
            for name, opened in _members(path):
                for written in _write(made / name, opened):
                    size += written
                    if limit is not None and size > limit:
                        raise _too_large(path, limit)
    except _DAMAGES as error:
        raise FormatError(
            f"is no archive, or a damaged one ({error})", where=path, fix="remove it and fetch it again"
        ) from error


def _write(place: Path, opened: Opener | None) -> Iterator[int]:
    """Write a member; yields the number of bytes after each piece."""
    if opened is None:
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    content = opened()
    if content is not None:
        with content, place.open("wb") as stream:
            while piece := content.read(_CHUNK):
                yield stream.write(piece)


def _too_large(path: Path, limit: int) -> FormatError:
    return FormatError(
        f"unpacks to more than {limit:,} bytes, too much for a file without a known checksum",
        where=path,
        fix="look at it, and unpack it by hand if you trust it",
    )


def _members(path: Path) -> Iterator[tuple[PurePosixPath, Opener | None]]:
    """Each with what opens it, None for a folder."""
    listed = next(_READERS[suffix] for suffix in _READERS if path.name.endswith(suffix))
    for name, opened in listed(path):
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or "\\" in name or ":" in name:
            raise FormatError(
                f"has the member {name!r}, which would land outside its folder",
                where=path,
                fix="do not use it",
            )
        if place.parts:
            yield place, opened


def _zip_members(path: Path) -> Iterator[tuple[str, Opener | None]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            yield entry.filename, None if entry.is_dir() else partial(archive.open, entry)


def _tar_members(path: Path) -> Iterator[tuple[str, Opener | None]]:
    with tarfile.open(path) as archive:
        for entry in archive:
            if not (entry.isfile() or entry.isdir()):
                raise FormatError(
                    f"has the member {entry.name!r}, a link or device", where=path, fix="do not use it"
                )
            yield entry.name, None if entry.isdir() else partial(archive.extractfile, entry)


_READERS: dict[str, Callable[[Path], Iterator[tuple[str, Opener | None]]]] = {
    ".zip": _zip_members,
    **dict.fromkeys((".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"), _tar_members),
}
