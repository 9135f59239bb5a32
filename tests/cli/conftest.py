import gzip
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from isolex import sample
from isolex.cli.app import run
from isolex.cli.demo import WORDS
from isolex.lexicon import Lexicon
from isolex.samples import Sample
from isolex.vectors import Vectors
from tests.datasets.serving import Site, serving_planted, take_as_mirror
from tests.review.made import save_planted
from tests.spaces import planted

from .helpers import Result

# Source words that are easily broken on their way: accents, what rich takes for mark-up, letters beyond BMP.
ODD = {"s0": "été", "s1": "[bold]", "s2": "[/b]", "s3": ":cat:", "s4": "𐌰𐌹", "s5": '"a'}

# A table with words of the planted alignment.
DECISIONS = "source\ttarget\tdecision\treviewer\ns150\tt150\taccepted\tana\ns150\tt7\trejected\tana\n"


@pytest.fixture
def isolex(capsys) -> Callable[..., Result]:
    """Run a command line in this process."""

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        return Result(status, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """aa.vec, bb.vec, seeds.tsv, test.tsv, the alignment aa-bb made from them, and data/ for the bench."""
    folder = tmp_path_factory.mktemp("planted")
    source, target, pairs = planted()
    source = Vectors([ODD.get(word, word) for word in source.words], source.matrix)
    assert all(unicodedata.is_normalized("NFC", word) for word in source.words)
    source.write(folder / "aa.vec")
    Vectors(target.words, target.matrix).write(folder / "bb.vec")
    named = [(ODD.get(s, s), t) for s, t in pairs]
    Lexicon(named[100:]).write(folder / "seeds.tsv")
    Lexicon(named[:100]).write(folder / "test.tsv")
    arguments = ["--lexicon", folder / "seeds.tsv", "--method", "procrustes", "-o", folder / "aa-bb"]
    arguments += ["--source-language", "aa", "--target-language", "bb", "--json"]
    assert run([str(part) for part in ("align", folder / "aa.vec", folder / "bb.vec", *arguments)]) == 0
    _bench_data(folder, "aa", "bb", "seeds.tsv", "test.tsv")
    return folder


@pytest.fixture
def here(made, tmp_path, monkeypatch) -> Path:
    """A copy of `made`, and the working directory."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def reviewable(tmp_path_factory) -> Path:
    """The planted alignment aa-bb, with confidences."""
    return save_planted(tmp_path_factory.mktemp("explored"))


@pytest.fixture
def place(reviewable, tmp_path, monkeypatch) -> Path:
    """A folder with the planted alignment aa-bb and its confidences, which is the working directory."""
    shutil.copytree(reviewable, tmp_path / "aa-bb")
    (tmp_path / "text.txt").write_text("The s120 sleeps.\n")
    (tmp_path / "table.tsv").write_text(DECISIONS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("getpass.getuser", lambda: "me")
    return tmp_path


@pytest.fixture
def closed(monkeypatch) -> list[str]:
    """Servers end at once, as if by Ctrl-C; what browsers were opened with."""
    opened: list[str] = []

    def run(_, sockets):
        assert [one.fileno() >= 0 for one in sockets] == [True]
        raise KeyboardInterrupt

    monkeypatch.setattr("uvicorn.Server.run", run)
    monkeypatch.setattr("webbrowser.open", opened.append)
    return opened


@pytest.fixture(scope="session")
def small_sample() -> Sample:
    """The bundled sample, cut down in words, dimensions and pairs."""
    en, es, train, test = sample()
    source, target = _cut(en, WORDS), _cut(es, ())
    train, test = (Lexicon(p for p in pairs if p[0] in source and p[1] in target) for pairs in (train, test))
    return Sample(source, target, Lexicon(train.pairs[:400]), test)


@pytest.fixture(scope="session")
def made_sample(tmp_path_factory, small_sample) -> Path:
    """The files that the examples of the help pages speak of, made from the sample."""
    folder = tmp_path_factory.mktemp("sample")
    source, target, train, test = small_sample
    source.write(folder / "en.vec")
    target.write(folder / "es.vec")
    train.write(folder / "en-es.train.tsv")
    test.write(folder / "en-es.test.tsv")
    neighbours = list(zip(source.words[:4], source.words[1:5], strict=True))
    for name, pairs in (("en-es", test.pairs[:4]), ("en", neighbours)):
        lines = [f"{a}\t{b}\t{score}\n" for (a, b), score in zip(pairs, (4.0, 3.5, 1.0, 0.5), strict=True)]
        (folder / f"{name}.similarity.tsv").write_text("".join(lines))
    (folder / "questions.txt").write_text(f": first\n{' '.join(source.words[10:14])}\n")
    _texts(folder, test)
    _bench_data(folder, "en", "es", "en-es.train.tsv", "en-es.test.tsv")
    for part, pairs in (("train", train), ("test", test)):
        pairs.reversed().write(folder / "data" / "dictionaries" / "muse" / f"es-en.{part}.txt")
    return folder


@pytest.fixture(scope="session")
def planted_site(tmp_path_factory) -> Iterator[Site]:
    with serving_planted(tmp_path_factory.mktemp("planted")) as made:
        yield made


@pytest.fixture
def site(planted_site, tmp_path, monkeypatch) -> Site:
    """A mirror with English and French, an empty cache, and an empty working directory."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("ISOLEX_CACHE", str(tmp_path / "cache"))
    return take_as_mirror(planted_site, monkeypatch)


@pytest.fixture
def quick_auto(monkeypatch) -> None:
    """Without the slow ones, `auto` is quick; which methods it tries is not the matter here."""
    monkeypatch.setattr("isolex.recipes.choosing.COMPARED", ("procrustes", "vecmap", "bilinear"))
    monkeypatch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 20)
    monkeypatch.setattr("isolex.recipes.choosing.find_spec", lambda _: None)


