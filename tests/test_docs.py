"""Every Python block and every `isolex` line of the documentation and the README runs as it stands.

The blocks of a page run in order, in one namespace and one folder, which holds the files that the pages speak
of. The sample is cut to some 1,000 words and 100 dimensions a side, so that this takes seconds.
"""

import re
import shlex
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

import isolex
from isolex import Lexicon, Vectors
from isolex.cli import demo
from isolex.cli.app import run
from isolex.samples import Sample, SpaceSample, sample, sample_space
from tests.oracles.fasttext import Model, encoded
from tests.spaces import gaussian
from tests.training.made_up import RING_SEEDS, write_text

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
)
REPORTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "benchmarks/reports").glob("*.md"))

VOCABULARY, DIMENSION = 1000, 100
SPOKEN_OF = {*demo.WORDS, "gato", "perro", "casa", "pan", "agua", "rey", "reina", "caballo", "ventana"}

TEXT_WORDS = {"fo": ["hús", "vatn", "hundur"], "da": ["hus", "vand", "hund"]}
TEXT_FILES = {
    "documents.tsv": [
        "1\tEl perro duerme delante de la puerta de la casa.",
        "2\tLa reina y el rey comen pan en el palacio.",
        "3\tEl agua del río está fría por la mañana.",
    ],
    "topics.tsv": [
        "label\ttext",
        "home\tThe door of the house was open.",
        "home\tHe sat by the window of his room.",
        "war\tThe soldiers marched against the enemy.",
        "war\tThe king and his army won the battle.",
    ],
    "new.txt": ["Los soldados y el capitán.", "La puerta y la ventana."],
    "queries.tsv": ["q1\tcold water", "q2\tbread for the king"],
    "relevance.tsv": ["q1\t3", "q2\t2"],
    "spanish.topics.tsv": ["label\ttext", "home\tLa puerta del cuarto.", "war\tEl ejército del rey."],
    "checked.tsv": ["source\ttarget\tdecision", "house\tcasa\taccepted", "house\tpuerta\trejected"],
    "en.sentences.txt": ["The dog sleeps by the door.", "The king and the queen eat bread."],
    "es.sentences.txt": ["El perro duerme junto a la puerta.", "El rey y la reina comen pan."],
}

