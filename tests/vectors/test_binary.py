import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError
from isolex.vectors import Vectors
from isolex.vectors import binary as module
from isolex.vectors.report import DUPLICATE, EMPTY, NOT_FINITE, NOT_UTF8, Skip

from .helpers import any_word, assert_same, read_bytes, round_trip, tables

ROWS = [(b"w%d" % number, [number, 0.5, -1]) for number in range(5)]


def binary_of(rows, *, header: bytes | None = None, newline: bytes = b"\n") -> bytes:
    header = b"%d 3" % len(rows) if header is None else header
    body = (b"%b %b%b" % (word, np.array(row, "<f4").tobytes(), newline) for word, row in rows)
    return header + b"\n" + b"".join(body)


word = any_word.filter(lambda word: " " not in word and "\n" not in word)


@given(tables(word, dimensions=(3, 8)))
def test_binary_loses_nothing(vectors):
    vectors.matrix[0, 0] = 1  # its bytes spell no text, as those of so few numbers otherwise might
    assert_same(round_trip(vectors, "file.bin"), vectors)


def test_newlines_after_rows_are_optional():
    for newline in (b"\n", b""):
        vectors = read_bytes(binary_of(ROWS, newline=newline))
        assert list(vectors.words) == ["w0", "w1", "w2", "w3", "w4"]
        np.testing.assert_array_equal(vectors.matrix, np.array([row for _, row in ROWS], np.float32))
        assert vectors.report.summary() is None
        assert vectors.report.unit == "row"


def test_rows_may_be_longer_than_a_chunk(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 7)
    assert list(read_bytes(binary_of(ROWS)).words) == ["w0", "w1", "w2", "w3", "w4"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ((b"\xff\xfe", [1, 2, 3]), NOT_UTF8),
        ((b"", [1, 2, 3]), EMPTY),
        ((b"w0", [1, 2, 3]), DUPLICATE),
        ((b"bad", [1, np.nan, 3]), NOT_FINITE),
        ((b"bad", [1, np.inf, 3]), NOT_FINITE),
    ],
)
def test_bad_rows_are_counted(bad, reason):
    vectors = read_bytes(binary_of([*ROWS[:3], bad, *ROWS[3:], bad]))
    assert list(vectors.words) == ["w0", "w1", "w2", "w3", "w4"]
    assert vectors.report.skipped == {reason: Skip(2, 4)}
    assert "(first at row 4)" in vectors.report.summary()


@given(st.integers(2, 17))
def test_a_cut_off_last_row_is_told(cut):
    with pytest.raises(FormatError, match="the file ends in row 5 of the 5"):
        read_bytes(binary_of(ROWS)[:-cut])


@given(st.integers(0, len(binary_of(ROWS)) - 2))
def test_any_cut_is_an_error(length):
    with pytest.raises(FormatError):
        read_bytes(binary_of(ROWS)[:length])


def test_limit_reads_a_cut_off_file_as_far_as_it_is_whole():
    assert list(read_bytes(binary_of(ROWS)[:-20], limit=3).words) == ["w0", "w1", "w2"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"999999999999 3", "ends in row 6 of the 999,999,999,999"),
        (b"5 900000000000", "says 900,000,000,000 dimensions, but one such row is more than the file's"),
        (b"5 12", "ends in row"),
        (b"0 3", "holds no vectors"),
        (b"5 0", "holds no vectors"),
    ],
)
def test_headers_that_lie_are_told(header, message):
    with pytest.raises(FormatError, match=message):
        read_bytes(binary_of(ROWS, header=header))


def test_rows_after_the_last_are_told():
    vectors = read_bytes(binary_of(ROWS, header=b"3 3"))
    assert len(vectors) == 3
    assert vectors.report.summary() == "the header says 3 rows, but data go on after them"


def test_rows_that_never_end_are_told(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 64)
    with pytest.raises(FormatError, match="row 1 does not end where 3 dimensions would have it"):
        read_bytes(b"5 3\n" + b"\x00\xff" * 5000)


def test_options_work(tmp_path):
    data = binary_of(ROWS)
    assert list(read_bytes(data, vocabulary={"w3", "w1"}).words) == ["w1", "w3"]
    assert read_bytes(data, dtype="float16").matrix.dtype == np.float16


@pytest.mark.parametrize("word", ["New York", "a\nb"])
def test_words_that_binary_would_lose_are_refused(tmp_path, word):
    with pytest.raises(InputError, match="word2vec binary cannot hold"):
        Vectors([word], np.ones((1, 2))).write(tmp_path / "file.bin")
    assert not list(tmp_path.iterdir())
