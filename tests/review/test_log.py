import itertools
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest

from isolex.errors import FormatError, InputError
from isolex.review import DecisionLog, Generation, logged_decisions
from isolex.review.log import LEASE_SECONDS

from .made import said


def decided(log, source, *, reviewer="ana", kind="sure", **words):
    return log.record(log.lease(source, kind, "proposed", reviewer), **words)[0]


class TestRecording:
    def test_what_is_recorded(self, log):
        item = log.lease("cat", "informative", "casa", "ana")
        before = datetime.now(timezone.utc).replace(microsecond=0)
        decision, new = log.record(item, accepted=["gato", "gato"], rejected=iter(["casa"]), comment="?")
        assert new
        assert before <= datetime.fromisoformat(decision.at) <= datetime.now(timezone.utc)
        expected = said(
            "cat",
            "gato",
            "casa",
            kind="informative",
            proposal="casa",
            comment="?",
            at=decision.at,
            event=decision.event,
        )
        assert decision == expected
        assert decision.event == log.last_event() > 0
        assert log.decisions() == [decision]

    def test_the_same_item_counts_once(self, log):
        item = log.lease("cat", "sure", "gato", "ana")
        first, _ = log.record(item, accepted=["gato"])
        again, new = log.record(item, rejected=["gato"])
        assert (again, new) == (first, False)
        assert log.decisions() == [first]

    def test_an_item_whose_decision_was_undone_stays_decided(self, log):
        item = log.lease("cat", "sure", "gato", "ana")
        first, _ = log.record(item, accepted=["gato"])
        log.undo("ana")
        assert log.record(item, accepted=["gato"]) == (first, False)
        assert log.decisions() == []

    def test_words_that_no_dictionary_can_hold(self, log):
        item = log.lease("cat", "sure", "gato", "ana")
        with pytest.raises(InputError, match="control character"):
            log.record(item, accepted=["ga\tto"])
        assert log.decisions() == []
        assert log.record(item, accepted=["gato"])[1]

    @pytest.mark.parametrize(
        "word", ["<b>&\"'", "abc\u202edef", "w" * 10_000, "'; DROP TABLE events; --", "𐌰é"]
    )
    def test_hostile_words(self, log, word):
        decided(log, word, accepted=[word + "!"], comment="line\nend \x07 \u2028")
        (found,) = log.decisions()
        assert (found.source, found.accepted) == (word, (word + "!",))
        assert found.comment == "line\nend \x07 \u2028"

    def test_all_of_several_or_none(self, log):
        made = log.add([said("cat", "gato", at="2020-01-02T03:04:05+00:00"), said("dog", "perro")])
        assert [decision.source for decision in made] == ["cat", "dog"]
        assert made[0].at == "2020-01-02T03:04:05+00:00"
        assert log.decisions() == made

        def broken():
            yield said("sun", "sol")
            raise InputError("no more")

        with pytest.raises(InputError, match="no more"):
            log.add(broken())
        assert log.decisions() == made

    def test_events_stay(self, log):
        decided(log, "cat", accepted=["gato"])
        log.undo("ana")
        with sqlite3.connect(log.path) as connection:
            for change in ("UPDATE events SET reviewer = 'ben'", "DELETE FROM events"):
                with pytest.raises(sqlite3.IntegrityError, match="events are"):
                    connection.execute(change)
            rows = connection.execute("SELECT reviewer, undoes FROM events ORDER BY id").fetchall()
        connection.close()
        assert rows == [("ana", None), ("ana", 1)]


class TestUndo:
    def test_any_number_of_times_and_of_ones_own(self, log):
        made = [
            decided(log, f"{who}{n}", reviewer=who, accepted=["x"])
            for n in range(40)
            for who in ("ana", "ben")
        ]
        own = [decision for decision in made if decision.reviewer == "ana"]
        assert [log.undo("ana") for _ in own] == [(decision, None) for decision in own[::-1]]
        assert log.undo("ana") is None
        assert log.decisions() == [decision for decision in made if decision.reviewer == "ben"]

    def test_skipped_ones_and_those_from_elsewhere_as_well(self, log):
        skipped = decided(log, "cat")
        (added,) = log.add([said("dog", "perro")])
        assert [log.undo("ana") for _ in range(3)] == [(added, None), (skipped, None), None]

    def test_goes_on_after_new_decisions(self, log):
        first = decided(log, "cat", accepted=["gato"])
        decided(log, "dog", accepted=["perro"])
        log.undo("ana")
        third = decided(log, "sun", accepted=["sol"])
        assert [log.undo("ana") for _ in range(3)] == [(third, None), (first, None), None]
        assert log.last_event() == 6

    def test_nobody_has_anything(self, log):
        assert log.undo("ana") is None


