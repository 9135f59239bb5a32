import bz2
import errno
import gzip
import io
import lzma
import os
import tarfile
from pathlib import Path

import pytest

from isolex.errors import FormatError, InputError
from isolex.tables import check_utf8, read_lines


def lines_of(tmp_path: Path, data: bytes) -> list[str]:
    path = tmp_path / "file"
    path.write_bytes(data)
    return read_lines(path, expected="pairs of words", fix="give text")


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


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("missing", "there is no such file"),
        (".", "is a folder, expected a file"),
        ("nul\0byte", "no such file"),
    ],
)
def test_missing_file_and_folder(tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(InputError, match=f"{problem}; check the path, and the order of the arguments"):
        read_lines(tmp_path / name, expected="texts", fix="")


def test_a_pipe_is_read_once_and_so_not_at_all(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is not a regular file; save the data to a file first"):
        read_lines(tmp_path / "pipe", expected="texts", fix="")


def test_a_file_that_may_not_be_read_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "file").write_bytes(b"a b")
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(InputError, match=r"file: cannot be read \(Permission denied\)"):
        read_lines(tmp_path / "file", expected="texts", fix="")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\t\n", "is empty"),
        (b"2 3\n\x00\x00\x80\x3f", "binary"),
        ("cat gato".encode("utf-16"), "is UTF-16 text, .* iconv -f utf-16 -t utf-8"),
        ("cat gato".encode("utf-16-le"), "UTF-16"),
        (b"\n<!DOCTYPE html>\n<html lang=en>\n", "web page"),
        (b"<HTML><body>404</body></HTML>", "web page"),
        (b'<?xml version="1.0"?>\n<Error/>', "XML"),
        (b'[{"source": "cat", "target": "gato"}]', "JSON document"),
        (b'[["cat", "gato"],\n ["dog", "perro"]]', "JSON document"),
        (b'[\n  ["cat", "gato"]\n]\n', "JSON document"),
        (b'{\n  "cat": "gato"\n}\n', "JSON document"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1f\nsize 9\n", "Git LFS"),
        (b"2 4\ncat 0.1 -2 3e-5 4\ndog 1 2 3 nan\n", "word vectors"),
        (b"cat 0.1 -2 3e-5 4.\n", "word vectors"),
        (b"cat\t0.1\t2\t3\t4\ndog\t1\t2\t3\t4\n", "word vectors"),
        (b"word " + b"0.125 " * 20_000 + b"\nnext 1", "word vectors"),
        (b"PK\x03\x04 and more", "is a zip archive or an Excel workbook, expected pairs of words; unpack it"),
        (b"%PDF-1.4\n", "is a PDF"),
        (b"PAR1\x15\x04", "is a Parquet file"),
        (b"\x80\x04\x95", "is a Python pickle"),
        (b"\x93NUMPY\x01", "is a NumPy array"),
        (b"SQLite format 3\0", "is an SQLite database"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an Office document"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, data: bytes, problem: str) -> None:
    with pytest.raises(FormatError, match=problem) as caught:
        lines_of(tmp_path, data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress])
def test_a_tar_archive_is_told_by_name(tmp_path: Path, compress) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("pairs.txt"))
    with pytest.raises(FormatError, match="file: is a tar archive, expected pairs of words; unpack it"):
        lines_of(tmp_path, compress(packed.getvalue()))


@pytest.mark.parametrize(
    "line", ["<html>\tx", "[{\tx", "countdown\t5 4 3 2 1", "<unk> <unk>", "{ {", "[[ [["]
)
def test_odd_words_are_no_reason_to_refuse(tmp_path: Path, line: str) -> None:
    assert lines_of(tmp_path, line.encode()) == [line]


def test_prose_may_hold_numbers(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"years 1914 1918 1939 1945\n")
    assert (
        read_lines(tmp_path / "file", expected="texts", fix="", prose=True)[0] == "years 1914 1918 1939 1945"
    )


def test_bytes_that_are_not_utf8_are_told_with_their_line() -> None:
    check_utf8("file", ["é", ""])
    with pytest.raises(
        FormatError,
        match=r"file, line 2: is not UTF-8; convert it from .* such as cp1251 or latin1, by: iconv -f E",
    ):
        check_utf8("file", ["a", "caf\udce9"])
