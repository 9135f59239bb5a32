"""Ctrl-C at the worst moments: exit status 130, one line, the old output, and nothing half-written."""

import itertools
import json
import os
import pkgutil
import signal
import subprocess
import sys

import pytest

from .helpers import contents
from .test_app import WRITERS, prepare

# Which call of which function deep inside a command does not come back: while it computes, or writes.
MOMENTS = [
    ("align", "isolex.vectors.text.parse_block", 2),
    ("align", "isolex.judging.policy.cross_validate", 1),
    ("align", "isolex.alignment.artefact.save", 1),
    ("align", "isolex.vectors.vector_formats.write_store", 2),
    ("lexicon tsv", "isolex.alignment.alignment.induce", 1),
    ("lexicon tsv", "isolex.alignment.entries.csv.writer", 1),
    ("lexicon jsonl", "isolex.alignment.entries.json.dumps", 50),
    ("evaluate", "isolex.evaluation.evaluate", 1),
    ("evaluate", "isolex.evaluation.result.json.dumps", 50),
    ("convert text", "isolex.vectors.text._lines", 1),
    ("convert gzip", "isolex.vectors.text._lines", 1),
    ("convert store", "isolex.vectors.native_store.save_file", 1),
    ("export text", "isolex.vectors.text._lines", 1),
    ("export store", "isolex.vectors.native_store.save_file", 2),
    *((command, "isolex.files.replacing._move", 1) for command in WRITERS),
    *((command, "isolex.files.replacing.exchange", 1) for command in WRITERS),
    ("align", "isolex.files.replacing._move", 4),
    ("export text", "isolex.files.replacing.exchange", 2),
]


def interrupted(isolex, here, command: str) -> None:
    before = contents(here)
    result = isolex(*WRITERS[command], "--json")
    assert (result.status, result.out) == (130, "")
    assert result.lines == ["isolex: interrupted; output files are as they were"]
    assert contents(here) == before


@pytest.mark.parametrize(("command", "moment", "call"), MOMENTS)
def test_at_a_moment(isolex, here, monkeypatch, command, moment, call):  # noqa: PLR0917
    prepare(isolex, here, WRITERS[command])
    monkeypatch.setattr(moment, stop_at(moment, call=call))
    interrupted(isolex, here, command)


def test_between_the_two_files_of_an_export(isolex, here, monkeypatch):
    """The vectors of one alignment with those of another would be in two different spaces."""
    prepare(isolex, here, WRITERS["export text"])
    moment = "isolex.vectors.vector_formats.write_text"
    monkeypatch.setattr(moment, stop_at(moment, call=2))
    interrupted(isolex, here, "export text")


def stop_at(moment: str, *, call: int):
    """The function that goes by this name, which does not come back from one of its calls."""
    original = pkgutil.resolve_name(moment)
    calls = itertools.count(1)

    def stopped(*arguments, **keywords):
        if next(calls) == call:
            raise KeyboardInterrupt
        return original(*arguments, **keywords)

    return stopped


# Runs commands one after the other as the program does; each waits for the signal in the middle of its work.
DRIVER = """
import json, sys, time
from unittest import mock
from isolex.cli import main

def wait(*_, **__):
    print("there", flush=True)
    time.sleep(60)

for moment, arguments in json.loads(sys.argv[1]):
    with mock.patch(moment, wait):
        try:
            main(arguments)
        except SystemExit as stopped:
            print(stopped.code, flush=True)
"""

SIGNALLED = [
    ("align", "isolex.alignment.artefact.save"),
    ("lexicon tsv", "isolex.alignment.entries.csv.writer"),
    ("convert text", "isolex.vectors.text._lines"),
    ("export text", "isolex.vectors.text._lines"),
]


def test_by_a_real_signal(isolex, here):
    for command, _ in SIGNALLED:
        before = prepare(isolex, here, WRITERS[command])
    jobs = json.dumps([(moment, WRITERS[command]) for command, moment in SIGNALLED])
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, jobs], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for _ in SIGNALLED:
            assert process.stdout.readline() == "there\n"
            assert contents(here).keys() >= before.keys()
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "130\n"
            assert contents(here) == before
        lines = [line for line in process.stderr.read().splitlines() if line]
    assert lines == ["isolex: interrupted; output files are as they were"] * len(SIGNALLED)


COMMAND = (sys.executable, "-c", "from isolex_command import main; main()")


def test_while_the_program_is_loaded(tmp_path):
    (tmp_path / "torch.py").write_text("import time\nprint('there', flush=True)\ntime.sleep(60)\n")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*COMMAND, "demo"], env=environment, text=True, **pipes) as process:
        assert process.stdout.readline() == "there\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (130, "")
    assert err == "isolex: interrupted; output files are as they were\n"


def test_what_the_command_starts_is_the_command_line(tmp_path):
    done = subprocess.run(
        [*COMMAND, "info", "none"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "isolex: error: none: no such file; check the path\n"
