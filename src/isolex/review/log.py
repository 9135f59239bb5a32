"""The log of decisions, to which events are added and in which none is changed."""

import hashlib
import json
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeVar, cast

from isolex.errors import FormatError, InputError
from isolex.review.decisions import Decision, ItemKind
from isolex.review.log_file import LogFile

_Answer = TypeVar("_Answer")

LEASE_SECONDS = 600.0
_ITEMS = (
    "SELECT id, source, kind, proposal, reviewer, replacing.event FROM items "
    "LEFT JOIN replacing ON replacing.item = items.id"
)
_HOLDS = "decision IS NOT NULL AND id NOT IN (SELECT undoes FROM events WHERE undoes IS NOT NULL)"


@dataclass(frozen=True)
class ReviewItem:
    """A word that is before a reviewer, for ten minutes nobody else's.

    Attributes:
        id: Its number. A decision names it, so that one that is sent twice counts once.
        source: The word.
        kind: How it came up.
        proposal: Its first candidate; None if it has none.
        reviewer: Whose it is.
        replaces: The event of an older decision of the reviewer, which holds until this item is decided on.
    """

    id: int
    source: str
    kind: ItemKind
    proposal: str | None
    reviewer: str
    replaces: int | None = None


@dataclass(frozen=True)
class AskedPair:
    """A pair that somebody asked to have looked at.

    Attributes:
        source: The source word.
        target: The translation in doubt.
        after: The last event before it was asked for; later decisions answer it.
    """

    source: str
    target: str
    after: int


@dataclass(frozen=True)
class Generation:
    """A fit of the alignment and the reranker.

    Attributes:
        number: From 1 on; 0 is what reviewing began with.
        through: The last event that it learnt from.
        changed: What is new in it, a sentence each.
    """

    number: int
    through: int
    changed: tuple[str, ...] = ()


