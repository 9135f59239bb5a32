"""From a dataset's files to files on this machine: the cache, mirrors, checksums, archives and licences."""

import datetime
import json
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from isolex.datasets.archives import check_whole, unpack, unpacked_folder, unpacked_limit
from isolex.datasets.catalogue import get_dataset
from isolex.datasets.dataset import DataFile, Dataset
from isolex.datasets.download import MIRROR_VARIABLE, Download
from isolex.errors import FormatError, InputError, IsolexWarning, MissingExtraError
from isolex.files import atomic_file, file_digest, make_folder
from isolex.progress import track

CACHE_VARIABLE = "ISOLEX_CACHE"


@dataclass(frozen=True)
class Fetched:
    """A file of a dataset on this machine.

    Attributes:
        file: What it is.
        path: Where it is; for an archive the folder that it was unpacked to.
        sha256: Its digest.
        verified: Whether it has the digest that isolex knows. If not, isolex cannot tell whether it is the
            file that its owners published.
    """

    file: DataFile
    path: Path
    sha256: str
    verified: bool

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "dataset": self.file.dataset,
            "part": self.file.part,
            "unit": self.file.unit,
            "path": str(self.path),
            "address": self.file.address,
            "sha256": self.sha256,
            "verified": self.verified,
        }


def fetch(
    dataset: Dataset | str,
    *,
    units: Sequence[str] = (),
    parts: Sequence[str] = (),
    cache: str | Path | None = None,
    mirror: str | None = None,
    offline: bool = False,
) -> list[Fetched]:
    """Find the files of a dataset in the cache, and download missing ones into it.

    A warning tells if the licence forbids commercial use or is not known.

    Args:
        dataset: A dataset or its name, see `datasets`.
        units: Language pairs or languages; empty for all.
        parts: Such as `train`; empty for all.
        cache: Folder for downloads; by default the environment variable ISOLEX_CACHE, or the user's folder
            for caches.
        mirror: Address of a folder with the layout of the cache, to download from instead of the owners'
            servers; by default the environment variable ISOLEX_MIRROR.
        offline: Use the cache only and open no connection.

    Raises:
        InputError: The dataset, unit or part is unknown; a file is not in the cache and cannot be downloaded;
            or the cache cannot be written.
        FormatError: A download is not the expected file: another digest, a web page, a damaged archive.
        MissingExtraError: A download is needed, and pooch is not installed.
    """
    dataset = get_dataset(dataset) if isinstance(dataset, str) else dataset
    files = dataset.select(units, parts=parts)
    store = Store(cache_folder(cache), _mirror(mirror), offline)
    _warn_of_licence(dataset)
    return [store.get(file) for file in track(files, dataset.name)]


def cache_folder(given: str | Path | None = None) -> Path:
    """The folder for downloads: the given one, that of ISOLEX_CACHE, or the user's folder for caches."""
    named = given or os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser() if named else Path(_pooch().os_cache("isolex"))


@dataclass(frozen=True)
class Store:
    """A cache folder, and where its files come from.

    Attributes:
        folder: The cache.
        mirror: Address to download from instead of the owners', without a slash at its end; or None.
        offline: Open no connection.
    """

    folder: Path
    mirror: str | None = None
    offline: bool = False

    def get(self, file: DataFile) -> Fetched:
        """The file, from the cache or downloaded; an archive unpacked.

        Raises:
            InputError, FormatError, MissingExtraError: As `fetch` does.
        """
        path = self.folder / file.dataset / file.path
        cached = path.is_file() and (file.sha256 is None or file.sha256 == file_digest(path))
        if not cached:
            self._download(path, file)
        folder = unpacked_folder(path)
        verified = file.sha256 is not None
        if folder is not None and not (cached and folder.exists()):
            unpack(path, folder, limit=None if verified else unpacked_limit(path))
        return Fetched(file, folder or path, file.sha256 or _digest(path), verified=verified)

    def _download(self, path: Path, file: DataFile) -> None:
        address = self._address(file)
        if self.offline:
            found = "is not the file that was expected" if path.is_file() else "is not in the cache"
            raise InputError(
                f"{found}, and nothing may be downloaded",
                where=path,
                fix=f"put the file from {address} there, or leave out --offline",
            )
        make_folder(path.parent)
        try:
            _retrieve(address, path, file)
        except OSError as error:
            reason = "no permission" if isinstance(error, PermissionError) else error.strerror or error
            raise InputError(
                f"cannot be written ({reason})",
                where=path,
                fix=f"choose another cache folder, for instance by {CACHE_VARIABLE}",
            ) from error
        digest = file.sha256 or file_digest(path)
        _record_origin(path, address, digest, verified=file.sha256 is not None)

    def _address(self, file: DataFile) -> str:
        """Where the file is downloaded from."""
        return file.address if self.mirror is None else f"{self.mirror}/{file.dataset}/{file.path}"


