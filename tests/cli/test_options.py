import contextlib
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.cli.options import read_word_list
from isolex.errors import FormatError, InputError, IsolexError, IsolexWarning


@pytest.fixture
def words_of(tmp_path):
    def read(data: str | bytes, unicode="nfc") -> list[str]:
        (tmp_path / "words.txt").write_bytes(data.encode() if isinstance(data, str) else data)
        return read_word_list(tmp_path / "words.txt", unicode)

    return read


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffcat\nthe\ndog \n",
        "cat\r\nthe\r\n\r\ndog",
        "cat\rthe\rdog\r",
        " cat\nthe\u00a0\n \u200b\ndog\u200b",
        '"cat"\n"the"\n"dog"\n',
        gzip.compress(b"cat\nthe\ndog\n", mtime=0),
    ],
)
def test_one_word_a_line(words_of, data, recwarn) -> None:
    assert words_of(data) == ["cat", "the", "dog"]
    assert not recwarn.list


def test_words_may_hold_blanks_and_marks(words_of) -> None:
    assert words_of('ice cream\n"\n#tag\na\u2028b\n') == ["ice cream", '"', "#tag", "a\u2028b"]


def test_unicode_form(words_of) -> None:
    assert words_of("cafe\u0301\u00a0") == ["caf\u00e9"]
    assert words_of("cafe\u0301\u00a0", "keep") == ["cafe\u0301\u00a0"]


def test_of_several_columns_the_first_is_read_and_that_told(words_of) -> None:
    with pytest.warns(IsolexWarning, match=r"words\.txt: only its first column is read"):
        assert words_of("the\t99\ncat\t7\n") == ["the", "cat"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "is empty"),
        (b"cat\ncaf\xe9\n", r"words\.txt, line 2: is not UTF-8; convert it from .*, by: iconv"),
        ("cat".encode("utf-16"), "is UTF-16 text, expected a list of words; convert it"),
        (
            "cat 1 2 3 4\n",
            "looks like a file of word vectors, expected a list of words; give one word a line",
        ),
        ("<!doctype html>\n", "is a web page"),
    ],
)
def test_what_is_no_list_of_words(words_of, data, message) -> None:
    with pytest.raises(FormatError, match=message):
        words_of(data)


def test_no_file(tmp_path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_word_list(tmp_path / "words.txt", "nfc")


@given(st.one_of(st.binary(max_size=99), st.text("ab \t\r\n\"'\u00a0\u200b\ufeff").map(str.encode)))
@pytest.mark.filterwarnings("ignore::isolex.errors.IsolexWarning")
def test_any_bytes_are_words_or_an_error(tmp_path_factory, data) -> None:
    path = tmp_path_factory.getbasetemp() / "any-words"
    path.write_bytes(data)
    with contextlib.suppress(IsolexError):
        assert all(word.strip() for word in read_word_list(path, "nfc"))
