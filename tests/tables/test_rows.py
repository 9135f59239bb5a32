import pytest

from isolex.tables import COMMA, TAB, Row, is_quoted, numbered, row_of, without_quotes, without_row_numbers


def table(*rows: str) -> list[Row]:
    return [Row(line, text.split("|")) for line, text in enumerate(rows, 1)]


def texts(rows: list[Row]) -> list[str]:
    return ["|".join(row.cells) for row in rows]


def test_numbered() -> None:
    assert numbered(["a", " \u00a0", "", " b"]) == [(1, "a"), (4, " b")]


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        (["a", "b", ""], ["a", "b"]),
        (["a", "b", "", "\u00a0"], ["a", "b"]),
        (["a", "b", "", "c", ""], ["a", "b", "", "c"]),
        (["a", "", ""], ["a", ""]),
        (["", ""], ["", ""]),
    ],
)
def test_empty_cells_at_the_end_go(cells: list[str], kept: list[str]) -> None:
    assert row_of(3, cells) == Row(3, kept)


@pytest.mark.parametrize(
    ("rows", "without"),
    [
        (['"a"|"b c"', '"d"|"e"'], ["a|b c", "d|e"]),
        (['"a"|b', '"d"|"e'], ["a|b", 'd|"e']),
        (["source|target", '"a"|"b"', '"c"|"d"'], ["source|target", "a|b", "c|d"]),
        (['"source"|"target"|"p"', '"a"|"b"|0.5'], ["source|target|p", "a|b|0.5"]),
        (['"say ""hi"""|"x"'], ['say "hi"|x']),
        (["'a'|\u201cb\u201d", "'c'|\u201cd\u201d"], ["a|b", "c|d"]),
        (['"a"\u00a0|b', '"c"|d'], ["a|b", "c|d"]),
        (['"a"|"b"', '"c"', '"d"|'], ["a|b", "c", "d|"]),
        (['"|comillas', '"the"|la', "dog|perro"], ['"|comillas', '"the"|la', "dog|perro"]),
        (['"|"', '""|""'], ['"|"', '""|""']),
        (['"a" or "b"|c', '"d"|e'], ['"a" or "b"|c', "d|e"]),
        ([], []),
    ],
)
def test_quotes_come_off_where_all_have_them(rows: list[str], without: list[str]) -> None:
    assert texts(without_quotes(table(*rows), TAB)) == without


def test_quotes_are_the_business_of_csv() -> None:
    assert texts(without_quotes(table('"a"|"b"'), COMMA)) == ['"a"|"b"']


def test_is_quoted() -> None:
    assert is_quoted(['"a"', '"b"'])
    assert not is_quoted(['"a"', "b"])
    assert not is_quoted([])


@pytest.mark.parametrize(
    ("rows", "without"),
    [
        (["source|target", "1|house|casa", "2|cat|gato"], ["source|target", "house|casa", "cat|gato"]),
        (["|en|es", "0|house|casa", "1|cat|gato"], ["en|es", "house|casa", "cat|gato"]),
        (["id|en|es|p", "1|house|casa|1", "2|cat|gato|2"], ["en|es|p", "house|casa|1", "cat|gato|2"]),
        (["0|house|casa", "1|cat|gato", "2|dog|perro"], ["house|casa", "cat|gato", "dog|perro"]),
        (["1|house|casa|0.5", "2|cat|gato|1"], ["house|casa|0.5", "cat|gato|1"]),
    ],
)
def test_row_numbers_go(rows: list[str], without: list[str]) -> None:
    found = without_row_numbers(table(*rows))
    assert (texts(found[0]), found[1]) == (without, True)


@pytest.mark.parametrize(
    "rows",
    [
        ["1|uno", "2|dos"],
        ["1|uno|0.9", "2|dos|0,8"],
        ["1|uno|x", "3|tres|x"],
        ["2|dos|x", "3|tres|x"],
        ["1|uno|x"],
        ["house|casa|x", "1|uno|x"],
        ["1|uno|x", "2|dos"],
        [],
    ],
)
def test_other_columns_stay(rows: list[str]) -> None:
    assert without_row_numbers(table(*rows)) == (table(*rows), False)


def test_a_row_may_have_more_cells_than_the_first() -> None:
    rows = without_quotes(table('"a"|"b"', '"c"|"d"|"e"|f'), TAB)
    assert texts(rows)[0] == "a|b"
    assert texts(rows)[1].startswith("c|d|")
