import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.tables import number, tidy, trim

ZWNJ, ZWJ, VIRAMA = "\u200c", "\u200d", "\u0ccd"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("casa\u00a0", "casa"),
        ("gato\u200b", "gato"),
        ("\ufeffthe", "the"),
        ("\u200ea b\u200f\u2060 \t", "a b"),
        ("\u3000犬\u2009", "犬"),
        ("a\u00a0b", "a\u00a0b"),
        (f"می{ZWNJ}روم", f"می{ZWNJ}روم"),
        (f"{ZWNJ}می{ZWNJ}", "می"),
        (f"{ZWJ}a", "a"),
        # After a virama both are part of the last letter, and at home at the end of words of India.
        (f"ರ{VIRAMA}{ZWNJ}", f"ರ{VIRAMA}{ZWNJ}"),
        (f"ന\u0d4d{ZWJ} ", f"ന\u0d4d{ZWJ}"),
        (" \u200b\u00a0", ""),
        ("", ""),
    ],
)
def test_trimmed(text: str, word: str) -> None:
    assert trim(text) == word


def test_tidied() -> None:
    assert tidy(" cafe\u0301\u00a0", "nfc") == "caf\u00e9"
    assert tidy(" cafe\u0301\u00a0", "keep") == "cafe\u0301\u00a0"


@given(st.text("ab \u00a0\u200b\u200c\u200d\u0ccd\u0301\ufeff"))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text, "nfc"), "nfc") == tidy(text, "nfc")


@pytest.mark.parametrize(
    ("text", "decimal_comma", "value"),
    [
        ("0.9", False, 0.9),
        (" 1e3\u00a0", False, 1000),
        ("-1", False, -1),
        ("0,9", True, 0.9),
        (",5", True, 0.5),
        ("0,9", False, None),
        ("1,000.5", True, None),
        ("1,2,3", True, None),
        ("1_000", False, None),
        ("nan", False, None),
        ("inf", True, None),
        ("noun", True, None),
        ("", True, None),
    ],
)
def test_numbers(text: str, decimal_comma: bool, value: float | None) -> None:
    assert number(text, decimal_comma=decimal_comma) == value


@given(st.text())
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    value = number(text, decimal_comma=True)
    assert value is None or math.isfinite(value)


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("gato\u200d", "gato"),
        ("gato\u00ad", "gato"),
        ("gato\u2060\u200c", "gato"),
        ("ه\u200d", "ه\u200d"),
        ("ه\u200c", "ه"),
        ("ന്\u200d", "ന്\u200d"),
        ("ക്\u200c", "ക്\u200c"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_joiners_stay_where_they_shape_what_stands_before_them(text: str, trimmed: str) -> None:
    assert trim(text) == trimmed
