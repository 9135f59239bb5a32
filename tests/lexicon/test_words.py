import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.lexicon.words import as_weight, counted, word_problem
from isolex.text.casing import CASES


@pytest.mark.parametrize("word", ["cat", "ice cream", "#", "a\u00a0b", "\ufeffthe", "١٢", "a\u2028b"])
def test_usable_words(word: str) -> None:
    assert word_problem(word) is None


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("", "empty"),
        (" \u00a0", "empty"),
        ("a\tb", "control"),
        ("a\nb", "control"),
        ("a\x00b", "control"),
        (" a", "space"),
        ("a ", "space"),
        ("a\udc80", "UTF-8"),
    ],
)
def test_unusable_words(word: str, problem: str) -> None:
    assert problem in str(word_problem(word))


@given(st.text())
def test_changing_case_twice_changes_nothing_more(word: str) -> None:
    for change in CASES.values():
        assert change(change(word)) == change(word)


@pytest.mark.parametrize(("value", "weight"), [(0, 0.0), ("0.5", 0.5), (2, 2.0), ("1e3", 1000.0)])
def test_weights(value: object, weight: float) -> None:
    assert as_weight(value) == weight


@pytest.mark.parametrize("value", [-1, "x", "", None, math.nan, math.inf, [1], 10**400])
def test_no_weights(value: object) -> None:
    assert as_weight(value) is None


def test_counted() -> None:
    assert [counted(n, "pair") for n in (0, 1, 10_872)] == ["0 pairs", "1 pair", "10,872 pairs"]
