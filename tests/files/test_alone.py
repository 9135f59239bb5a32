"""One process at a time has a folder, however it ends."""

import subprocess
import sys

import pytest

from isolex.errors import InputError
from isolex.files import working_alone

HOLDER = """
import sys, time
from pathlib import Path
from isolex.files import working_alone

with working_alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(99)
"""


WITHOUT = "import isolex.files.alone as module; module.lock_folder = lambda _: None"


@pytest.fixture(params=["flock", "without flock"])
def way(request, monkeypatch):
    if request.param == "without flock":
        monkeypatch.setattr("isolex.files.alone.lock_folder", lambda _: None)
    return request.param


def test_one_at_a_time(tmp_path, way):
    taken = pytest.raises(InputError, match=r"another run works in this folder; wait for its end")
    with working_alone(tmp_path), taken, working_alone(tmp_path):
        pytest.fail("two at once")
    with working_alone(tmp_path, fix="wait"):
        names = {path.name for path in tmp_path.iterdir()} - {".in-use-journal"}
    assert names == (set() if way == "flock" else {".in-use"})


def test_for_as_long_as_the_process_lives(tmp_path, way):
    code = (
        HOLDER
        if way == "flock"
        else f"import isolex.files.alone as a; a.lock_folder = lambda _: None\n{HOLDER}"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(InputError, match="another run works"), working_alone(tmp_path):
            pytest.fail("two at once")
        other.kill()
    with working_alone(tmp_path):
        pass


@pytest.mark.usefixtures("way")
def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="gone: cannot be "), working_alone(tmp_path / "gone"):
        pytest.fail("there is none")


def test_something_else_in_the_place_of_the_lock(tmp_path, monkeypatch):
    monkeypatch.setattr("isolex.files.alone.lock_folder", lambda _: None)
    (tmp_path / ".in-use").write_text("mine" * 1000)
    with pytest.raises(InputError, match=r"\.in-use: cannot be used"), working_alone(tmp_path):
        pytest.fail("that is no lock")
