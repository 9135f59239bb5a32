import json
import shutil
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from isolex import Alignment, load, sample
from isolex.lexicon import Lexicon
from isolex.reranking import RerankedDictionary
from isolex.reranking.reranker import Ranked
from isolex.reranking.saved_answers import CONFIDENCES, SavedAnswers
from isolex.vectors import Vectors
from tests.reranking.hand_made import GROUPS, SETTINGS
from tests.shaped import make_annealing_quick

from .conftest import ODD
from .helpers import contents

CARD, ARRAYS = CONFIDENCES.files

ASKED = ("aa-bb", "--min-confidence", "0.5")
KEPT = [f"aa-bb/{ARRAYS}", f"aa-bb/{CARD}"]


def answers(alignment, most: float = 1.0) -> Ranked:
    """The right translation of s0, s1, … with confidence 1 − i / 300, and the one after it with half that."""
    n = len(alignment.source)
    keys = np.full((n, SETTINGS.alternatives), -1)
    confidence = np.zeros(keys.shape)
    names = {odd: name for name, odd in ODD.items()}
    for row, word in enumerate(alignment.source.words):
        number = int(names.get(word, word)[1:])
        keys[row, :2] = [alignment.target.id(f"t{(number + step) % n}") for step in range(2)]
        confidence[row, :2] = most * (1 - number / n) / np.array([1, 2])
    none_right = 0.5 * (1 - confidence[:, 0])
    return Ranked(np.arange(n), keys, confidence, none_right, np.ones((n, len(GROUPS))))


class Learning:
    """Stands for `rerank`: answers are written down, and counted."""

    def __init__(self) -> None:
        self.count = 0
        self.alignment = load("aa-bb")
        self.learnt = True
        self.most = 1.0

    def __call__(self, alignment: Alignment) -> RerankedDictionary:
        self.count += 1
        for asked, known in zip(alignment.sides, self.alignment.sides, strict=True):
            assert len(asked.vectors) == len(known.vectors)
        assert set(alignment.seeds) == set(self.alignment.seeds)
        ranker = SavedAnswers(
            answers(self.alignment, self.most), SETTINGS, GROUPS, "learnt from 200 seed words"
        )
        reason = ranker.reason if self.learnt else "there are 30 seed words to learn from"
        return RerankedDictionary(self.alignment, ranker, GROUPS, learnt=self.learnt, reason=reason)


@pytest.fixture
def learning(here, monkeypatch) -> Learning:
    made = Learning()
    monkeypatch.setattr("isolex.reranking.rerank", made)
    return made


