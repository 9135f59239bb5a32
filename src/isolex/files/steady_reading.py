"""Reading folders that another run may replace at the same time."""

import os
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from isolex.errors import InputError
from isolex.files.workshop import somebody_works, sweep

Reader = TypeVar("Reader", bound=Callable[..., Any])

_PATIENCE = 10.0  # seconds
_PAUSE = 0.02


def steady(read: Reader) -> Reader:
    """Decorate a function that reads a folder, its first argument, so that it reads only one version of it.

    Reading starts again if the folder, or a file in it, was replaced in the meantime. A folder that a killed
    run had moved aside is put back first.

    Raises:
        InputError: The folder or a file in it may not be read.
    """

    @wraps(read)
    def steadily(path: str | Path, *arguments: Any, **keywords: Any) -> Any:
        folder, deadline = Path(path), time.monotonic() + _PATIENCE
        while True:
            if not os.path.lexists(folder):
                sweep(folder.parent, [folder.name])
            before = _state(folder)
            try:
                result = read(path, *arguments, **keywords)
            except Exception:
                # Of several files, one may be new already, and the other not yet.
                if time.monotonic() > deadline or not (_state(folder) != before or _in_the_making(folder)):
                    raise
                time.sleep(_PAUSE)
                continue
            if _state(folder) == before or time.monotonic() > deadline:
                return result

    return cast("Reader", steadily)


def _state(folder: Path) -> object:
    """What changes if the folder or a file in it is replaced."""
    try:
        own = folder.stat()
        if not folder.is_dir():
            return own.st_dev, own.st_ino
        with os.scandir(folder) as entries:
            files = {entry.name: entry for entry in entries if not entry.name.startswith(".")}
            return own.st_dev, own.st_ino, {name: _version(entry) for name, entry in files.items()}
    except PermissionError as error:
        raise _forbidden(error.filename or folder) from error
    except OSError:
        return None


def _version(entry: "os.DirEntry[str]") -> tuple[int, int, int]:
    found = entry.stat(follow_symlinks=False)
    if entry.is_file() and not os.access(entry.path, os.R_OK):
        os.close(os.open(entry.path, os.O_RDONLY))  # which says whether it is forbidden, or just gone
    return found.st_ino, found.st_mtime_ns, found.st_size


def _in_the_making(folder: Path) -> bool:
    return somebody_works(folder) or somebody_works(folder.parent, folder.name)


def _forbidden(path: object) -> InputError:
    return InputError(
        "may not be read (permission denied)", where=path, fix="ask its owner, or check its mode"
    )
