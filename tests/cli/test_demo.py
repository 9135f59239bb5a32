import pytest

from isolex import load
from isolex.cli.demo import WORDS

from .helpers import contents

STAGES = [
    f"isolex: {stage} …"
    for stage in ("reading the sample", "aligning", "evaluating", "writing the dictionary")
]

pytestmark = pytest.mark.usefixtures("quick_auto")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, small_sample):
    monkeypatch.setattr("isolex.samples.sample", lambda: small_sample)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json(isolex, folder):
    result = isolex("demo", "--json", "--seed", 3)
    assert (result.status, result.lines) == (0, STAGES)
    report = result.json
    assert report["status"] == "aligned"
    low, high = report["interval"]
    assert 0 < low < report["p@1"] < high < 100
    assert report["n"] > 100
    assert set(report["translations"]) == set(WORDS)
    assert all(len(answers) == 3 for answers in report["translations"].values())
    assert load(report["alignment"]).card.seed == 3
    assert load(report["alignment"]).card.method == report["method"]
    entries = (folder / report["dictionary"]).read_text().splitlines()
    assert len(entries) - 1 == report["entries"] > 1000
    assert report["seconds"] > 0


def test_text(isolex, folder):
    result = isolex("demo", "-o", "deep/[b]")
    assert (result.status, result.lines) == (0, STAGES)
    assert "\naligned: " in result.out
    assert all(f"\n{word} " in result.out for word in WORDS)
    assert "(95 % interval " in result.out
    assert "dictionary: deep/[b]/en-es.tsv (" in result.out
    assert (folder / "deep" / "[b]" / "en-es.tsv").exists()
    # What it suggests to try works.
    line = next(line for line in result.out.splitlines() if line.startswith("try:"))
    assert isolex(*line.split()[2:]).status == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda out: out.write_text("mine"), r"out: cannot be made \(File exists\); choose another folder"),
        (lambda out: (out / "en-es" / "mine").mkdir(parents=True), "out/en-es: holds other files"),
        (lambda out: (out / "en-es.tsv").mkdir(parents=True), "out/en-es.tsv: is a folder"),
    ],
)
def test_what_stands_in_the_way_is_told_before_the_work(isolex, folder, monkeypatch, make, message):
    def too_late(*_, **__):
        raise AssertionError("the work was done first")

    monkeypatch.setattr("isolex.samples.sample", too_late)
    make(folder / "out")
    before = contents(folder)
    isolex("demo", "-o", "out").fails(message)
    assert contents(folder) == before
