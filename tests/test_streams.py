import builtins
import bz2
import gzip
import io
import lzma
import tracemalloc

import pytest
import zstandard

from isolex.errors import FormatError, InputError, MissingExtraError
from isolex.streams import check_file, create_stream, find_compression, open_stream, unpacking

COMPRESS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
TEXT = b"".join(b"word%d 0.%d\n" % (number, number**3) for number in range(20_000))


@pytest.fixture(params=COMPRESS)
def compression(request) -> str:
    return request.param


def test_compressed_data_are_told_and_read(tmp_path, compression):
    path = tmp_path / "plainly.named"
    path.write_bytes(COMPRESS[compression](TEXT))
    assert find_compression(path) == compression
    with open_stream(path, compression) as stream:
        assert stream.readline() == b"word0 0.0\n"
        assert stream.readline() + stream.read() == TEXT[10:]


def test_a_file_that_is_open_is_unpacked_once_and_closed(compression):
    file = io.BytesIO(COMPRESS[compression](TEXT))
    with unpacking(file, "standard input") as stream:
        assert stream.read() == TEXT
    assert file.closed
    with unpacking(io.BytesIO(TEXT), "standard input") as stream:
        assert stream.read() == TEXT
    cut = io.BytesIO(COMPRESS[compression](TEXT)[:-9])
    with (
        pytest.raises(FormatError, match=f"standard input: the {compression} data are damaged or cut off"),
        unpacking(cut, "standard input") as stream,
    ):
        stream.read()


def test_parts_packed_one_after_the_other_are_one_stream(tmp_path, compression):
    path = tmp_path / "file"
    path.write_bytes(COMPRESS[compression](b"one ") + COMPRESS[compression](b"two"))
    with open_stream(path, compression) as stream:
        assert stream.read() == b"one two"


@pytest.mark.parametrize("share", [0.3, 0.9, 0.9999])
def test_cut_off_data_are_no_silent_end(tmp_path, compression, share):
    path = tmp_path / "file"
    whole = COMPRESS[compression](TEXT)
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FormatError, match="cut off"), open_stream(path, compression) as stream:
        stream.read()


@pytest.mark.parametrize("missing", range(1, 13))
def test_not_one_byte_may_be_missing(tmp_path, compression, missing):
    # The last of gzip are a checksum and a length, which other readers can do without.
    path = tmp_path / "file"
    path.write_bytes(COMPRESS[compression](TEXT)[:-missing])
    message = r"cut off \(they end before their end mark\)"
    with pytest.raises(FormatError, match=message), open_stream(path, compression) as stream:
        stream.read()


@pytest.mark.parametrize("rest", [b"garbage", b"\0\0garbage", b"\0" * 9 + b"\x1f\x8b", b"BZh9", b"\xfd7z"])
def test_what_follows_the_data_is_no_silent_end(tmp_path, compression, rest):
    path = tmp_path / "file"
    path.write_bytes(COMPRESS[compression](TEXT) + rest)
    with pytest.raises(FormatError, match="damaged"), open_stream(path, compression) as stream:
        stream.read()


def test_zeros_behind_the_data_are_padding(tmp_path, compression):
    path = tmp_path / "file"
    path.write_bytes(
        COMPRESS[compression](b"one ") + bytes(99_999) + COMPRESS[compression](b"two") + bytes(512)
    )
    with open_stream(path, compression) as stream:
        assert stream.read() == b"one two"


def test_a_bomb_takes_no_memory(tmp_path, compression):
    path = tmp_path / "file"
    path.write_bytes(COMPRESS[compression](bytes(1 << 26)) * 3)
    tracemalloc.start()
    with open_stream(path, compression) as stream:
        assert stream.read(1 << 20) == bytes(1 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 27


def test_damaged_data_are_told(tmp_path, compression):
    whole = bytearray(COMPRESS[compression](TEXT))
    middle = len(whole) // 2
    whole[middle : middle + 50] = bytes(50)
    path = tmp_path / "file"
    path.write_bytes(whole)
    with pytest.raises(FormatError, match="damaged"), open_stream(path, compression) as stream:
        stream.read()


def test_what_is_written_reads_back_and_is_reproducible(tmp_path, compression):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        with create_stream(path, compression) as stream:
            stream.write(TEXT[:1000])
            stream.write(TEXT[1000:])
        with open_stream(path, compression) as stream:
            assert stream.read() == TEXT
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_without_zstandard_the_message_says_how_to_get_it(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(COMPRESS["zstd"](TEXT))
    real = builtins.__import__

    def without(name, *rest):
        if name == "zstandard":
            raise ImportError
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"pip install 'isolex\[zstd\]'"), open_stream(path, "zstd"):
        pass


def test_only_regular_files_that_hold_something_are_opened(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        check_file(tmp_path / "missing")
    with pytest.raises(InputError, match="is a folder"):
        check_file(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        check_file(tmp_path / "a\0b")
    with pytest.raises(InputError, match=r"cannot be read \(File name too long\)"):
        check_file(tmp_path / ("x" * 300))
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match=r"cannot be read \(Too many levels of symbolic links\)"):
        check_file(tmp_path / "loop")
    with pytest.raises(InputError, match="not a regular file"):
        check_file("/dev/null")
    (tmp_path / "empty").touch()
    with pytest.raises(FormatError, match="is empty"):
        check_file(tmp_path / "empty")
