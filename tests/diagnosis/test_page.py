import copy
import math
from html.parser import HTMLParser

import pytest

from isolex.diagnosis.page import page
from isolex.diagnosis.plots import Scale
from isolex.hypertext import number, percent

NASTY = '<b onload="x">&amp;</b>'
VOID = {"meta", "br", "link", "img", "hr"}
PARTS = {
    "prediction": "expected to get a right translation",
    "lexicon": "Learning curve",
    "hubness": "Nearest neighbours",
}


def space(name: str) -> dict:
    return {
        "name": name,
        "words": 40_000,
        "dimension": 300,
        "zero_rows": 0,
        "duplicate_rows": 3,
        "norms": [0.8, 2.4, 5.9],
        "mean_norm": 0.31,
        "isotropy": 0.2,
        "condition_number": 12.1,
        "effective_condition_number": 5.2,
        "numerals": 0.1,
        "scripts": {"Latin": 99.1, "other": 0.9},
        "spectrum": [0.5, 0.3, 0.2],
    }


def criterion(scale: int) -> dict:
    return {
        "skewness": 9.1,
        "robin_hood": 0.62,
        "gini": 0.7,
        "hub_occurrence": 0.4,
        "anti_hub_share": 0.2,
        "top": [{"word": "luego", "count": 90 * scale}, {"word": NASTY, "count": 80}],
        "distribution": [[0, 900], [1, 300], [90 * scale, 1]],
    }


def point(word: str, side: str, x: float, y: float) -> dict:
    return {"word": word, "side": side, "x": x, "y": y}


def lexicon() -> dict:
    return {
        "pairs": 8500,
        "pairs_in_vocabulary": 7753,
        "source_words": 4200,
        "rank_correlation": 0.52,
        "relational_similarity": 0.61,
        "procrustes_residual": 0.8,
        "held_out_words": 800,
        "held_out": {"procrustes": 24.0, "vecmap": 30.1},
        "learning_curve": [
            {"pairs": 25, "p@1": 0.4, "interval": [0.1, 0.9]},
            {"pairs": 5000, "p@1": 30.1, "interval": [27.0, 33.3]},
        ],
        "by_frequency": [
            {"ranks": "1 to 1,000", "words": 310, "p@1": 40.2, "interval": [35.0, 45.0]},
            {"ranks": "1,001 on", "words": 90, "p@1": 12.0, "interval": [8.0, 19.0]},
        ],
        "suspects": [{"source": "bank", "target": NASTY, "rank": 4031, "instead": ["banco", NASTY]}],
        "map": {
            "points": [
                point("house", "source", 0.1, 0.3),
                point("casa", "target", 0.9, 0.4),
                point("قطة", "target", 0.4, -0.2),
                point(NASTY, "source", -0.5, 0.8),
            ],
            "pairs": [[0, 1], [3, 2]],
        },
    }


@pytest.fixture
def report() -> dict:
    return {
        "source": space("en"),
        "target": space("es"),
        "together": {
            "identical_strings": 8123,
            "identical_share": 20.3,
            "words_compared": 2000,
            "eigenvector_similarity": 123.4,
            "gromov_wasserstein": None,
        },
        "lexicon": lexicon(),
        "hubness": {
            "alignment": "vecmap on the lexicon",
            "k": 10,
            "criteria": {"nn": criterion(9), "csls": criterion(2), "isf": criterion(3)},
        },
        "prediction": {"p@1": 27.3, "interval": [20.1, 35.0], "level": 80, "explanation": "From spectra."},
        "advice": [{"say": "Use vecmap", "because": "30.1 against 24.0 < 25"}],
        "seconds": 21.2,
    }


