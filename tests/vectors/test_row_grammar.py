import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.vectors.reading_report import EMPTY, NOT_NUMBERS, TOO_LONG, TOO_SHORT
from isolex.vectors.row_grammar import RowError, common_width, parse_block, parse_row, row_width


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b"cat 1 2 3\n", b"cat"),
        (b"cat 1 2 3 \r\n", b"cat"),
        (b"cat\t1\t2\t3\n", b"cat"),
        (b" cat  1 2  3", b"cat"),
        (b". . . 1 2 3", b". . ."),
        (b"at name@domain.com 1 2 3", b"at name@domain.com"),
        ("a\u00a0b 1 2 3".encode(), "a\u00a0b".encode()),
        ("\u2003 1 2 3".encode(), "\u2003".encode()),
        (b"5 1 2 3", b"5"),
        (b"5 kilo 1 2 3", b"5 kilo"),
        (b"\xff 1 2 3", b"\xff"),
        (b"a\x1c 1 2 3", b"a\x1c"),
    ],
)
def test_the_word_is_what_stands_before_the_numbers(line, word):
    found, values = parse_row(line, 3)
    assert found == word
    assert values == [1, 2, 3]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"cat 1 2\n", TOO_SHORT),
        (b"cat\n", TOO_SHORT),
        (b"cat 0 1 2 3\n", TOO_LONG),
        (b"a cat 0 1 2 3\n", TOO_LONG),
        (b"cat 1 x 3\n", NOT_NUMBERS),
        (b"cat 1 2_0 3\n", NOT_NUMBERS),
        (b"cat 1 0x2 3\n", NOT_NUMBERS),
        ("cat 1 2\u00a03 3 x".encode(), NOT_NUMBERS),
        (b" 1 2 3\n", EMPTY),
        (b"\t1 2 3\n", EMPTY),
    ],
)
def test_other_lines_are_refused_with_a_reason(line, reason):
    with pytest.raises(RowError, match=reason):
        parse_row(line, 3)


def test_width_counts_numbers_behind_the_word():
    assert row_width(b"cat 1 2 nan\n") == 3
    assert row_width(b"5 1 2 3") == 3
    assert row_width(b"a 5 1 2 3") == 4
    assert row_width(b"prose without numbers") == 0
    assert row_width(b"") == 0


def test_common_width_goes_by_the_most_and_prefers_on_a_tie():
    assert common_width([b"a 1 2", b". . 1 2", b"", b"b 5 1 2", b"c x"]) == (2, 0.5)
    assert common_width([b"a 1 2", b"b 1"], prefer=2)[0] == 2
    assert common_width([b"a 1 2", b"b 1"], prefer=1)[0] == 1
    assert common_width([b"no", b"\n"]) == (0, 0.0)


pieces = [b"cat", b"\xc3\xa9", b"\xc2\xa0", b"7", b"1.5", b"-2e-3", b"nan", b"inf", b"1e39", b"1_0", b"x"]
pieces += [b"\x1c", b"\x1f", b"\x85", b"\x0b", b"\x00", b'"', b"#", b"", b" ", b"\t"]
lines = st.lists(st.sampled_from(pieces), max_size=6).map(lambda parts: b" ".join(parts) + b"\n")


@given(st.lists(lines, min_size=1, max_size=5), st.integers(1, 3))
def test_a_block_is_its_lines_one_by_one(block, dimension):
    together = parse_block(block, dimension, 11)
    rows, faults = [], []
    for place, line in enumerate(block, 11):
        if not line.strip():
            continue
        try:
            rows.append((place, *parse_row(line, dimension)))
        except RowError as error:
            faults.append((place, str(error)))
    assert list(together.words) == [word for _, word, _ in rows]
    assert list(together.places) == [place for place, _, _ in rows]
    assert list(together.faults) == faults
    with np.errstate(over="ignore"):
        expected = np.array([values for *_, values in rows], dtype=np.float32).reshape(len(rows), dimension)
    np.testing.assert_array_equal(together.values, expected)
