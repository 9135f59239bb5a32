"""What results show of themselves in a notebook: whole, escaped, and nothing from elsewhere."""

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from isolex.alignment import Alignment, Space
from isolex.evaluation import PROTOCOLS, Answer, BLIResult
from isolex.hypertext import interval, short, snippet, word
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors

from .spaces import alignment_of, gaussian

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</table></div>",
    "&lt;b&gt;",
    r"$\href{javascript:alert(1)}{x}$",
    "\u202egnol\x1b[31m",
    "x" * 5000,
)
ALLOWED = {"div", "table", "thead", "tbody", "tr", "th", "td", "b", "bdi"}
ATTRIBUTES = {"class", "style", "scope", "dir"}


class Reader(HTMLParser):
    """The text of HTML that is nested as it should be, of these elements alone, and asks for nothing."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said = ""
        text.encode("utf-8")
        assert "url(" not in text
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said += data


def shown(result) -> str:
    return Reader(result._repr_html_()).said


def aligned(words=HOSTILE, **card) -> Alignment:
    rows = gaussian(len(words), 5, 1)
    source, target = (
        Vectors(words, rows, language="en"),
        Vectors([f"{w}'" for w in words], rows, language="es"),
    )
    made = alignment_of(source, target, seeds=Lexicon([(words[0], f"{words[0]}'")]))
    made.card = replace(made.card, **card)
    return made


def result_of(*answers, coverage=80.0) -> BLIResult:
    return BLIResult(PROTOCOLS["muse"], "csls", "forward", coverage, answers)


class TestAlignment:
    def test_what_it_tells(self):
        estimate = {"p@1": 76.07, "interval": [71.16, 80.38], "level": 95}
        card = {
            "method": "vecmap",
            "status": "aligned",
            "reasons": ("it is good",),
            "scores": {"estimate": estimate},
        }
        told = shown(aligned([f"word{n}" for n in range(1200)], **card))
        assert "Alignment en → es" in told
        assert "1,200 → 1,200" in told
        assert "vecmap" in told
        assert "aligned: it is good" in told
        assert "about 76.1 % of the answers to frequent words are right (95 % interval 71.2 to 80.4)" in told
        assert "Translations" not in told

    def test_translations_are_shown_once_they_cost_nothing(self):
        alignment = aligned(["the", "house", "of", "water", "bread", "horse", "window"])
        assert alignment.known_neighbourhoods is None
        before = shown(alignment)
        assert alignment.known_neighbourhoods is None
        assert not alignment.sides[0].has_rows
        alignment.translate("house")
        after = shown(alignment)
        assert "house'" not in before
        assert "house'" in after
        assert "window'" not in after.partition("Translations")[0]
        assert "the" not in after.partition("Translations")[2].split("'")[0]

    def test_hostile_words(self):
        alignment = aligned()
        alignment.translate(HOSTILE[0])
        told = shown(alignment)
        assert HOSTILE[0] in told
        assert "x" * 100 not in told
        assert "mathjax_ignore" in alignment._repr_html_()

    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_hostile_cards(self, hostile):
        alignment = aligned(method=hostile, reasons=(hostile,))
        alignment.source.language = hostile
        assert hostile[:20] in shown(alignment)

    @pytest.mark.parametrize(
        "estimate", [None, "x", 3, [], {}, {"p@1": "<b>"}, {"p@1": 5.0, "interval": [None, 2]}, {"p@1": 5.0}]
    )
    def test_estimates_of_other_forms(self, estimate):
        told = shown(aligned(scores={"estimate": estimate}))
        assert ("about 5.0 %" in told) == (isinstance(estimate, dict) and estimate.get("p@1") == 5.0)
        assert "interval" not in told

    def test_from_the_other_side(self):
        assert "Alignment es → en" in shown(aligned().reversed())


class TestSpace:
    def test_what_it_tells(self):
        told = shown(Space.of(aligned(method="vecmap", status="aligned")))
        assert "Space of many languages" in told
        assert "vecmap" in told
        assert "es7aligned" in told

    def test_hostile_codes(self):
        made = aligned()
        hostile = replace(made.card.source, language=HOSTILE[1])
        made.card = replace(made.card, source=hostile)
        space = Space.of(made)
        assert HOSTILE[1] in space.languages
        assert HOSTILE[1] in shown(space)


class TestBLIResult:
    def test_what_it_tells(self):
        answers = [Answer(f"w{n}", ("x",), rank, 1, ()) for n, rank in enumerate((1, 1, 3, 7, 12, None))]
        told = shown(result_of(*answers))
        assert "protocol muse, csls, forward" in told
        assert "P@133.3 % (95 % interval " in told
        assert "P@550.0 %" in told
        assert "P@1066.7 %" in told
        assert "6 source words" in told
        assert "Coverage of the test80.0 %" in told
        assert "Repeating the source word0.0 %" in told

    def test_without_units_there_is_no_interval(self):
        told = shown(result_of(coverage=float("nan")))
        assert "P@1–" in told
        assert "interval" not in told


def test_words_keep_their_direction():
    assert word("<שלום>") == '<bdi dir="auto">&lt;שלום&gt;</bdi>'


def test_what_cannot_be_encoded_is_shown_escaped():
    assert short("a\ud800") == r'<bdi dir="auto">a\ud800</bdi>'


@pytest.mark.parametrize("ends", [None, (), (1.0,), (float("nan"), 2.0), (None, 2)])
def test_no_interval(ends):
    assert interval(ends) == ""


def test_empty_values_are_left_out():
    assert "Empty" not in snippet("t", {"Empty": "", "Full": "1"})


def test_these_tests_can_fail():
    for text in ("<script>x</script>", "<div>", '<b onclick="x">y</b>', "<div style='x: url(y)'></div>"):
        with pytest.raises((AssertionError, IndexError)):
            Reader(text)
    assert np.isnan(result_of().precision())
