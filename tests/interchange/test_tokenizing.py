import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from isolex.errors import InputError
from isolex.interchange.tokenizing import Lookup, lookup_of
from isolex.vectors import Vectors

tokenizers = pytest.importorskip("tokenizers")


def side(name: str, words: list[str], seed: int) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((len(words), 5)).astype(np.float32)
    return Vectors(words, rows / np.linalg.norm(rows, axis=1, keepdims=True), language=name, unicode="keep")


def both(english: list[str], spanish: list[str]) -> tuple[Vectors, Vectors, Lookup]:
    source, target = side("en", english, 0), side("es", spanish, 1)
    made = lookup_of({"en": source, "es": target})
    # What is saved is what counts.
    loaded = tokenizers.Tokenizer.from_str(made.tokenizer.to_str())
    return source, target, Lookup(loaded, made.rows, made.tags)


def found(lookup: Lookup, text: str) -> np.ndarray:
    """The rows that a text is the mean of."""
    return lookup.rows[lookup.tokenizer.encode(text, add_special_tokens=False).ids]


def row(of: Vectors, word: str) -> np.ndarray:
    return of.matrix[of.words.index(word)]


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
awkward = st.text("aAıßΣςé e\u0301-'’.,+_ \t\n\u200c▁⟪⟫:esn«猫ก", min_size=1, max_size=6)
any_word = st.one_of(words, awkward).filter(lambda word: not word.isspace())
vocabularies = st.lists(any_word, min_size=1, max_size=8, unique=True)


@given(vocabularies, vocabularies)
@example(["pan", "▁pan", "don't", "don' t"], ["pan", "e\u0301", "é"])
@example(["⟪es⟫", "⟪", "es:pan"], ["⟫", "⟪es:pan⟫"])
@example(["ΛΌΓΟΣ", "λόγος", "λόγοσ"], ["İ", "i̇"])
@example(["0"], ["es:"])
@example(["\u200c", "a "], ["en"])
def test_every_word_is_one_token_with_its_row(english, spanish):
    """And with that of its language under the tag of the language."""
    source, target, lookup = both(english, spanish)
    assert lookup.tokenizer.get_vocab_size() == len(lookup.rows)
    for own, other in ((source, target), (target, source)):
        for word in own.words:
            tagged = found(lookup, lookup.tags[own.language] + word)
            np.testing.assert_array_equal(tagged, [row(own, word)])
            bare = found(lookup, word)
            if word in other.words:
                middle = row(own, word) + row(other, word)
                np.testing.assert_allclose(bare, [middle / np.linalg.norm(middle)], atol=1e-6)
            else:
                np.testing.assert_array_equal(bare, [row(own, word)])


letters = st.lists(st.text("abeé", min_size=1, max_size=3), min_size=1, max_size=6, unique=True)
odd = st.lists(st.text("abe-'+:_nsé", min_size=1, max_size=4), max_size=6, unique=True)


@given(letters, letters, odd, odd, st.data())
def test_a_text_is_its_words_in_the_language_told(english, spanish, odd_english, odd_spanish, data):
    """Whatever odd words the vocabularies hold beside those of the text."""
    source, target, lookup = both(
        list(dict.fromkeys(english + odd_english)), list(dict.fromkeys(spanish + odd_spanish))
    )
    for own, plain in ((source, english), (target, spanish)):
        chosen = data.draw(st.lists(st.sampled_from(plain), max_size=5))
        rows = found(lookup, lookup.tags[own.language] + "  ".join(chosen))
        np.testing.assert_array_equal(rows, np.reshape([row(own, word) for word in chosen], (-1, 5)))