def _cut(vectors: Vectors, more: tuple[str, ...]) -> Vectors:
    part = vectors.subset([*vectors.words[:1200], *more])
    matrix = part.tensor()
    _, _, axes = torch.linalg.svd(matrix - matrix.mean(0), full_matrices=False)
    return Vectors(part.words, np.round((matrix @ axes[:40].T).numpy(), 4), language=part.language)


def _bench_data(folder: Path, source: str, target: str, train: str, test: str) -> None:
    (folder / "data" / "vectors").mkdir(parents=True)
    (folder / "data" / "dictionaries" / "muse").mkdir(parents=True)
    for language in (source, target):
        data = (folder / f"{language}.vec").read_bytes()
        (folder / "data" / "vectors" / f"{language}.vec.gz").write_bytes(gzip.compress(data, 1))
    for file, part in ((train, "train"), (test, "test")):
        shutil.copy(
            folder / file, folder / "data" / "dictionaries" / "muse" / f"{source}-{target}.{part}.txt"
        )


def _texts(folder: Path, pairs: Lexicon) -> None:
    """Parallel texts of three words, two of them of the text's class, for all that is done with texts."""
    english, spanish = ([pair[side] for pair in pairs.pairs[:24]] for side in (0, 1))
    for code, name, words in (("en", "eng_Latn", english), ("es", "spa_Latn", spanish)):
        texts = [
            (number % 2, " ".join((words[number % 2], words[2 + number % 2], words[4 + number])))
            for number in range(20)
        ]
        (folder / f"{code}.sentences.txt").write_text("".join(f"{text}\n" for _, text in texts))
        topics = "".join(f"topic{label}\t{text}\n" for label, text in texts)
        (folder / f"{code}.topics.tsv").write_text(topics)
        sib = folder / "data" / "topics" / "sib-200" / name
        sib.mkdir(parents=True)
        for split, some in (("train", range(8)), ("dev", range(8, 12)), ("test", range(12, 20))):
            rows = "".join(f"{number}\ttopic{texts[number][0]}\t{texts[number][1]}\n" for number in some)
            (sib / f"{split}.tsv").write_text("index_id\tcategory\ttext\n" + rows)
        collection = {"en": "queries.tsv", "es": "documents.tsv"}[code]
        rows = "".join(f"d{number}\t{text}\n" for number, (_, text) in enumerate(texts))
        (folder / collection).write_text(rows)
    (folder / "relevance.tsv").write_text("".join(f"d{number}\td{number}\n" for number in range(20)))
    (folder / "english.txt").write_text((folder / "en.sentences.txt").read_text())
