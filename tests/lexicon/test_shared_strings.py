import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from isolex.lexicon import Lexicon
from isolex.vectors import Vectors


def test_identical_strings_in_source_order(vocabulary) -> None:
    source, target = (
        vocabulary("of", "no", "paolo", "hotel", "cat"),
        vocabulary("hotel", "no", "gato", "paolo"),
    )
    assert Lexicon.identical(source, target).pairs == (("no", "no"), ("paolo", "paolo"), ("hotel", "hotel"))
    assert Lexicon.identical(source, target, minimum_length=3).sources == ("paolo", "hotel")


def test_identical_strings_that_no_lexicon_can_hold_are_left_out(vocabulary) -> None:
    words = vocabulary("\u00a0", "a\x01b", "cat")
    assert Lexicon.identical(words, words).sources == ("cat",)


def test_words_with_a_zero_vector_are_no_seeds() -> None:
    matrix = np.array([[1, 0], [0, 0], [0, 0], [0, 1]])
    source, target = Vectors(["7", "8", "a", "b"], matrix), Vectors(["8", "7", "a", "b"], matrix)
    assert Lexicon.identical(source, target).pairs == (("b", "b"),)
    assert Lexicon.numerals(source, target).pairs == ()


def test_nothing_shared_is_an_empty_lexicon(vocabulary) -> None:
    assert len(Lexicon.identical(vocabulary("cat"), vocabulary("gato"))) == 0
    assert len(Lexicon.numerals(vocabulary("cat"), vocabulary("gato"))) == 0


def test_words_that_are_written_alike(vocabulary) -> None:
    source = vocabulary("elevé", "Élève", "moskva", "no", "hotel", "e-mail")
    target = vocabulary("но", "Москва", "e.mail", "eleve", "отель", "hôtel", "HOTEL")
    assert Lexicon.alike(source, target).pairs == (
        ("elevé", "eleve"),  # the more frequent of two
        ("moskva", "Москва"),
        ("hotel", "hôtel"),
        ("e-mail", "e.mail"),
    )
    assert Lexicon.alike(source, target, minimum_length=2).sources[-2:] == ("hotel", "e-mail")
    assert ("no", "но") in Lexicon.alike(source, target, minimum_length=2).pairs


def test_words_without_a_vector_are_not_written_alike() -> None:
    source = Vectors(["hotel", "radio"], np.array([[0, 0], [1, 0]]))
    assert Lexicon.alike(source, source).sources == ("radio",)


def test_numerals(vocabulary) -> None:
    shared = ("1984", "3", "1,000.5", "12.", ".5", "1..2", "2nd", "-1", "½", "²", "1,000")
    source, target = vocabulary(*shared, "7"), vocabulary("3", "1984", *shared[2:], "8", "1.000")
    assert Lexicon.numerals(source, target).pairs == tuple(
        (word, word) for word in ("1984", "3", "1,000.5", "1,000")
    )


def test_numerals_in_other_digits(vocabulary) -> None:
    source, target = vocabulary("3", "10", "03"), vocabulary("٣", "3", "१०", "٣.٠")
    assert Lexicon.numerals(source, target).pairs == (("3", "٣"), ("3", "3"), ("10", "१०"))


@given(st.lists(st.from_regex(r"[0-9.,a]{1,4}", fullmatch=True), unique=True, min_size=1))
def test_numerals_are_identical_strings_where_the_script_is_one(vocabulary, words: list[str]) -> None:
    both = vocabulary(*words)
    assert set(Lexicon.numerals(both, both)) <= set(Lexicon.identical(both, both))