def rows(path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


class TestWhatIsWritten:
    def test_json_report_and_file(self, isolex, here, learning):
        result = isolex("lexicon", *ASKED, "-o", "out.jsonl", "--json")
        result.warns(None)
        report = result.json
        entries = [json.loads(line) for line in (here / "out.jsonl").read_text().splitlines()]
        assert len(entries) == report["entries"] == 151
        assert min(entry["confidence"] for entry in entries) == report["confidence"] == 0.5
        assert report["expected_precision"] == pytest.approx(0.75)
        assert report["reason"] == "learnt from 200 seed words"
        assert report["summary"] == [
            {"confidence": 0.9, "entries": 31, "expected_precision": pytest.approx(0.95)},
            {"confidence": 0.7, "entries": 91, "expected_precision": pytest.approx(0.85)},
            {"confidence": 0.5, "entries": 151, "expected_precision": pytest.approx(0.75)},
        ]
        assert report["lexicon"] == "out.jsonl"
        assert report["seconds"] > 0
        first = next(entry for entry in entries if entry["source"] == ODD["s0"])
        assert first["target"] == "t0"
        assert first["alternatives"] == [{"target": "t1", "confidence": 0.5}]

    def test_text_and_tsv(self, isolex, here, learning):
        result = isolex("lexicon", *ASKED, "-o", "out.tsv", "-k", 2)
        result.warns(None)
        lines = result.out.splitlines()
        assert lines[0] == "out.tsv: 152 entries, learnt from 200 seed words"
        assert [line.split() for line in lines[1:]] == [
            ["confidence", "entries", "expected", "precision"],
            ["0.5", "(written)", "152", "0.75"],
            ["0.9", "31", "0.95"],
            ["0.7", "91", "0.85"],
            ["0.5", "152", "0.75"],
        ]
        assert rows(here / "out.tsv")[0][:4] == ["source", "target", "confidence", "no_translation"]
        assert set(Lexicon.read("out.tsv")) >= {(ODD["s0"], "t0"), (ODD["s0"], "t1"), (ODD["s2"], "t2")}

    def test_one_to_one(self, isolex, here, learning):
        report = isolex(
            "lexicon", "aa-bb", "--min-confidence", 0, "-o", "out.tsv", "--one-to-one", "--json"
        ).json
        pairs = Lexicon.read("out.tsv").pairs
        assert len(pairs) == report["entries"] == 300
        assert len({target for _, target in pairs}) == 300
        for level in report["summary"]:
            again = (
                "lexicon",
                "aa-bb",
                "--min-confidence",
                level["confidence"],
                "-o",
                "out.tsv",
                "--one-to-one",
            )
            assert isolex(*again, "--json").json["entries"] == level["entries"]

    def test_nothing_reaches_it(self, isolex, here, learning):
        learning.most = 0.4
        report = isolex("lexicon", *ASKED, "-o", "out.tsv", "--json").json
        assert (report["entries"], report["expected_precision"]) == (0, None)
        assert [level["expected_precision"] for level in report["summary"]] == [None] * 3
        result = isolex("lexicon", *ASKED, "-o", "out.tsv")
        assert result.out.splitlines()[2].split() == ["0.5", "(written)", "0", "–"]

    @pytest.mark.parametrize("format", ["tei", "tbx"])
    def test_markup_has_the_languages_of_the_alignment(self, isolex, here, learning, format):
        isolex("lexicon", *ASKED, "-o", f"out.{format}").warns(None)
        root = ET.parse(here / f"out.{format}").getroot()
        languages = {element.get("{http://www.w3.org/XML/1998/namespace}lang") for element in root.iter()}
        assert languages == {None, "en", "aa", "bb"}
        assert len(root[1][0]) == 151

    def test_or_those_given(self, isolex, here, learning):
        options = ("--source-language", "qaa", "--target-language", "zh-Hant", "--format", "tei")
        isolex("lexicon", *ASKED, "-o", "out.xml", *options).warns(None)
        text = (here / "out.xml").read_text()
        assert 'xml:lang="qaa"' in text
        assert 'xml:lang="zh-Hant"' in text


class TestKept:
    def test_it_learns_once(self, isolex, here, learning):
        for name in ("a.tsv", "b.tsv"):
            isolex("lexicon", *ASKED, "-o", name).warns(None)
        assert learning.count == 1
        assert (here / "a.tsv").read_bytes() == (here / "b.tsv").read_bytes()

    def test_plain_dictionaries_stay_what_they_are(self, isolex, here, learning):
        isolex("lexicon", "aa-bb", "-o", "before.tsv").warns(None)
        isolex("lexicon", *ASKED, "-o", "out.tsv").warns(None)
        isolex("lexicon", "aa-bb", "-o", "after.tsv").warns(None)
        assert (here / "before.tsv").read_bytes() == (here / "after.tsv").read_bytes()

    def test_stale_answers_are_told_of_and_made_again(self, isolex, here, learning):
        isolex("lexicon", *ASKED, "-o", "out.tsv").warns(None)
        kept = {name: (here / name).read_bytes() for name in KEPT}
        shutil.rmtree(here / "aa-bb")
        arguments = ("--lexicon", "test.tsv", "--method", "procrustes", "-o", "aa-bb")
        isolex("align", "aa.vec", "bb.vec", *arguments)
        for name, data in kept.items():
            (here / name).write_bytes(data)
        learning.alignment = load("aa-bb")
        isolex("lexicon", *ASKED, "-o", "out.tsv").warns("its confidences are not used: .* another alignment")
        assert learning.count == 2
        isolex("lexicon", *ASKED, "-o", "out.tsv").warns(None)
        assert learning.count == 2

    def test_aligning_again_takes_them_away(self, isolex, here, learning):
        isolex("lexicon", *ASKED, "-o", "out.tsv").warns(None)
        arguments = ("--lexicon", "seeds.tsv", "--method", "procrustes", "-o", "aa-bb")
        isolex("align", "aa.vec", "bb.vec", *arguments).warns(None)
        assert not any((here / name).exists() for name in KEPT)

    def test_a_folder_that_cannot_be_written(self, isolex, here, learning):
        (here / "aa-bb" / ARRAYS).mkdir()
        result = isolex("lexicon", *ASKED, "-o", "out.tsv")
        assert result.status == 0
        (line,) = result.lines
        assert line.startswith("isolex: the confidences are not kept: ")
        assert len(rows(here / "out.tsv")) == 152


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*ASKED[:2], "1.5"), "1.5 is not in the range 0<=x<=1"),
        ((*ASKED[:2], "-0.1"), "-0.1 is not in the range"),
        ((*ASKED[:2], "nan"), "nan is not in the range"),
        ((*ASKED[:2], "high"), "'high' is not a valid float"),
        ((*ASKED, "--direction", "mutual"), "--direction does not go with --min-confidence"),
        ((*ASKED, "--criterion", "csls"), "--criterion does not go with --min-confidence"),
        ((*ASKED, "--one-to-one", "-k", "2"), "with --one-to-one a word has one translation; leave out -k"),
        ((*ASKED, "-k", "6"), "got -k 6, expected at most 5 with --min-confidence"),
        ((*ASKED, "--target-language", "es"), "tsv cannot hold languages; leave out --target-language"),
        (("aa-bb", "--one-to-one"), "--one-to-one needs confidences; add --min-confidence"),
        (("aa-bb", "--source-language", "en"), "--source-language needs confidences"),
        (("aa-bb", "--format", "tbx"), "format tbx needs confidences; add --min-confidence"),
        ((*ASKED, "--format", "tbx", "--source-language", "bb"), "got 'bb' as both languages, expected two"),
        (
            (*ASKED, "--format", "tei", "--source-language", "a b"),
            "got source language 'a b', expected a code",
        ),
        (("nowhere", *ASKED[1:]), "nowhere: there is no such alignment folder"),
        ((*ASKED, "--source", "bb.vec"), "not the source vectors"),
    ],
)
def test_bad_input_is_told_before_the_work(isolex, here, learning, arguments, message):
    (here / "old.tsv").write_text("old")
    before = contents(here)
    isolex("lexicon", *arguments, "-o", "old.tsv").fails(message)
    assert contents(here) == before
    assert learning.count == 0


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("data", "data: is a folder"),
        ("no/out.tsv", "cannot be written"),
        ("out.xml", r"out\.xml: its name does not tell TEI from TBX"),
    ],
)
def test_outputs_that_cannot_be(isolex, here, learning, output, message):
    isolex("lexicon", *ASKED, "-o", output).fails(message)
    assert learning.count == 0


