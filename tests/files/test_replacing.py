import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import InputError, IsolexWarning
from isolex.files import (
    atomic_file,
    atomic_files,
    atomic_folder,
    check_file,
    check_folder,
    digest,
    noting_outputs,
)

MARKER = "card.json"
CONTENTS = (MARKER, "more")

stops = pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit])


@pytest.fixture(autouse=True, params=["exchanged", "moved"])
def names_are(request, monkeypatch) -> None:
    """With and without a system that can exchange names."""
    if request.param == "moved":
        monkeypatch.setattr("isolex.files.replacing.exchange", lambda *_: False)


def listing(folder: Path) -> dict[str, str]:
    """All files below a folder, hidden ones included, with their contents."""
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def make_folder(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, text in files.items():
        (path / name.replace("_", ".")).write_text(text)
    return path


def write_both(ours: Path, theirs: Path) -> None:
    (ours / MARKER).write_text("ours")
    (theirs / MARKER).write_text("theirs")


def stop_halfway(path: Path, stop: type[BaseException]) -> None:
    path.write_text("half")
    raise stop


class TestAtomicFile:
    def test_takes_its_place_at_the_end_and_not_before(self, tmp_path) -> None:
        path = tmp_path / "out"
        path.write_text("old")
        with atomic_file(path) as temporary:
            temporary.write_text("new")
            assert temporary.is_relative_to(tmp_path)
            assert path.read_text() == "old"
        assert listing(tmp_path) == {"out": "new"}

    def test_new_file(self, tmp_path) -> None:
        with atomic_file(str(tmp_path / "out")) as temporary:
            temporary.write_text("new")
            assert not (tmp_path / "out").exists()
        assert listing(tmp_path) == {"out": "new"}

    @stops
    @pytest.mark.parametrize("old", ["old", None])
    def test_any_stop_leaves_what_was_there(self, tmp_path, stop, old) -> None:
        path = tmp_path / "out"
        if old is not None:
            path.write_text(old)
        with pytest.raises(stop), atomic_file(path) as temporary:
            stop_halfway(temporary, stop)
        assert listing(tmp_path) == ({} if old is None else {"out": old})
        assert list(tmp_path.iterdir()) == ([] if old is None else [path])

    def test_permissions_are_those_of_an_ordinary_file(self, tmp_path) -> None:
        ordinary = tmp_path / "ordinary"
        ordinary.touch()
        with atomic_file(tmp_path / "out"):
            pass
        assert (tmp_path / "out").stat().st_mode == ordinary.stat().st_mode

    def test_unusable_paths(self, tmp_path) -> None:
        with pytest.raises(InputError, match="cannot be written"), atomic_file(tmp_path / "no" / "out"):
            pass
        with pytest.raises(InputError, match="is a folder"), atomic_file(tmp_path):
            pass
        (tmp_path / "file").write_text("kept")
        with pytest.raises(InputError, match="cannot be written"), atomic_file(tmp_path / "file" / "out"):
            pass
        assert listing(tmp_path) == {"file": "kept"}

    def test_devices_and_pipes_are_never_replaced(self, tmp_path) -> None:
        """Where root writes to /dev/null, it must not become a file."""
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        with pytest.raises(InputError, match="no regular file"), atomic_file(pipe):
            pass
        assert pipe.is_fifo()

    def test_a_link_stays_and_what_it_points_to_is_replaced(self, tmp_path) -> None:
        for target in "old", "not-yet":
            (tmp_path / "elsewhere").mkdir(exist_ok=True)
            (tmp_path / "elsewhere" / "old").write_text("old")
            link = tmp_path / f"link-to-{target}"
            link.symlink_to(tmp_path / "elsewhere" / target)
            with atomic_file(link) as temporary:
                temporary.write_text("new")
            assert link.is_symlink()
            assert (tmp_path / "elsewhere" / target).read_text() == "new"
            assert len(list(tmp_path.rglob(".*"))) == 0

    def test_trouble_in_writing_is_told_of_the_file_that_was_meant(self, tmp_path) -> None:
        path = tmp_path / "out"
        with pytest.raises(InputError) as caught, atomic_file(path):
            raise OSError(28, "No space left on device")
        assert str(caught.value) == f"{path}: cannot be written (No space left on device)"
        with pytest.raises(InputError) as caught, atomic_file(path) as temporary:
            raise InputError("bad word", where=f"{temporary}, line 3", fix="mend it")
        assert str(caught.value) == f"{path}, line 3: bad word; mend it"
        with pytest.raises(InputError) as caught, atomic_file(path):
            raise InputError("bad word", where="words")
        assert str(caught.value) == "words: bad word"
        assert list(tmp_path.iterdir()) == []


class TestAtomicFolder:
    @pytest.mark.parametrize("old", [None, {}, {MARKER: "old", "more": "old"}])
    def test_takes_its_place_at_the_end_and_not_before(self, tmp_path, old) -> None:
        path = tmp_path / "out"
        if old is not None:
            make_folder(path, **old)
        with atomic_folder(path, contents=CONTENTS) as temporary:
            (temporary / MARKER).write_text("new")
            assert path.exists() == (old is not None)
            assert old is None or listing(path) == old
        assert listing(tmp_path) == {f"out/{MARKER}": "new"}
        assert list(tmp_path.iterdir()) == [path]

    @stops
    @pytest.mark.parametrize("old", [None, {MARKER: "old", "more": "old"}])
    def test_any_stop_leaves_what_was_there(self, tmp_path, stop, old) -> None:
        path = tmp_path / "out"
        if old is not None:
            make_folder(path, **old)
        with pytest.raises(stop), atomic_folder(path, contents=CONTENTS) as temporary:
            stop_halfway(temporary / MARKER, stop)
        assert list(tmp_path.iterdir()) == ([] if old is None else [path])
        assert old is None or listing(path) == old

    @stops
    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("which", [0, 1])
    def test_a_stop_between_two_renames_leaves_the_old_folder(
        self, tmp_path, monkeypatch, stop, after, which
    ) -> None:
        """The old one steps aside, the new one steps in: stopped before or after either."""
        path = make_folder(tmp_path / "out", card_json="old", more="old")
        replace, calls = Path.replace, iter(range(9))

        def interrupted(self, target):
            here = next(calls) == which
            if here and not after:
                raise stop
            result = replace(self, target)
            if here:
                raise stop
            return result

        monkeypatch.setattr("isolex.files.replacing.exchange", lambda *_: False)
        monkeypatch.setattr(Path, "replace", interrupted)
        with pytest.raises(stop), atomic_folder(path, contents=CONTENTS) as temporary:
            (temporary / MARKER).write_text("new")
        assert list(tmp_path.iterdir()) == [path]
        assert listing(path) == {MARKER: "old", "more": "old"}

    def test_foreign_folders_are_refused_and_kept(self, tmp_path) -> None:
        path = make_folder(tmp_path / "out", thesis_txt="years of work")
        with (
            pytest.raises(InputError, match="holds other files"),
            atomic_folder(path, contents=CONTENTS) as temporary,
        ):
            (temporary / MARKER).write_text("new")
        assert listing(tmp_path) == {"out/thesis.txt": "years of work"}

    def test_unusable_paths(self, tmp_path) -> None:
        (tmp_path / "file").write_text("kept")
        with (
            pytest.raises(InputError, match="is a file"),
            atomic_folder(tmp_path / "file", contents=CONTENTS),
        ):
            pass
        with (
            pytest.raises(InputError, match="cannot be written"),
            atomic_folder(tmp_path / "no" / "out", contents=CONTENTS),
        ):
            pass
        assert listing(tmp_path) == {"file": "kept"}

    def test_the_folder_that_one_is_in_is_not_pulled_away(self, tmp_path, monkeypatch) -> None:
        path = make_folder(tmp_path / "out", card_json="old")
        (path / "more").mkdir()
        for here in path, path / "more":
            monkeypatch.chdir(here)
            with pytest.raises(InputError, match="you are in it"), atomic_folder(path, contents=CONTENTS):
                pass
        assert listing(tmp_path) == {f"out/{MARKER}": "old"}

    def test_a_link_stays_and_what_it_points_to_is_replaced(self, tmp_path) -> None:
        path = make_folder(tmp_path / "out", card_json="old")
        link = tmp_path / "link"
        link.symlink_to(path)
        with atomic_folder(link, contents=CONTENTS) as temporary:
            (temporary / MARKER).write_text("new")
        assert link.is_symlink()
        assert listing(path) == {MARKER: "new"}

    def test_permissions_are_those_of_an_ordinary_folder(self, tmp_path) -> None:
        with atomic_folder(tmp_path / "out", contents=CONTENTS):
            pass
        assert (tmp_path / "out").stat().st_mode == make_folder(tmp_path / "ordinary").stat().st_mode


def test_check_file(tmp_path) -> None:
    (tmp_path / "old").write_text("old")
    check_file(tmp_path / "old")
    check_file(tmp_path / "new")
    for path in tmp_path, tmp_path / "no" / "out":
        with pytest.raises(InputError):
            check_file(path)
    assert listing(tmp_path) == {"old": "old"}


def test_check_folder(tmp_path) -> None:
    check_folder(tmp_path / "new", contents=CONTENTS)
    check_folder(make_folder(tmp_path / "empty"), contents=CONTENTS)
    check_folder(make_folder(tmp_path / "ours", card_json="", more=""), contents=CONTENTS)
    shared = make_folder(tmp_path / "shared", card_json="", other="")
    unmarked = make_folder(tmp_path / "unmarked", more="")
    for path in make_folder(tmp_path / "theirs", other=""), tmp_path / "theirs" / "other", shared, unmarked:
        with pytest.raises(InputError):
            check_folder(path, contents=CONTENTS)
    with pytest.raises(InputError, match="cannot be written"):
        check_folder(tmp_path / "no" / "out", contents=CONTENTS)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "empty",
        "ours",
        "shared",
        "theirs",
        "unmarked",
    ]


