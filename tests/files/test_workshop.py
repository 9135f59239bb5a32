"""What killed runs leave: told from what living ones make, swept by the next write, and in nobody's way."""

import os
import signal
import sys
from pathlib import Path

import pytest

from isolex.errors import InputError
from isolex.files import atomic_file, atomic_folder, sweep
from isolex.files.workshop import RETIRED, is_workshop_of, somebody_works, workshop

CONTENTS = ("card.json", "more")


def killed_while_writing(path: Path, *, folder: bool) -> None:
    """A process writes to `path`, and is killed in the middle."""
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        made = atomic_folder(path, contents=CONTENTS) if folder else atomic_file(path)
        with made as temporary:
            (temporary / CONTENTS[0] if folder else temporary).write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitpid(process, 0)[1] == signal.SIGKILL


def write(path: Path, *, folder: bool) -> None:
    if folder:
        with atomic_folder(path, contents=CONTENTS) as temporary:
            (temporary / CONTENTS[0]).write_text("new")
    else:
        with atomic_file(path) as temporary:
            temporary.write_text("new")


@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize("name", ["out", "é" * 120, "\udcff\udcfe"])
def test_the_next_write_sweeps_what_a_killed_one_left(tmp_path, folder, name):
    path = tmp_path / name
    killed_while_writing(path, folder=folder)
    assert [entry.name[0] for entry in tmp_path.iterdir()] == ["."]
    write(path, folder=folder)
    assert list(tmp_path.iterdir()) == [path]


def test_one_that_goes_while_it_is_looked_at_is_no_foreign_file(tmp_path):
    assert is_workshop_of(tmp_path / ".more.new-abcdefgh", CONTENTS)
    assert not is_workshop_of(tmp_path / ".other.new-abcdefgh", CONTENTS)


@pytest.mark.parametrize("folder", [False, True])
def test_a_living_writer_is_left_in_peace(tmp_path, folder):
    path = tmp_path / "out"
    with workshop(tmp_path, ["out"]) as shop:
        assert somebody_works(tmp_path, "out")
        write(path, folder=folder)
        assert shop.is_dir()
    assert list(tmp_path.iterdir()) == [path]
    assert not somebody_works(tmp_path, "out")


@pytest.mark.parametrize(
    "name", [".out.new-notes", ".out.new-notes123", ".out.new-abcdefgh", "out.new-abcdefgh"]
)
def test_what_is_not_ours_stays(tmp_path, name):
    """Names like ours, with other things in them; or names that are only alike."""
    mine = tmp_path / name / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("years of work")
    (tmp_path / ".out.new-12345678").write_text("a file")
    (tmp_path / ".out.new-87654321").symlink_to(mine.parent)
    write(tmp_path / "out", folder=True)
    assert mine.read_text() == "years of work"
    assert (tmp_path / ".out.new-12345678").read_text() == "a file"


def test_leftovers_in_an_output_do_not_keep_it_from_being_replaced(tmp_path):
    path = tmp_path / "out"
    write(path, folder=True)
    killed_while_writing(path / "more", folder=False)
    assert len(list(path.iterdir())) == 2
    write(path, folder=True)
    assert [entry.name for entry in path.iterdir()] == [CONTENTS[0]]
    (path / ".foreign.new-abcdefgh").mkdir()
    with pytest.raises(InputError, match=r"holds other files \(\.foreign"):
        write(path, folder=True)


def test_what_was_moved_aside_is_put_back(tmp_path):
    """Where names cannot be exchanged, a run may be killed between its two renames."""
    shop = tmp_path / ".out.new-abcdefgh"
    (shop / RETIRED).mkdir(parents=True)
    (shop / RETIRED / CONTENTS[0]).write_text("old")
    (shop / "out").mkdir()
    sweep(tmp_path, ["out"])
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]
    assert (tmp_path / "out" / CONTENTS[0]).read_text() == "old"


def test_without_locks_only_old_ones_are_swept(tmp_path, monkeypatch):
    monkeypatch.setattr("isolex.files.workshop.lock_folder", lambda _: None)
    for name, age in (("abcdefgh", 0), ("12345678", 2 * 86_400)):
        shop = tmp_path / f".out.new-{name}"
        shop.mkdir()
        when = shop.stat().st_mtime - age
        os.utime(shop, (when, when))
    write(tmp_path / "out", folder=False)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".out.new-abcdefgh", "out"]


def test_an_interrupt_in_the_middle_of_opening_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(_: Path) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("isolex.files.workshop.lock_folder", interrupted)
    with pytest.raises(KeyboardInterrupt), workshop(tmp_path, ["out"]):
        pytest.fail("it must not come to this")
    assert list(tmp_path.iterdir()) == []
