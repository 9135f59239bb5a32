"""One process at a time, in a folder."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from isolex.errors import InputError
from isolex.files.workshop import lock_folder, release

if TYPE_CHECKING:
    import sqlite3

_LOCK = ".in-use"
_TAKEN = "another run works in this folder"


@contextmanager
def working_alone(folder: Path, *, fix: str = "wait for its end, or name another folder") -> Iterator[None]:
    """See to it that no other process works in a folder at the same time.

    The lock ends with the process, however that ends. On Windows and on file systems without `flock`, SQLite
    holds it, on an empty hidden file of its own.

    Args:
        folder: The folder.
        fix: What whoever comes second is told to do.

    Raises:
        InputError: Another process has it, or it cannot be written.
    """
    try:
        lock = lock_folder(folder.resolve())
    except BlockingIOError as error:
        raise InputError(_TAKEN, where=folder, fix=fix) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=folder) from error
    try:
        if lock is not None:
            yield
        else:
            with closing(_locked(folder, fix)):
                yield
    finally:
        release(lock)


def _locked(folder: Path, fix: str) -> "sqlite3.Connection":
    import sqlite3  # noqa: PLC0415 - most commands do without

    try:
        # It is closed by whichever thread ends the work.
        lock = sqlite3.connect(folder / _LOCK, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise InputError(f"cannot be used: {error}", where=folder) from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if "locked" in str(error):
            raise InputError(_TAKEN, where=folder, fix=fix) from error
        raise InputError(f"cannot be used: {error}", where=folder / _LOCK) from error
    return lock
