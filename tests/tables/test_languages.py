import pytest

from isolex.tables.languages import heads_of_two_languages


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ("en", "es", True),
        ("EN", "Es", True),
        ("eng", "spa", True),
        ("en_GB", "es-MX", True),
        ("eng_Latn", "ukr_Cyrl", True),
        ("English", "spanish", True),
        ("Scottish Gaelic", "Norwegian Bokmål", True),
        ("de", "la", True),
        ("en", "en", False),
        ("de", "deu", False),
        ("ger", "deu", False),
        ("en", "spa", False),
        ("en", "Spanish", False),
        ("the", "el", False),
        ("english", "inglés", False),
        ("-", "en", False),
        ("", "", False),
    ],
)
def test_heads(first: str, second: str, answer: bool) -> None:
    assert heads_of_two_languages(first, second) is answer
    assert heads_of_two_languages(second, first) is answer
