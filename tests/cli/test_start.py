"""The start is light: what needs none of it imports neither torch nor what Windows lacks."""

import json
import os
import subprocess
import sys

import pytest

from .test_help import COMMANDS

HEAVY = ("torch", "scipy", "sklearn", "numba")
NOT_ON_WINDOWS = ("resource", "fcntl", "pwd", "termios")
# Without the modules that are named first, run each of the command lines that come as JSON.
WITHOUT = """
import contextlib, io, json, sys
names, lines = json.load(sys.stdin)
for name in names:
    sys.modules[name] = None
from isolex.cli.app import run
results = []
for line in lines:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(line)
    results.append([status, out.getvalue(), err.getvalue()])
print(json.dumps(results))
"""


def run_without(names, lines) -> list[tuple[int, str, str]]:
    asked = json.dumps([names, [[str(part) for part in line] for line in lines]])
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], input=asked, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [tuple(result) for result in json.loads(done.stdout)]


HELPS = [("--help",), ("--version",), ("evaluate", "--help")]
HELPS += [(*path, "--help") for path in COMMANDS]


@pytest.mark.parametrize("names", [HEAVY, NOT_ON_WINDOWS], ids=["heavy", "not on Windows"])
def test_help_of_every_command(names):
    for line, (status, out, err) in zip(HELPS, run_without(names, HELPS), strict=True):
        assert (status, err) == (0, ""), line
        assert out.startswith(("Usage: isolex", "isolex, version")), line


def test_usage_errors(tmp_path):
    lines = {
        ("nothing",): "No such command 'nothing'",
        ("transalte", "x"): "No such command 'transalte'",
        ("--nothing",): "No such option",
        ("evaluate", "nothing"): "No such command 'nothing'",
        ("align", "a.vec"): "Missing argument 'TARGET'",
        ("align", "a.vec", "b.vec"): "Missing option '-o'",
        ("align", "a.vec", "b.vec", "-o", tmp_path / "ab"): "give exactly one of --lexicon, --identical",
        ("align", "a.vec", "b.vec", "-o", tmp_path / "ab", "--method", "vecmpa"): "did you mean 'vecmap'?",
        ("translate", "ab", "x", "--criterion", "cosine"): "'cosine' is not one of 'csls', 'nn', 'isf'",
        ("translate", "ab", "x", "-k", "0"): "0 is not in the range",
        ("export", "ab", "-o", "x", "--format", "w2v"): "'w2v' is not one of 'word2vec'",
        ("evaluate", "bli", "ab", "x", "--protocol", "muze"): "'muze' is not one of 'muse', 'strict'",
        ("lexicon", "ab", "-o", "x", "--direction", "mutual", "-k", "3"): "leave out -k",
        ("space", "-o", "x"): "got no languages; give LANGUAGE=FILE for each, or --config",
        ("space", "en.vec", "-o", "x"): "got 'en.vec', expected LANGUAGE=FILE",
        ("space", "add"): "Missing argument 'DIR'",
        ("translate", "ab", "x", "--from", "en"): "--from and --to go together; give both",
        ("convert", "a", "b", "--format", "w2v"): "'w2v' is not one of 'word2vec'",
        **{(*path, "--nothing"): "No such option" for path in COMMANDS},
    }
    for (line, told), (status, out, err) in zip(lines.items(), run_without(HEAVY, lines), strict=True):
        assert (status, out) == (2, ""), line
        assert told in err, line
        assert err.count("\n") == 1, line


def test_the_empty_command_line():
    ((status, out, err),) = run_without(HEAVY, [()])
    assert (status, out) == (2, "")
    assert "Commands:" in err


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("isolex tr", {"train", "translate"}),
        ("isolex evaluate s", {"similarity", "sentences", "space"}),
        ("isolex sp", {"space"}),
        ("isolex space a", {"add", "file,a"}),
        ("isolex export --for", {"--format"}),
        ("isolex export --format sp", {"spacy"}),
        ("isolex evaluate bli --protocol ", {"muse", "strict", "xling", "all"}),
        ("isolex translate --criterion ", {"csls", "nn", "isf"}),
        ("isolex lexicon --format t", {"tsv", "tei", "tbx"}),
    ],
)
def test_completion(words, offered):
    code = (
        f"import sys\nfor name in {HEAVY}: sys.modules[name] = None\nfrom isolex_command import main; main()"
    )
    asked = {"_ISOLEX_COMPLETE": "bash_complete", "COMP_WORDS": words}
    asked["COMP_CWORD"] = str(len(words.split(" ")) - 1)
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert {line.removeprefix("plain,") for line in done.stdout.splitlines()} == offered


def test_what_files_are_is_told_without_torch(made, tmp_path):
    lines = [
        ("info", made / "aa.vec", "--json"),
        ("info", made / "seeds.tsv"),
        ("convert", made / "aa.vec", tmp_path / "aa.safetensors", "--dtype", "float16"),
        ("info", tmp_path / "aa.safetensors", "--json"),
        ("info", made / "aa-bb", "--json"),
    ]
    results = run_without(HEAVY, lines)
    assert [(status, err) for status, _, err in results] == [(0, "")] * 5
    assert json.loads(results[4][1])["kind"] == "alignment"
    assert json.loads(results[0][1])["words"] == json.loads(results[3][1])["words"]


def test_rich_is_imported_only_to_draw(made):
    ((status, out, err),) = run_without(
        ["rich.table", "rich.progress"], [("info", made / "aa.vec", "--json")]
    )
    assert (status, err) == (0, "")
    assert json.loads(out)["kind"] == "vectors"
    assert run_without(["rich"], [("--help",), ("info",)])[1][0] == 2
