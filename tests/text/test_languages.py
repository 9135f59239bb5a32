import pytest

from isolex.errors import InputError
from isolex.text import check_language, same_language


@pytest.mark.parametrize("code", ["en", "EN", "tur", "pt-BR", "zh_Hant", "sr-Latn-RS", "quz", "xyz"])
def test_codes_that_somebody_knows(code):
    check_language(code)


@pytest.mark.parametrize(
    ("code", "guess"),
    [
        ("ua", "did you mean 'uk' (Ukrainian)? "),
        ("jp", "did you mean 'ja' (Japanese)? "),
        ("cn-Hans", "did you mean 'zh' (Chinese)? "),
        ("Turkish", "did you mean 'tr' (Turkish)? "),
        ("ukranian", "did you mean 'uk' (Ukrainian)? "),
        ("engl", "did you mean 'en' (English)? "),
        ("qq", ""),
        ("", ""),
        ("en es", ""),
        ("42", ""),
    ],
)
def test_others_are_told_what_may_be_meant(code, guess):
    with pytest.raises(InputError) as caught:
        check_language(code)
    wanted = f"unknown language {code!r}; {guess}give an ISO 639 code, such as en, tr or pt-BR"
    assert str(caught.value) == " ".join(wanted.split())


def test_what_is_no_string():
    with pytest.raises(InputError, match="language: got 3, expected the code of a language; give an ISO"):
        check_language(3)


def test_codes_of_one_language():
    assert same_language("fr") == same_language("fre") == same_language("FRA-ca") == "fra"
    assert same_language("xyz") == "xyz"
    assert same_language(None) == ""
