"""The card of a space comes back as it was, and one that is damaged is refused."""

import json

import pytest

from isolex.alignment import LanguageCard, PairCard, SideCard, SpaceCard
from isolex.errors import FormatError


def card() -> SpaceCard:
    return SpaceCard(
        "joint",
        {"solver": {"name": "Joint", "sweeps": 100}, "normalize": ["unit"]},
        {
            "en": LanguageCard(SideCard("sha256:0", 100, 8, "en", "en.vec"), "aligned"),
            "pt-br": LanguageCard(SideCard("sha256:1", 90, 6), "doubtful", "en"),
            "gl": LanguageCard(SideCard("sha256:2", 90, 6), "unchecked", "pt-br"),
        },
        {
            ("en", "pt-br"): PairCard("aligned", "because", 61.5, 39, 200, 1.25, "given"),
            ("en", "gl"): PairCard("failed", "by nothing"),
        },
        seed=3,
        left_out={"xx": "nobody vouches for it"},
    )


def read(data: object) -> SpaceCard:
    return SpaceCard.from_dict(data, where="card")


def test_it_comes_back_from_json():
    made = card()
    assert read(json.loads(json.dumps(made.to_dict(), allow_nan=False))) == made


def test_a_pair_is_known_either_way_round_and_unchecked_if_it_is_not_known():
    made = card()
    assert made.pair("pt-br", "en") is made.pair("en", "pt-br")
    assert made.pair("pt-br", "gl") == PairCard()
    assert made.pair("pt-br", "gl").status == "unchecked"


def test_a_verdict_is_trusted_more_than_any_score():
    cards = [
        PairCard("failed", held_out=90.0),
        PairCard("aligned", held_out=20.0),
        PairCard("doubtful", held_out=99.0),
        PairCard("aligned", held_out=30.0),
        PairCard("unchecked"),
    ]
    order = sorted(cards, key=lambda one: one.trust, reverse=True)
    assert [(one.status, one.held_out) for one in order] == [
        ("aligned", 30.0),
        ("aligned", 20.0),
        ("doubtful", 99.0),
        ("failed", 90.0),
        ("unchecked", None),
    ]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), "isolex-alignment", "is not the card of an isolex space"),
        (("version",), 9, r"has card version 9, expected 2; use the isolex release that made it"),
        (("languages", "en", "status"), "fine", r"languages.en.status"),
        (("languages", "en", "vectors", "words"), 0, r"languages.en.vectors.words"),
        (("languages", "a/b"), {"vectors": {"fingerprint": "", "words": 1, "dimension": 1}}, "no code"),
        (("pairs", "en--xx"), {}, r"pairs.en--xx is no pair of its languages"),
        (("pairs", "en--en"), {}, "is no pair of its languages"),
        (("pairs", "en"), {}, "is no pair of its languages"),
        (("pairs", "en--gl", "held_out"), 101, r"pairs.en--gl.held_out"),
        (("pairs", "en--gl", "weight"), -1, r"pairs.en--gl.weight"),
        (("pairs", "en--gl", "origin"), "stolen", r"pairs.en--gl.origin"),
        (("pairs", "en--gl", "seeds"), True, r"pairs.en--gl.seeds"),
        (("left_out",), [], "left_out"),
        (("created",), "yesterday", "created"),
        (("settings",), None, "settings"),
    ],
)
def test_what_is_damaged_is_refused(path, value, said):
    data = json.loads(json.dumps(card().to_dict()))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(FormatError, match=said):
        read(data)


@pytest.mark.parametrize("data", [None, [], "isolex-space", {}, {"format": "isolex-space"}])
def test_what_is_no_card_is_refused(data):
    with pytest.raises(FormatError, match="card"):
        read(data)
