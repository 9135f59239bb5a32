import bz2
import gzip
import lzma
from pathlib import Path

import pytest

from isolex.errors import FormatError, InputError
from isolex.lexicon.opening import read_lines


def lines_of(tmp_path: Path, data: bytes) -> list[str]:
    path = tmp_path / "file"
    path.write_bytes(data)
    return read_lines(path)


@pytest.mark.parametrize("compress", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_compression_is_recognised_by_content(tmp_path: Path, compress) -> None:
    assert lines_of(tmp_path, compress(b"cat gato\ndog perro\n")) == ["cat gato", "dog perro", ""]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_cut_off_compressed_file(tmp_path: Path, compress) -> None:
    with pytest.raises(FormatError, match="damaged or cut off"):
        lines_of(tmp_path, compress(b"cat gato\n" * 100)[:-12])


def test_byte_order_mark_and_every_line_end(tmp_path: Path) -> None:
    assert lines_of(tmp_path, b"\xef\xbb\xbfa b\r\nc d\re f\ng\xe2\x80\xa8 h") == [
        "a b",
        "c d",
        "e f",
        "g\u2028 h",
    ]


def test_bad_bytes_become_surrogates(tmp_path: Path) -> None:
    assert lines_of(tmp_path, b"caf\xe9 coffee") == ["caf\udce9 coffee"]


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such regular file"):
        read_lines(tmp_path / "missing")
    with pytest.raises(InputError, match="is a folder"):
        read_lines(tmp_path)
    with pytest.raises(InputError, match="no such regular file"):
        read_lines(tmp_path / "nul\0byte")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\t\n", "is empty"),
        (b"2 3\n\x00\x00\x80\x3f", "binary"),
        ("cat gato".encode("utf-16"), "UTF-16"),
        (b"\n<!DOCTYPE html>\n<html lang=en>\n", "web page"),
        (b"<HTML><body>404</body></HTML>", "web page"),
        (b'<?xml version="1.0"?>\n<Error/>', "XML"),
        (b'[{"source": "cat", "target": "gato"}]', "JSON document"),
        (b'{\n  "cat": "gato"\n}\n', "JSON document"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1f\nsize 9\n", "Git LFS"),
        (b"2 4\ncat 0.1 -2 3e-5 4\ndog 1 2 3 nan\n", "word vectors"),
        (b"cat 0.1 -2 3e-5 4.\n", "word vectors"),
        (b"cat\t0.1\t2\t3\t4\ndog\t1\t2\t3\t4\n", "word vectors"),
        (b"word " + b"0.125 " * 20_000 + b"\nnext 1", "word vectors"),
    ],
)
def test_files_that_are_no_lexicon(tmp_path: Path, data: bytes, problem: str) -> None:
    with pytest.raises(FormatError, match=problem):
        lines_of(tmp_path, data)


@pytest.mark.parametrize("line", ["<html>\tx", "[{\tx", "countdown\t5 4 3 2 1", "<unk> <unk>", "{ {"])
def test_odd_words_are_no_reason_to_refuse(tmp_path: Path, line: str) -> None:
    assert lines_of(tmp_path, line.encode()) == [line]
