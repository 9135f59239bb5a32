import gzip
import importlib.util
import json
import re
import shlex
import shutil
from pathlib import Path

import click
import pytest

from isolex.cli.app import app
from isolex.transfer import DocumentIndex, read_texts, save_index
from tests.oracles.fasttext import Model, encoded
from tests.spaces import gaussian

from ..training.made_up import RING_SEEDS as SEEDS
from ..training.made_up import write_text
from .helpers import examples, leaves

ROOT = Path(__file__).parent.parent.parent


COMMANDS = dict(leaves(app))


EXAMPLES = [
    (path, line)
    for path, command in COMMANDS.items()
    for line in examples(command)
    # These serve a page until Ctrl-C; tests/cli/test_explore.py and test_review.py run them.
    if path not in (("explore",), ("review",)) or "--export" in line
]


def test_all_commands_are_there():
    assert {" ".join(path) for path in COMMANDS} == {
        *(
            "demo",
            "train",
            "dictionary",
            "align",
            "space",
            "space add",
            "translate",
            "lexicon",
            "explore",
            "review",
            "nearest",
            "diagnose",
            "convert",
            "export",
            "info",
        ),
        *("evaluate bli", "evaluate similarity", "evaluate analogy", "evaluate sentences"),
        "evaluate space",
        *("evaluate retrieval", "evaluate topics", "index", "search", "classify"),
        *("datasets", "bench"),
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(isolex, path, option):
    result = isolex(*path, option)
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"Usage: isolex {' '.join(path)} [OPTIONS]")
    assert f"Examples:\n    isolex {' '.join(path)}" in result.out
    assert "--json" in result.out


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_does(path):
    options = [one for one in COMMANDS[path].params if isinstance(one, click.Option) and one.name != "help"]
    assert [one.name for one in options if not one.help and one.name != "help"] == []


@pytest.fixture(scope="module")
def aligned(made_sample, tmp_path_factory):
    """The folder that the examples start from: the files, and the alignment en-es."""
    from isolex import align

    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(made_sample, folder, dirs_exist_ok=True)
    files = (folder / "en.vec", folder / "es.vec", folder / "en-es.train.tsv")
    alignment = align(*files, method="procrustes")
    alignment.save(folder / "en-es")
    index = DocumentIndex(read_texts(folder / "documents.tsv"), alignment)
    save_index(index, folder / "documents.index", folder / "en-es")
    _save_space(folder)
    _write_texts(folder)
    rows = gaussian(2, 4, 0)
    (folder / "en-model.bin").write_bytes(encoded(Model([b"house", b"bread"], rows, rows)))
    return folder


def _save_space(folder: Path) -> None:
    """The space of en, es and fr, its tests, and what others are made from; fr and pt are Spanish."""
    from isolex import Lexicon, Vectors, align_space

    for code in ("fr", "pt"):
        shutil.copy(folder / "es.vec", folder / f"{code}.vec")
    for pair in ("en-es", "en-fr"):
        shutil.copy(folder / "en-es.train.tsv", folder / f"{pair}.tsv")
    Lexicon.identical(folder / "es.vec", folder / "pt.vec").write(folder / "es-pt.tsv")
    (folder / "space.toml").write_text(
        '[vectors]\nen = "en.vec"\nes = "es.vec"\n[lexicons]\nen-es = "en-es.tsv"\n'
    )
    vectors = {code: Vectors.read(folder / f"{code}.vec") for code in ("en", "es", "fr")}
    lexicons = {("en", code): folder / f"en-{code}.tsv" for code in ("es", "fr")}
    align_space(vectors, lexicons, check=False).save(folder / "space")
    (folder / "tests").mkdir()
    shutil.copy(folder / "en-es.test.tsv", folder / "tests" / "en-es.test.tsv")


def _write_texts(folder: Path) -> None:
    """Texts in two made-up languages, whose words mean the same in their order."""
    from isolex import Lexicon

    words = [write_text(folder / f"{code}.txt", seed) for seed, code in enumerate(("en", "uk"), 1)]
    Lexicon(list(zip(*words, strict=True))[:SEEDS]).write(folder / "seeds.tsv")
    for name in ("novels.txt", "corpus/one.txt", "en/one.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(folder / "en.txt", folder / name)
    lines = (json.dumps({"text": line}) for line in (folder / "en.txt").read_text().splitlines())
    (folder / "more.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


@pytest.fixture
def at_work(aligned, tmp_path, monkeypatch, quick_auto, small_sample):
    """A copy of `aligned`, and the working directory; nothing is doubtful about made-up texts."""
    monkeypatch.setattr("isolex.text.TextCheck.doubts", lambda *_, **__: [])
    monkeypatch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 20)
    shutil.copytree(aligned, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("isolex.samples.sample", lambda: small_sample)
    return tmp_path


@pytest.mark.parametrize(("path", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_examples_run(isolex, at_work, path, line):
    program, *arguments = shlex.split(line)
    assert program == "isolex"
    assert tuple(arguments[: len(path)]) == path
    # These vocabularies are not big enough to align by themselves.
    forced = ["--force"] if "--unsupervised" in arguments else []
    result = isolex(*arguments, *forced)
    assert result.status == 0
    # So few identical strings may be too few; lines with dots or seconds at their end tell of stages.
    told = [line for line in result.lines if not re.search(r" …$|^isolex: \d( and \d)? of \d: .* s\)$", line)]
    expected = "isolex: warning: " + ("failed" if forced else "doubtful")
    assert [line for line in told if not line.startswith(expected)] == []
    if "--json" in arguments:
        assert result.json
    else:
        assert result.out
    outputs = [
        arguments[i + 1]
        for i, part in enumerate(arguments)
        if part in ("-o", "--answers", "--page", "--export")
    ]
    outputs += [arguments[2]] if path == ("convert",) else []
    assert all((at_work / output).exists() for output in outputs)


@pytest.fixture
def reference():
    spec = importlib.util.spec_from_file_location("cli_reference", ROOT / "scripts" / "cli_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestReference:
    def test_it_has_every_command_and_its_help(self, reference):
        page = reference.page()
        told = re.findall(r"^## isolex ?(.*)$", page, re.MULTILINE)
        assert told[0] == ""
        assert {" ".join(path) for path in COMMANDS} <= set(told)
        assert "Usage: isolex translate [OPTIONS]" in page
