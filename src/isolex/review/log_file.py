"""The SQLite file of a log: its tables, its transactions, and what is wrong with it, in one line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from isolex.errors import FormatError, InputError

_FORMAT, _VERSION = "isolex-review", "1"
_WAIT_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reviewers (name TEXT PRIMARY KEY, secret TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE items (
    id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, kind TEXT NOT NULL, proposal TEXT,
    reviewer TEXT NOT NULL, until REAL NOT NULL
);
CREATE INDEX items_by_time ON items (until);
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, reviewer TEXT NOT NULL, item INTEGER UNIQUE,
    undoes INTEGER UNIQUE REFERENCES events, decision TEXT
);
CREATE TABLE generations (
    number INTEGER PRIMARY KEY, base TEXT NOT NULL, through INTEGER NOT NULL, at TEXT NOT NULL,
    changed TEXT NOT NULL
);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are not changed'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are kept'); END;
"""

# What later versions added, so that logs of earlier ones get it when they are opened.
_ADDED = (
    "CREATE TABLE IF NOT EXISTS replacing (item INTEGER PRIMARY KEY, event INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS asked (source TEXT NOT NULL, target TEXT NOT NULL, after INTEGER NOT NULL, "
    "PRIMARY KEY (source, target))",
    # Of random words, what the generation before answered first, where that was judged when this one was
    # fitted.
    "CREATE TABLE IF NOT EXISTS answers_before (generation INTEGER NOT NULL, source TEXT NOT NULL, "
    "target TEXT NOT NULL, PRIMARY KEY (generation, source)) WITHOUT ROWID",
)


class LogFile:
    """The file, made if there is none. Threads may share it.

    Args:
        path: The file, in a folder that is there.
        reading: How SQLite is to open a file that is only read (`mode=ro` or `immutable=1`); by default it is
            written, too.

    Raises:
        InputError: It cannot be used.
        FormatError: It is something else, damaged, or of another release. So do all methods complain.
    """

    def __init__(self, path: str | Path, *, reading: str | None = None) -> None:
        self.path = Path(path)
        self._lock = RLock()
        place = self.path if reading is None else f"{self.path.resolve().as_uri()}?{reading}"
        with self._complaining():
            self._connection = sqlite3.connect(
                place,
                timeout=_WAIT_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                uri=reading is not None,
            )
        try:
            self._prepare() if reading is None else self._check()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """The answer to a question in SQL."""
        with self._lock, self._complaining():
            return self._connection.execute(question, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, of which all is on the disk afterwards or nothing."""
        with self._lock, self._complaining():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # which a full disk ends by itself
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        """What SQLite finds of the file and of the disk, in one line."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise InputError(f"cannot be used: {error}", where=self.path) from error
        except sqlite3.DatabaseError as error:
            if type(error) is sqlite3.DatabaseError:
                raise self._foreign() from error
            raise

    def _check(self) -> None:
        if not self._is_made():
            raise self._foreign()

    def _prepare(self) -> None:
        self._is_made()  # nothing of a foreign file is changed
        self.rows("PRAGMA journal_mode = WAL")
        self.rows("PRAGMA synchronous = FULL")
        with self.writing() as connection:
            if not self._is_made():
                # executescript would end the transaction.
                for statement in _statements(_SCHEMA):
                    connection.execute(statement)
                connection.execute("INSERT INTO about VALUES (?, ?)", (_FORMAT, _VERSION))
            for statement in _ADDED:
                connection.execute(statement)

    def _is_made(self) -> bool:
        """Whether the file is such a log already; not, if it is empty.

        Raises:
            FormatError: It is something else.
        """
        if not self.rows("SELECT 1 FROM sqlite_master"):
            return False
        columns = {row[0] for row in self.rows("SELECT name FROM pragma_table_info('about')")}
        about = "SELECT value FROM about WHERE key = ?"
        if columns != {"key", "value"} or self.rows(about, _FORMAT) != [(_VERSION,)]:
            raise self._foreign()
        return True

    def _foreign(self) -> FormatError:
        return FormatError(
            "is no log of decisions of this release of isolex, or damaged",
            where=self.path,
            fix="move it away",
        )


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
