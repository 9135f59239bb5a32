import pytest

from isolex.text import CASES, case_of, has_dotless_i, lower, title, upper


@pytest.mark.parametrize("language", ["tr", "az", "TR", "tr-TR", "aze", "az_Latn", "crh", "gag"])
def test_turkish_and_azeri_tell_i_from_dotless_i(language):
    assert lower("ISPARTA'da İĞDE, IŞIK", language=language) == "ısparta'da iğde, ışık"
    assert has_dotless_i(language)


@pytest.mark.parametrize("language", [None, "en", "tt", "trv", "azz"])
def test_others_follow_unicode(language):
    assert lower("IŞIK", language=language) == "işik"
    assert lower("İ", language=language) == "i\u0307"
    assert not has_dotless_i(language)


def test_a_decomposed_letter_is_brought_together_first():
    assert lower("I\u0307NCE", language="tr") == "ince"


def test_the_last_sigma_of_a_word():
    assert lower("ΟΔΟΣ ΣΟΦΟΣ", language="el") == "οδος σοφος"


@pytest.mark.parametrize("case", CASES)
def test_every_case_is_stable(case):
    change = case_of(case, "tr")
    assert change(change("IıİiŞ")) == change("IıİiŞ")


def test_nothing_changes_what_is_kept():
    assert case_of("keep", "tr")("IİΣ") == "IİΣ"
    assert case_of("fold", "tr")("STRAßE I") == "strasse ı"


@pytest.mark.parametrize("word", ["istanbul", "İSTANBUL", "iSTANBUL", "I\u0307stanbul"])
def test_turkish_title_and_upper_case_keep_the_dot(word):
    assert title(f"{word} ılık IŞIK", language="tr") == "İstanbul Ilık Işık"


def test_turkish_upper_case_keeps_the_dot():
    assert upper("istanbul ılık", language="az") == "İSTANBUL ILIK"
    assert upper("istanbul", language="en") == "ISTANBUL"


def test_title_case_of_others():
    assert title("istanbul ONE") == "Istanbul One"