@given(st.lists(st.binary()))
def test_digest_is_that_of_the_chunks_in_a_row(chunks) -> None:
    joined = b"".join(chunks)
    assert digest(*chunks) == digest(joined) == digest(memoryview(joined))
    assert digest(*chunks) == f"sha256:{hashlib.sha256(joined).hexdigest()}"


class TestAtomicFiles:
    def test_links_are_replaced_and_not_followed(self, tmp_path) -> None:
        (tmp_path / "precious").write_text("mine")
        folder = make_folder(tmp_path / "out", b="old")
        (folder / "a").symlink_to(tmp_path / "precious")
        with atomic_files(folder, ("a", "b")) as files:
            for file in files:
                file.write_text("new")
        assert listing(tmp_path) == {"precious": "mine", "out/a": "new", "out/b": "new"}
        assert not (folder / "a").is_symlink()

    @stops
    def test_a_stop_leaves_all_of_them(self, tmp_path, stop) -> None:
        folder = make_folder(tmp_path / "out", a="old", b="old")
        with pytest.raises(stop), atomic_files(folder, ("a", "b")) as files:
            stop_halfway(files[1], stop)
        assert listing(tmp_path) == {"out/a": "old", "out/b": "old"}

    def test_if_one_cannot_be_replaced_none_is(self, tmp_path) -> None:
        folder = make_folder(tmp_path / "out")
        with pytest.raises(InputError, match="is a folder"), atomic_files(folder, ("a", "b")):
            make_folder(folder / "b", thesis_txt="mine")
        assert listing(tmp_path) == {"out/b/thesis.txt": "mine"}


