"""`python -m benchmarks texts` on made-up texts whose words stand on one ring."""

import lzma
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import texts
from benchmarks.pages import texts as page
from benchmarks.texts import segmentation_speed
from isolex.lexicon import Lexicon
from isolex.training import PPMI, SkipGram
from isolex.vectors import Vectors
from tests.spaces import gaussian
from tests.training.made_up import RING_SEEDS, write_text

pytestmark = pytest.mark.filterwarnings("ignore:.*tokens")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    for name in ("texts", "vectors", "dictionaries/muse"):
        (folder / name).mkdir(parents=True)
    words = {}
    for seed, code in enumerate(("en", "es"), 1):
        words[code] = write_text(folder / f"{code}.txt", seed)
        (folder / "texts" / f"{code}.txt.xz").write_bytes(
            lzma.compress((folder / f"{code}.txt").read_bytes())
        )
        Vectors(words[code], gaussian(len(words[code]), 3, seed)).write(folder / "vectors" / f"{code}.vec.gz")
    pairs = list(zip(words["en"], words["es"], strict=True))
    for part, some in (("train", pairs[:RING_SEEDS]), ("test", pairs[RING_SEEDS:])):
        Lexicon(some).write(folder / "dictionaries" / "muse" / f"en-es.{part}.txt")
    return folder


@pytest.fixture
def small(monkeypatch):
    """Trainers of few dimensions, so that a run takes seconds."""
    made = {"ppmi": PPMI(dimension=30), "skip-gram": SkipGram(dimension=8, epochs=1, buckets=1_000)}
    monkeypatch.setattr(texts, "TRAINERS", made)
    plain = replace(texts.PlainSkipGram(), dimension=8, epochs=1)
    monkeypatch.setattr(texts, "PlainSkipGram", lambda: plain)
    return made


def test_both_trainers_stand_beside_plain_skip_gram(lab, data, small, tmp_path):
    order = ("texts", "--data", data, "--pairs", "en-es", "--sizes", "all,20000")
    report = lab(*order, "--kept", tmp_path / "kept", "--json").json
    rows = {(row["size"], row["trainer"]): row for row in report["rows"]}
    assert list(rows) == [
        (size, name) for size in (None, 20_000) for name in ("ppmi", "skip-gram", texts.PLAIN)
    ]
    assert all(row["tokens"] == [20_000, 20_000] for (size, _), row in rows.items() if size)
    # The ring is found by counting; as an answer by chance would be right once in 260 times.
    assert rows[None, "ppmi"]["p1"] > 50
    assert len(list((tmp_path / "kept").glob("*.json"))) == 12
    assert "en-es" in lab(*order, "--kept", tmp_path / "kept").out
    assert "| en-es | all | 0.0 / 0.0 |" in page.trainers(report)


@pytest.mark.parametrize("size", ["ten", "10"])
def test_sizes_are_numbers(lab, data, size):
    result = lab("texts", "--data", data, "--sizes", size)
    assert result.status == 2
    assert "--sizes takes all, or numbers of at least 1,000" in result.err


def test_segmentation_speed(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("One two three. Four!\n" * 500)
    row = segmentation_speed(str(path), language="en", paragraphs=400)
    assert row["tokens"] == 1_600
    assert min(row[f"{way}_per_second"] for way in ("words", "sentences", "corpus")) > 1_000


def test_training_beside_the_library(data, monkeypatch):
    monkeypatch.setattr(texts, "SkipGram", lambda: SkipGram(dimension=4, buckets=100))
    monkeypatch.setattr(texts, "_TURNS", 1)
    report = texts.training_speed(data, tokens=5_000)
    assert report["tokens"] == 5_000
    assert report["settings"]["epochs"] == 5
    assert report["speed_over_library"] == pytest.approx(
        report["seconds"]["library"] / report["seconds"]["isolex"], abs=0.05
    )


@pytest.mark.parametrize(("seconds", "killed"), [(0.2, True), (60, False)])
def test_a_command_that_has_ended_cannot_be_killed(seconds, killed):
    waiting = "import time; time.sleep(300)" if killed else "pass"
    assert texts._killed_after([sys.executable, "-c", waiting], seconds) is killed


def test_a_dictionary_is_killed_until_it_was_killed_often_enough(data, monkeypatch):
    """Runs are stood in for: the first of each folder is killed, the second ends by itself."""
    runs = []

    def stopped(order, seconds):
        output = order[order.index("-o") + 1]
        runs.append(output)
        if runs.count(output) == 1:
            return True
        checked(order)
        return False

    def checked(order):
        Path(order[order.index("-o") + 1]).write_text("a\tb\n", encoding="utf-8")
        return '{"entries": 1, "status": "aligned", "verdict": "", "expected": [], "sides": []}'

    monkeypatch.setattr(texts, "_checked", checked)
    monkeypatch.setattr(texts, "_killed_after", stopped)
    report = texts.killed_runs(data, pair="en-es", kills=3)
    assert report["runs"] == 3
    assert len(report["moments"]) == 3
    assert report["same_bytes"]
