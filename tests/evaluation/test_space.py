import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import isolex
from isolex import InputError, Lexicon, Vectors
from isolex.evaluation import PROTOCOLS, evaluate, evaluate_space, unreachable
from isolex.evaluation.space_page import page
from isolex.retrieval import hubness

from ..spaces import gaussian, numbered, rotation

CODES = ("aa", "bb", "cc")
# With fewer than 200 training words, align_space would induce more.
WORDS, TRAINED = 400, 240


def lexicon(source: str, target: str, some: range) -> Lexicon:
    return Lexicon((f"{source}{i}", f"{target}{i}") for i in some)


@pytest.fixture(scope="module")
def space():
    """Three languages, alike but for rotations and noise, and dictionaries of the first with the others."""
    base = gaussian(WORDS, 16, 0)
    vectors = {
        code: Vectors(numbered(code, WORDS), base @ rotation(16, at) + 0.3 * gaussian(WORDS, 16, 50 + at))
        for at, code in enumerate(CODES)
    }
    lexicons = {("aa", other): lexicon("aa", other, range(TRAINED)) for other in ("bb", "cc")}
    return isolex.align_space(vectors, lexicons, check=False)


@pytest.fixture
def tests():
    """Two directions; of bb-cc the first forty words are at two training pairs' distance."""
    return {
        ("bb", "cc"): lexicon("bb", "cc", range(TRAINED - 40, WORDS)),
        ("aa", "bb"): lexicon("aa", "bb", range(TRAINED, WORDS)),
    }


def test_every_direction_is_what_evaluate_says(space, tests):
    result = evaluate_space(space, tests)
    assert list(result.scores) == [("aa", "bb"), ("bb", "cc")]  # in the order of the space
    for pair, test in tests.items():
        score, alone = result.scores[pair], evaluate(space.pair(*pair), test)
        assert score.result.answers == alone.answers
        assert score.result.leaks == alone.leaks
        rows = space.pair(*pair).index().search(space.pair(*pair).shared[0], 10).indices
        assert score.hubness.counts.equal(hubness(rows, WORDS).counts)


def test_what_training_pairs_give_away_is_counted_apart(space, tests):
    score = evaluate_space(space, tests).scores["bb", "cc"]
    assert score.reached == {2: 40}
    assert score.distances == (2,) * 40 + (None,) * 160
    kept = [answer.source for answer in score.unreachable.answers]
    assert kept == numbered("bb", WORDS)[TRAINED:]
    assert (
        score.unreachable.precision()
        == evaluate(space.pair("bb", "cc"), lexicon("bb", "cc", range(TRAINED, WORDS))).precision()
    )
    assert evaluate_space(space, tests, steps=1).scores["bb", "cc"].reached == {}


def test_one_right_answer_within_reach_is_enough_for_a_source_word(space):
    test = Lexicon(
        [("bb330", "cc330"), ("bb330", "cc0"), ("bb331", "cc331"), ("bb0", "cc0"), ("bb0", "cc399")]
    )
    by_word = evaluate_space(space, {("bb", "cc"): test}).scores["bb", "cc"]
    assert by_word.distances == (None, None, 2)
    assert [answer.source for answer in by_word.result.answers] == ["bb330", "bb331", "bb0"]
    by_pair = evaluate_space(space, {("bb", "cc"): test}, protocol="xling").scores["bb", "cc"]
    assert dict(zip([a.gold for a in by_pair.result.answers], by_pair.distances, strict=True)) == {
        ("cc330",): None,
        ("cc0",): 2,
        ("cc331",): None,
        ("cc399",): None,
    }


def test_the_other_way_round(space, tests):
    turned = evaluate_space(space, {("cc", "bb"): tests["bb", "cc"].reversed()}).scores["cc", "bb"]
    assert turned.reached == {2: 40}
    assert turned.result.answers == evaluate(space.pair("cc", "bb"), tests["bb", "cc"].reversed()).answers


def test_matrix_and_means(space, tests):
    result = evaluate_space(space, tests)
    every, rest = result.matrix(), result.matrix(unreachable=True)
    assert every.shape == rest.shape == (3, 3)
    known = ~np.isnan(every)
    assert known.tolist() == [[False, True, False], [False, False, True], [False, False, False]]
    assert every[1, 2] == result.scores["bb", "cc"].result.precision()
    assert rest[1, 2] == result.scores["bb", "cc"].unreachable.precision()
    assert result.mean() == pytest.approx(every[known].mean())
    assert result.mean(unreachable=True) == pytest.approx(rest[known].mean())


def test_all_is_given_away(space):
    result = evaluate_space(space, {("aa", "bb"): lexicon("aa", "bb", range(50))})
    assert result.scores["aa", "bb"].reached == {1: 50}
    assert result.scores["aa", "bb"].result.leaks.to_dict()["pairs"] == 50
    assert np.isnan(result.mean(unreachable=True))
    told = result.to_dict()
    assert told["mean"]["p@1_unreachable"] is None
    assert told["directions"][0]["unreachable"] == {"p@1": None, "interval": [None, None], "n": 0}