class TestLeases:
    def test_until_they_are_decided_on(self, log):
        items = [log.lease(word, "sure", None, "ana") for word in ("cat", "dog")]
        assert log.leased() == items
        assert log.item(items[0].id) == items[0]
        log.record(items[0])
        assert log.leased() == items[1:]

    def test_for_ten_minutes(self, log, monkeypatch):
        now = [1e9]
        monkeypatch.setattr("isolex.review.log.time", SimpleNamespace(time=lambda: now[0]))
        item = log.lease("cat", "sure", None, "ana")
        now[0] += LEASE_SECONDS - 1
        assert log.leased() == [item]
        now[0] += 2
        assert log.leased() == []
        assert log.record(item, accepted=["gato"])[1]
        assert LEASE_SECONDS == 600

    def test_an_item_that_was_not_given_out(self, log):
        with pytest.raises(InputError, match="got item 7, which was not given out"):
            log.item(7)


class TestReviewers:
    def test_a_secret_says_who_has_it(self, log):
        ana, ben = log.reviewer("ana"), log.reviewer("ben")
        assert len(ana) >= 32
        assert ana != ben
        assert [log.who(secret) for secret in (ana, ben, "", "ana", "é\ud7ff")] == [
            "ana",
            "ben",
            None,
            None,
            None,
        ]

    def test_a_new_one_takes_the_place_of_the_old_one(self, log):
        old = log.reviewer("ana")
        new = log.reviewer("ana")
        assert (log.who(old), log.who(new)) == (None, "ana")

    def test_the_file_does_not_hold_it(self, log):
        secret = log.reviewer("ana")
        log.close()
        stored = b"".join(path.read_bytes() for path in log.path.parent.iterdir())
        assert b"ana" in stored
        assert secret.encode() not in stored

    @pytest.mark.parametrize("name", ["", "a\nb", "\u202eana", "x" * 101])
    def test_names_that_are_none(self, log, name):
        with pytest.raises(InputError, match="as the name of a reviewer; give a name"):
            log.reviewer(name)


class TestGenerations:
    def test_the_last_whole_one_of_an_alignment(self, log):
        assert log.generation("one") is None
        assert log.next_generation() == 1
        log.learnt(Generation(1, 5, ("Much.",)), "one")
        log.learnt(Generation(2, 9, ("Little.", "é")), "one")
        log.learnt(Generation(3, 9), "other")
        assert log.generation("one") == Generation(2, 9, ("Little.", "é"))
        assert log.generation("other") == Generation(3, 9)

    def test_what_was_answered_before(self, log):
        log.learnt(Generation(1, 5), "one", before={"cat": "gato", "dog": "é"})
        log.learnt(Generation(2, 9), "one", before={"cat": "casa"})
        log.learnt(Generation(3, 9), "one")
        found = [log.answers_before(number) for number in (0, 1, 2, 3)]
        assert found == [{}, {"cat": "gato", "dog": "é"}, {"cat": "casa"}, {}]
        assert log.next_generation() == 4