class TestAnotherRun:
    def test_what_it_put_into_the_folder_in_the_last_moment_is_not_lost(self, tmp_path) -> None:
        path = make_folder(tmp_path / "out", card_json="old")
        with pytest.raises(InputError, match=r"holds other files"), atomic_folder(path, contents=CONTENTS):
            (path / "thesis.txt").write_text("mine")
        assert listing(tmp_path) == {"out/card.json": "old", "out/thesis.txt": "mine"}

    @pytest.mark.parametrize("old", [True, False])
    def test_the_last_one_wins_whole_and_says_so(self, tmp_path, old) -> None:
        path = tmp_path / "out"
        if old:
            make_folder(path, card_json="old")
        with (
            pytest.warns(IsolexWarning, match="out: another run wrote there in the meantime; this run has"),
            atomic_folder(path, contents=CONTENTS) as ours,
            atomic_folder(path, contents=CONTENTS) as theirs,
        ):
            write_both(ours, theirs)
        assert listing(tmp_path) == {f"out/{MARKER}": "ours"}

    def test_a_run_looks_when_it_begins(self, tmp_path) -> None:
        path = tmp_path / "out"
        path.write_text("old")
        with noting_outputs() as outputs:
            check_file(path)
            (tmp_path / "theirs").write_text("theirs")
            (tmp_path / "theirs").replace(path)
            with pytest.warns(IsolexWarning, match="another run wrote there"), atomic_file(path) as temporary:
                temporary.write_text("ours")
            with atomic_file(path) as temporary:
                temporary.write_text("ours again")
        assert outputs.written == [path, path]
        assert listing(tmp_path) == {"out": "ours again"}


def test_all_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch) -> None:
    """Else a power failure might leave a whole folder of empty files."""
    synced, fsync = [], os.fsync
    path = make_folder(tmp_path / "out", card_json="old")

    def noted(descriptor: int) -> None:
        synced.append((os.path.realpath(f"/proc/self/fd/{descriptor}"), listing(path).get(MARKER)))
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", noted)
    with atomic_folder(path, contents=CONTENTS) as temporary:
        (temporary / MARKER).write_text("new")
    assert {(str(temporary / MARKER), "old"), (str(temporary), "old"), (str(tmp_path), "new")} <= set(synced)


def test_standard_output(capfdbinary) -> None:
    with atomic_file("/dev/stdout") as temporary:
        temporary.write_bytes(b"all of it \xff")
    assert capfdbinary.readouterr().out == b"all of it \xff"
    with pytest.raises(InputError, match="is standard output, expected a folder"):
        check_folder("/dev/stdout", contents=CONTENTS)


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, "\udcff" * 250])
def test_long_names(tmp_path, name) -> None:
    with atomic_file(tmp_path / name) as temporary:
        temporary.write_text("new")
    (tmp_path / name).unlink()
    with atomic_folder(tmp_path / name, contents=CONTENTS):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
