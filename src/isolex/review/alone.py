"""One process at a time, in a folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from isolex.errors import InputError

_LOCK = "in-use.sqlite"


@contextmanager
def alone_in(folder: Path, *, fix: str) -> Iterator[None]:
    """See to it that no other process has a folder.

    SQLite holds the lock, on an empty file of its own. So it is there wherever a log of decisions can be
    written, also on Windows and on file systems without `flock`, and it ends with the process.

    Args:
        folder: The folder.
        fix: What whoever comes second is told to do.

    Raises:
        InputError: Another process has it, or it cannot be written.
    """
    with closing(_locked(folder, fix)):
        yield


def _locked(folder: Path, fix: str) -> sqlite3.Connection:
    try:
        # The log is closed by whichever thread ends the review.
        lock = sqlite3.connect(folder / _LOCK, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise InputError(f"cannot be used: {error}", where=folder) from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if "locked" in str(error):
            raise InputError("another run works in this folder", where=folder, fix=fix) from error
        raise InputError(f"cannot be used: {error}", where=folder / _LOCK) from error
    return lock
