"""What holds for all formats: the door chooses well, writing is atomic, and no bytes break a reader."""

import bz2
import gzip
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from isolex.errors import InputError, IsolexError
from isolex.vectors import Vectors, identify
from isolex.vectors.sniff import FASTTEXT_MAGIC

from .helpers import assert_same, read_bytes


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(["cat", "dog"], np.array([[1, 2.5], [-1, 1e-7]]), language="en")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.vec", "word2vec text"),
        ("a.VEC", "word2vec text"),
        ("a.b.txt", "GloVe text"),
        ("a.bin", "word2vec binary"),
        ("a.safetensors", "isolex store"),
        ("a.vec.gz", "word2vec text, gzip"),
        ("a.txt.bz2", "GloVe text, bzip2"),
        ("a.vec.xz", "word2vec text, xz"),
        ("a.vec.zst", "word2vec text, zstd"),
    ],
)
def test_the_name_tells_what_to_write(tmp_path, vectors, name, expected):
    vectors.write(tmp_path / name)
    assert str(identify(tmp_path / name)) == expected
    assert_same(Vectors.read(tmp_path / name), vectors)


def test_a_format_goes_before_the_name(tmp_path, vectors):
    vectors.write(tmp_path / "a.data", format="glove")
    vectors.write(tmp_path / "b.vec.gz", format="glove")
    assert str(identify(tmp_path / "a.data")) == "GloVe text"
    assert str(identify(tmp_path / "b.vec.gz")) == "GloVe text, gzip"
    assert Vectors.read(tmp_path / "a.data", language="en").language == "en"


@pytest.mark.parametrize(
    ("name", "format", "message"),
    [
        (
            "a.csv",
            None,
            r"the extension '\.csv' does not name a format to write; use \.vec \(word2vec text\)",
        ),
        ("a", None, "the extension '' does not name a format"),
        ("a.gz", None, "does not name a format"),
        ("a.vec", "csv", "'csv' is no format; use one of word2vec, glove, word2vec-binary, native"),
        ("a.bin", "fasttext", "'fasttext' is read, not written"),
        ("a.safetensors.gz", None, "a store is not compressed"),
        ("missing/a.vec", None, "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_told(tmp_path, vectors, name, format, message):
    with pytest.raises(InputError, match=message):
        vectors.write(tmp_path / name, format=format)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.vec", "a.txt.gz", "a.bin", "a.safetensors"])
def test_a_write_that_fails_leaves_the_old_file(tmp_path, vectors, name, monkeypatch):
    vectors.write(tmp_path / name)

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    for target in ("isolex.vectors.text._lines", "isolex.vectors.native_store.save_file"):
        monkeypatch.setattr(target, interrupted)
    bad = Vectors(["new", "New York"], np.zeros((2, 2)))
    with pytest.raises((KeyboardInterrupt, InputError)):
        bad.write(tmp_path / name)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert_same(Vectors.read(tmp_path / name), vectors)


def test_the_fingerprint_is_the_same_in_every_format(tmp_path, vectors):
    for name in ("a.vec", "a.txt.gz", "a.bin", "a.safetensors"):
        vectors.write(tmp_path / name)
        assert Vectors.read(tmp_path / name).fingerprint == vectors.fingerprint


def check_message(error: IsolexError) -> None:
    assert "\n" not in str(error)


safetensors_header = json.dumps(
    {"__metadata__": {"isolex": '{"format":"isolex-vectors","version":1}'}}
).encode()
starts = [b"", b"2 3\n", b"9 1\r\n", b"999999999999999999 999999999999999999\n", b"a 1 2\nb 1 2\n"]
starts += [b"2 3\na 1 2 3\n", b"<html>", b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"]
starts += [len(safetensors_header).to_bytes(8, "little"), safetensors_header[:0]]
starts += [len(safetensors_header).to_bytes(8, "little") + safetensors_header, FASTTEXT_MAGIC]
starts += [FASTTEXT_MAGIC + b"\x0c\0\0\0" + b"\x01\0\0\0" * 40]
pieces = [
    b" ",
    b"\t",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b"1",
    b"-1.5e3",
    b"nan",
    b"word",
    b"\xc2\xa0",
    b"1_0",
    b"{",
]
noise = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(pieces), max_size=60).map(b"".join))


@pytest.mark.parametrize("wrap", [bytes, gzip.compress, bz2.compress])
@given(st.sampled_from(starts), noise, st.sampled_from([{}, {"limit": 1}, {"dtype": "float16"}]))
@example(b"\x1f\x8b\x08", b"", {})
@example(b"2 3\n", b"a 1 2 3\n" * 3, {})
def test_no_bytes_break_the_readers(wrap, start, data, options):
    try:
        vectors = read_bytes(wrap(start + data), **options)
    except IsolexError as error:
        check_message(error)
    else:
        assert len(vectors.words) == len(vectors.matrix) > 0
        assert np.isfinite(vectors.matrix).all()
        assert len(set(vectors.words)) == len(vectors)


@given(st.data())
def test_damage_anywhere_in_a_store_or_text_is_no_crash(data):
    vectors = Vectors(["cat", "dog", "New York"], np.arange(9).reshape(3, 3), language="en")
    name = data.draw(
        st.sampled_from(["a.vec", "a.txt", "a.safetensors", "a.vec.gz", "a.vec.zst", "a.vec.xz"])
    )
    with tempfile.TemporaryDirectory() as folder:
        vectors.write(Path(folder) / name)
        whole = bytearray((Path(folder) / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        list(read_bytes(bytes(whole)).words)
    except IsolexError as error:
        check_message(error)
