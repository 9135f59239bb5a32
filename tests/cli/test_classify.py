import json
from pathlib import Path

import pytest

from tests.transfer.without import hide

from .helpers import contents
from .test_app import disk_of

CLASSIFY = ("classify", "aa-bb", "train.tsv", "texts.tsv")


@pytest.fixture
def texts(here) -> Path:
    """Two classes, with three words each, beside the alignment aa-bb, in which s7 and t7 are translations."""
    train = [f"{'odd' if i % 2 else 'even'}\t{_words('s', i % 2)} s{20 + i}\n" for i in range(20)]
    asked = [f"d{i}\t{_words('t', i % 2)} t{50 + i}\n" for i in range(10)]
    (here / "train.tsv").write_text("label\ttext\n" + "".join(train))
    (here / "texts.tsv").write_text("".join(asked))
    (here / "texts.txt").write_text(f"{_words('t', 0)}\n{_words('t', 1)}\nnothing here\n")
    return here


def _words(prefix: str, own: int) -> str:
    return " ".join(f"{prefix}{number}" for number in range(100 + own, 106, 2))


def test_json(isolex, texts):
    result = isolex(*CLASSIFY, "--json")
    result.warns(None)
    assert set(result.json) == {"answers", "coverage"}
    rows = result.json["answers"]
    assert [set(row) for row in rows] == [{"id", "label", "probability"}] * 10
    assert [row["id"] for row in rows] == [f"d{i}" for i in range(10)]
    assert [row["label"] for row in rows] == ["even", "odd"] * 5
    assert all(0.5 <= row["probability"] <= 1 for row in rows)


def test_coverage(isolex, texts):
    (texts / "some.txt").write_text("t100 t102 nothing\nnothing here\nt101\n")
    result = isolex("classify", "aa-bb", "train.tsv", "some.txt", "--json")
    result.warns(None)
    train, asked = (result.json["coverage"][part] for part in ("train", "texts"))
    assert (train["texts"], train["percent"]) == (20, 100)
    counts = {"texts": 3, "texts_known": 2, "words": 6, "words_known": 3, "by_subwords": 0}
    assert asked == counts | {"percent": 50}
    lines = isolex("classify", "aa-bb", "train.tsv", "some.txt").out.splitlines()
    assert lines[-2].startswith("train: 100.0 % of ")
    assert lines[-1] == "texts: 50.0 % of 6 words known; 2 of 3 texts with a known word"


def test_labelled_texts_are_texts(isolex, texts):
    """Their labels are not looked at."""
    asked = [f"sport\t{_words('t', i % 2)}\n" for i in range(4)]
    (texts / "labelled.tsv").write_text("label\ttext\n" + "".join(asked))
    answers = isolex("classify", "aa-bb", "train.tsv", "labelled.tsv", "--json").json["answers"]
    assert [(row["id"], row["label"]) for row in answers] == [
        *(("1", "even"), ("2", "odd"), ("3", "even"), ("4", "odd"))
    ]
    (texts / "labelled.tsv").write_text("".join(asked))
    isolex("classify", "aa-bb", "train.tsv", "labelled.tsv").fails(
        "labelled.tsv, line 2: has the id 'sport' of line 1 again; .* labels, write label<tab>text above them"
    )


@pytest.mark.parametrize("weighting", ["mean", "idf", "sif"])
def test_weightings(isolex, texts, weighting):
    arguments = ("--weighting", weighting, "--json")
    rows = isolex("classify", "aa-bb", "train.tsv", "texts.txt", *arguments).json["answers"]
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert [row["label"] for row in rows[:2]] == ["even", "odd"]


def test_reverse(isolex, texts):
    (texts / "back.tsv").write_text(
        (texts / "train.tsv").read_text().replace("\ts", "\tt").replace(" s", " t")
    )
    (texts / "source.txt").write_text(f"{_words('s', 0)}\n{_words('s', 1)}\n")
    rows = isolex("classify", "aa-bb", "back.tsv", "source.txt", "--reverse", "--json").json["answers"]
    assert [row["label"] for row in rows] == ["even", "odd"]


