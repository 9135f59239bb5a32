import errno
import io
import json
import os
import platform
import re
import resource
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import isolex as package
from isolex.cli.app import main

from .helpers import contents

ISOLEX = (sys.executable, "-m", "isolex")
# With output buffered, as it is for most people, so that some is left for the moment when Python exits.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
ALIGN = ("align", "aa.vec", "bb.vec", "--lexicon", "seeds.tsv", "--method", "procrustes", "-o", "aa-bb")

# Commands that write, over an earlier output of theirs.
WRITERS = {
    "align": ALIGN,
    "lexicon tsv": ("lexicon", "aa-bb", "-o", "out.tsv"),
    "lexicon jsonl": ("lexicon", "aa-bb", "-o", "out.jsonl"),
    "evaluate": ("evaluate", "bli", "aa-bb", "test.tsv", "--answers", "out.tsv"),
    "convert text": ("convert", "aa.vec", "out.vec"),
    "convert gzip": ("convert", "aa.vec", "out.vec.gz"),
    "convert binary": ("convert", "aa.vec", "out.bin"),
    "convert store": ("convert", "aa.vec", "out.safetensors"),
    "export text": ("export", "aa-bb", "-o", "exported"),
    "export store": ("export", "aa-bb", "-o", "exported", "--format", "native"),
}