class TestReopening:
    def test_everything_is_there(self, tmp_path):
        path = tmp_path / "log"
        with DecisionLog(path) as log:
            secret = log.reviewer("ana")
            decided(log, "cat", accepted=["gato"], comment="é")
            decided(log, "dog", accepted=["perro"])
            log.undo("ana")
            item = log.lease("sun", "random", None, "ana")
            log.learnt(Generation(1, 2, ("x",)), "base")
            known = log.decisions()
        with DecisionLog(path) as log:
            assert log.decisions() == known != []
            assert log.who(secret) == "ana"
            assert log.leased() == [item]
            assert log.generation("base") == Generation(1, 2, ("x",))
            assert decided(log, "sea", accepted=["mar"]).event == 4

    def test_a_copy_of_the_file_alone(self, tmp_path):
        with DecisionLog(tmp_path / "log") as log:
            made = decided(log, "cat", accepted=["gato"])
        shutil.copy(tmp_path / "log", tmp_path / "copy")
        with DecisionLog(tmp_path / "copy") as log:
            assert log.decisions() == [made]

    def test_an_empty_file_is_a_new_log(self, tmp_path):
        (tmp_path / "log").touch()
        with DecisionLog(tmp_path / "log") as log:
            assert log.decisions() == []

    def test_a_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(InputError, match="cannot be used: unable to open database file"):
            DecisionLog(tmp_path / "none" / "log")

    def test_a_folder_in_its_place(self, tmp_path):
        with pytest.raises(InputError, match=r"^\S+: cannot be used: "):
            DecisionLog(tmp_path)


class TestReading:
    """Decisions are read where nothing can be written, and while others decide."""

    def listed(self, path):
        return sorted(one.name for one in path.parent.iterdir())

    def test_of_a_log_that_nobody_has_open(self, log):
        made = decided(log, "cat", accepted=["gato"])
        log.close()
        assert logged_decisions(log.path) == [made]
        assert self.listed(log.path) == ["decisions.sqlite"]

    def test_of_one_that_somebody_writes(self, log):
        made = decided(log, "cat", accepted=["gato"])
        before = self.listed(log.path)
        assert logged_decisions(log.path) == [made]
        assert self.listed(log.path) == before
        assert decided(log, "dog") in logged_decisions(log.path)

    def test_of_a_copy_where_sqlite_cannot_write(self, log, tmp_path, monkeypatch):
        """As of a killed process, in a folder that is read-only."""
        made = decided(log, "cat", accepted=["gato"])
        (tmp_path / "mine").mkdir()
        for name in ("decisions.sqlite", "decisions.sqlite-wal"):
            shutil.copy(tmp_path / name, tmp_path / "mine")
        connect = sqlite3.connect

        def unwritable(place, **more):
            if "mode=ro" in str(place):
                raise sqlite3.OperationalError("unable to open database file")
            return connect(place, **more)

        monkeypatch.setattr("isolex.review.log.sqlite3.connect", unwritable)
        assert logged_decisions(tmp_path / "mine" / "decisions.sqlite") == [made]

    def test_names_that_mean_something_in_addresses(self, tmp_path):
        path = tmp_path / "50% a?b#c"
        with DecisionLog(path) as log:
            made = decided(log, "cat")
        assert logged_decisions(path) == [made]

    def test_of_what_is_no_log(self, tmp_path):
        (tmp_path / "log").write_text("no log" * 100)
        with pytest.raises(FormatError, match="is no log of decisions"):
            logged_decisions(tmp_path / "log")
        with pytest.raises(InputError, match="none: there is no such file"):
            logged_decisions(tmp_path / "none")


