import pytest

from isolex.tables import (
    BARS,
    BLANK,
    COLON,
    COMMA,
    QUOTES,
    SEMICOLON,
    TAB,
    Cells,
    NotARowError,
    Separator,
    cells_of,
    choose,
)

ALL = (TAB, BARS, SEMICOLON, COMMA, COLON, QUOTES, BLANK)


def is_row(separator: Separator, cells: Cells) -> bool:
    return len(cells) >= 2 and all(cells[:2]) and (separator is not BLANK or len(cells) == 2)


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["house\tcasa", "ice cream\thelado"], TAB),
        (["house\tcasa, hogar", "cat\tgato, gata"], TAB),
        (["house;casa;0,9", "cat;gato;0,8"], SEMICOLON),
        (["house;casa, hogar", "cat;gato"], SEMICOLON),
        (["house,casa;hogar", "cat,gato", "dog,perro;can;chucho"], COMMA),
        (["house,casa", "ice cream,helado"], COMMA),
        (["1,000 1.000", "2,5 2.5"], BLANK),
        (["1,1", "2,2"], COMMA),
        (["house ||| casa ||| 0.9 0.8", "ice cream ||| helado ||| 0.1 0.2"], BARS),
        (["house:casa", "cat:gato"], COLON),
        (['"house" "casa"', '"ice cream" "helado"'], QUOTES),
        (['"1" "house" "casa"', '"2" "ice cream" "helado"'], QUOTES),
        (["house casa", '" "', "a,b c,d"], BLANK),
        (["house casa", "cat\tgato"], BLANK),
        (["just some prose", "of no use at all"], None),
        ([], None),
    ],
)
def test_the_one_that_makes_rows_of_most_lines(lines: list[str], separator: Separator | None) -> None:
    assert choose(lines, ALL, is_row) is separator


def test_a_bad_line_sways_nothing() -> None:
    assert choose(["a;b, c"] * 99 + ["d, e"], ALL, is_row) is SEMICOLON
    assert choose(["a\tb"] * 99 + ["c d", "e"], ALL, is_row) is TAB


@pytest.mark.parametrize(
    ("separator", "line", "cells"),
    [
        (TAB, " a b \tc\t", ["a b", "c", ""]),
        (COMMA, 'a , "b, c","say ""hi"""', ["a", "b, c", 'say "hi"']),
        (SEMICOLON, 'a;"b;c"', ["a", "b;c"]),
        (QUOTES, r'"1" "say \"hi\"" "a ""b""" 3', ["1", 'say "hi"', 'a "b"', "3"]),
        (BLANK, " a \t b\u00a0c ", ["a", "b\u00a0c"]),
        (BARS, "a b ||| c", ["a b", "c"]),
    ],
)
def test_cells(separator: Separator, line: str, cells: list[str]) -> None:
    assert separator.split(line) == cells_of(separator, line) == cells


@pytest.mark.parametrize(
    ("separator", "line", "reason"),
    [
        (COMMA, '"a,b', "not CSV"),
        (QUOTES, '" "', "fewer than 2 quoted words"),
        (QUOTES, '"a"b "c"', "not quoted words"),
        (QUOTES, '"a" "b', "not quoted words"),
    ],
)
def test_lines_that_cannot_be_parted(separator: Separator, line: str, reason: str) -> None:
    with pytest.raises(NotARowError, match=reason):
        separator.split(line)
    assert cells_of(separator, line) == []


def test_a_cell_with_a_line_end_is_no_cell() -> None:
    assert cells_of(COMMA, '"hou') == []
    assert cells_of(COMMA, 'se","casa"') == []
    assert cells_of(COMMA, '"say ""hi""","casa"') == ['say "hi"', "casa"]
