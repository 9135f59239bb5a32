"""The program itself: its streams, and what it does when it is told to end."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

COMMAND = (sys.executable, "-c", "from isolex_command import main; main()")
MODULE = (sys.executable, "-m", "isolex")
# In seconds: longer than what waits does, on a machine however busy.
PATIENCE = 300
LINES = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "terminated"}
# A program that has begun to work, and goes on for a while; and one whose package is still being loaded.
WORKING = """
import isolex_command, isolex.cli, time
def work():
    print("there", flush=True)
    time.sleep(60)
isolex.cli.main = work
isolex_command.main()
"""
LOADING = "import time\nprint('there', flush=True)\ntime.sleep(60)\n"


def stopped(command, number: int, environment: dict[str, str], **settings) -> tuple[int, str, str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=os.environ | environment, **pipes, **settings) as process:
        assert process.stdout.readline() == "there\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def heeding(number: int) -> dict[str, Any]:
    """A process that heeds a signal, also where the tests themselves were told to ignore it, as by nohup."""
    return {"preexec_fn": partial(signal.signal, number, signal.SIG_DFL)}


@pytest.mark.parametrize("number", LINES)
@pytest.mark.parametrize("command", [COMMAND, MODULE], ids=["command", "module"])
def test_while_it_is_loaded(tmp_path, command, number):
    (tmp_path / "torch.py").write_text(LOADING)
    status, out, err = stopped([*command, "demo"], number, {"PYTHONPATH": str(tmp_path)}, **heeding(number))
    assert (status, out) == (128 + number, "")
    assert err == f"isolex: {LINES[number]}; output files are as they were\n"


@pytest.mark.parametrize("number", LINES)
def test_while_it_works(number):
    status, out, err = stopped([sys.executable, "-c", WORKING], number, {}, **heeding(number))
    assert (status, out) == (128 + number, "")
    assert err == f"isolex: {LINES[number]}; output files are as they were\n"


def test_what_the_terminal_has_it_ignore_is_ignored():
    """As `nohup` does: the program works until its input ends, which is after the signal."""
    driver = WORKING.replace("time.sleep(60)", "import sys; sys.stdin.read(); print('done', flush=True)")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        status, out, err = stopped([sys.executable, "-c", driver], signal.SIGHUP, {}, stdin=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (status, out, err) == (0, "done\n", "")


UNRAISABLE = """
import isolex_command, isolex.cli, os, signal, time
class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
def work():
    Finalised()
    time.sleep(60)
isolex.cli.main = work
isolex_command.main()
"""


def test_in_a_finaliser_where_python_cannot_raise_it():
    done = subprocess.run(
        [sys.executable, "-c", UNRAISABLE], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 130
    assert done.stderr == "isolex: interrupted; output files are as they were\n"


SWALLOWED = """
import isolex_command, isolex.cli.info, os, signal
def broken(*_):
    try:
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            pass
    except KeyboardInterrupt:
        raise ValueError("a library made this of it") from None
isolex.cli.info._file = broken
isolex_command.main()
"""


def test_where_a_library_makes_an_error_of_it(tmp_path):
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", SWALLOWED, "info", str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 130
    assert done.stderr == "isolex: interrupted; output files are as they were\n"


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = f"{sys.executable} -m isolex"
    return subprocess.run(
        ["sh", "-c", line.format(isolex=program)], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("arguments", ["info x.vec", "info x.vec --json", "convert x.vec - --format glove"])
def test_without_standard_output(tmp_path, arguments):
    (tmp_path / "x.vec").write_text("2 2\na 1 2\nb 2 1\n")
    done = shell(f"{{isolex}} {arguments} >&-", tmp_path)
    assert done.returncode == 2
    assert done.stderr == "isolex: error: standard output is closed; open it, or send it to /dev/null\n"
    assert (tmp_path / "x.vec").read_text() == "2 2\na 1 2\nb 2 1\n"


def test_without_standard_error_and_input(tmp_path):
    (tmp_path / "x.vec").write_text("2 2\na 1 2\nb 2 1\n")
    done = shell("{isolex} convert x.vec y.vec 2>&- <&-", tmp_path)
    assert (done.returncode, done.stdout) == (0, "y.vec: 2 words × 2\n")
    assert (tmp_path / "y.vec").read_text() == "2 2\na 1.0 2.0\nb 2.0 1.0\n"
    assert shell("{isolex} info none 2>&-", tmp_path).returncode == 2
