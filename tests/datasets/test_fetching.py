"""Downloads from a server on this machine that breaks off, lies, and refuses."""

import bz2
import errno
import gzip
import hashlib
import io
import json
import lzma
import sys
import tarfile
import threading
import time
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zstandard

from isolex.datasets import Dataset, Fetched, cache_folder, fetch, get_dataset
from isolex.datasets.archives import unpack, unpacked_folder
from isolex.errors import FormatError, InputError, IsolexWarning, MissingExtraError
from isolex.progress import listening
from tests.test_progress import Recorder

from .serving import Site, etag, serving

TEXT = b"".join(b"%d word\n" % number for number in range(300_000))
HALF = 1_800_000
PATH = "tiny/all.txt"


@pytest.fixture
def site(monkeypatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("ISOLEX_CACHE", "ISOLEX_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    with serving() as made:
        made.files[PATH] = TEXT
        yield made


def tiny(site: Site, **changes: object) -> Dataset:
    """A dataset of one file."""
    fields = {
        "name": "tiny",
        "title": "Tiny",
        "task": "none",
        "address": f"{site.url}/tiny/",
        "files": {"all": "all.txt"},
        "licence": "CC0",
        "non_commercial": False,
        "split": "none",
        "protocol": None,
        "main_score": None,
        "citation": "Nobody 2020",
        "languages": ("en",),
    }
    return Dataset(**fields | changes)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def known(content: bytes = TEXT, path: str = "all.txt") -> dict[str, dict[str, str]]:
    return {"checksums": {path: sha256(content)}}


def get(dataset: Dataset, cache: Path, **options: object) -> Fetched:
    (one,) = fetch(dataset, cache=cache, **options)
    return one


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


DONE = {"all.txt", "all.txt.origin.json"}
PART = {"all.txt.part", "all.txt.part.version"}


class TestWhole:
    def test_a_file_with_a_known_checksum(self, site, tmp_path) -> None:
        one = get(tiny(site, **known()), tmp_path)
        assert one.path == tmp_path / "tiny" / "all.txt"
        assert one.path.read_bytes() == TEXT
        assert one.verified
        assert names(tmp_path) == DONE
        origin = json.loads((tmp_path / "tiny" / "all.txt.origin.json").read_text())
        assert origin["address"] == f"{site.url}/{PATH}"
        assert (origin["sha256"], origin["bytes"]) == (sha256(TEXT), len(TEXT))
        assert origin["verified"] is True

    def test_without_a_known_checksum_it_is_unverified_and_its_own_is_told(self, site, tmp_path) -> None:
        one = get(tiny(site), tmp_path)
        assert not one.verified
        assert one.sha256 == sha256(TEXT)
        assert one.to_dict()["verified"] is False
        assert json.loads((tmp_path / "tiny" / "all.txt.origin.json").read_text())["verified"] is False

    @pytest.mark.parametrize("checksums", [{}, known()])
    def test_it_comes_once(self, site, tmp_path, checksums) -> None:
        first, second = (get(tiny(site, **checksums), tmp_path) for _ in range(2))
        assert first == second
        assert site.paths == [PATH]

    def test_a_cached_file_with_another_checksum_is_replaced(self, site, tmp_path) -> None:
        (tmp_path / "tiny").mkdir()
        (tmp_path / "tiny" / "all.txt").write_bytes(b"old")
        assert get(tiny(site, **known()), tmp_path).path.read_bytes() == TEXT

    def test_what_was_put_there_by_hand(self, site, tmp_path) -> None:
        (tmp_path / "tiny").mkdir()
        (tmp_path / "tiny" / "all.txt").write_bytes(b"by hand")
        one = get(tiny(site), tmp_path)
        assert (one.sha256, one.verified, site.seen) == (sha256(b"by hand"), False, [])

    def test_an_empty_file(self, site, tmp_path) -> None:
        site.files[PATH] = b""
        assert get(tiny(site), tmp_path).path.read_bytes() == b""

    def test_a_server_that_tells_no_length(self, site, tmp_path) -> None:
        site.lengths = False
        assert get(tiny(site, **known()), tmp_path).path.read_bytes() == TEXT

    @pytest.mark.parametrize("length", ["many", "\u00b2", "-5", "9" * 5000])
    def test_a_length_that_is_no_number(self, site, tmp_path, length) -> None:
        site.lengths, site.headers["Content-Length"] = False, length
        assert get(tiny(site, **known()), tmp_path).path.read_bytes() == TEXT

    def test_compressed_files_stay_compressed(self, site, tmp_path) -> None:
        # Some servers say of a .gz file that the way it is sent is compressed.
        site.headers["Content-Encoding"] = "gzip"
        site.files[PATH] = b"\x1f\x8b\x08 no matter what"
        assert get(tiny(site), tmp_path).path.read_bytes() == site.files[PATH]
        assert site.seen[0][1]["Accept-Encoding"] == "identity"

    def test_progress_is_told_by_the_mebibyte(self, site, tmp_path) -> None:
        recorder = Recorder()
        with listening(recorder):
            get(tiny(site), tmp_path)
        rounds = -(-len(TEXT) // 2**20)
        label = "tiny/all.txt (MiB)"
        assert recorder.heard == [
            ("start", label, rounds),
            *[("advance", label)] * rounds,
            ("finish", label),
        ]

    def test_pooch_keeps_silent(self, site, tmp_path, capfd) -> None:
        get(tiny(site), tmp_path)
        assert capfd.readouterr() == ("", "")


class TestResume:
    def broken(self, site: Site, dataset: Dataset, cache: Path) -> None:
        site.break_after[PATH] = HALF
        message = (
            rf"{site.url}/{PATH}: the connection failed after 1,800,000 bytes; run it again to continue; "
            r"the bytes so far are in .*all\.txt\.part$"
        )
        with pytest.raises(InputError, match=message):
            get(dataset, cache)
        assert names(cache) == PART
        assert (cache / "tiny" / "all.txt.part").read_bytes() == TEXT[:HALF]

    @pytest.mark.parametrize("checksums", [{}, known()])
    def test_it_goes_on_where_it_broke(self, site, tmp_path, checksums) -> None:
        dataset = tiny(site, **checksums)
        self.broken(site, dataset, tmp_path)
        assert get(dataset, tmp_path).path.read_bytes() == TEXT
        headers = site.seen[1][1]
        assert headers["Range"] == f"bytes={HALF}-"
        assert headers["If-Range"] == etag(TEXT)
        assert "Range" not in site.seen[0][1]
        assert names(tmp_path) == DONE

    def test_it_may_break_again(self, site, tmp_path) -> None:
        self.broken(site, tiny(site), tmp_path)
        site.break_after[PATH] = 1000
        with pytest.raises(InputError, match="after 1,801,000 bytes"):
            get(tiny(site), tmp_path)
        assert get(tiny(site), tmp_path).path.read_bytes() == TEXT
        assert site.seen[2][1]["Range"] == f"bytes={HALF + 1000}-"

    def test_a_server_that_knows_no_ranges(self, site, tmp_path) -> None:
        self.broken(site, tiny(site), tmp_path)
        site.ranges = False
        assert get(tiny(site), tmp_path).path.read_bytes() == TEXT

    def test_another_version_by_now(self, site, tmp_path) -> None:
        self.broken(site, tiny(site), tmp_path)
        site.files[PATH] = TEXT[::-1]
        assert get(tiny(site), tmp_path).path.read_bytes() == TEXT[::-1]

    def test_a_shorter_version_than_the_part(self, site, tmp_path) -> None:
        self.broken(site, tiny(site), tmp_path)
        site.files[PATH] = b"short"
        # The server asserts that this is the version that we have, and cannot send what is behind its end.
        (tmp_path / "tiny" / "all.txt.part.version").write_text(etag(b"short"))
        assert get(tiny(site), tmp_path).path.read_bytes() == b"short"
        assert "Range" in site.seen[1][1]
        assert "Range" not in site.seen[2][1]

    def test_a_part_of_unknown_version_is_not_gone_on_with(self, site, tmp_path) -> None:
        site.versions = False
        self.broken(site, tiny(site), tmp_path)
        assert get(tiny(site), tmp_path).path.read_bytes() == TEXT
        assert "Range" not in site.seen[1][1]

    @pytest.mark.parametrize(
        ("headers", "version"),
        [
            ({"Last-Modified": "Mon, 01 Jan 2018 00:00:00 GMT"}, "Mon, 01 Jan 2018 00:00:00 GMT"),
            ({"ETag": 'W/"weak"', "Last-Modified": "Mon, 01 Jan 2018 00:00:00 GMT"}, "Mon, 01 Jan"),
            ({"ETag": 'W/"weak"'}, ""),
        ],
    )
    def test_versions_without_a_strong_tag(self, site, tmp_path, headers, version) -> None:
        site.versions, site.headers = False, headers
        self.broken(site, tiny(site), tmp_path)
        assert (tmp_path / "tiny" / "all.txt.part.version").read_text().startswith(version)
        assert get(tiny(site), tmp_path).path.read_bytes() == TEXT
        assert site.seen[1][1].get("If-Range", "").startswith(version)

    def test_a_server_that_sends_another_part_than_asked_for(self, site, tmp_path) -> None:
        self.broken(site, tiny(site), tmp_path)
        site.headers["Content-Range"] = "bytes 7-8/9"
        site.statuses[PATH] = 206
        # Asked for everything, it answers with a part again, which is no answer.
        with pytest.raises(InputError, match="the server says 206"):
            get(tiny(site), tmp_path)
        assert names(tmp_path) == set()

    def test_an_interrupt_keeps_the_part(self, site, tmp_path) -> None:
        class Interrupter(Recorder):
            def advance(self, loop: object) -> None:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt), listening(Interrupter()):
            get(tiny(site), tmp_path)
        assert names(tmp_path) == PART
        assert get(tiny(site), tmp_path).path.read_bytes() == TEXT
        assert site.seen[1][1]["Range"] == f"bytes={2**20}-"

    def test_two_at_a_time_are_noticed(self, site, tmp_path) -> None:
        part = tmp_path / "tiny" / "all.txt.part"

        def write_too() -> None:
            # The version is written before the body comes.
            while not part.with_name("all.txt.part.version").exists():
                time.sleep(0.001)
            with part.open("ab") as stream:
                stream.write(b"from somebody else")

        site.before_body = write_too
        with pytest.raises(InputError, match="somebody else wrote to it; it was removed"):
            get(tiny(site), tmp_path)
        assert names(tmp_path) == set()


class TestRefusals:
    """Whatever goes wrong, one line says so, and what was there stays."""

    @pytest.fixture
    def old(self, tmp_path) -> Path:
        path = tmp_path / "tiny" / "all.txt"
        path.parent.mkdir()
        path.write_bytes(b"old")
        return path

    def refused(self, dataset: Dataset, old: Path, kind: type[InputError], message: str) -> None:
        with pytest.raises(kind, match=message) as caught:
            get(dataset, old.parent.parent)
        assert "\n" not in str(caught.value)
        assert old.read_bytes() == b"old"

    def test_a_wrong_checksum(self, site, old) -> None:
        digest = sha256(b"something else")
        message = rf"{site.url}/{PATH}: sent a file whose SHA-256 is not {digest}; it was not kept; try again"
        self.refused(tiny(site, **known(b"something else")), old, FormatError, message)
        assert names(old.parent) == {"all.txt"}

    def test_no_such_file(self, site, old) -> None:
        del site.files[PATH]
        message = f"{site.url}/{PATH}: the server says 404 Not Found; check the address, or name a mirror"
        self.refused(tiny(site, **known()), old, InputError, message)
        assert names(old.parent) == {"all.txt"}

    @pytest.mark.parametrize("status", [403, 500, 503])
    def test_other_refusals(self, site, old, status) -> None:
        site.statuses[PATH] = status
        self.refused(tiny(site, **known()), old, InputError, f"the server says {status} ")

    @pytest.mark.parametrize(
        "page",
        [
            b"<!DOCTYPE html>\n<html>Gone</html>",
            b"\xef\xbb\xbf\n <HTML><body>",
            b'<?xml version="1.0"?><Error>',
        ],
    )
    def test_a_page_with_status_200(self, site, old, page) -> None:
        site.files[PATH] = page
        message = f"{site.url}/{PATH}: sent a web page, expected data; look at it in a browser"
        self.refused(tiny(site, **known()), old, FormatError, message)
        assert names(old.parent) == {"all.txt"}

    def test_a_refusal_keeps_the_part(self, site, tmp_path) -> None:
        site.break_after[PATH] = HALF
        for status, message in ((200, "the connection failed"), (503, "the server says 503")):
            site.statuses[PATH] = status
            with pytest.raises(InputError, match=message):
                get(tiny(site), tmp_path)
        assert names(tmp_path) == PART

    def test_nobody_there(self, site, old) -> None:
        dataset = tiny(site, **known(), address="http://127.0.0.1:9/tiny/")
        message = (
            "http://127.0.0.1:9/tiny/all.txt: the connection failed; check the network, or name a mirror"
        )
        self.refused(dataset, old, InputError, message)

    def test_a_server_that_does_not_answer(self, site, old, monkeypatch) -> None:
        monkeypatch.setattr("isolex.datasets.download.TIMEOUT_SECONDS", 0.2)
        release = threading.Event()
        site.before_body = lambda: release.wait(5)
        try:
            self.refused(tiny(site, **known()), old, InputError, "no answer in time after 0 bytes")
        finally:
            release.set()

    def test_a_full_disk(self, site, old, monkeypatch) -> None:
        class Full(io.FileIO):
            def write(self, content: bytes) -> int:
                if self.tell() + len(content) > 2**20:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return super().write(content)

        opened = Path.open
        monkeypatch.setattr(
            Path,
            "open",
            lambda path, mode="r", **o: Full(path, mode) if mode == "ab" else opened(path, mode, **o),
        )
        message = (
            r"all\.txt\.part: cannot be written \(No space left on device\); make room or choose another "
            "cache folder; what has arrived is kept for the next try"
        )
        self.refused(tiny(site, **known()), old, InputError, message)
        assert names(old.parent) == {"all.txt", *PART}
        monkeypatch.setattr(Path, "open", opened)
        assert get(tiny(site, **known()), old.parent.parent).path.read_bytes() == TEXT
        assert site.seen[1][1]["Range"] == f"bytes={2**20}-"

    def test_no_permission(self, site, old, monkeypatch) -> None:
        def refuse(**_: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
        message = (
            r"all\.txt: cannot be written \(no permission\); choose another cache folder, .* ISOLEX_CACHE"
        )
        self.refused(tiny(site, **known()), old, InputError, message)

    def test_a_cache_that_is_a_file(self, site, tmp_path) -> None:
        (tmp_path / "cache").write_text("")
        with pytest.raises(
            InputError, match=r"cache/tiny: cannot be made \(Not a directory\); choose another"
        ):
            get(tiny(site), tmp_path / "cache")

    def test_without_pooch(self, site, tmp_path, monkeypatch) -> None:
        monkeypatch.setitem(sys.modules, "pooch", None)
        message = r"downloading datasets needs the package pooch; run: pip install 'isolex\[download\]'"
        with pytest.raises(MissingExtraError, match=message):
            get(tiny(site), tmp_path)


class TestOffline:
    def test_what_is_there_is_enough(self, site, tmp_path, monkeypatch) -> None:
        get(tiny(site, **known()), tmp_path)
        monkeypatch.setitem(sys.modules, "pooch", None)
        assert get(tiny(site, **known()), tmp_path, offline=True).path.read_bytes() == TEXT
        assert len(site.seen) == 1

    def test_what_is_not_there(self, site, tmp_path) -> None:
        message = (
            rf"{tmp_path}/tiny/all\.txt: is not in the cache, and nothing may be downloaded; put the "
            rf"file from {site.url}/tiny/all\.txt there, or leave out --offline"
        )
        with pytest.raises(InputError, match=message):
            get(tiny(site), tmp_path, offline=True)
        assert (site.seen, names(tmp_path)) == ([], set())

    def test_what_is_something_else(self, site, tmp_path) -> None:
        (tmp_path / "tiny").mkdir()
        (tmp_path / "tiny" / "all.txt").write_bytes(b"old")
        with pytest.raises(InputError, match="is not the file that was expected, and nothing may"):
            get(tiny(site, **known()), tmp_path, offline=True)


class TestPlaces:
    def test_a_mirror_has_the_layout_of_the_cache(self, site, tmp_path) -> None:
        site.files = {f"data/{PATH}": TEXT}
        dataset = tiny(site, **known(), address="http://127.0.0.1:9/gone/")
        one = get(dataset, tmp_path, mirror=f"{site.url}/data/")
        assert one.path.read_bytes() == TEXT
        assert one.file.address == "http://127.0.0.1:9/gone/all.txt"
        origin = json.loads((tmp_path / "tiny" / "all.txt.origin.json").read_text())
        assert origin["address"] == f"{site.url}/data/tiny/all.txt"

    def test_a_mirror_and_a_cache_from_the_environment(self, site, tmp_path, monkeypatch) -> None:
        monkeypatch.setenv("ISOLEX_MIRROR", site.url)
        monkeypatch.setenv("ISOLEX_CACHE", str(tmp_path / "deep" / "cache"))
        (one,) = fetch(tiny(site, address="http://127.0.0.1:9/gone/"))
        assert one.path == tmp_path / "deep" / "cache" / "tiny" / "all.txt"

    def test_arguments_win(self, site, tmp_path, monkeypatch) -> None:
        monkeypatch.setenv("ISOLEX_MIRROR", "http://127.0.0.1:9")
        monkeypatch.setenv("ISOLEX_CACHE", str(tmp_path / "other"))
        assert get(tiny(site), tmp_path / "mine", mirror=site.url).path.is_relative_to(tmp_path / "mine")

    def test_a_mirror_of_another_kind(self, site, tmp_path) -> None:
        with pytest.raises(InputError, match="mirror: got 'ftp://x', expected an address with http://"):
            get(tiny(site), tmp_path, mirror="ftp://x")

    def test_the_users_folder_for_caches(self, site, monkeypatch) -> None:
        import pooch

        assert cache_folder() == Path(pooch.os_cache("isolex"))
        monkeypatch.setenv("HOME", "/home/somebody")
        assert cache_folder("~/data") == Path("/home/somebody/data")

    def test_paths_with_folders(self, site, tmp_path) -> None:
        site.files["tiny/en/all.txt"] = b"a b\n"
        one = get(tiny(site, files={"all": "{language}/all.txt"}), tmp_path)
        assert one.path == tmp_path / "tiny" / "en" / "all.txt"
        assert one.file.unit == "en"


class TestLicences:
    @pytest.mark.parametrize(
        ("licence", "non_commercial", "message"),
        [
            ("CC BY-NC 4.0", True, "tiny: the licence, CC BY-NC 4.0, forbids commercial use"),
            (
                "not stated",
                None,
                "tiny: the licence is not stated; ask its owners before you use it for more",
            ),
        ],
    )
    def test_one_line(self, site, tmp_path, licence, non_commercial, message) -> None:
        site.files["tiny/fr.txt"] = site.files["tiny/en.txt"] = b"a b\n"
        fields = {"files": {"all": "{language}.txt"}, "languages": ("en", "fr")}
        dataset = tiny(site, licence=licence, non_commercial=non_commercial, **fields)
        with pytest.warns(IsolexWarning, match=message) as told:
            assert len(fetch(dataset, cache=tmp_path)) == 2
        assert len(told) == 1

    def test_none_where_commercial_use_is_free(self, site, tmp_path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            get(tiny(site), tmp_path)


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(members: dict[str, bytes], *more: tarfile.TarInfo, mode: str = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in more:
            archive.addfile(info)
    return stream.getvalue()


MEMBERS = {"a/one.txt": b"1", "a/b/two.txt": b"22", "three.txt": b"333"}


class TestCached:
    """What is in the cache is still what was fetched."""

    @pytest.mark.parametrize("content", [TEXT[::-1], TEXT + b"more", b""])
    def test_a_change_is_told(self, site, tmp_path, content) -> None:
        path = get(tiny(site), tmp_path).path
        path.write_bytes(content)
        digests = rf"its SHA-256 was {sha256(TEXT)}, now it is {sha256(content)}"
        message = rf"all\.txt: has changed since it was fetched \({digests}\); remove it"
        with pytest.warns(IsolexWarning, match=message) as told:
            one = get(tiny(site), tmp_path)
        assert len(told) == 1
        assert one.sha256 == sha256(content)
        assert len(site.seen) == 1

    @pytest.mark.parametrize("origin", ["", "[1]", '{"sha256": 7}', "[" * 100_000, None])
    def test_without_a_record_nothing_is_told(self, site, tmp_path, origin) -> None:
        path = get(tiny(site), tmp_path).path
        path.write_bytes(b"mine")
        beside = path.with_name("all.txt.origin.json")
        beside.unlink() if origin is None else beside.write_text(origin)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert get(tiny(site), tmp_path).sha256 == sha256(b"mine")


PACKERS = {
    "all.txt.gz": gzip.compress,
    "all.txt.bz2": bz2.compress,
    "all.txt.xz": lzma.compress,
    "all.txt.zst": zstandard.ZstdCompressor().compress,
}


class TestCompressed:
    """Compressed files of which nobody knows the checksum are read to their end before they are kept."""

    def dataset(self, site: Site, name: str, content: bytes, **changes: object) -> Dataset:
        site.files[f"tiny/{name}"] = content
        return tiny(site, files={"all": name}, **changes)

    @pytest.mark.parametrize("name", PACKERS)
    def test_whole_ones(self, site, tmp_path, name) -> None:
        content = PACKERS[name](TEXT)
        for whole in (content, content * 2, content + bytes(512)):
            one = get(self.dataset(site, name, whole), tmp_path / str(len(whole)))
            assert one.path.read_bytes() == whole

    @pytest.mark.parametrize("name", PACKERS)
    @pytest.mark.parametrize("missing", [1, 8, 1000])
    @pytest.mark.parametrize("lengths", [True, False])
    def test_cut_off_ones(self, site, tmp_path, name, missing, lengths) -> None:
        site.lengths = lengths
        dataset = self.dataset(site, name, PACKERS[name](TEXT)[:-missing])
        with pytest.raises(
            FormatError, match=rf"{name}: sent a file that was not kept: the .* cut off"
        ) as caught:
            get(dataset, tmp_path)
        assert "\n" not in str(caught.value)
        assert names(tmp_path) == set()

    @pytest.mark.parametrize("name", PACKERS)
    def test_something_behind_the_end(self, site, tmp_path, name) -> None:
        with pytest.raises(FormatError, match=r"sent a file that was not kept: the .* damaged"):
            get(self.dataset(site, name, PACKERS[name](TEXT) + b"garbage"), tmp_path)

    @pytest.mark.parametrize("name", PACKERS)
    def test_bombs(self, site, tmp_path, name, monkeypatch) -> None:
        monkeypatch.setattr("isolex.datasets.archives._LIMIT_BYTES", 10_000)
        content = PACKERS[name](bytes(1 << 22))
        with pytest.raises(FormatError, match=r"not kept: unpacks to more than [\d,]+ bytes, too much"):
            get(self.dataset(site, name, content), tmp_path)
        assert names(tmp_path) == set()
        # Of a file with the right checksum, its owners know how large it is.
        assert get(self.dataset(site, name, content, **known(content, name)), tmp_path).verified

    @pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz", "w"])
    @pytest.mark.parametrize("missing", ["trailer", "end mark"])
    def test_tar_archives_that_end_too_early(self, site, tmp_path, mode, missing) -> None:
        # Both are cut where a reader of archives has what it wants.
        packing = {"w:gz": gzip.compress, "w:bz2": bz2.compress, "w:xz": lzma.compress, "w": bytes}[mode]
        plain = tarred({"a": b"1" * 512}, mode="w")
        content = packing(plain)[:-6] if missing == "trailer" and mode != "w" else packing(plain[:1024])
        name = f"set.tar{mode[1:].replace(':', '.')}"
        with pytest.raises(FormatError, match=r"sent a file that was not kept: the .* cut off"):
            get(self.dataset(site, name, content), tmp_path)
        assert names(tmp_path) == set()

    @pytest.mark.parametrize("make", [zipped, tarred])
    def test_archives_that_unpack_to_too_much(self, site, tmp_path, make, monkeypatch) -> None:
        name = "set.zip" if make is zipped else "set.tar"
        monkeypatch.setattr("isolex.datasets.archives._LIMIT_BYTES", 10_000)
        monkeypatch.setattr("isolex.datasets.archives._LIMIT_RATIO", 1)
        members = {"a": bytes(20_000), "b": bytes(20_000)}
        if make is zipped:
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
                for member, data in members.items():
                    archive.writestr(member, data)
            content = content.getvalue()
            with pytest.raises(FormatError, match=r"set\.zip: unpacks to more than 10,000 bytes"):
                get(self.dataset(site, name, content), tmp_path)
            assert names(tmp_path) == {"set.zip", "set.zip.origin.json"}
        else:
            content = tarred(members, mode="w")
        assert get(self.dataset(site, name, content, **known(content, name)), tmp_path / "known").verified


class TestArchives:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("set.zip", zipped({"a/": b"", **MEMBERS})),
            ("set.tar.gz", tarred(MEMBERS)),
            ("set.tgz", tarred(MEMBERS)),
            ("set.tar.xz", tarred(MEMBERS, mode="w:xz")),
            ("set.tar", tarred({f"./{name}": content for name, content in MEMBERS.items()}, mode="w")),
        ],
    )
    def test_fetched_and_unpacked_once(self, site, tmp_path, name, content) -> None:
        site.files[f"tiny/{name}"] = content
        dataset = tiny(site, files={"all": name}, **known(content, name))
        one = get(dataset, tmp_path)
        assert one.path == tmp_path / "tiny" / "set"
        assert one.sha256 == sha256(content)
        found = {str(p.relative_to(one.path)): p.read_bytes() for p in one.path.rglob("*") if p.is_file()}
        assert found == MEMBERS
        (one.path / "three.txt").write_text("changed by its user")
        assert get(dataset, tmp_path, offline=True) == one
        assert (one.path / "three.txt").read_text() == "changed by its user"
        assert len(site.seen) == 1

    def test_a_new_archive_is_unpacked_again(self, site, tmp_path) -> None:
        for content in (b"old", b"new"):
            site.files["tiny/set.zip"] = zipped({"a.txt": content})
            archive = site.files["tiny/set.zip"]
            one = get(tiny(site, files={"all": "set.zip"}, **known(archive, "set.zip")), tmp_path)
            assert (one.path / "a.txt").read_bytes() == content

    @pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt", "C:out.txt", "a\\out"])
    @pytest.mark.parametrize("make", [zipped, tarred])
    def test_no_way_out(self, tmp_path, name, make) -> None:
        path = tmp_path / ("set.zip" if make is zipped else "set.tar.gz")
        path.write_bytes(make({"good.txt": b"good", name: b"out"}))
        with pytest.raises(FormatError, match="which would land outside its folder"):
            unpack(path, tmp_path / "set")
        assert names(tmp_path) == {path.name}

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
    def test_links_and_devices(self, tmp_path, kind) -> None:
        info = tarfile.TarInfo("link")
        info.type, info.linkname = kind, "/etc/passwd"
        (tmp_path / "set.tar.gz").write_bytes(tarred(MEMBERS, info))
        with pytest.raises(FormatError, match="has the member 'link', a link or device"):
            unpack(tmp_path / "set.tar.gz", tmp_path / "set")
        assert names(tmp_path) == {"set.tar.gz"}

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("set.zip", b"no archive at all"),
            ("set.zip", zipped({"a": bytes(1000)})[:-100]),
            ("set.tar.gz", b"no archive at all"),
            ("set.tar.gz", tarred({"a": np.random.default_rng(0).bytes(100_000)})[:50_000]),
            ("set.tar.xz", tarred({"a": np.random.default_rng(0).bytes(100_000)}, mode="w:xz")[:50_000]),
            ("set.zip", zipped({"a": b"text " * 99}).replace(b"text text", b"text test")),
        ],
    )
    def test_a_damaged_one(self, tmp_path, name, content) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(
            FormatError, match=r"is no archive, or a damaged one \(.*\); remove it and fetch it again"
        ):
            unpack(tmp_path / name, tmp_path / "set")
        assert names(tmp_path) == {name}

    def test_an_empty_one(self, tmp_path) -> None:
        (tmp_path / "set.zip").write_bytes(zipped({}))
        with pytest.raises(FormatError, match="is an empty archive"):
            unpack(tmp_path / "set.zip", tmp_path / "set")

    def test_other_files_are_none(self) -> None:
        assert unpacked_folder(Path("wiki.en.vec")) is None
        assert unpacked_folder(Path("de.emb.txt.gz")) is None
        assert unpacked_folder(Path("x/bg-l2.zip")) == Path("x/bg-l2")


def test_shipped_datasets_come_from_a_mirror(site, tmp_path) -> None:
    site.files["semeval-2017-task-2/semeval2017-task2.zip"] = zipped({"SemEval17-Task2/README.txt": b"read"})
    with pytest.warns(IsolexWarning, match="licence is not stated"):
        (one,) = fetch("semeval-2017-task-2", cache=tmp_path, mirror=site.url)
    assert (one.path / "SemEval17-Task2" / "README.txt").read_bytes() == b"read"
    # A file that is not what the registry knows is not taken, wherever it came from.
    site.files["xquad-r/en.json"] = b"{}"
    assert get_dataset("xquad-r").checksums["en.json"]
    with pytest.raises(FormatError, match="sent a file whose SHA-256 is not 7b0954f3"):
        fetch("xquad-r", units=["en"], cache=tmp_path, mirror=site.url)