def test_text_and_output(isolex, texts):
    result = isolex(*CLASSIFY, "-o", "classes.jsonl")
    result.warns(None)
    lines = result.out.splitlines()
    assert lines[0].split() == ["id", "label", "probability"]
    assert lines[1].split()[:2] == ["d0", "even"]
    written = [json.loads(line) for line in (texts / "classes.jsonl").read_text().splitlines()]
    assert written == isolex(*CLASSIFY, "--json").json["answers"]


BAD = {
    ("classify", "nowhere", "train.tsv", "texts.tsv"): "nowhere: there is no such alignment",
    ("classify", "aa-bb", "no.tsv", "texts.tsv"): "no.tsv: there is no such file",
    (
        "classify",
        "train.tsv",
        "aa-bb",
        "texts.tsv",
    ): "aa-bb: is a folder, expected a file; .* the order of the",
    ("classify", "aa-bb", "ids.tsv", "train.tsv"): "ids.tsv: names no column 'label' .* call it label, categ",
    (
        "classify",
        "aa-bb",
        "foreign.tsv",
        "texts.tsv",
    ): r"foreign\.tsv: not one of its 2 words is in the vocabulary of aa \(",
    (
        "classify",
        "aa-bb",
        "train.tsv",
        "source.txt",
    ): r"source\.txt: not one of its 2 words is in .*--reverse",
    ("classify", "aa-bb", "train.tsv"): "Missing argument 'TEXTS'",
    ("classify", "aa-bb", "texts.txt", "texts.tsv"): "texts.txt, line 1: has 1 column, expected 2",
    (
        "classify",
        "aa-bb",
        "one.tsv",
        "texts.tsv",
    ): "one.tsv: has only the class 'a', expected at least 2 to learn; add texts",
    ("classify", "aa-bb", "unnamed.tsv", "texts.tsv"): "unnamed.tsv, line 2: has no label",
    ("classify", "aa-bb", "train.tsv", "empty.txt"): "empty.txt: is empty",
    (*CLASSIFY, "--weighting", "tf"): "'tf' is not one of",
    (*CLASSIFY, "-o", "train.tsv"): "train.tsv: is the input",
    (*CLASSIFY, "-o", "texts.tsv"): "texts.tsv: is the input",
    (*CLASSIFY, "-o", "aa-bb"): "aa-bb: is a folder, expected a file",
    (*CLASSIFY, "-o", "no/classes.jsonl"): "classes.jsonl: cannot be written",
}


@pytest.mark.parametrize("arguments", BAD)
def test_bad_input(isolex, texts, arguments):
    (texts / "one.tsv").write_text("a\ts1\na\ts2\n")
    (texts / "ids.tsv").write_text("id\ttext\n1\ts1\n")
    (texts / "foreign.tsv").write_text("a\tt1\nb\tt2\n")
    (texts / "source.txt").write_text("s20 s21\n")
    (texts / "unnamed.tsv").write_text("a\ts1\n\ts2\n")
    (texts / "empty.txt").write_text("")
    before = contents(texts)
    isolex(*arguments).fails(BAD[arguments])
    isolex(*arguments, "--json").fails(BAD[arguments])
    assert contents(texts) == before


def test_a_full_disk(isolex, texts):
    (texts / "classes.jsonl").write_text("old\n")
    before = contents(texts)
    with disk_of(20):
        isolex(*CLASSIFY, "-o", "classes.jsonl").fails(
            r"classes\.jsonl: cannot be written \(File too large\)"
        )
    assert contents(texts) == before


def test_without_scikit_learn(isolex, texts, monkeypatch):
    before = contents(texts)
    hide(monkeypatch, "sklearn")
    isolex(*CLASSIFY, "-o", "classes.jsonl").fails(
        r"needs the package scikit-learn; run: pip install 'isolex\[transfer\]'"
    )
    assert contents(texts) == before
    for others in (("translate", "aa-bb", "s7"), ("info", "aa-bb"), ("evaluate", "--help")):
        assert isolex(*others).status == 0
