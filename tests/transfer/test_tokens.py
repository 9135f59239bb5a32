import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.transfer import words_of
from isolex.transfer.tokens import spellings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The dog, sleeps.", ["The", "dog", "sleeps"]),
        ("", []),
        (" ,.!? — … «»", []),
        ("L'homme, peut-être.", ["L'homme", "peut-être"]),
        ("well-known -dash- --", ["well-known", "dash"]),
        ("don’t the dogs' 'own'", ["don’t", "the", "dogs'", "own'"]),
        ("3.14 1990s A4", ["3", "14", "1990s", "A4"]),
        ("м'яч, м’яч, мʼяч: п’ять!", ["м'яч", "м’яч", "мʼяч", "п’ять"]),
        # Vowel signs and the virama are marks, not letters.
        ("हिन्दी में किताबें हैं।", ["हिन्दी", "में", "किताबें", "हैं"]),
        ("বাংলা ভাষা", ["বাংলা", "ভাষা"]),
        ("தமிழ் மொழி", ["தமிழ்", "மொழி"]),
        ("שָׁלוֹם עוֹלָם", ["שָׁלוֹם", "עוֹלָם"]),
        ("مُحَمَّد، كِتَاب", ["مُحَمَّد", "كِتَاب"]),
        ("e\u0301te\u0301 n\u0303u", ["e\u0301te\u0301", "n\u0303u"]),
        ("می\u200cخواهم بروم", ["می\u200cخواهم", "بروم"]),
        ("𐌰𐌹 𞤀𞥊𞤣", ["𐌰𐌹", "𞤀𞥊𞤣"]),
        ("a 👍🏽 ❤️ \u0301b", ["a", "b"]),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


@given(st.text(st.characters(codec="utf-8")))
def test_words_are_pieces_of_the_text_in_order(text):
    place = 0
    for word in words_of(text):
        place = text.index(word, place) + len(word)
        assert not any(letter.isspace() for letter in word)
        assert any(letter.isalnum() or letter == "_" for letter in word)


def test_a_long_text_takes_no_time():
    """Marks and joiners in a row must not be tried in every division."""
    assert len(words_of("क" + "\u093e\u200d" * 20_000 + "!" + "a-" * 20_000)) == 2


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("dog", [["dog"]]),
        ("don’t", [["don’t"], ["don't"], ["don'", "t"], ["don", "t"]]),
        ("м’яч", [["м’яч"], ["м'яч"], ["м'", "яч"], ["м", "яч"]]),
        ("мʼяч", [["мʼяч"], ["м'яч"], ["м'", "яч"], ["м", "яч"]]),
        ("dogs'", [["dogs'"], ["dogs"]]),
        ("well-known", [["well-known"], ["well", "known"]]),
        ("arc-en-ciel", [["arc-en-ciel"], ["arc", "en", "ciel"]]),
        ("می\u200cخواهم", [["می\u200cخواهم"], ["می", "خواهم"]]),
        ("--", [["--"]]),
    ],
)
def test_spellings(word, ways):
    assert spellings(word) == ways
