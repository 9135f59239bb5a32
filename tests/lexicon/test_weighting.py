import pytest

from isolex.errors import IsolexWarning
from isolex.lexicon import Lexicon, warn_of_weights, weights_note


def weighted(*weights: float) -> Lexicon:
    return Lexicon([(f"s{n}", f"t{n}") for n in range(len(weights))], weights)


def test_that_a_lexicon_is_weighted_is_noted_with_the_range() -> None:
    note = "the lexicon is weighted, from 0.1 to 0.9; weights count in training"
    assert weights_note(weighted(0.5, 0.9, 0.1)) == note
    assert weights_note(Lexicon([("a", "b")])) is None
    assert weights_note(Lexicon([], [])) is None


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        (
            (1, 214, 4998),
            "look like ranks, from 1 to 4998, so the last would count most; take that col",
        ),
        ((1, 2, 3), "look like ranks, from 1 to 3"),
        ((99021, 5, 320, 5), "look like counts or ranks, up to 99,021; take that column out of the file"),
    ],
)
def test_ranks_and_counts_are_told(weights, told) -> None:
    with pytest.warns(IsolexWarning, match=f"^seeds: its weights {told}"):
        warn_of_weights(weighted(*weights), what="seeds")


@pytest.mark.parametrize(
    "weights", [(), (1, 1, 1), (1, 2), (3, 2, 1, 2), (0.1, 0.5, 0.9), (100, 1, 1, 100), (1, 2.5, 300)]
)
def test_weights_that_are_nothing_else_are_not(weights, recwarn) -> None:
    warn_of_weights(weighted(*weights), what="seeds")
    warn_of_weights(Lexicon([("a", "b")]), what="seeds")
    assert not recwarn.list
