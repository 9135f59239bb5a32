import pytest

from isolex.errors import (
    FormatError,
    InputError,
    IsolexError,
    MismatchError,
    MissingExtraError,
    UnknownWordError,
)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "got 3"),
        ({"where": "top_k"}, "top_k: got 3"),
        ({"fix": "give 4"}, "got 3; give 4"),
        ({"where": 7, "fix": "give 4"}, "7: got 3; give 4"),
    ],
)
@pytest.mark.parametrize("kind", [IsolexError, InputError, FormatError, MismatchError, UnknownWordError])
def test_message(kind, parts, message) -> None:
    error = kind("got 3", **parts)
    assert str(error) == message
    assert error.problem == "got 3"
    assert error.fix == parts.get("fix")


def test_a_message_is_one_line() -> None:
    assert str(InputError("two\nlines  and\ttabs", where="a\nname")) == "a name: two lines and tabs"


def test_ordinary_handlers_catch_them() -> None:
    """Who expects Python's own kinds of errors gets them."""
    assert issubclass(InputError, ValueError)
    assert issubclass(UnknownWordError, KeyError)
    assert issubclass(MissingExtraError, ImportError)
    for kind in FormatError, MismatchError, UnknownWordError:
        assert issubclass(kind, InputError)


def test_a_missing_extra_tells_the_command() -> None:
    error = MissingExtraError("reading .zst", "zstandard", "zstd")
    assert str(error) == "reading .zst needs the package zstandard; run: pip install 'isolex[zstd]'"