def test_to_dict(space, tests):
    told = json.loads(json.dumps(evaluate_space(space, tests).to_dict(), allow_nan=False))
    assert (told["protocol"], told["criterion"], told["steps"]) == ("muse", "csls", 3)
    assert told["languages"] == list(CODES)
    second = told["directions"][1]
    assert (second["source"], second["target"], second["n"]) == ("bb", "cc", 200)
    assert (second["reached"], second["unreachable"]["n"]) == ({"2": 40}, 160)
    assert second["coverage"] == 100
    assert {"skewness", "robin_hood", "hub_occurrence", "anti_hub_share"} == second["hubness"].keys()


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("criterion", ["csls", "nn"])
def test_names(space, tests, protocol, criterion):
    told = evaluate_space(space, tests, protocol=protocol, criterion=criterion)
    alone = evaluate(space.pair("bb", "cc"), tests["bb", "cc"], protocol=protocol, criterion=criterion)
    assert told.scores["bb", "cc"].result.answers == alone.answers


def test_a_smaller_vocabulary(space, tests):
    small = isolex.BLIProtocol("small", "source", "drop", vocabulary=300)
    score = evaluate_space(space, tests, protocol=small).scores["bb", "cc"]
    assert score.result.answers == evaluate(space.pair("bb", "cc"), tests["bb", "cc"], protocol=small).answers
    assert score.hubness.counts.numel() == 300


def test_folder(space, tests, tmp_path):
    tests["bb", "cc"].write(tmp_path / "bb-cc.test.txt")
    tests["aa", "bb"].reversed().write(tmp_path / "bb-cc.txt")  # .test.txt goes first
    tests["aa", "bb"].write(tmp_path / "aa-bb.tsv")
    (tmp_path / "aa-dd.txt").write_text("x y\n")  # of a language that is not there
    (tmp_path / "README.md").write_text("tests\n")
    space.save(tmp_path / "space")
    given, read = evaluate_space(space, tests), evaluate_space(tmp_path / "space", tmp_path)
    assert read.to_dict() == given.to_dict()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "test lexicons: got none"),
        ({("aa", "dd"): Lexicon([("aa1", "dd1")])}, "unknown language of the space 'dd'"),
        ({("aa", "aa"): Lexicon([("aa1", "aa1")])}, "test lexicon aa-aa: is of one language"),
        ({("aa", "bb"): Lexicon([("x", "y")])}, "test lexicon aa-bb: not one pair is in both vocabularies"),
        ({("aa", "bb"): 3}, "test lexicon aa-bb: got int, expected Lexicon or a path"),
    ],
)
def test_bad_tests(space, given, told):
    with pytest.raises(InputError, match=re.escape(told)):
        evaluate_space(space, given)


def test_bad_input(space, tests, tmp_path):
    with pytest.raises(
        InputError, match="holds no test lexicon of two of the languages aa, bb, cc; name each"
    ):
        evaluate_space(space, tmp_path)
    with pytest.raises(InputError, match=r"unknown protocol 'mose'; did you mean 'muse'"):
        evaluate_space(space, tests, protocol="mose")
    with pytest.raises(InputError, match="steps = 0, expected at least 1"):
        evaluate_space(space, tests, steps=0)
    with pytest.raises(InputError, match="space: got int, expected Space or a path"):
        evaluate_space(3, tests)


def test_unreachable_keeps_everything_else(space, tests):
    result = evaluate(space.pair("bb", "cc"), tests["bb", "cc"])
    kept = unreachable(result, [None] * 5 + [2] * 195)
    assert kept.answers == result.answers[:5]
    assert (kept.coverage, kept.protocol, kept.leaks) == (result.coverage, result.protocol, result.leaks)


class Reader(HTMLParser):
    """What a page shows, the titles of its cells, and whatever it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[str, str] = {}
        self.loaded: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        self.loaded += [value for name, value in attrs if name in ("src", "href")]
        self.loaded += [tag] if tag in ("script", "link", "iframe", "img") else []
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if "title" in given:
            self.cells[given["title"]] = given["style"]

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def test_page(space, tests, tmp_path):
    result = evaluate_space(space, tests)
    result.write_page(tmp_path / "space.html")
    text = (tmp_path / "space.html").read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text)
    assert (reader.loaded, reader.open) == ([], [])
    for pair, score in result.scores.items():
        for one in (score.result, score.unreachable):
            assert f"{' → '.join(pair)}: {one.precision():.1f} %" in reader.cells
    assert "url(" not in text
    assert "@import" not in text


def test_page_escapes_and_takes_what_is_missing(space):
    told = evaluate_space(space, {("aa", "bb"): lexicon("aa", "bb", range(50))}).to_dict()
    told["languages"] = ["<b>", "bb", "cc"]
    told["directions"][0]["source"] = "<b>"
    text = page(told)
    assert "<b>" not in text
    assert "&lt;b&gt; → bb" in text
    assert "– to –" in text
    assert "nan" not in text


def test_darker_is_higher(space, tests):
    told = evaluate_space(space, tests).to_dict()
    for one, value in zip(told["directions"], (90.0, 10.0), strict=True):
        one["p@1"] = one["unreachable"]["p@1"] = value
    reader = Reader()
    reader.feed(page(told))
    high, low = (
        [int(part) for part in re.findall(r"\d+", reader.cells[title])[:3]]
        for title in ("aa → bb: 90.0 %", "bb → cc: 10.0 %")
    )
    assert sum(high) < sum(low)
