"""Hidden folders in which the next version of an output is made, beside its place ("workshops").

.NAME.new-XXXXXXXX/NAME       the new version; after an exchange of names, the old version
.NAME.new-XXXXXXXX/.retired   the old version, if names cannot be exchanged

A run holds a lock on its hidden folder, which ends with the process in any case. isolex can therefore tell
the remains of a killed run from the work of a living one, and the next run to the same place removes them.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from isolex.errors import InputError
from isolex.files.interrupts import uninterrupted

_LOCKS = find_spec("fcntl") is not None  # not on Windows
if _LOCKS:
    import fcntl

RETIRED = ".retired"

_ENDING = re.compile(r"\.new-[a-z0-9_]{8}\Z")  # as `tempfile` makes them
_LONGEST = 200  # bytes of a name, of 255, so that there is room for what is added to it
_OLD = 24 * 3600.0  # seconds after which, where there are no locks, nobody is taken to be at work any more


class _Shop(NamedTuple):
    path: Path
    lock: int | None


@contextmanager
def workshop(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Yield a new hidden folder inside `folder` for making `names`; at the end it is removed.

    Raises:
        InputError: The folder cannot be made, or the block cannot write.
    """
    sweep(folder, names)
    made: list[_Shop] = []
    try:
        with uninterrupted():
            made.append(_opened(folder, names[0]))
        yield made[0].path
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=folder / names[0]) from error
    except InputError as error:
        # Writers know the temporary name only; their users know the other.
        shop = f"{made[0].path}/" if made else None
        if shop is None or error.where is None or not error.where.startswith(shop):
            raise
        where = folder / error.where.removeprefix(shop)
        raise InputError(error.problem, where=where, fix=error.fix) from error
    finally:
        try:
            with uninterrupted():
                _clear(made)
        finally:
            _clear(made)  # where the signal came right before that


def sweep(folder: Path, names: Sequence[str]) -> None:
    """Remove the workshops of runs that were killed while they made `names` in `folder`.

    If a run was killed after it had moved the old version aside and before the new version was in place, the
    old version is put back first.
    """
    for shop in _workshops(folder, names):
        with suppress(OSError):
            lock = lock_folder(shop)
            try:
                if lock is None and time.time() - shop.stat().st_mtime < _OLD:
                    continue
                place = folder / names[0]
                if os.path.lexists(shop / RETIRED) and not os.path.lexists(place):
                    (shop / RETIRED).rename(place)
                shutil.rmtree(shop, ignore_errors=True)
            finally:
                release(lock)


def somebody_works(folder: Path, name: str | None = None) -> bool:
    """Whether another run is currently putting a new `name`, or anything, into `folder`."""
    prefix = "." if name is None else _prefix(name)
    try:
        shops = [Path(entry) for entry in os.scandir(folder) if entry.name.startswith(prefix)]
    except OSError:
        return False
    for shop in filter(_is_shop, shops):
        try:
            release(lock_folder(shop))
        except BlockingIOError:
            return True
        except OSError:
            continue
    return False


def is_workshop(name: str) -> bool:
    """Whether a hidden folder of this name was made by isolex."""
    return name.startswith(".") and _ENDING.search(name) is not None


def is_workshop_of(entry: Path, names: Sequence[str]) -> bool:
    """Whether this is a folder in which one of `names` is, or was, made."""
    named = entry.name.startswith(tuple(map(_prefix, names))) and is_workshop(entry.name)
    return named and (_is_shop(entry) or not os.path.lexists(entry))  # it may have gone since it was listed


def in_workshop(path: Path) -> bool:
    """Whether a path lies in a workshop; the run that works there is then responsible for it."""
    return any(is_workshop(part) for part in path.parts[:-1])


def _workshops(folder: Path, names: Sequence[str]) -> list[Path]:
    """Those in which `names` are made, or were; nothing else is in them."""
    prefix = _prefix(names[0])

    def is_ours(entry: Path) -> bool:
        return entry.name in {*names, RETIRED} or is_workshop_of(entry, names)

    try:
        found = [Path(entry) for entry in os.scandir(folder) if entry.name.startswith(prefix)]
        return [shop for shop in found if _is_shop(shop) and all(map(is_ours, shop.iterdir()))]
    except OSError:
        return []


def _prefix(name: str) -> str:
    short = name
    while len(os.fsencode(short)) > _LONGEST:
        short = short[:-1]
    return f".{short}.new-"


def _opened(folder: Path, name: str) -> _Shop:
    while True:
        try:
            path = Path(tempfile.mkdtemp(dir=folder, prefix=_prefix(name)))
        except OSError as error:
            raise InputError(
                f"cannot be written ({error.strerror})",
                where=folder / name,
                fix="create its folder or choose another place",
            ) from error
        # Before it was locked, a run that sweeps may have taken it for a leftover.
        with suppress(BlockingIOError, FileNotFoundError):
            lock = lock_folder(path)
            if path.exists():
                return _Shop(path, lock)
            release(lock)


def _clear(made: list[_Shop]) -> None:
    while made:
        shutil.rmtree(made[-1].path, ignore_errors=True)
        release(made.pop().lock)


def lock_folder(shop: Path) -> int | None:
    """Lock a folder; None where there are no locks.

    Raises:
        BlockingIOError: Somebody works there.
        OSError: There is no such folder, or it may not be opened.
    """
    if not _LOCKS:
        return None
    descriptor = os.open(shop, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:  # a file system without locks
        os.close(descriptor)
        return None
    return descriptor


def release(lock: int | None) -> None:
    """Give back what `lock_folder` gave."""
    if lock is not None:
        os.close(lock)


def _is_shop(path: Path) -> bool:
    return is_workshop(path.name) and path.is_dir() and not path.is_symlink()
