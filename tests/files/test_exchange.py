import ctypes
import errno

import pytest

from isolex.files.exchange import _system_call, exchange


def test_two_names_change(tmp_path):
    (tmp_path / "one").write_text("1")
    (tmp_path / "two").mkdir()
    (tmp_path / "link").symlink_to("one")
    if not exchange(tmp_path / "one", tmp_path / "two"):
        pytest.skip("this file system cannot exchange names")
    assert (tmp_path / "two").read_text() == "1"
    assert (tmp_path / "one").is_dir()
    assert exchange(tmp_path / "link", tmp_path / "two")
    assert (tmp_path / "two").is_symlink()


def test_something_that_is_not_there(tmp_path):
    (tmp_path / "one").write_text("1")
    if _system_call() is None:
        pytest.skip("this system cannot exchange names")
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "one", tmp_path / "two")


@pytest.fixture
def refused(monkeypatch):
    """Let the system refuse by this number."""

    def by(number: int) -> None:
        def refuse(*_):
            ctypes.set_errno(number)
            return -1

        monkeypatch.setattr("isolex.files.exchange._system_call", lambda: refuse)

    return by


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL])
def test_systems_that_cannot_say_so(tmp_path, refused, number):
    refused(number)
    assert not exchange(tmp_path / "one", tmp_path / "two")


def test_other_trouble_is_raised(tmp_path, refused):
    refused(errno.EACCES)
    with pytest.raises(PermissionError):
        exchange(tmp_path / "one", tmp_path / "two")


def test_other_systems(tmp_path, monkeypatch):
    monkeypatch.setattr("isolex.files.exchange._system_call", lambda: None)
    assert not exchange(tmp_path / "one", tmp_path / "two")