class Parsed(HTMLParser):
    """Tags with their attributes, and the text outside the style sheet; complains if tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def test_everything_is_there(report) -> None:
    found = Parsed(page(report))
    headings = [
        "Advice",
        "The two spaces",
        "How alike they are",
        "Figures",
        "Hubs",
        "Suspect pairs",
        "Made by",
    ]
    places = [found.text.index(heading) for heading in ["isolex diagnosis: en → es", "27.3 %", *headings]]
    assert places == sorted(places)
    assert found.count("figure") == found.count("figcaption") == 5
    pictures = [attributes for tag, attributes in found.tags if tag == "svg"]
    assert len(pictures) == 6
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in pictures)
    for shown in ("40,000", "8,123", "20.3 %", "7,753", "P@1, vecmap", "30.1 %", "4,031", "40.0 %", "21.2"):
        assert shown in found.text


def test_asks_for_nothing_from_elsewhere(report) -> None:
    text = page(report)
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text
    for tag, attributes in Parsed(text).tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "image", "use"}
        assert not {"src", "href", "xlink:href", "srcset"} & attributes.keys()


def test_strings_are_escaped_and_find_their_own_direction(report) -> None:
    report["source"]["name"] = report["prediction"]["explanation"] = report["hubness"]["alignment"] = NASTY
    report["source"]["scripts"] = {NASTY: 100.0}
    report["advice"] = [{"say": NASTY, "because": NASTY}]
    report["lexicon"]["held_out"] = {NASTY: 1.0}
    report["lexicon"]["by_frequency"][0]["ranks"] = NASTY
    report["lexicon"]["map"]["points"][0]["side"] = NASTY
    report["hubness"]["criteria"][NASTY] = criterion(1)
    text = page(report)
    found = Parsed(text)
    assert NASTY not in text
    assert not any("onload" in attributes for _, attributes in found.tags)
    assert found.text.count(NASTY) >= 15
    words = [attributes for tag, attributes in found.tags if tag == "bdi"]
    assert all(attributes["dir"] == "auto" for attributes in words)


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part_is_left_out(report, part) -> None:
    assert PARTS[part] in page(report)
    report[part] = None
    found = Parsed(page(report))
    assert PARTS[part] not in found.text
    assert "The two spaces" in found.text


def test_nothing_but_the_spaces(report) -> None:
    report |= dict.fromkeys(PARTS) | {"advice": []}
    report["source"]["spectrum"] = report["target"]["spectrum"] = None
    found = Parsed(page(report))
    assert found.count("svg") == 0
    for heading in ("Advice", "Figures", "Hubs", "Suspect", "Pairs of the lexicon"):
        assert heading not in found.text


@pytest.mark.parametrize(
    ("part", "figure"),
    [
        ("learning_curve", "Learning curve"),
        ("by_frequency", "Accuracy by"),
        ("map", "Map"),
        ("suspects", "Suspect"),
        ("held_out", "P@1, vecmap"),
    ],
)
@pytest.mark.parametrize("nothing", [None, []])
def test_missing_parts_of_the_lexicon(report, part, figure, nothing) -> None:
    assert figure in Parsed(page(report)).text
    report["lexicon"][part] = nothing
    assert figure not in Parsed(page(report)).text


def hollow(value, nothing):
    """The same with every number replaced, but for ids, counts and places on an axis."""
    if isinstance(value, dict):
        kept = {"pairs", "distribution", "k", "words_compared"}
        return {key: item if key in kept else hollow(item, nothing) for key, item in value.items()}
    if isinstance(value, list):
        return [hollow(item, nothing) for item in value]
    return nothing if isinstance(value, int | float) else value


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_missing_numbers_are_dashes(report, nothing) -> None:
    found = Parsed(page(hollow(report, nothing)))
    assert found.text.count("–") > 40
    assert not {"nan", "none", "inf"} & set(found.text.lower().split())
    assert not any("nan" in str(value) for _, attributes in found.tags for value in attributes.values())


def test_one_missing_number_leaves_the_others(report) -> None:
    report["lexicon"]["by_frequency"][1] |= {"p@1": None, "interval": None}
    report["lexicon"]["learning_curve"][1] |= {"p@1": math.nan, "interval": [math.nan, 1.0]}
    report["lexicon"]["map"]["points"][0]["x"] = math.nan
    text = page(report)
    assert Parsed(text).count("figure") == 5
    assert 'class="bar accent"' in text
    assert "casa" in text
    assert "nan" not in text


def test_one_word(report) -> None:
    for side in ("source", "target"):
        report[side] |= {"words": 1, "dimension": 1, "spectrum": [1.0]}
    report["hubness"]["criteria"] = {"nn": criterion(1) | {"top": [], "distribution": [[1, 1]]}}
    report["lexicon"] |= {
        "learning_curve": [{"pairs": 1, "p@1": 0.0, "interval": None}],
        "by_frequency": [{"ranks": "1", "words": 1, "p@1": 0.0, "interval": [0.0, 0.0]}],
        "map": {"points": [point("a", "source", 0.0, 0.0)], "pairs": []},
    }
    assert Parsed(page(report)).count("figure") == 5


def test_labels_that_would_overlap_are_skipped(report) -> None:
    crowd = [point(f"word{i}", "source", 0.0, 0.0) for i in range(40)]
    report["lexicon"]["map"] = {"points": crowd, "pairs": [[i, i + 1] for i in range(0, 40, 2)]}
    text = page(report)
    assert 1 <= text.count('class="word source"') <= 4
    assert all(f"<title>word{i}</title>" in text for i in range(40))


def test_the_report_stays_as_it_is(report) -> None:
    before = copy.deepcopy(report)
    assert page(report) == page(report)
    assert report == before


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (40_000, "40,000"),
        (0, "0"),
        (0.0, "0.00"),
        (1234.5, "1,234"),
        (999.7, "1,000"),
        (123.4, "123"),
        (-0.51234, "-0.512"),
        (0.00002, "2.00e-05"),
        (math.nan, "–"),
        (math.inf, "–"),
        (None, "–"),
    ],
)
def test_numbers(value, shown) -> None:
    assert number(value) == shown


def test_percentages() -> None:
    assert [percent(value) for value in (27.345, 0, None, math.nan)] == ["27.3 %", "0.0 %", "–", "–"]


@pytest.mark.parametrize(
    ("scale", "ticks"),
    [
        (Scale(0, 33, 0, 1), [0, 10, 20, 30]),
        (Scale(0, 1, 0, 1), [0, 0.5, 1]),
        (Scale(25, 500, 0, 1, "log"), [50, 100, 200, 500]),
        (Scale(0.001, 1, 0, 1, "log"), [0.001, 0.01, 0.1, 1]),
        (Scale(0, 900, 0, 1, "log1p"), [0, 1, 10, 100]),
        (Scale(7, 7, 0, 1, "log"), [7]),
    ],
)
def test_scales(scale, ticks) -> None:
    assert scale.ticks() == pytest.approx(ticks)
    if scale.high > scale.low:
        assert (scale(scale.low), scale(scale.high)) == (0, 1)
    places = [scale(tick) for tick in scale.ticks()]
    assert places == sorted(places)
