import os

import pytest

from isolex.errors import FormatError, InputError
from isolex.files import atomic_files, atomic_folder, steady

CONTENTS = ("a", "b")


def put(path, text):
    with atomic_folder(path, contents=CONTENTS) as temporary:
        for name in CONTENTS:
            (temporary / name).write_text(text)


def reader(*meanwhile):
    """Reads two files; before it comes to the second, something happens, another thing each time."""
    todo = list(meanwhile)

    @steady
    def read(path):
        first = (path / "a").read_text()
        if todo:
            todo.pop(0)()
        second = (path / "b").read_text()
        if first != second:
            raise FormatError("is damaged", where=path)
        return first

    return read


def test_a_folder_that_is_replaced_meanwhile_is_read_again(tmp_path):
    path = tmp_path / "out"
    put(path, "1")
    assert reader(lambda: put(path, "2"), lambda: put(path, "3"))(path) == "3"


def test_so_is_one_whose_files_are_replaced(tmp_path):
    path = tmp_path / "out"
    put(path, "1")

    def replace() -> None:
        with atomic_files(path, CONTENTS) as files:
            for file in files:
                file.write_text("2")

    assert reader(replace)(path) == "2"


def test_an_error_of_a_folder_that_nobody_replaces_stands(tmp_path):
    path = tmp_path / "out"
    put(path, "1")
    (path / "b").write_text("2")
    with pytest.raises(FormatError, match="is damaged"):
        reader()(path)


def test_while_one_of_two_files_is_new_and_the_other_not_yet(tmp_path, monkeypatch):
    path = tmp_path / "out"
    put(path, "1")
    steps = []
    with atomic_files(path, CONTENTS):
        (path / "a").write_text("2")  # as if the writer were between its two steps

        def finish(_: float) -> None:
            steps.append("waited")
            (path / "b").write_text("2")

        monkeypatch.setattr("time.sleep", finish)
        assert reader()(path) == "2"
    assert steps == ["waited"]


def test_what_was_moved_aside_is_put_back(tmp_path):
    path = tmp_path / "out"
    put(path, "1")
    shop = tmp_path / ".out.new-abcdefgh"
    shop.mkdir()
    path.rename(shop / ".retired")
    assert reader()(path) == "1"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "out"
    put(path, "1")
    opened = os.open

    def forbidden(file, *arguments):
        if str(file).endswith("/b"):
            raise PermissionError(13, "Permission denied", str(file))
        return opened(file, *arguments)

    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("os.open", forbidden)
    with pytest.raises(InputError, match=r"out.b: may not be read \(permission denied\)"):
        reader()(path)


def test_only_what_cannot_be_opened_is_forbidden(tmp_path, monkeypatch):
    path = tmp_path / "out"
    put(path, "1")
    monkeypatch.setattr("os.access", lambda *_: False)
    assert reader()(path) == "1"
