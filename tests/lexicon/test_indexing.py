import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.lexicon import Coverage, Lexicon
from isolex.vectors import Vectors

from .strategies import pairs

LETTERS = st.text("aAbBß", min_size=1, max_size=2)
VOCABULARIES = st.lists(LETTERS, min_size=1, max_size=12, unique=True)


def naive_rows(lexicon: Lexicon, source: list[str], target: list[str]) -> list[tuple[int, int]]:
    """The definition: for every pair, the first row on each side that spells the word."""

    def same(word: str, other: str) -> bool:
        return word == (other.casefold() if lexicon.case == "fold" else other)

    rows = []
    for s, t in lexicon:
        left = [i for i, word in enumerate(source) if same(s, word)]
        right = [i for i, word in enumerate(target) if same(t, word)]
        if left and right:
            rows.append((left[0], right[0]))
    return rows


@given(pairs(LETTERS, min_size=0), VOCABULARIES, VOCABULARIES, st.sampled_from(["keep", "lower", "fold"]))
def test_agrees_with_the_definition(vocabulary, chosen, source, target, case) -> None:
    lexicon = Lexicon(chosen, range(len(chosen)), case=case)
    indexed = lexicon.index(vocabulary(*source), vocabulary(*target))
    expected = naive_rows(lexicon, source, target)
    assert [tuple(row) for row in indexed.pairs.tolist()] == expected
    assert len(set(expected)) == len(expected) == len(indexed) == indexed.coverage.pairs_found
    assert len({s for s, _ in expected}) == indexed.coverage.sources_found
    assert indexed.pairs.dtype == np.int64
    assert indexed.pairs.shape == (len(expected), 2)
    assert indexed.weights.dtype == np.float32
    assert indexed.weights.shape == (len(expected),)


def test_coverage(vocabulary) -> None:
    lexicon = Lexicon(
        [("cat", "gato"), ("cat", "minino"), ("dog", "can"), ("owl", "búho"), ("emu", "emú")], [1, 2, 3, 4, 5]
    )
    indexed = lexicon.index(vocabulary("dog", "cat", "owl"), vocabulary("búho", "gato", "emú"))
    assert indexed.pairs.tolist() == [[1, 1], [2, 0]]
    assert indexed.weights.tolist() == [1, 4]
    coverage = indexed.coverage
    assert coverage == Coverage(
        pairs=5,
        pairs_found=2,
        sources=4,
        sources_found=2,
        missing_source=("emu",),
        missing_target=("minino", "can"),
    )
    assert (coverage.pairs_percent, coverage.sources_percent) == (40, 50)
    assert coverage.summary() == (
        "2 of 5 pairs (40.0 %) and 2 of 4 source words (50.0 %) are in both vocabularies; "
        "missing: 1 source word such as emu, 2 target words such as minino, can"
    )


def test_full_coverage_and_no_weights(vocabulary) -> None:
    indexed = Lexicon([("a", "b")]).index(vocabulary("a"), vocabulary("b"))
    assert indexed.weights is None
    assert indexed.coverage.summary() == (
        "1 of 1 pair (100.0 %) and 1 of 1 source word (100.0 %) are in both vocabularies"
    )


def test_empty_lexicon(vocabulary) -> None:
    indexed = Lexicon([]).index(vocabulary("a"), vocabulary("b"))
    assert indexed.pairs.shape == (0, 2)
    assert (indexed.coverage.pairs_percent, indexed.coverage.sources_percent) == (0, 0)


def test_letter_case(vocabulary) -> None:
    source, target = vocabulary("Paris", "PARIS", "paris"), vocabulary("parís", "París")
    found = {
        case: Lexicon([("PARIS", "París")], case=case).index(source, target).pairs.tolist()
        for case in ("keep", "lower", "fold")
    }
    assert found == {"keep": [[1, 1]], "lower": [[2, 0]], "fold": [[0, 0]]}


@pytest.mark.parametrize("scale", [1e308, 1e39, 1e-45, 1e-320])
def test_weights_that_float32_cannot_hold_are_taken_in_proportion(scale) -> None:
    vectors = Vectors(["a", "b"], np.eye(2))
    indexed = Lexicon([("a", "a"), ("b", "b")], [scale, scale / 2]).index(vectors, vectors)
    assert indexed.weights.tolist() == pytest.approx([1, 0.5], rel=1e-3)