class DecisionLog:
    """Decisions, undone ones included, in the order in which they were made.

    A decision that `record` returned is on the disk, whatever happens to the process. Threads may share a
    log. Other processes may read it meanwhile, and write, one after the other.

    Args:
        path: The file; made if there is none, in a folder that is there.
        reading: How SQLite is to open a file that is only read (`mode=ro` or `immutable=1`); by default it is
            written, too. `logged_decisions` knows which way is right.

    Raises:
        InputError: It cannot be used.
        FormatError: It is something else, damaged, or of another release. So do all methods complain.
    """

    def __init__(self, path: str | Path, *, reading: str | None = None) -> None:
        self._file = LogFile(path, reading=reading)
        self.path = self._file.path

    def __enter__(self) -> "DecisionLog":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def decisions(self) -> list[Decision]:
        """Those that hold, in their order."""
        rows = self._file.rows(f"SELECT id, at, reviewer, decision FROM events WHERE {_HOLDS} ORDER BY id")
        return [_decision(*row) for row in rows]

    def lease(
        self,
        source: str,
        kind: ItemKind,
        proposal: str | None,
        reviewer: str,
        *,
        replaces: int | None = None,
    ) -> ReviewItem:
        """Note that a word is before a reviewer now.

        Args:
            source: The word.
            kind: How it came up.
            proposal: Its first candidate.
            reviewer: The name of the reviewer.
            replaces: The event of the reviewer's older decision, which the one on this item takes back.
        """
        with self._file.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO items (source, kind, proposal, reviewer, until) VALUES (?, ?, ?, ?, ?)",
                (source, kind, proposal, reviewer, time.time() + LEASE_SECONDS),
            )
            number = cast(int, cursor.lastrowid)
            if replaces is not None:
                connection.execute("INSERT INTO replacing VALUES (?, ?)", (number, replaces))
            return ReviewItem(number, source, kind, proposal, reviewer, replaces)

    def release(self, number: int) -> None:
        """Note that an item is before nobody any more."""
        with self._file.writing() as connection:
            connection.execute("UPDATE items SET until = 0 WHERE id = ?", (number,))

    def leased(self) -> list[ReviewItem]:
        """The words that are before reviewers now, and not decided on."""
        rows = self._file.rows(
            f"{_ITEMS} WHERE until > ? AND id NOT IN (SELECT events.item FROM events WHERE item IS NOT NULL) "
            "ORDER BY id",
            time.time(),
        )
        return [ReviewItem(*row) for row in rows]

    def item(self, number: int) -> ReviewItem:
        """An item by its number.

        Raises:
            InputError: There is none.
        """
        rows = self._file.rows(f"{_ITEMS} WHERE id = ?", number)
        if not rows:
            raise InputError(f"got item {number}, which was not given out", where="review")
        return ReviewItem(*rows[0])

    def record(
        self,
        item: ReviewItem,
        *,
        accepted: Iterable[str] = (),
        rejected: Iterable[str] = (),
        comment: str = "",
    ) -> tuple[Decision, bool]:
        """Add the decision on an item; once, however often it comes.

        Where the item replaces an older decision that still holds, that one is taken back in the same step.

        Returns:
            The decision, and whether it is new.

        Raises:
            InputError: Words that no dictionary can hold.
        """
        made = Decision(
            item.source,
            tuple(dict.fromkeys(accepted)),
            tuple(dict.fromkeys(rejected)),
            item.reviewer,
            item.kind,
            item.proposal,
            comment,
        )
        with self._file.writing() as connection:
            known = connection.execute(
                "SELECT id, at, reviewer, decision FROM events WHERE item = ?", (item.id,)
            ).fetchone()
            if known is not None:
                return _decision(*known), False
            taken_back = connection.execute(
                f"INSERT INTO events (at, reviewer, undoes) SELECT ?, ?, id FROM events WHERE {_HOLDS} "
                "AND reviewer = ? AND id = ?",
                (_now(), item.reviewer, item.reviewer, item.replaces),
            )
            if not taken_back.rowcount:  # it held no more, and is not to hold again after an undo
                connection.execute("DELETE FROM replacing WHERE item = ?", (item.id,))
            return self._added(connection, made, item.id), True

    def add(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Add decisions that were made elsewhere, all of them or none."""
        with self._file.writing() as connection:
            return [self._added(connection, decision, None) for decision in decisions]

    def undo(self, reviewer: str, *, event: int | None = None) -> tuple[Decision, Decision | None] | None:
        """Take a decision of a reviewer back, by an event that says so.

        An older decision that it had replaced holds again. It is said once more, since no event is changed.

        Args:
            reviewer: The name of the reviewer.
            event: The number of the decision; by default the reviewer's last one that holds.

        Returns:
            The decision that was taken back, and the one that holds again, if there is one; None if there was
            nothing to take back.
        """
        with self._file.writing() as connection:
            last = connection.execute(
                f"SELECT id, at, reviewer, decision FROM events WHERE {_HOLDS} AND reviewer = ? "
                "AND id = coalesce(?, id) ORDER BY id DESC LIMIT 1",
                (reviewer, event),
            ).fetchone()
            if last is None:
                return None
            connection.execute(
                "INSERT INTO events (at, reviewer, undoes) VALUES (?, ?, ?)", (_now(), reviewer, last[0])
            )
            replaced = connection.execute(
                "SELECT older.id, older.at, older.reviewer, older.decision FROM events AS made "
                "JOIN replacing ON replacing.item = made.item "
                "JOIN events AS older ON older.id = replacing.event WHERE made.id = ?",
                (last[0],),
            ).fetchone()
            again = None if replaced is None else self._added(connection, _decision(*replaced), None)
            return _decision(*last), again

    def ask(self, source: str, target: str) -> None:
        """Note that somebody wants a pair to be looked at. Asked again, it counts from now on."""
        with self._file.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO asked SELECT ?, ?, coalesce(max(id), 0) FROM events",
                (source, target),
            )

    def asked(self) -> list[AskedPair]:
        """The pairs that somebody asked for, in the order of asking."""
        return [
            AskedPair(*row)
            for row in self._file.rows("SELECT source, target, after FROM asked ORDER BY rowid")
        ]

    def reviewer(self, name: str) -> str:
        """A new secret for a reviewer; an older one is void from now on."""
        if not name or len(name) > 100 or any(not character.isprintable() for character in name):
            raise InputError(
                f"got {name[:40]!r} as the name of a reviewer", where="review", fix="give a name"
            )
        secret = secrets.token_urlsafe(24)
        with self._file.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO reviewers VALUES (?, ?)",
                (name, _digest(secret)),
            )
        return secret

    def who(self, secret: str) -> str | None:
        """The reviewer who has a secret."""
        rows = self._file.rows("SELECT name FROM reviewers WHERE secret = ?", _digest(secret))
        return rows[0][0] if rows else None

    def generation(self, base: str) -> Generation | None:
        """The last one that is whole and began with an alignment, by its digest."""
        rows = self._file.rows(
            "SELECT number, through, changed FROM generations WHERE base = ? ORDER BY number DESC LIMIT 1",
            base,
        )
        if not rows:
            return None
        number, through, changed = rows[0]
        return Generation(number, through, tuple(json.loads(changed)))

    def answers_before(self, number: int) -> dict[str, str]:
        """By random word, what the generation before this one answered first."""
        rows = self._file.rows("SELECT source, target FROM answers_before WHERE generation = ?", number)
        return dict(rows)

    def next_generation(self) -> int:
        """A number that no whole generation has."""
        return int(self._file.rows("SELECT coalesce(max(number), 0) + 1 FROM generations")[0][0])

    def learnt(self, generation: Generation, base: str, *, before: Mapping[str, str] | None = None) -> None:
        """Note that a generation is whole.

        Args:
            generation: The generation.
            base: The digest of the alignment that reviewing began with.
            before: By random word, the first answer of the generation before, to compare the two by.
        """
        with self._file.writing() as connection:
            connection.executemany(
                "INSERT INTO answers_before VALUES (?, ?, ?)",
                [(generation.number, word, answer) for word, answer in (before or {}).items()],
            )
            connection.execute(
                "INSERT INTO generations VALUES (?, ?, ?, ?, ?)",
                (generation.number, base, generation.through, _now(), json.dumps(generation.changed)),
            )

    def last_event(self) -> int:
        """The number of the last event, 0 without any."""
        return int(self._file.rows("SELECT coalesce(max(id), 0) FROM events")[0][0])

    def _added(self, connection: sqlite3.Connection, decision: Decision, item: int | None) -> Decision:
        made = replace(decision, at=decision.at or _now())
        body = {key: value for key, value in made.to_dict().items() if key not in ("event", "reviewer", "at")}
        cursor = connection.execute(
            "INSERT INTO events (at, reviewer, item, decision) VALUES (?, ?, ?, ?)",
            (made.at, made.reviewer, item, json.dumps(body, ensure_ascii=False)),
        )
        return replace(made, event=cast(int, cursor.lastrowid))


def logged_decisions(path: str | Path) -> list[Decision]:
    """The decisions in a log that hold, read without writing anything beside it, also while others decide.

    Raises:
        InputError: It cannot be read.
        FormatError: It is something else.
    """
    return asked_of_log(path, DecisionLog.decisions)


def asked_of_log(path: str | Path, ask: Callable[[DecisionLog], _Answer]) -> _Answer:
    """What a log answers, read without writing anything beside it, also while others decide.

    Args:
        path: The file.
        ask: A question, such as `DecisionLog.decisions`.

    Raises:
        InputError: It cannot be read.
        FormatError: It is something else.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("there is no such file", where=path)
    pending = path.with_name(f"{path.name}-wal")  # what is not in the file itself so far
    if not pending.exists():
        with DecisionLog(path, reading="immutable=1") as log:
            found = ask(log)
        if not pending.exists():
            return found
        # Somebody opened it meanwhile.
    try:
        with DecisionLog(path, reading="mode=ro") as log:
            return ask(log)
    except InputError as error:
        if isinstance(error, FormatError):
            raise
        # SQLite cannot put its index beside the file, as in a folder that is read-only.
        return _asked_of_copy(ask, path, pending)


def _asked_of_copy(ask: Callable[[DecisionLog], _Answer], *files: Path) -> _Answer:
    with tempfile.TemporaryDirectory() as folder:
        try:
            for file in filter(Path.exists, files):
                shutil.copy(file, folder)
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", where=files[0]) from error
        with DecisionLog(Path(folder) / files[0].name) as log:
            return ask(log)


def _decision(event: int, at: str, reviewer: str, body: str) -> Decision:
    said = json.loads(body)
    said["accepted"], said["rejected"] = tuple(said["accepted"]), tuple(said["rejected"])
    return Decision(**said, reviewer=reviewer, at=at, event=event)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _digest(secret: str) -> str:
    """Of a secret of 24 random bytes, which no dictionary of passwords has."""
    return hashlib.sha256(secret.encode()).hexdigest()
