import json
import math
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError
from isolex.saved import UnsoundError, json_text, parse_json, read_json, read_saved

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
).filter(lambda value: "inf" not in repr(value))


@given(JSON)
def test_what_others_read_is_read_alike(value):
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json_text(value).encode(errors="surrogatepass")) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no JSON: Expecting value"),
        ("{", "is no JSON"),
        ("1 2", "is no JSON: Extra data"),
        (b"\xff\xfe", "is not UTF-8"),
        ("NaN", "holds NaN, which is no JSON"),
        ('{"a": [-Infinity]}', "holds -Infinity, which is no JSON"),
        ("1e999", "holds the number .*1e999.*, which is too big"),
        ("9" * 5000, "holds a number of 5,000 digits"),
        ('{"a": 1, "b": 2, "a": 3}', 'holds the key "a" twice'),
        ('{"x": {"a": 1, "a": 1}}', 'holds the key "a" twice'),
        ("[" * 65 + "]" * 65, "is nested more than 64 deep"),
        ("[" * 100_000, "is nested more than 64 deep"),
        ('{"a":' * 100_000, "is nested more than 64 deep"),
    ],
)
def test_what_is_no_sound_json(text, problem):
    with pytest.raises(UnsoundError, match=problem):
        parse_json(text)


def test_names_that_are_no_utf8_can_be_written_and_read():
    made = json_text({"path": "a\udcff"})
    assert made == '{"path": "a\\udcff"}'
    assert parse_json(made.encode()) == {"path": "a\udcff"}


def test_what_is_nested_just_deep_enough():
    assert json_text(parse_json("[" * 63 + "]" * 63)) == "[" * 63 + "]" * 63


def test_a_byte_order_mark_is_no_part_of_it():
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_has_not_become_null(value):
    made = json_text({"a": [value, {"b": (1.5, value)}], "c": value})
    assert made == '{"a": [null, {"b": [1.5, null]}], "c": null}'


class TestFiles:
    def test_what_is_there(self, tmp_path):
        (tmp_path / "card").write_text('{"a": 1}')
        assert read_json(tmp_path / "card", "make it again") == {"a": 1}

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda path: None, r"card: is damaged \(there is no such file\); make it again"),
            (lambda path: path.mkdir(), r"card: is damaged \(it is no regular file\)"),
            (os.mkfifo, r"card: is damaged \(it is no regular file\)"),
            (lambda path: path.symlink_to("/dev/zero"), r"is damaged \(it is no regular file\)"),
            (lambda path: path.write_text("[1"), r"card: is damaged \(it is no JSON"),
            (lambda path: path.write_text(" " * 101), r"has 101 bytes, expected at most 100"),
        ],
    )
    def test_what_is_not(self, tmp_path, make, message):
        make(tmp_path / "card")
        with pytest.raises(FormatError, match=message):
            read_json(tmp_path / "card", "make it again", most=100)

    def test_no_permission_is_no_damage(self, tmp_path, monkeypatch):
        path = tmp_path / "card"
        path.write_text("1")

        def refused(*_):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.read_bytes", refused)
        with pytest.raises(InputError, match=r"card: cannot be read \(Permission denied\)") as caught:
            read_saved(path, "make it again")
        assert not isinstance(caught.value, FormatError)
