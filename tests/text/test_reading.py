import bz2
import contextlib
import errno
import gzip
import hashlib
import io
import json
import lzma
import os
import re
import sys
import time

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError, IsolexError
from isolex.text import TextSource, reading, text_sources

TEXT = "Première ligne.\r\n\r\n  zweite Zeile \rthird e\u0301 line\n\t\n"
LINES = ["Première ligne.", "zweite Zeile", "third é line"]
PACKERS = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def read(path, **options):
    return list(TextSource(path, **options).paragraphs())


def write(folder, name, text):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def standard_input(monkeypatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.parametrize("ending", PACKERS)
class TestEveryCompression:
    def test_files(self, tmp_path, ending):
        source = TextSource(write(tmp_path, "t.txt" + ending, PACKERS[ending](TEXT.encode())))
        assert source.digest is None
        assert list(source.paragraphs()) == LINES
        assert source.digest == "sha256:" + hashlib.sha256(TEXT.encode()).hexdigest()
        assert list(source.paragraphs()) == LINES

    def test_standard_input(self, monkeypatch, ending):
        standard_input(monkeypatch, PACKERS[ending](TEXT.encode()))
        source = TextSource("-")
        assert list(source.paragraphs()) == LINES
        assert source.digest == "sha256:" + hashlib.sha256(TEXT.encode()).hexdigest()
        with pytest.raises(InputError, match="standard input: is closed, or was read already; save the text"):
            list(source.paragraphs())

    def test_json_lines(self, tmp_path, ending):
        lines = '{"body": "one\\ntwo\\r\\n", "n": 1}\n\n{"body": " e\\u0301"}\n{"body": ""}\n'
        path = write(tmp_path, "t.jsonl" + ending, PACKERS[ending](lines.encode()))
        assert read(path, field="body") == ["one", "two", "é"]

    def test_damaged(self, tmp_path, monkeypatch, ending):
        if not ending:
            pytest.skip("nothing is packed")
        cut = PACKERS[ending](TEXT.encode() * 99)[:-5]
        with pytest.raises(FormatError, match=r"t\.txt.*damaged or cut off"):
            read(write(tmp_path, "t.txt" + ending, cut))
        standard_input(monkeypatch, cut)
        with pytest.raises(FormatError, match=r"standard input: the .* data are damaged or cut off"):
            read("-")


def test_json_lines_are_told_by_their_first_line(tmp_path, monkeypatch):
    line = '\n{"text": "one"}\n{"text": "two"}\n'
    assert read(write(tmp_path, "t.txt", line)) == ["one", "two"]
    standard_input(monkeypatch, line.encode())
    assert read("-") == ["one", "two"]
    assert read(tmp_path / "t.txt", field="other") == ['{"text": "one"}', '{"text": "two"}']


def test_half_a_character_in_json(tmp_path):
    assert read(write(tmp_path, "t.jsonl", '{"text": "a\\ud800b"}')) == ["a?b"]


def test_a_nul_in_json_is_a_blank(tmp_path):
    assert read(write(tmp_path, "t.jsonl", '{"text": "one\\u0000two\\u0000"}')) == ["one two"]


def test_a_long_line_of_json_is_searched_once(tmp_path, monkeypatch):
    """For its end: where each piece searched all before it, it took some sixteen times as long."""
    monkeypatch.setattr(reading, "_PIECE", 1 << 10)

    def seconds(length):
        path = write(tmp_path, "t.jsonl", json.dumps({"text": "a" * length}))
        start = time.process_time()
        assert len(read(path)[0]) == length
        return time.process_time() - start

    assert seconds(1 << 24) < 8 * max(seconds(1 << 22), 0.05)


def test_a_byte_order_mark_is_no_text(tmp_path):
    assert read(write(tmp_path, "t", "\ufeffone\n\ufefftwo")) == ["one", "\ufefftwo"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("t.txt", b"", "t.txt: is empty, expected text"),
        ("t.txt", b" \n\n", "t.txt: is empty"),
        ("t.txt", b"one\ntwo\r\nth\xf6\n", "t.txt, line 3: is not UTF-8; convert it from .* iconv"),
        ("t.txt", b"%PDF-1.7", "t.txt: is a PDF"),
        ("t.txt", b"PK\x03\x04", "t.txt: is a zip archive"),
        ("t.txt", "one".encode("utf-16"), "t.txt: is UTF-16 text"),
        ("t.txt", b"a\n" * 70_000 + b"b\0", "t.txt, line 70001: is a binary file"),
        ("t.txt", b"<!DOCTYPE html>\nx", "t.txt: is a web page or XML"),
        ("t.jsonl", b'{"text": "a"}\n\n{"body": "b"}', 't.jsonl, line 3: is no object with a "text"; write'),
        ("t.ndjson", b"plain", 't.ndjson, line 1: is no object with a "text"'),
    ],
)
def test_what_is_no_text(tmp_path, name, data, message):
    with pytest.raises(FormatError, match=message) as caught:
        read(write(tmp_path, name, data))
    assert "\n" not in str(caught.value)


def test_a_digest_is_known_at_the_end_alone(tmp_path):
    source = TextSource(write(tmp_path, "t", "one\ntwo\n"))
    assert next(source.paragraphs()) == "one"
    assert source.digest is None