def test_markup_by_name_needs_confidences(isolex, here):
    isolex("lexicon", "aa-bb", "-o", "out.tei").fails("format tei needs confidences")


class TestNothingToLearnFrom:
    def fails(self, isolex, here, message):
        before = contents(here)
        isolex("lexicon", *ASKED, "-o", "out.tsv").fails(message)
        assert contents(here) == before

    def change(self, here, old, new):
        card = here / "aa-bb" / "card.json"
        assert old in card.read_text()
        card.write_text(card.read_text().replace(old, new))

    def replace_seeds(self, here, seeds):
        seeds.write(here / "few.tsv")
        (here / "few.tsv").replace(here / "aa-bb" / "seeds.tsv")
        card = json.loads((here / "aa-bb" / "card.json").read_text("utf-8"))
        del card["files"]["seeds.tsv"]
        (here / "aa-bb" / "card.json").write_text(json.dumps(card | {"seeds": len(seeds)}), "utf-8")

    def test_a_failed_alignment(self, isolex, here, learning):
        status = load("aa-bb").card.status
        self.change(here, f'"status": "{status}"', '"status": "failed"')
        self.fails(isolex, here, "aa-bb: there are no confidences: the alignment failed")
        assert learning.count == 0

    def test_no_seeds(self, isolex, here, learning):
        self.change(here, '"seeds": ', '"seeds": 0, "_": ')
        (here / "aa-bb" / "seeds.tsv").unlink()
        self.fails(isolex, here, "no seed pairs to learn from; align with more pairs of a dictionary")
        assert learning.count == 0

    def test_seeds_that_say_nothing_of_translation(self, isolex, here, learning):
        self.replace_seeds(here, Lexicon([("same", "same"), ("2", "٢")]))
        self.fails(isolex, here, "the seed pairs are identical strings or numerals")
        assert learning.count == 0

    def test_few_seeds(self, isolex, here, learning):
        self.replace_seeds(here, Lexicon(list(load("aa-bb").seeds)[:30]))
        self.fails(isolex, here, "there are 30 seed words to learn from, expected at least 50; align with")
        assert learning.count == 0

    def test_few_after_all(self, isolex, here, learning):
        learning.learnt = False
        self.fails(
            isolex, here, "there are no confidences: there are 30 seed words to learn from; align with"
        )


def test_a_missing_extra(isolex, here, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    before = contents(here)
    isolex("lexicon", *ASKED, "-o", "out.tsv").fails(r"pip install 'isolex\[rerank\]'")
    assert contents(here) == before


def test_all_of_it(isolex, tmp_path, monkeypatch):
    """Learnt, kept, written, and translated from what was kept."""
    monkeypatch.chdir(tmp_path)
    make_annealing_quick(monkeypatch)
    en, es, train, _ = sample()
    source, target = (Vectors(side.words[:400], side.matrix[:400, :60]) for side in (en, es))
    seeds = Lexicon(pair for pair in train if pair[0] in source and pair[1] in target)
    source.write("en.vec")
    target.write("es.vec")
    seeds.write("seeds.tsv")
    arguments = ("--lexicon", "seeds.tsv", "--method", "procrustes", "-o", "en-es")
    assert isolex("align", "en.vec", "es.vec", *arguments).status == 0
    result = isolex("lexicon", "en-es", "-o", "out.jsonl", "--min-confidence", 0.2, "--json")
    assert (result.status, result.lines) == (0, [])
    entries = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert 0 < len(entries) == result.json["entries"] <= 400
    best = max(entries, key=lambda entry: entry["confidence"])
    (translated,) = isolex("translate", "en-es", best["source"], "--json").json["translations"]
    assert translated["answers"][0] == {"word": best["target"], "confidence": best["confidence"]}
