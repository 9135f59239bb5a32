import pytest

from isolex.lexicon.headers import Columns, named_by_languages, named_columns
from isolex.tables import Row


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        (["source", "target"], Columns(0, 1, None, 2)),
        (["Word", "Translation", "x"], Columns(0, 1, None, 3)),
        (["SRC", "trg", "prob"], Columns(0, 1, 2, 3)),
        (["weight", "target_word", "source_word\u00a0"], Columns(2, 1, 0, 3)),
        (["source", "fuente"], None),
        (["source", "translation"], None),
        ([], None),
    ],
)
def test_names(cells: list[str], columns: Columns | None) -> None:
    assert named_columns(cells) == columns


def by_languages(*rows: str) -> Columns | None:
    return named_by_languages([Row(line, text.split()) for line, text in enumerate(rows, 1)])


@pytest.mark.parametrize("first", ["en es", "eng spa", "English Spanish"])
def test_languages(first: str) -> None:
    assert by_languages(first, "house casa") == Columns(0, 1, None, 2)
    assert by_languages(f"{first} prob", "house casa 1") == Columns(0, 1, 2, 3)


@pytest.mark.parametrize(
    "rows",
    [
        ["de la"],
        ["de la", "de le"],
        ["de la", "naar la"],
        ["de la 0.9", "naar vers 0.8"],
        ["the la", "naar vers"],
        ["de", "naar vers"],
    ],
)
def test_words_that_are_codes_as_well(rows: list[str]) -> None:
    assert by_languages(*rows) is None