def test_logs_of_before_get_what_was_added(tmp_path):
    path = tmp_path / "log"
    DecisionLog(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE replacing")
        connection.execute("DROP TABLE asked")
        connection.execute("DROP TABLE answers_before")
    connection.close()
    with DecisionLog(path) as log:
        item = log.lease("cat", "sure", None, "ana")
        log.ask("cat", "gato")
        assert (log.leased(), [one.target for one in log.asked()]) == ([item], ["gato"])


def foreign_database(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()


def other_release(path):
    DecisionLog(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE about SET value = '999'")
    connection.close()


def database_with_about(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE about (title TEXT)")
    connection.close()


def damaged(path):
    with DecisionLog(path) as log:
        decided(log, "cat", accepted=["gato"])
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))


FOREIGN = {
    "text": lambda path: path.write_text("source\ttarget\n" * 100),
    "database": foreign_database,
    "another table of that name": database_with_about,
    "release": other_release,
    "damaged": damaged,
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_files_are_refused_and_left_as_they_are(tmp_path, name):
    path = tmp_path / "log"
    FOREIGN[name](path)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    with pytest.raises(FormatError) as caught:
        DecisionLog(path)
    assert (
        str(caught.value)
        == f"{path}: is no log of decisions of this release of isolex, or damaged; move it away"
    )
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


class TestDamageThatShowsLater:
    def test_of_the_events(self, tmp_path):
        path = tmp_path / "log"
        with DecisionLog(path) as log:
            log.add([said(f"w{n}", "x" * 500) for n in range(50)])
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] + b"\xff" * (len(data) - len(data) // 2))
        with DecisionLog(path) as log, pytest.raises(FormatError, match=r"or damaged; move it away$"):
            log.decisions()

    def test_a_disk_that_is_full(self, log):
        decided(log, "cat", accepted=["gato"])
        log._file._connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(InputError, match=r"cannot be used: database or disk is full$"):
            log.add([said("dog", "x" * 100_000)])
        log._file._connection.execute("PRAGMA max_page_count = 1000000")
        assert decided(log, "sun", accepted=["sol"]) in log.decisions()
        assert len(log.decisions()) == 2


class TestAtOnce:
    def test_threads_that_share_a_log(self, log):
        shared = [log.lease(f"shared{n}", "sure", None, "ana") for n in range(20)]

        def work(number):
            own = [decided(log, f"w{number}.{n}", reviewer=f"r{number}", accepted=["x"]) for n in range(20)]
            common = [log.record(item, accepted=[f"by{number}"]) for item in shared]
            return own, common

        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(work, range(8)))
        own = [decision for mine, _ in done for decision in mine]
        new = [decision for _, common in done for decision, is_new in common if is_new]
        assert sorted(decision.source for decision in new) == sorted(item.source for item in shared)
        for common in zip(*(common for _, common in done), strict=True):
            assert len({decision for decision, _ in common}) == 1
        held = log.decisions()
        assert Counter(held) == Counter(own + new)
        assert [decision.event for decision in held] == list(range(1, 181))

    def test_logs_of_one_file(self, tmp_path):
        """As several processes have it; each opens it by itself, at the same time."""

        def work(number):
            with DecisionLog(tmp_path / "log") as log:
                return [decided(log, f"w{number}.{n}", accepted=["x"]) for n in range(10)]

        with ThreadPoolExecutor(6) as pool:
            made = [decision for own in pool.map(work, range(6)) for decision in own]
        with DecisionLog(tmp_path / "log") as log:
            assert Counter(log.decisions()) == Counter(made)
            assert len(made) == 60

    def test_undoing_takes_each_back_once(self, log):
        made = [decided(log, f"w{n}", accepted=["x"]) for n in range(60)]
        with ThreadPoolExecutor(6) as pool:
            undone = list(pool.map(lambda _: log.undo("ana"), range(80)))
        assert Counter(found[0] for found in undone if found is not None) == Counter(made)
        assert log.decisions() == []


RECORDER = """
import sys
from isolex.review import DecisionLog
log = DecisionLog(sys.argv[1])
for number in range(1_000_000):
    item = log.lease(f"w{number}", "sure", None, "ana")
    decision, _ = log.record(item, accepted=[f"x{number}"])
    print(decision.event, decision.source, flush=True)
"""


def test_what_was_acknowledged_is_on_the_disk(log):
    """A kill of the machine is not tried; every commit waits for the disk."""
    full = 2
    assert log._file.rows("PRAGMA synchronous") == [(full,)]
    assert log._file.rows("PRAGMA journal_mode") == [("wal",)]


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    path = tmp_path / "log"
    with subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        lines = list(itertools.islice(process.stdout, 25))
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines(keepends=True)
    assert process.returncode == -signal.SIGKILL
    told = [line.split() for line in lines if line.endswith("\n")]
    assert len(told) >= 25
    with DecisionLog(path) as log:
        kept = {str(decision.event): decision for decision in log.decisions()}
        assert [kept[event].source for event, _ in told] == [source for _, source in told]
        assert len(kept) - len(told) in (0, 1)  # one may have been on the disk, and not yet told
        assert log.record(log.lease("more", "sure", None, "ana"), accepted=["x"])[1]
