import lzma
import random
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from benchmarks.__main__ import COMMANDS, app
from tests.cli.helpers import examples

ROOT = Path(__file__).parent.parent.parent
# These take long, and tests of their own run what is behind them; their examples are only parsed.
LONG = (
    "diagnosis",
    "explorer",
    "fleet",
    "fleet-scale",
    "induction",
    "review",
    "review-server",
    "semi",
    "speed",
    "triangulation",
    "unsupervised",
    "verdict",
)
EXAMPLES = [(name, line) for name in COMMANDS for line in examples(app.commands[name])]
QUICK = [(name, line) for name, line in EXAMPLES if name not in LONG]
MODULE = ["-m", "benchmarks"]


def test_the_list_imports_none_of_them():
    code = (
        "import sys; sys.modules['torch'] = None; "
        "from benchmarks.__main__ import app; app(['--help'], standalone_mode=False)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"^  ([\w-]+)  ", done.stdout, re.M) == sorted(COMMANDS)


def test_it_runs_as_a_module(tmp_path):
    planted = [*MODULE, "planted", "--words", "100", "--methods", "gromov-wasserstein-cpu"]
    done = subprocess.run([sys.executable, *planted], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].strip() == "recovered, in percent"
    failed = subprocess.run(
        [sys.executable, *MODULE, "reference"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (failed.returncode, failed.stdout) == (2, "")
    assert "Missing option '--data'; see: python -m benchmarks reference --help" in failed.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_help(lab, name):
    command = app.commands[name]
    assert command.name == name
    sign = click.Command(name, help=COMMANDS[name][1])
    assert sign.get_short_help_str(200) == command.get_short_help_str(200)
    result = lab(name, "--help")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"Usage: python -m benchmarks {name} [OPTIONS]")
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []


@pytest.fixture
def at_work(made_sample, tmp_path, monkeypatch, quick_auto, small_sample):
    """The working directory, which has what the examples speak of; what takes long is made smaller."""
    shutil.copytree(made_sample, tmp_path, dirs_exist_ok=True)
    shutil.copytree(tmp_path / "data" / "vectors", tmp_path / "data" / "vectors-web")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("isolex.samples.sample", lambda: small_sample)
    _write_texts(tmp_path / "data" / "texts", small_sample)
    monkeypatch.setattr("benchmarks.commands.start.COMMANDS", START)


def _write_texts(folder, sample) -> None:
    """Texts in which the words of the sample stand in any order."""
    folder.mkdir()
    for code, vectors in (("en", sample.source), ("es", sample.target)):
        draws = random.Random(0)
        lines = [" ".join(draws.choices(vectors.words, k=10)) for _ in range(len(vectors))]
        (folder / f"{code}.txt.xz").write_bytes(lzma.compress("\n".join(lines).encode()))


START = {"imports": ("-c", "import click"), "isolex --help": ("-m", "isolex", "--help")}


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_examples_have_options_that_there_are(name, line, tmp_path, monkeypatch):
    program, option, module, *arguments = shlex.split(line)
    assert (program, option, module, arguments[0]) == ("python", "-m", "benchmarks", name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    app.commands[name].make_context(name, arguments[1:])


@pytest.mark.parametrize(("name", "line"), QUICK, ids=[line for _, line in QUICK])
@pytest.mark.usefixtures("at_work")
def test_examples_run(lab, name, line):
    arguments = shlex.split(line)[3:]
    result = lab(*arguments)
    assert result.status == 0, result.err
    # Lines with dots at their end tell of stages.
    assert [
        told for told in result.lines if not told.endswith(" …") and "warning: doubtful" not in told
    ] == []
    assert result.json if "--json" in arguments else result.out
