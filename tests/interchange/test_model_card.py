from dataclasses import replace

import pytest

from isolex.alignment import Alignment
from isolex.interchange.model_card import Folder, example_pair, model_card
from isolex.lexicon import Lexicon

from ..spaces import alignment_of
from .helpers import aligned, over_words, with_status

FOLDER = Folder("Aligned vectors", "a-library", "Load it.", "feature-extraction", ("Of no use.",))


def head(text: str) -> str:
    return text.split("---\n")[1]


def test_the_head_is_what_the_hub_reads():
    hub = pytest.importorskip("huggingface_hub")
    card = hub.ModelCard(model_card(aligned(), FOLDER))
    assert card.data.to_dict() == {
        "language": ["aa", "bb"],
        "license": "unknown",
        "library_name": "a-library",
        "pipeline_tag": "feature-extraction",
        "tags": ["a-library", "isolex", "word-embeddings", "static-embeddings", "cross-lingual"],
    }


def test_norwegian_is_a_language_and_not_false():
    hub = pytest.importorskip("huggingface_hub")
    alignment = over_words(["a"], ["b"], ("no", "en"))
    assert hub.ModelCard(model_card(alignment, FOLDER)).data.language == ["no", "en"]


@pytest.mark.parametrize("languages", [(None, None), ("aa", None), ("x: [", "bb"), ("English", "Deutsch")])
def test_what_is_no_code_is_no_language(languages):
    text = model_card(aligned(languages), replace(FOLDER, pipeline=None))
    assert "language:" not in head(text)
    assert "pipeline_tag" not in text
    assert "x: [" not in text


def test_it_tells_how_the_alignment_was_made():
    text = model_card(aligned(), FOLDER)
    for line in (
        "# Aligned vectors: aa and bb",
        "Load it.",
        "* Source: aa, 60 words × 20",
        "* Method: `by hand`; normalisation: none",
        "* Seed pairs: 30",
        "* Shared space: 12 dimensions",
        "* Of no use.",
    ):
        assert line in text.splitlines()


def test_it_tells_of_pairs_that_joined_the_given_ones():
    alignment = aligned()
    card = replace(
        alignment.card, settings=alignment.card.settings | {"further_pairs": "7 pairs of something"}
    )
    text = model_card(Alignment(*alignment.sides, seeds=alignment.seeds, card=card), FOLDER)
    assert "* Seed pairs: 30, and 7 pairs of something" in text.splitlines()


def test_it_tells_of_the_vectors_that_are_exported():
    text = model_card(aligned().head(10), FOLDER)
    assert "* Target: bb, 10 words × 20" in text.splitlines()


def test_only_the_name_of_a_file_is_told():
    alignment = aligned()
    side = replace(alignment.card.source, path="/home/me/secret/aa.bin")
    alignment.card = replace(alignment.card, source=side)
    text = model_card(alignment, FOLDER)
    assert "* Source: aa, 60 words × 20, from `aa.bin`" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("aligned", "The two spaces aligned."),
        ("doubtful", "**Doubtful**"),
        ("failed", "**Failed**"),
        ("unchecked", "**Unchecked**"),
    ],
)
def test_it_tells_the_verdict_and_why(status, words):
    text = model_card(with_status(aligned(), status, "P@1 was so much.", "And so on."), FOLDER)
    assert words in text
    assert "> P@1 was so much.\n\n> And so on." in text


def test_scores_stand_with_what_they_are():
    alignment = aligned()
    assert "| figure |" not in model_card(alignment, FOLDER)
    scores = {"held_out_p@1": {"vecmap": 60.5, "cca": None}, "seed_pairs": 30, "new": 1}
    alignment.card = replace(alignment.card, scores=scores)
    rows = [line for line in model_card(alignment, FOLDER).splitlines() if line.startswith("| ")]
    assert rows == [
        "| figure | value | meaning |",
        "| held_out_p@1, vecmap | 60.5 | P@1 by CSLS on seed words that were kept out of training, percent |",
        "| held_out_p@1, cca | None | P@1 by CSLS on seed words that were kept out of training, percent |",
        "| seed_pairs | 30 | seed pairs found in both vocabularies |",
        "| new | 1 |  |",
    ]


def test_the_example_is_a_pair_of_longer_words():
    pairs = Lexicon([("the", "la"), ("good", "good"), ("1984", "1984x"), ("house", "casa")])
    alignment = over_words(["the", "good", "1984", "house"], ["la", "good", "1984x", "casa"])
    assert example_pair(alignment) == ("the", "la")
    assert example_pair(alignment_of(alignment.source, alignment.target, seeds=pairs)) == ("house", "casa")