class TestEntry:
    def test_alone_it_shows_the_help(self, isolex):
        result = isolex()
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith("Usage: isolex [OPTIONS] COMMAND")
        assert "Start with: isolex demo" in result.err

    @pytest.mark.parametrize("group", ["evaluate"])
    def test_so_does_a_group(self, isolex, group):
        result = isolex(group)
        assert (result.status, result.out) == (2, "")
        assert result.err.startswith(f"Usage: isolex {group} [OPTIONS] COMMAND")

    def test_version(self, isolex):
        result = isolex("--version")
        assert (result.status, result.err) == (0, "")
        first, python, torch_line, numpy, loops = result.out.splitlines()
        assert first == f"isolex, version {package.__version__}"
        assert python.startswith(f"Python {platform.python_version()} on ")
        devices = "cpu, cuda" if torch.cuda.is_available() else "cpu"
        assert torch_line == f"torch {torch.__version__}, devices: {devices}"
        assert numpy == f"numpy {np.__version__}"
        assert loops == f"compiled loops: numba {version('numba')}"

    def test_version_where_packages_are_missing(self, isolex, monkeypatch):
        def missing(name):
            raise PackageNotFoundError(name)

        monkeypatch.setattr("isolex.cli.versions.version", missing)
        monkeypatch.setattr("isolex.cli.versions.distribution", missing)
        result = isolex("--version")
        assert (result.status, result.err) == (0, "")
        assert "torch not found, devices: cpu\n" in result.out
        assert result.out.endswith("compiled loops: none (without the extra fast)\n")

    @pytest.mark.parametrize(
        "build",
        [
            ("cuda: Optional[str] = None\nhip: Optional[str] = None\n", 1, "cpu"),
            ("cuda: Optional[str] = '12.8'\n", 0, "cpu"),
            ("cuda: Optional[str] = '12.8'\nhip: Optional[str] = None\n", 2, "cpu, cuda"),
            ("cuda = None\nhip = '6.3.1'\n", 0, "cpu"),
            ("", 1, "cpu"),
        ],
    )
    def test_devices(self, isolex, monkeypatch, tmp_path, build):
        text, gpus, devices = build
        (tmp_path / "torch").mkdir()
        (tmp_path / "torch" / "version.py").write_text(text)
        found = SimpleNamespace(locate_file=lambda name: tmp_path / name)
        monkeypatch.setattr("isolex.cli.versions.distribution", lambda _: found)
        monkeypatch.setattr("isolex.cli.versions._gpus", lambda: gpus)
        assert f", devices: {devices}\n" in isolex("--version").out

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("bogus",), "No such command 'bogus'; see: isolex --help"),
            (("aline",), "No such command 'aline'.*'align'"),
            (("evaluate", "bly"), "No such command 'bly'.*; see: isolex evaluate --help"),
            (("--bogus",), "No such option.*--bogus"),
            (("evaluate", "/"), "No such command '/'; name a command before the files; see: isolex evaluate"),
            (("align", "a.vec"), "'TARGET'; expected: isolex align SOURCE TARGET --output PATH; see: isolex"),
            (("nearest", "a.vec"), r"'WORD\.\.\.'; expected: isolex nearest VECTORS WORD\.\.\.; see: isolex"),
            (
                ("evaluate", "bli", "a", "b", "c"),
                r"argument \(c\); expected: isolex evaluate bli DIR TEST; see",
            ),
            (("align", "--src_emb", "a.vec"), "No such option '--src_emb'; give the two files of vectors"),
            (
                ("align", "--supervised", "a"),
                "'--supervised'; it is --lexicon FILE --method vecmap here; see",
            ),
        ],
    )
    def test_bogus(self, isolex, arguments, message):
        isolex(*arguments).fails(message)

    def test_as_a_module(self, here):
        done = subprocess.run([*ISOLEX, "info", "no\nfile"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "isolex: error: no file: no such file; check the path\n"


class TestStdout:
    @pytest.mark.parametrize("arguments", [(), ("--json",)])
    def test_a_reader_that_goes_away_is_no_error(self, here, arguments):
        """As `head` does: nobody reads, and no complaint comes, not even when Python exits."""
        command = [*ISOLEX, "info", "aa.vec", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, env=BUFFERED, **pipes) as process:
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 0

    @pytest.mark.parametrize("arguments", [(), ("--json",)])
    def test_a_full_disk(self, here, arguments):
        command = [*ISOLEX, "info", "aa.vec", *arguments]
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(command, env=BUFFERED, stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 2
        assert done.stderr == b"isolex: error: writing: No space left on device\n"

    @pytest.mark.parametrize("arguments", [("--json",), ()])
    def test_an_encoding_without_the_letters(self, here, monkeypatch, arguments):
        raw = io.BytesIO()
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
        with pytest.raises(SystemExit) as stopped:
            main(["info", "aa.vec", *arguments])
        assert stopped.value.code == 0
        text = raw.getvalue().decode("ascii")
        if arguments:
            assert json.loads(text)["first_words"][::4] == ["été", "𐌰𐌹"]
        else:
            assert r"first words: \xe9t\xe9; [bold]" in text

    @pytest.mark.parametrize(
        ("arguments", "status"), [(("translate", "aa-bb", "s7"), 0), (("info", "no"), 2)]
    )
    def test_main_exits_with_the_status(self, here, capsys, arguments, status):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == status

    def test_on_a_terminal_json_is_still_alone_on_stdout(self, isolex, here, monkeypatch):
        monkeypatch.setenv("FORCE_COLOR", "1")
        result = isolex(*ALIGN, "--json")
        assert "reading vectors" in result.err
        assert result.json["status"] == "aligned"


class TestMemory:
    @pytest.mark.parametrize(
        "error", [MemoryError, torch.cuda.OutOfMemoryError("CUDA out of memory. Tried …")]
    )
    def test_too_little(self, isolex, here, monkeypatch, error):
        def greedy(*_, **__):
            raise error

        monkeypatch.setattr("isolex.recipes.align", greedy)
        before = contents(here)
        isolex(*ALIGN).fails("not enough memory; read fewer words, for instance with --vocab 50000")
        assert contents(here) == before


def prepare(isolex, here, arguments) -> dict[str, bytes | None]:
    """Let outputs stand there, other ones than the command would write; what stands in the folder then."""
    isolex(*arguments).warns(None)
    for path in [*here.glob("out.*"), *here.glob("exported/*")]:
        path.write_bytes(path.read_bytes() + b"\n")
    isolex(*ALIGN, "--seed", 99).warns(None)
    return contents(here)


@contextmanager
def disk_of(size: int):
    """No file can be made larger than this: where it is, writing fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestUnwritable:
    @pytest.mark.parametrize("command", WRITERS)
    def test_a_disk_that_fills_up_in_the_middle(self, isolex, here, command):
        arguments = WRITERS[command]
        before = prepare(isolex, here, arguments)
        with disk_of(2000):
            result = isolex(*arguments, "--json")
        output = arguments[arguments.index("-o") + 1] if "-o" in arguments else arguments[-1]
        result.fails(rf"error: {re.escape(output)}\S*: cannot be written \(.*File too large")
        assert ".new-" not in result.err
        assert contents(here) == before

    @pytest.mark.parametrize("command", WRITERS)
    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
    def test_a_disk_that_refuses_the_last_step(self, isolex, here, monkeypatch, command, number):
        arguments = WRITERS[command]
        before = prepare(isolex, here, arguments)

        def refuse(*_):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr("pathlib.Path.replace", refuse)
        monkeypatch.setattr("isolex.files.replacing.exchange", refuse)
        isolex(*arguments, "--json").fails(rf": cannot be written \({os.strerror(number)}\)")
        assert contents(here) == before

    @pytest.mark.parametrize("command", WRITERS)
    def test_a_folder_that_is_not_ours(self, isolex, here, monkeypatch, command):
        arguments = WRITERS[command]
        before = prepare(isolex, here, arguments)

        def forbidden(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.mkdtemp", forbidden)
        isolex(*arguments, "--json").fails(r": cannot be written \(Permission denied\); create its folder or")
        assert contents(here) == before