class TestTexts:
    ENGLISH = ("the", "pan", "no", "don't", "bath", "wash-stand", "new york", "york", ",", "c++", "girl")
    SPANISH = ("el", "pan", "no", "agua", "pan-", "l'", "¿", ",")

    @pytest.fixture
    def made(self):
        return both(list(self.ENGLISH), list(self.SPANISH))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("the bath", ["the", "bath"]),
            ("The  Bath\n", ["the", "bath"]),
            ("the wash-stand, york", ["the", "wash-stand", ",", "york"]),
            ("don't!", ["don't"]),
            ("new york the york", ["new york", "the", "york"]),
            ("new yorkers", []),
            ("xnew york", ["york"]),
            ("the c++ bath", ["the", "c++", "bath"]),
            ("bath-girl's", ["bath", "girl"]),
            ("nonsuch", []),
            ("", []),
            (" \n\t", []),
            ("thebath", []),
            ("▁the", ["the"]),
            ("t h e", []),
        ],
    )
    def test_are_the_words_in_them(self, made, text, expected):
        source, _, lookup = made
        expected_rows = [row(source, word) for word in expected]
        for tag in (lookup.tags["en"], "") if "," not in expected else (lookup.tags["en"],):
            np.testing.assert_array_equal(found(lookup, tag + text), np.reshape(expected_rows, (-1, 5)))

    def test_every_word_is_of_the_language_that_is_told(self, made):
        source, target, lookup = made
        text = "No, el pan; l'agua no: PAN"
        expected = ["no", ",", "el", "pan", "l'", "agua", "no", "pan"]
        np.testing.assert_array_equal(
            found(lookup, lookup.tags["es"] + text), [row(target, word) for word in expected]
        )
        english = found(lookup, lookup.tags["en"] + "no pan")
        np.testing.assert_array_equal(english, [row(source, "no"), row(source, "pan")])

    def test_words_of_the_other_language_are_found_too(self, made):
        source, _, lookup = made
        np.testing.assert_array_equal(
            found(lookup, lookup.tags["es"] + "the bath").tolist(), source.matrix[[0, 4]]
        )

    def test_an_elision_is_no_part_of_another_word(self, made):
        source, _, lookup = made
        np.testing.assert_array_equal(found(lookup, "girl's"), [row(source, "girl")])

    def test_a_tag_in_the_middle_is_none(self, made):
        _, _, lookup = made
        np.testing.assert_array_equal(found(lookup, f"the {lookup.tags['es']}pan"), found(lookup, "the pan"))

    def test_long_texts_take_time_in_proportion(self, made):
        """Not its square, which would be hours."""
        _, target, lookup = made
        rows = found(lookup, lookup.tags["es"] + "el pan, " * 100_000)
        assert rows.shape == (300_000, 5)
        np.testing.assert_array_equal(rows[-3:], [row(target, word) for word in ("el", "pan", ",")])


def test_a_word_of_blanks_is_nowhere():
    source, _, lookup = both(["a", " ", "b", "\u00a0"], ["sol"])
    for tag in ("", lookup.tags["en"]):
        np.testing.assert_array_equal(found(lookup, tag + "a b\u00a0 a"), source.matrix[[0, 2, 0]])


def test_a_vocabulary_of_nothing_but_blanks():
    _, _, lookup = both([" "], ["sol"])
    assert found(lookup, lookup.tags["en"] + "sol sol").shape == (2, 5)
    _, _, lookup = both([" "], ["\t"])
    assert found(lookup, "a b").shape == (0, 5)


def test_names_with_hyphens_are_no_words_of_a_text():
    source, target = side("zh-Hant", ["zh-Hant", "zh", "a"], 0), side("en", ["a"], 1)
    lookup = lookup_of({"zh-Hant": source, "en": target})
    np.testing.assert_array_equal(
        found(lookup, lookup.tags["zh-Hant"] + "a zh-Hant a"), source.matrix[[2, 0, 2]]
    )
    np.testing.assert_array_equal(found(lookup, lookup.tags["en"] + "a"), target.matrix)


def test_letter_case_is_kept_where_the_vocabulary_has_any():
    source, _, lookup = both(["Pan", "pan"], ["sol"])
    np.testing.assert_array_equal(found(lookup, "Pan pan PAN"), source.matrix)


def test_texts_come_to_the_unicode_form_of_the_vocabulary():
    source, _, lookup = both(["été"], ["sol"])
    np.testing.assert_array_equal(found(lookup, "e\u0301te\u0301"), source.matrix)
    source, _, lookup = both(["été", "e\u0301te\u0301"], ["sol"])
    np.testing.assert_array_equal(found(lookup, "e\u0301te\u0301"), source.matrix[1:])


def test_a_row_of_zeros_leaves_a_shared_word_to_the_other_language():
    nothing, target = Vectors(["pan"], np.zeros((1, 5))), side("es", ["pan"], 1)
    lookup = lookup_of({"en": nothing, "es": target})
    np.testing.assert_allclose(found(lookup, "pan"), target.matrix, atol=1e-6)
    assert not found(lookup_of({"en": nothing, "es": nothing}), "pan").any()


def test_words_that_hold_all_marks_are_told():
    odd = ["▁", "⟦x", "a⦆", "⦃"]
    with pytest.raises(InputError, match=re.escape("each of ▁⟪⟫, ▂⟦⟧, ▃⦅⦆, ▄⦃⦄")):
        both(odd, ["a"])
    _, _, lookup = both(odd[:3], ["a"])
    assert lookup.tags == {"en": "⦃en⦄", "es": "⦃es⦄"}