class TestSmallPieces:
    """Wherever a piece ends, the lines are the same."""

    @pytest.fixture(autouse=True, params=[1, 2, 3, 7])
    def small_pieces(self, monkeypatch, request):
        monkeypatch.setattr(reading, "HEAD_BYTES", max(request.param, 2))
        monkeypatch.setattr(reading, "_PIECE", request.param)
        monkeypatch.setattr(reading, "_LONGEST_LINE", 8)

    def test_lines(self, tmp_path):
        text = "ab é\rc\r\nd\n\ne\r\r\nж\r"
        assert read(write(tmp_path, "t", text)) == ["ab é", "c", "d", "e", "ж"]

    def test_long_lines_are_parted_at_blanks(self, tmp_path):
        found = read(write(tmp_path, "t", "one two three four five"))
        assert " ".join(found) == "one two three four five"
        assert len(found) > 1

    def test_or_between_characters(self, tmp_path):
        found = read(write(tmp_path, "t", "東京都に住んでいる人々"))
        assert "".join(found) == "東京都に住んでいる人々"
        assert len(found) > 1

    def test_lines_are_counted(self, tmp_path):
        with pytest.raises(FormatError, match="line 4: is not UTF-8"):
            read(write(tmp_path, "t", b"a\r\nb\r\rc\xff"))
        with pytest.raises(FormatError, match="line 3: is no object"):
            read(write(tmp_path, "t.jsonl", b'{"text": "a long line"}\r\n{"text": "b"}\rc\n'))


class TestSources:
    def test_folders_are_read_in_order_of_names(self, tmp_path):
        (tmp_path / "b" / ".hidden").mkdir(parents=True)
        for name in ("b/2.txt", "b/10.txt", "a.txt", "c.jsonl", ".DS_Store", "b/.hidden/x"):
            write(tmp_path, name, '{"text": "x"}' if name == "c.jsonl" else name)
        write(tmp_path, "empty", "")
        sources = text_sources([tmp_path / "c.jsonl", tmp_path])
        names = ["c.jsonl", "a.txt", "b/10.txt", "b/2.txt", "c.jsonl"]
        assert [source.name for source in sources] == [str(tmp_path / name) for name in names]
        assert [list(source.paragraphs()) for source in sources[:2]] == [["x"], ["a.txt"]]

    def test_links_are_followed_and_no_folder_is_read_twice(self, tmp_path):
        (tmp_path / "outside").mkdir()
        (tmp_path / "texts" / "inside").mkdir(parents=True)
        for name in ("outside/o.txt", "texts/inside/i.txt"):
            write(tmp_path, name, "x")
        (tmp_path / "texts" / "link").symlink_to("../outside")
        (tmp_path / "texts" / "link2").symlink_to("../outside")
        (tmp_path / "texts" / "up").symlink_to("..")
        (tmp_path / "texts" / "inside" / "round").symlink_to(".")
        (tmp_path / "texts" / "nowhere").symlink_to("nothing")
        (tmp_path / "texts" / "circle").symlink_to("circle")
        found = [source.name for source in text_sources(tmp_path / "texts")]
        assert found == [str(tmp_path / "texts" / name) for name in ("inside/i.txt", "link/o.txt")]

    def test_a_folder_that_cannot_be_read(self, tmp_path, monkeypatch):
        write(tmp_path, "t", "x")
        locked = tmp_path / "locked"
        locked.mkdir()
        scandir = os.scandir

        def refusing(path):
            if str(path) == str(locked):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refusing)
        with pytest.raises(InputError, match=r"locked: cannot be read \(Permission denied\); check its mode"):
            text_sources(tmp_path)

    def test_one_or_several(self, tmp_path):
        path = write(tmp_path, "t", "x")
        for paths in (path, str(path), [path], (str(path),)):
            assert [source.name for source in text_sources(paths)] == [str(path)]
        assert repr(text_sources("-")) == "[TextSource('standard input')]"

    def test_bad_ones(self, tmp_path):
        with pytest.raises(InputError, match="texts: got none"):
            text_sources([])
        with pytest.raises(InputError, match="standard input: is named twice"):
            text_sources(["-", "-"])
        with pytest.raises(
            InputError, match=rf"{re.escape(str(tmp_path))}: the folder holds no file of text"
        ):
            text_sources(tmp_path)
        with pytest.raises(InputError, match="none: there is no such file"):
            text_sources(tmp_path / "none")
        with pytest.raises(InputError, match="is a folder, expected a file"):
            TextSource(tmp_path)


def test_no_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input: is closed"):
        read("-")


@given(st.one_of(st.binary(max_size=99), st.text('ab1 é\t\r\n"{}[]:text\u00a0').map(str.encode)))
def test_any_bytes_are_read_or_told(tmp_path_factory, data):
    for name in ("any.txt", "any.jsonl"):
        path = tmp_path_factory.getbasetemp() / name
        path.write_bytes(data)
        with contextlib.suppress(IsolexError):
            assert all(line and line == line.strip() for line in read(path))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=20)))
def test_texts_in_json_lines_are_those_of_lines(tmp_path_factory, lines):
    folder = tmp_path_factory.getbasetemp()
    plain = write(folder, "plain.txt", "x\n" + "\n".join(lines))
    objects = write(folder, "objects.jsonl", "\n".join(json.dumps({"text": line}) for line in ["x", *lines]))
    assert read(plain) == read(objects)
