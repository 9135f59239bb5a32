import gzip
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError, IsolexWarning
from isolex.vectors import Vectors
from isolex.vectors.reading_report import (
    DUPLICATE,
    EMPTY,
    NOT_FINITE,
    NOT_NUMBERS,
    NOT_UTF8,
    TOO_LONG,
    TOO_SHORT,
    Skip,
)

from .helpers import assert_same, read_bytes, round_trip, tables, text_of, text_word

GOOD = text_of({"cat": "1 2 3", "dog": "4 5 6", "house": "7 8 9"}, header="3 3")


@given(tables(text_word))
def test_word2vec_text_loses_nothing(vectors):
    assert_same(round_trip(vectors, "file.vec"), vectors)


@given(tables(text_word, dimensions=(2, 6)))
def test_glove_text_loses_nothing(vectors):
    assert_same(round_trip(vectors, "file.txt"), vectors)


@given(st.lists(st.floats(width=16, allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
def test_float16_values_read_back_in_either_width(values):
    vectors = Vectors(["a"], np.array([values], dtype=np.float16))
    assert_same(round_trip(vectors, "file.vec", dtype="float16"), vectors)
    assert round_trip(vectors, "file.vec").fingerprint == vectors.fingerprint


def test_numbers_are_written_short(tmp_path):
    values = np.array([[0.207, -0.062, 1, 1e-7, 16777216.0, 0.1 + 1e-6]], dtype=np.float32)
    Vectors(["a"], values).write(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "a 0.207 -0.062 1.0 1e-7 16777216.0 0.100001\n"


BAD = {
    TOO_SHORT: [b"bad 1 2", b"bad", b"bad 1"],
    TOO_LONG: [b"bad 0 1 2 3", b"bad 1 2 3 4 5"],
    NOT_NUMBERS: [b"bad 1 x 3", b"bad 1 2 0x3", b"bad 1,5 2 3", b"bad one two three"],
    NOT_FINITE: [b"bad nan 1 2", b"bad 1 -inf 2", b"bad 1 2 1e39"],
    DUPLICATE: [b"w0 1 2 3", b"w1 7 8 9"],
    EMPTY: [b" 1 2 3", b"\t1 2 3"],
    NOT_UTF8: [b"\xff\xfe 1 2 3", b"\xc3 1 2 3"],
}
bad_line = st.sampled_from([(reason, line) for reason, lines in BAD.items() for line in lines])


@given(st.data(), st.booleans())
def test_bad_rows_are_counted_exactly(data, header):
    good = [(None, b"w%d %d 0.5 -1e-3" % (number, number)) for number in range(30)]
    bad = data.draw(st.lists(bad_line, max_size=12))
    lines = good[:2] + data.draw(st.permutations(good[2:] + bad))
    expected: dict[str, list[int]] = {}
    for place, (reason, _) in enumerate(lines, 1 + header):
        if reason is not None:
            expected.setdefault(reason, []).append(place)
    body = b"".join(line + b"\n" for _, line in lines)
    vectors = read_bytes((b"%d 3\n" % len(lines) if header else b"") + body)
    assert set(vectors.words) == {f"w{number}" for number in range(30)}
    assert vectors.vector("w7").tolist() == [7, 0.5, np.float32(-1e-3)]
    assert vectors.report.skipped == {
        reason: Skip(len(places), places[0]) for reason, places in expected.items()
    }
    assert vectors.report.rows == len(lines)
    assert vectors.report.header is None


@pytest.mark.parametrize(("reason", "line"), [(reason, line) for reason in BAD for line in BAD[reason]])
def test_each_kind_of_bad_row(reason, line):
    good = b"w0 1 2 3\nw1 1 2 3\nw2 1 2 3\nw3 1 2 3\n"
    vectors = read_bytes(b"5 3\n" + good + line + b"\n")
    assert vectors.report.skipped == {reason: Skip(1, 6)}
    assert list(vectors.words) == ["w0", "w1", "w2", "w3"]


def test_skipped_rows_make_one_warning_that_names_the_file(tmp_path):
    path = tmp_path / "some.vec"
    path.write_bytes(b"6 3\n" + GOOD[4:] + b"bad 1\nbad 2\ncat 1 2 3\n")
    with pytest.warns(IsolexWarning) as caught:
        Vectors.read(path)
    assert [str(warning.message) for warning in caught] == [
        f"{path}: skipped 3 of 6 rows: 2 too short (first at line 5), 1 duplicate word (first at line 7)"
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"5 3", "the header says 5 rows, the file has 3"),
        (b"2 3", "the header says 2 rows, the file has 3"),
        (b"999999999999999999 3", "the header says 999,999,999,999,999,999 rows, the file has 3"),
        (b"3 2", "the header says 2 dimensions, the rows have 3"),
        (b"3 300", "the header says 300 dimensions, the rows have 3"),
        (b"0 0", "the header says 0 dimensions, the rows have 3 and the header says 0 rows, the file has 3"),
    ],
)
def test_a_header_that_lies_gives_way_to_the_rows(tmp_path, header, message):
    path = tmp_path / "file"
    path.write_bytes(header + GOOD[3:])
    with pytest.warns(IsolexWarning, match=message):
        vectors = Vectors.read(path)
    assert vectors.matrix.shape == (3, 3)
    assert vectors.report.notes == (message,)


def test_spaces_and_no_break_spaces_stay_in_words():
    words = [". . .", "at name@domain.com", "a\u00a0b", "\u2003", "ﬁ", "5"]
    data = text_of(dict.fromkeys(words, "1 2 3"))
    assert list(read_bytes(data).words) == words
    assert list(read_bytes(b"6 3\n" + data).words) == words


def test_line_ends_of_all_kinds():
    expected = ["cat", "dog", "house"]
    for variant in (GOOD.replace(b"\n", b"\r\n"), GOOD.replace(b"\n", b" \n"), GOOD[:-1], GOOD + b"\n \n"):
        vectors = read_bytes(variant)
        assert list(vectors.words) == expected
        assert vectors.report.summary() is None


CLASSIC_MAC = b"4 3\rthe 1 2 3\rcat 4 5 6\rdog 7 8 9\rsea 1 0 2\r"


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("block", [1, 2, 3, 7, 1 << 19])
def test_every_kind_of_line_end(monkeypatch, header, end, last, block):
    monkeypatch.setattr("isolex.vectors.text.BLOCK", block)
    data = CLASSIC_MAC[0 if header else 4 :].replace(b"\r", end)
    vectors = read_bytes(data if last else data[: -len(end)])
    assert list(vectors.words) == ["the", "cat", "dog", "sea"]
    np.testing.assert_array_equal(vectors.matrix, [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 0, 2]])
    assert vectors.report.summary() is None


def test_line_ends_of_all_kinds_in_one_file():
    vectors = read_bytes(b"5 2\r\na 1 2\rb 3 4\nc 5 6\r\nbad 1\rd 7 8\n")
    assert list(vectors.words) == ["a", "b", "c", "d"]
    assert vectors.report.skipped == {TOO_SHORT: Skip(1, 5)}


@pytest.mark.parametrize("header", [b"", b"3 3\n"])
def test_a_byte_order_mark_is_no_part_of_a_word(header):
    vectors = read_bytes(b"\xef\xbb\xbf" + header + GOOD[4:])
    assert list(vectors.words) == ["cat", "dog", "house"]
    assert vectors.report.summary() is None


@pytest.mark.parametrize("end", ["\t", "  ", "\u00a0", " \u00a0 \u200b", "\ufeff", "\u3000\r"])
def test_what_nobody_sees_at_the_end_of_a_line(end):
    vectors = read_bytes(
        GOOD.replace(b"\n", f"{end}\n".encode())
        .replace(b"3 3", b"3 3", 1)
        .replace(f"3 3{end}".encode(), b"3 3", 1)
    )
    assert list(vectors.words) == ["cat", "dog", "house"]
    np.testing.assert_array_equal(vectors.matrix, [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert vectors.report.summary() is None


@pytest.mark.parametrize("header", [b"", b"2 200000\n"])
@pytest.mark.parametrize("end", [b"\n", b""])
def test_rows_longer_than_the_first_megabyte(header, end):
    row = b" 0.125" * 200_000
    vectors = read_bytes(header + b"a" + row + b"\nb" + row + end)
    assert list(vectors.words) == ["a", "b"]
    assert vectors.dimension == 200_000
    assert vectors.report.summary() is None


def test_a_line_without_end_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("isolex.vectors.text.BLOCK", 1 << 10)
    monkeypatch.setattr("isolex.vectors.text.LONGEST_LINE", 1 << 14)
    monkeypatch.setattr("isolex.vectors.sniff.HEAD", 1 << 10)
    with pytest.raises(FormatError, match="has a line of more than"):
        read_bytes(GOOD * 100 + b"x" * 40_000)


def test_words_that_are_not_there_are_told(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(GOOD)
    with pytest.warns(
        IsolexWarning, match=r"2 of the 3 words asked for are not among the rows read \('cow', 'ox'\)"
    ):
        vectors = Vectors.read(path, vocabulary=["cow", "cat", "ox", "cow"])
    assert vectors.report.wanted == 3
    assert vectors.report.missing == ("cow", "ox")
    assert read_bytes(GOOD, vocabulary=["dog", "house"], limit=2).report.missing == ("house",)
    with pytest.raises(FormatError, match=r"none of the vocabulary's words .* \('cow'\)"):
        read_bytes(GOOD, vocabulary=["cow"])


def test_words_come_in_nfc_unless_told_otherwise():
    data = text_of({"cafe\u0301": "1 2", "caf\u00e9": "3 4", "\u212b": "5 6"}, header="3 2")
    nfc = read_bytes(data)
    assert list(nfc.words) == ["café", "Å"]
    assert nfc.report.skipped == {DUPLICATE: Skip(1, 3)}
    assert list(read_bytes(data, unicode="keep").words) == ["cafe\u0301", "caf\u00e9", "\u212b"]
    assert list(read_bytes(data, vocabulary={"cafe\u0301"}).words) == ["café"]


def test_zero_vectors_are_kept_and_told():
    vectors = read_bytes(text_of({"a": "0 0", "b": "0 1", "c": "-0.0 0"}))
    assert len(vectors) == 3
    assert vectors.report.zero_rows == 2
    assert vectors.report.notes == ("2 words have a zero vector and will be left out",)


@pytest.mark.parametrize("data", [b"3 3\n", b"3 3\n\n \n", b"2 2\na nan 1\nb 1 inf\n", b"1 2\n\xff 1 2\n"])
def test_nothing_usable_is_an_error(data):
    with pytest.raises(FormatError, match="no usable row in what looks like word2vec text"):
        read_bytes(data)


def test_limit_counts_usable_rows_and_believes_the_header():
    data = b"6 2\nbad 1\na 1 2\na 3 4\nb 5 6\nbad 1\nc 7 8\n"
    vectors = read_bytes(data, limit=2)
    assert list(vectors.words) == ["a", "b"]
    assert vectors.report.rows == 4
    assert vectors.report.skipped == {TOO_SHORT: Skip(1, 2), DUPLICATE: Skip(1, 4)}
    assert vectors.report.header is None
    assert len(read_bytes(data, limit=100)) == 3


def test_limit_stops_reading(tmp_path):
    numbers = np.random.default_rng(0).standard_normal((4000, 100)).astype(np.float16)
    Vectors([f"w{row}" for row in range(4000)], numbers).write(tmp_path / "whole.vec.gz")
    cut = tmp_path / "cut.vec.gz"
    whole = (tmp_path / "whole.vec.gz").read_bytes()
    cut.write_bytes(whole[:-1000])
    assert len(Vectors.read(cut, limit=10)) == 10
    with pytest.raises(FormatError, match="gzip data are damaged or cut off"):
        Vectors.read(cut)


def test_vocabulary_keeps_the_order_of_the_file():
    vectors = read_bytes(GOOD, vocabulary=["house", "cat", "cow"])
    assert list(vectors.words) == ["cat", "house"]
    np.testing.assert_array_equal(vectors.matrix, [[1, 2, 3], [7, 8, 9]])
    assert vectors.report.rows == 3
    assert list(read_bytes(GOOD, vocabulary=["house", "cat"], limit=2).words) == ["cat"]
    with pytest.raises(FormatError, match="none of the vocabulary's words is among the 3 usable rows"):
        read_bytes(GOOD, vocabulary=["cow"])


def test_float16_on_request_and_its_overflow():
    vectors = read_bytes(text_of({"a": "1 2", "b": "70000 1", "c": "0.1 3"}), dtype="float16")
    assert vectors.matrix.dtype == np.float16
    assert list(vectors.words) == ["a", "c"]
    assert vectors.report.skipped == {NOT_FINITE: Skip(1, 2)}


@pytest.mark.parametrize("name", ["a.vec", "a.bin", "a.safetensors"])
def test_what_is_too_small_for_float16_is_told(tmp_path, name):
    values = np.array([[1e-9, 0, 3e-10], [0, 0, 0], [1e-9, 1, 0], [1e30, 0, 0]], np.float32)
    Vectors(["tiny", "zero", "fine", "huge"], values).write(tmp_path / name)
    report = Vectors.read(tmp_path / name, dtype="float16").report
    assert (report.zero_rows, report.underflowed) == (2, 1)
    assert set(report.skipped) == {NOT_FINITE}
    assert "2 words have a zero vector (1 only in float16, which is too coarse) and will be left out" in (
        report.summary()
    )


@pytest.mark.parametrize(
    "options", [{"limit": 0}, {"dtype": "float64"}, {"unicode": "nfd"}, {"vocabulary": "cat"}]
)
def test_options_are_checked(options):
    with pytest.raises(InputError, match=next(iter(options))):
        read_bytes(GOOD, **options)


@pytest.mark.parametrize("word", ["a\nb", "a\rb", " a", "a ", "a\t", "catch 22", "pi 3.14", "not nan"])
@pytest.mark.parametrize("name", ["file.vec", "file.txt"])
def test_words_that_text_would_lose_are_refused(tmp_path, word, name):
    with pytest.raises(InputError, match=r"write a \.safetensors store"):
        Vectors(["fine", word], np.ones((2, 2))).write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_glove_text_of_one_dimension_is_refused(tmp_path):
    with pytest.raises(InputError, match="list of frequencies"):
        Vectors(["a"], np.ones((1, 1))).write(tmp_path / "file.txt")


@pytest.mark.parametrize("header", [b"", b"40000 50\n"])
def test_memory_peaks_near_the_matrix(tmp_path, header):
    line = b" 0.125" * 50 + b"\n"
    path = tmp_path / "file"
    path.write_bytes(header + b"".join(b"w%d" % row + line for row in range(40_000)))
    words = 6_000_000  # measured: 40,000 strings, the list and the set of them
    tracemalloc.start()
    vectors = Vectors.read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    growth = 1.0 if header else 1.5
    assert peak < growth * vectors.matrix.nbytes + words + 4_000_000


def test_compressed_text_of_any_kind(tmp_path):
    vectors = read_bytes(GOOD)
    for suffix in (".gz", ".bz2", ".xz", ".zst"):
        vectors.write(tmp_path / f"file.vec{suffix}")
        assert_same(Vectors.read(tmp_path / f"file.vec{suffix}"), vectors)
        vectors.write(tmp_path / f"file.bin{suffix}")
        assert_same(Vectors.read(tmp_path / f"file.bin{suffix}"), vectors)
    assert list(read_bytes(gzip.compress(GOOD)).words) == ["cat", "dog", "house"]
