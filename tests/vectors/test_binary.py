import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError
from isolex.vectors import Vectors
from isolex.vectors import binary as module
from isolex.vectors.reading_report import DUPLICATE, EMPTY, NOT_FINITE, NOT_UTF8, Skip

from .helpers import any_word, assert_same, read_bytes, round_trip, tables

ROWS = [(b"w%d" % number, [number, 0.5, -1]) for number in range(5)]


def binary_of(rows, *, header: bytes | None = None, newline: bytes = b"\n") -> bytes:
    header = b"%d 3" % len(rows) if header is None else header
    body = (b"%b %b%b" % (word, np.array(row, "<f4").tobytes(), newline) for word, row in rows)
    return header + b"\n" + b"".join(body)


word = any_word.filter(lambda word: " " not in word and "\n" not in word)


@given(tables(word, dimensions=(3, 8)))
def test_binary_loses_nothing(vectors):
    matrix = vectors.matrix.copy()
    matrix[0, 0] = 1  # its bytes spell no text, as those of so few numbers otherwise might
    vectors = Vectors(vectors.words, matrix, unicode="keep")
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
    with pytest.raises(FormatError, match="row 1 does not end after 3 dimensions"):
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


def plain_binary(words, matrix, newline: bytes = b"") -> bytes:
    rows = (
        word.encode() + b" " + row.astype("<f4").tobytes() + newline
        for word, row in zip(words, matrix, strict=True)
    )
    return b"%d %d\n" % matrix.shape + b"".join(rows)


def right_or_refused(words, matrix, data: bytes) -> bool:
    """Whether all rows are read, and as they were written; fails if one that is read is not."""
    try:
        vectors = read_bytes(data, unicode="keep")
    except FormatError:
        return False
    finite = np.isfinite(matrix).all(axis=1)
    assert list(vectors.words) == [word for word, own in zip(words, finite, strict=True) if own]
    np.testing.assert_array_equal(vectors.matrix, matrix[finite])
    return True


PHRASES = [
    "the",
    "New York",
    "San Francisco Bay",
    "dog",
    "Rio de Janeiro",
    "été 2019",
    "می\u200cشود آن",
    "a b",
    "Tel Aviv",
]
PHRASES += [f"w{number}" for number in range(20)]


@pytest.mark.parametrize("newline", [b"", b"\n"])
@pytest.mark.parametrize("seed", range(5))
def test_words_with_blanks_are_read_where_their_end_can_be_proved(newline, seed):
    matrix = np.random.default_rng(seed).normal(size=(len(PHRASES), 50)).astype(np.float32) / 5
    data = plain_binary(PHRASES, matrix, newline)
    assert right_or_refused(PHRASES, matrix, data)
    assert read_bytes(data).report.summary() is None
    assert list(read_bytes(data, limit=3).words) == PHRASES[:3]


def test_what_gensim_writes(tmp_path):
    models = pytest.importorskip("gensim.models")
    matrix = np.random.default_rng(0).normal(size=(len(PHRASES), 100)).astype(np.float32)
    written = models.KeyedVectors(100)
    written.add_vectors(PHRASES, matrix)
    written.save_word2vec_format(str(tmp_path / "x.bin"), binary=True)
    data = (tmp_path / "x.bin").read_bytes()
    assert data == plain_binary(PHRASES, matrix)
    assert right_or_refused(PHRASES, matrix, data)
    # gensim itself takes the rest of a word for numbers.
    read = models.KeyedVectors.load_word2vec_format(
        str(tmp_path / "x.bin"), binary=True, unicode_errors="ignore"
    )
    assert "New York" not in read


def test_where_the_end_of_a_word_cannot_be_proved_the_file_is_refused():
    # Numbers whose bytes could be letters, too few for their magnitudes to tell.
    matrix = np.frombuffer(b"\x01b=cde>f" * 3, "<f4").reshape(3, 2)
    with pytest.raises(
        FormatError, match=r"row 1 does not end after .* contains a blank.*; write the vectors"
    ):
        read_bytes(plain_binary(["the", "New York", "dog"], matrix))


def test_a_last_word_with_a_blank_is_no_surplus():
    matrix = np.random.default_rng(0).normal(size=(3, 30)).astype(np.float32)
    assert right_or_refused(PHRASES[4:7], matrix, plain_binary(PHRASES[4:7], matrix))
    assert right_or_refused(PHRASES[:2], matrix[:2], plain_binary(PHRASES[:2], matrix[:2]))
    assert right_or_refused(PHRASES[1:2], matrix[:1], plain_binary(PHRASES[1:2], matrix[:1]))


anything = st.floats(width=32)
scales = st.sampled_from([1.0, 0.01, 100.0])
spoken = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12
    ),
    min_size=1,
    max_size=4,
)
phrase = st.one_of(spoken.map(" ".join), any_word, st.sampled_from(PHRASES))


def test_a_row_whose_bytes_begin_like_text_is_no_text():
    matrix = np.frombuffer(b"5\n\xee\x7f", dtype="<f4").reshape(1, 1)
    data = plain_binary(["0"], matrix)
    assert data == b"1 1\n0 5\n\xee\x7f"
    assert np.isnan(matrix[0, 0])
    right_or_refused(["0"], matrix, data)


@given(st.data(), st.sampled_from([b"", b"\n"]), st.integers(1, 40), st.booleans())
def test_every_row_is_right_or_the_file_refused(data, newline, dimension, wild):
    words = data.draw(st.lists(phrase, min_size=1, max_size=12, unique=True))
    seed = data.draw(st.integers(0, 2**32 - 1))
    if wild:
        bits = np.random.default_rng(seed).integers(0, 2**32, (len(words), dimension), dtype=np.uint32)
        matrix = bits.view(np.float32)
        matrix[0, 0] = data.draw(anything)
    else:
        matrix = np.random.default_rng(seed).normal(size=(len(words), dimension)).astype(np.float32)
        matrix *= np.float32(data.draw(scales))
        matrix[np.random.default_rng(seed).random(len(words)) < data.draw(st.sampled_from([0, 0.3]))] = 0
    right_or_refused(words, matrix, plain_binary(words, matrix, newline))


@pytest.mark.parametrize("dimension", [12, 25, 300])
@pytest.mark.parametrize("newline", [b"", b"\n"])
def test_words_without_blanks_are_never_refused(dimension, newline):
    # One row in a hundred looks by chance as if its word went on.
    words = [f"word{number}" for number in range(3000)]
    matrix = np.random.default_rng(0).normal(size=(3000, dimension)).astype(np.float32)
    assert right_or_refused(words, matrix, plain_binary(words, matrix, newline))


def test_latin_1_in_binary_is_told():
    rows = [(word.encode("latin-1"), [1, 2, 3]) for word in ("the", "café", "naïve", "über")]
    with pytest.raises(FormatError, match=r"3 words are not UTF-8 \(first at row 2\).*encoding='latin1'"):
        read_bytes(binary_of(rows))


def test_what_follows_the_last_row_must_be_rows():
    with pytest.raises(FormatError, match="row 5 does not end after"):
        read_bytes(binary_of(ROWS) + b"\x80" * 30)
    assert len(read_bytes(binary_of(ROWS) + b"\n\n")) == 5