# Lines of shell blocks that set up an environment; whatever else is in one must be isolex.
SET_UP = ("make", "git", "pip", "cd", "source")
STATUS = re.compile(r"# exit status (\d+)$")
BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=indent)```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    language: str
    code: str
    line: int


def blocks(text: str) -> Iterator[Block]:
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(match["language"], textwrap.dedent(match["code"]), line)


def commands(code: str) -> Iterator[tuple[list[str], int]]:
    """The arguments and the expected exit status of every isolex line of a shell block."""
    for line in code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words or words[0] in SET_UP:
            continue
        status = STATUS.search(line)
        if words[0] != "isolex":
            raise ValueError(f"not a line that can be run: {line}")
        yield words[1:], int(status[1]) if status else 0


def run_shell(block: Block, page: str) -> None:
    for arguments, expected in commands(block.code):
        status = run(arguments)
        assert status == expected, f"{page}, block at line {block.line}: isolex {shlex.join(arguments)}"


def run_python(block: Block, page: str, namespace: dict[str, object]) -> None:
    # Line numbers of a traceback are those of the page.
    code = compile("\n" * block.line + block.code, page, "exec")
    exec(code, namespace)


def part(vectors: Vectors) -> Vectors:
    kept = vectors.subset(SPOKEN_OF.union(vectors.words[:VOCABULARY]))
    return Vectors(kept.words, kept.matrix[:, :DIMENSION].copy(), language=kept.language)


@pytest.fixture(scope="module")
def cut() -> Sample:
    full = sample()
    return full._replace(source=part(full.source), target=part(full.target))


@pytest.fixture(scope="module")
def cut_space() -> SpaceSample:
    full = sample_space()
    return full._replace(vectors={code: part(vectors) for code, vectors in full.vectors.items()})


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, cut: Sample) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    cut.source.write(folder / "en.vec")
    cut.target.write(folder / "es.vec")
    cut.train.write(folder / "en-es.train.tsv")
    cut.test.write(folder / "en-es.test.tsv")
    write_fasttext(folder / "en.bin")
    write_texts(folder)
    return folder


def write_fasttext(path: Path) -> None:
    words = [b"the", b"house", b"water", b"bread"]
    rows = gaussian(len(words) + 100, 4, 0)
    path.write_bytes(encoded(Model(words, rows, rows[: len(words)], buckets=100)))


def write_texts(folder: Path) -> None:
    """Two texts of made-up words, alike in both, some pairs of them, and small files of texts."""
    words = {}
    for seed, (code, known) in enumerate(TEXT_WORDS.items(), start=1):
        path = folder / f"{code}.txt"
        made = write_text(path, seed)
        words[code] = known + made[len(known) :]
        text = path.read_text(encoding="utf-8")
        for old, new in zip(made, known, strict=False):
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    pairs = list(zip(words["fo"], words["da"], strict=True))
    Lexicon(pairs[:RING_SEEDS]).write(folder / "fo-da.tsv")
    for name, lines in TEXT_FILES.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Small matrices gain nothing by more, and lose much on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def samples(cut: Sample, cut_space: SpaceSample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolex, "sample", lambda: cut)
    monkeypatch.setattr("isolex.samples.sample", lambda: cut)
    monkeypatch.setattr(isolex, "sample_space", lambda: cut_space)


@pytest.fixture
def place(
    tmp_path: Path, files: Path, samples: None, monkeypatch: pytest.MonkeyPatch, one_thread: None
) -> Path:
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    # What isolex makes of so few words is shown elsewhere; here it only has to run.
    monkeypatch.setattr("isolex.recipes.choosing.COMPARED", ("procrustes", "vecmap"))
    monkeypatch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 3)
    monkeypatch.setattr("isolex.recipes.choosing.find_spec", lambda _: None)
    # Pages in the browser are served for no time at all, as if Ctrl-C had been pressed at once.
    monkeypatch.setattr("uvicorn.Server.run", interrupted)
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    return tmp_path


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "page", [*PAGES, *(pytest.param(page, marks=pytest.mark.laboratory) for page in REPORTS)]
)
@pytest.mark.filterwarnings("ignore::isolex.IsolexWarning")
def test_blocks_run(page: str, place: Path) -> None:
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks((ROOT / page).read_text(encoding="utf-8")):
        if block.language == "python":
            run_python(block, page, namespace)
        elif block.language == "bash":
            run_shell(block, page)
        else:
            assert block.language == "text", f"{page}, line {block.line}: call it python, bash or text"


def test_every_public_name_is_on_the_python_page() -> None:
    described = set(re.findall(r"^::: (\S+)$", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.M))
    from isolex import mapping, retrieval

    solvers = {name for name in mapping.__all__ if hasattr(getattr(mapping, name), "solve")} - {
        "Solver",
        "JointSolver",
        "PlacingSolver",
    }
    criteria = {name for name in retrieval.__all__ if hasattr(getattr(retrieval, name), "index")} - {
        "Criterion"
    }
    expected = {f"isolex.{name}" for name in isolex.__all__ if name != "__version__"}
    expected |= {f"isolex.{name}" for name in solvers}
    expected |= {f"isolex.retrieval.{name}" for name in criteria}
    assert expected <= described


def test_every_method_stands_on_a_page_of_methods() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "methods").glob("*.md"))
    assert [name for name in isolex.METHODS if f"`{name}`" not in pages] == []


class TestThatTheseTestsCanFail:
    PAGE = "```bash\nisolex info none.vec\n```\n\n   ```python\n   made = 1\n   broken = made / 0\n   ```\n"

    def test_blocks_are_found_with_their_place(self) -> None:
        shell, python = blocks(self.PAGE)
        assert (shell.language, shell.code, shell.line) == ("bash", "isolex info none.vec\n", 1)
        assert (python.language, python.code) == ("python", "made = 1\nbroken = made / 0\n")

    def test_a_wrong_exit_status_is_noticed(self, place: Path) -> None:
        block = next(blocks(self.PAGE))
        with pytest.raises(AssertionError, match=r"line 1: isolex info none\.vec"):
            run_shell(block, "page")

    def test_an_error_is_noticed(self) -> None:
        *_, block = blocks(self.PAGE)
        with pytest.raises(ZeroDivisionError):
            run_python(block, "page", {})

    def test_a_line_of_another_program_is_noticed(self) -> None:
        with pytest.raises(ValueError, match="not a line that can be run"):
            list(commands("rm -r en-es"))

    def test_expected_status_and_continued_lines(self) -> None:
        found = list(commands("make demo\nisolex info \\\n  a.vec    # exit status 2\n# a remark\n"))
        assert found == [(["info", "a.vec"], 2)]
