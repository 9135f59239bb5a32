"""Archives, unpacked beside themselves, whole or not at all, and never to another place."""

import shutil
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

Opener = Callable[[], IO[bytes] | None]

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


def unpack(path: Path, folder: Path) -> None:
    """Write the members of an archive to a folder, which takes the place of what was unpacked there before.

    Raises:
        FormatError: It is damaged, or a member is a link or device, or would land outside the folder.
        InputError: The folder cannot be written, or holds other files.
    """
    try:
        tops = sorted({name.parts[0] for name, _ in _members(path)})
        if not tops:
            raise FormatError("is an empty archive", where=path, fix="remove it and fetch it again")
        with atomic_folder(folder, contents=tops) as made:
            for name, opened in _members(path):
                _write(made / name, opened)
    except _DAMAGES as error:
        raise FormatError(
            f"is no archive, or a damaged one ({error})", where=path, fix="remove it and fetch it again"
        ) from error


def _write(place: Path, opened: Opener | None) -> None:
    if opened is None:
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    content = opened()
    if content is not None:
        with content, place.open("wb") as stream:
            shutil.copyfileobj(content, stream)


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
