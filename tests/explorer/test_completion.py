import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.explorer.completion import Completion

WORDS = (
    "Cat",
    "dog",
    "cat",
    "cathedral",
    "Österreich",
    "öl",
    "car",
    "Straße",
    "c",
    "strasse",
    "<b>",
    "\u202ecat",
)
MADE = Completion(WORDS)


def found(prefix: str, limit: int = 12) -> list[str]:
    return [WORDS[row] for row in MADE.of(prefix, limit)]


def test_the_most_frequent_first_and_the_very_word_before_them():
    assert found("ca") == ["Cat", "cat", "cathedral", "car"]
    assert found("cat") == ["cat", "Cat", "cathedral"]
    assert found("Cat") == ["Cat", "cat", "cathedral"]


def test_without_regard_to_case():
    assert found("CAT") == ["Cat", "cat", "cathedral"]
    assert found("ÖST") == ["Österreich"]
    assert found("strass") == ["Straße", "strasse"]
    assert found("Straße") == ["Straße", "strasse"]


def test_no_more_than_asked_for_and_the_very_word_among_them():
    assert found("ca", 2) == ["Cat", "cat"]
    assert found("c", 2) == ["c", "Cat"]
    assert found("", 3) == ["Cat", "dog", "cat"]


@pytest.mark.parametrize("prefix", ["x", "cats", "<b>x", "c" * 10_000, "\ud7ff", "\U0010ffff"])
def test_nothing_begins_so(prefix):
    assert found(prefix) == []


def test_hostile_words():
    assert found("<") == ["<b>"]
    assert found("\u202e") == ["\u202ecat"]


def test_no_words():
    assert Completion(()).of("a", 3) == []


@given(st.lists(st.text(max_size=4), max_size=20, unique=True), st.text(max_size=2), st.integers(1, 5))
def test_against_the_definition(words, prefix, limit):
    beginning = [row for row, word in enumerate(words) if word.casefold().startswith(prefix.casefold())]
    exact = [row for row in beginning if words[row] == prefix]
    expected = (exact + [row for row in beginning if row not in exact])[:limit]
    assert Completion(words).of(prefix, limit) == expected