def _digest(path: Path) -> str:
    """The digest of a file of which nobody knows the right one; tells if it is no more what was fetched."""
    found, recorded = file_digest(path), _recorded_digest(path)
    if recorded is not None and found != recorded:
        warnings.warn(
            f"{path}: has changed since it was fetched (its SHA-256 was {recorded}, now it is {found});"
            " remove it to have it fetched again",
            IsolexWarning,
            stacklevel=4,
        )
    return found


def _retrieve(address: str, path: Path, file: DataFile) -> None:
    """Let pooch put the file in place, if it has the right digest."""
    pooch = _pooch()
    # A file with the right checksum is whole, and what its owners say.
    check = partial(check_whole, name=path.name) if file.sha256 is None else None
    download = Download(path, f"{file.dataset}/{file.path}", check)
    try:
        with _quiet(pooch.get_logger()):
            pooch.retrieve(address, file.sha256, fname=path.name, path=path.parent, downloader=download)
    except InputError:
        raise
    except ValueError as error:
        raise FormatError(
            f"sent a file whose SHA-256 is not {file.sha256}; it was not kept",
            where=address,
            fix=f"try again, or name another mirror by {MIRROR_VARIABLE}",
        ) from error


def _warn_of_licence(dataset: Dataset) -> None:
    """Tell in one line of a licence that forbids commercial use, or that none is known."""
    if dataset.non_commercial is None:
        known = f"the licence is {dataset.licence}; ask its owners before you use it for more than research"
    elif dataset.non_commercial:
        known = f"the licence, {dataset.licence}, forbids commercial use"
    else:
        return
    warnings.warn(f"{dataset.name}: {known}", IsolexWarning, stacklevel=3)


def _mirror(given: str | None) -> str | None:
    address = given or os.environ.get(MIRROR_VARIABLE)
    if not address:
        return None
    if not address.startswith(("http://", "https://")):
        raise InputError(f"got {address!r}, expected an address with http:// or https://", where="mirror")
    return address.rstrip("/")


def _pooch() -> Any:
    try:
        import pooch  # noqa: PLC0415 - an optional package is asked for where it is needed
    except ImportError as error:
        raise MissingExtraError("downloading datasets", "pooch", "download") from error
    return pooch


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """What pooch has to say is said elsewhere, in one line."""
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _record_origin(path: Path, address: str, sha256: str, *, verified: bool) -> None:
    """Write down beside a downloaded file where it came from, and what it was.

    Args:
        path: The file.
        address: Where it came from.
        sha256: Its digest.
        verified: It is the digest that was expected; else nobody knew which to expect.
    """
    origin = {
        "address": address,
        "sha256": sha256,
        "bytes": path.stat().st_size,
        "verified": verified,
        "received": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    }
    with atomic_file(_origin_file(path)) as temporary:
        temporary.write_text(json.dumps(origin, indent=2) + "\n", encoding="utf-8")


def _recorded_digest(path: Path) -> str | None:
    """The digest written down; None if there is none."""
    try:
        digest = json.loads(_origin_file(path).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return digest if isinstance(digest, str) else None


def _origin_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.origin.json")
