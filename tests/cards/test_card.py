import json
from dataclasses import replace

import numpy as np
import pytest

import isolex
from isolex.alignment import Card, SideCard
from isolex.errors import FormatError
from isolex.vectors import Vectors

VECTORS = Vectors(["a", "b", "c"], np.eye(3, 2), language="en")
CARD = Card(
    "procrustes",
    {"solver": {"name": "Procrustes"}, "normalize": ["unit"]},
    SideCard.of(VECTORS),
    SideCard("sha256:0", 7, 4, path="/somewhere/es.vec"),
    seed=3,
    status="aligned",
    reasons=("one", "two"),
    scores={"null_p@1": None, "seed_pairs": 12},
    trace=({"step": 0, "objective": 0.5},),
)


def as_read(card: Card) -> dict:
    return json.loads(json.dumps(card.to_dict(), allow_nan=False))


def test_a_side_card_tells_its_vectors():
    """The third is zero, and so none."""
    assert SideCard.of(VECTORS) == SideCard(VECTORS.head(2).fingerprint, 2, 2, "en", None, 1)


def test_a_card_survives_json():
    assert Card.from_dict(as_read(CARD), where="card") == CARD


def test_a_card_knows_when_and_by_what_it_was_made():
    assert CARD.versions["isolex"] == isolex.__version__
    assert set(CARD.versions) == {"isolex", "torch", "numpy", "python"}
    assert CARD.created.endswith("+00:00")
    assert as_read(CARD)["format"] == "isolex-alignment"


def test_the_other_side_of_a_card():
    turned = CARD.reversed()
    assert (turned.source, turned.target) == (CARD.target, CARD.source)
    assert turned.reversed() == CARD


def test_a_card_over_other_vectors():
    other = Vectors(["a", "b", "c", "d"], np.eye(4), language="en")
    target = Vectors(["x"], np.ones((1, 4)))
    card = CARD.over(other, target)
    assert card.source == SideCard(other.fingerprint, 4, 4, "en")
    assert card.target == SideCard(target.fingerprint, 1, 4)
    assert replace(card, source=CARD.source, target=CARD.target) == CARD
    assert CARD.over(VECTORS, target).source is CARD.source


def changed(**values) -> dict:
    return as_read(CARD) | values


def without(name: str) -> dict:
    data = as_read(CARD)
    del data[name]
    return data


@pytest.mark.parametrize("data", [None, [], "text", 5, {}, changed(format="other"), without("format")])
def test_what_is_no_card_at_all(data):
    with pytest.raises(FormatError, match="card: is not the card of an isolex alignment"):
        Card.from_dict(data, where="card")


@pytest.mark.parametrize("version", [99, 0, "1", None])
def test_cards_of_other_versions(version):
    with pytest.raises(
        FormatError, match=f"card: has card version {version}, expected 1; use the isolex release"
    ):
        Card.from_dict(changed(version=version), where="card")


@pytest.mark.parametrize(
    "data",
    [
        *(without(name) for name in ("method", "settings", "source", "target")),
        changed(source=None),
        changed(source=[]),
        changed(source=5),
        changed(target={"fingerprint": "sha256:0"}),
        changed(target={"fingerprint": "sha256:0", "words": "7", "dimension": 4}),
        changed(target={"fingerprint": "sha256:0", "words": 7, "dimension": None}),
        changed(target={"fingerprint": "sha256:0", "words": 7, "dimension": 4, "path": 5}),
        changed(reasons=5),
        changed(trace=None),
    ],
)
def test_damaged_cards(data):
    with pytest.raises(FormatError, match="card: is damaged") as caught:
        Card.from_dict(data, where="card")
    assert "\n" not in str(caught.value)


def test_fields_of_a_later_release_are_left_out():
    data = changed(novelty=1)
    data["source"]["novelty"] = 2
    assert Card.from_dict(data, where="card") == CARD
