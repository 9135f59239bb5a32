"""Work in processes of their own runs this program, whatever lies in the working directory."""

import json
import signal
import subprocess
import sys

import pytest

from isolex.processes import command_of


def test_a_module_runs_with_its_arguments():
    done = subprocess.run(command_of("json.tool", "--help"), capture_output=True, text=True, check=True)
    assert "usage:" in done.stdout


def test_it_has_the_path_of_its_parent():
    code = (
        command_of("json.tool")[2].partition("import runpy")[0] + "import json; print(json.dumps(sys.path))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == sys.path


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize("by_signal", [True, False])
def test_ctrl_c_may_end_it_by_the_signal(tmp_path, monkeypatch, by_signal):
    """Also while the module is imported, though the import makes something else of a KeyboardInterrupt."""
    code = (
        "import os, signal\ntry: os.kill(os.getpid(), signal.SIGINT)\nexcept KeyboardInterrupt: os._exit(3)"
    )
    (tmp_path / "stubborn.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    done = subprocess.run(command_of("stubborn", by_signal=by_signal), check=False)
    assert done.returncode == (-signal.SIGINT if by_signal else 3)


def test_files_of_the_working_directory_are_no_libraries(tmp_path, monkeypatch):
    (tmp_path / "argparse.py").write_text("print('a stranger')")
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    safe, unsafe = command_of("json.tool", "--help"), [sys.executable, "-m", "json.tool", "--help"]
    told = [
        subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
        for command in (safe, unsafe)
    ]
    assert "a stranger" not in told[0]
    assert "usage:" in told[0]
    assert "a stranger" in told[1]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told by /proc")
def test_free_memory_goes_back_to_the_system():
    """Pieces that are freed between others stay with a process by themselves."""
    code = (
        "from isolex.processes import give_memory_back\n"
        "def held(): return int(open('/proc/self/statm').read().split()[1]) * 4\n"
        "pieces = [bytearray(4000) for _ in range(50_000)]\n"
        "last = bytearray(4000)\n"
        "del pieces\n"
        "before = held(); give_memory_back(); print(before - held())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50_000
