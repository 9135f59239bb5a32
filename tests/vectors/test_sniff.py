import gzip

import numpy as np
import pytest

from isolex.errors import FormatError, InputError
from isolex.vectors import VECTOR_FORMATS, Vectors, identify
from isolex.vectors.sniff import Header, VectorFormat


@pytest.fixture
def told(tmp_path):
    def identify_bytes(data: bytes) -> VectorFormat:
        path = tmp_path / "misleading.safetensors"
        path.write_bytes(data)
        return identify(path)

    return identify_bytes


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"2 3\na 1 2 3\nb 1 2 3\n", VectorFormat("word2vec", None, Header(2, 3), 3)),
        (b"2 3\r\na 1 2 3\r\nb 1 2 3\r\n", VectorFormat("word2vec", None, Header(2, 3), 3)),
        (b"\xef\xbb\xbf2 3\na 1 2 3\n", VectorFormat("word2vec", None, Header(2, 3), 3)),
        (b"2 5\na 1 2 3\nb 1 2 3\n", VectorFormat("word2vec", None, Header(2, 5), 3)),
        (b"2 1\na 1\nb 2\n", VectorFormat("word2vec", None, Header(2, 1), 1)),
        (b"2 3\n1 1 2 3\n2 1 2 3\n", VectorFormat("word2vec", None, Header(2, 3), 3)),
        (b"2 3\n", VectorFormat("word2vec", None, Header(2, 3), None)),
        (b"a 1 2 3\nb 1 2 3\n", VectorFormat("glove", None, None, 3)),
        (b". . . 1 2 3\nb 1 2 3\n", VectorFormat("glove", None, None, 3)),
        (b"two tokens 1 2 3\n3 4 1 2 3\nb 1 2 3\nc 1 2 3", VectorFormat("glove", None, None, 3)),
        (b"<html> 1 2 3\n<s> 1 2 3\n", VectorFormat("glove", None, None, 3)),
        (b"%PDF 1 2", VectorFormat("glove", None, None, 2)),
        (b"1 2 3\n2 2 3\n", VectorFormat("glove", None, None, 2)),
        (gzip.compress(b"a 1 2\nb 1 2\n", mtime=0), VectorFormat("glove", "gzip", None, 2)),
    ],
)
def test_text_is_told_by_its_rows(told, data, expected):
    assert told(data) == expected


def test_binaries_are_told_by_their_bytes(told):
    rows = np.array([[0, 0, 0], [1, 2, 3]], dtype="<f4")
    data = b"2 3\n" + b"".join(
        b"%b %b\n" % (word, row.tobytes()) for word, row in zip([b"a", b"b"], rows, strict=True)
    )
    expected = VectorFormat("word2vec-binary", None, Header(2, 3), 3)
    assert told(data) == expected
    assert told(data[:-9]) == expected
    assert str(told(gzip.compress(data))) == "word2vec binary, gzip"
    assert told((793712314).to_bytes(4, "little") + b"\x0c\0\0\0").name == "fasttext"


def test_a_store_is_told_under_any_name(tmp_path):
    Vectors(["a"], np.ones((1, 2))).write(tmp_path / "a.vec", format="native")
    assert identify(tmp_path / "a.vec") == VectorFormat("native")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<!DOCTYPE html>\n<html><head><title>404</title>", r"a web page \(HTML\).*fetch it again"),
        (b"\n  <html>\n<body>Not found", "HTML"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "XML page"),
        (b'{"message": "Not Found"}', "JSON"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n", "git lfs pull"),
        (b"PK\x03\x04\x14\x00", "zip archive.*unpack"),
        (b"x" * 257 + b"ustar\x00", "tar archive"),
        (b"%PDF-1.4\n%\xe2\xe3", "PDF"),
        (b"\x80\x04\x95\x00\x01", "pickle"),
        (b"\xff\xfea\x00 \x001\x00", "UTF-16.*convert it to UTF-8"),
        (b"Call me Ishmael.\nSome years ago", "text whose lines are not"),
        (b"the 12345\nof 6789\nand 333\n", "text whose lines are not"),
        (b"2 3\nfoo a b c\nbar d e f\n", "text whose lines are not"),
        (b"\x00\x01\x02\xff" * 9, "unknown binary data"),
    ],
)
def test_other_files_are_told_for_what_they_are(told, data, message):
    with pytest.raises(FormatError, match=message) as caught:
        told(data)
    assert "\n" not in str(caught.value)


def test_missing_folder_and_empty(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        identify(tmp_path / "missing.vec")
    with pytest.raises(InputError, match="is a folder"):
        identify(tmp_path)
    empty = tmp_path / "empty.vec"
    empty.touch()
    with pytest.raises(FormatError, match="is empty"):
        identify(empty)
    empty.write_bytes(gzip.compress(b"", mtime=0))
    with pytest.raises(FormatError, match="gzip data are empty"):
        identify(empty)


def test_every_format_has_a_title():
    assert set(VECTOR_FORMATS) == {"word2vec", "glove", "word2vec-binary", "native", "fasttext"}
