import gzip
import json
import shutil
import signal
from pathlib import Path

import pytest

from isolex.scoring import task as module
from tests.shaped import write_data

from .helpers import NON_COMMERCIAL

BENCH = ("bench", "--methods", "procrustes,vecmap")


@pytest.fixture
def no_aligning(monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a finished cell is measured again")

    monkeypatch.setattr(module, "align", refuse)


def interrupt(monkeypatch, method: str) -> None:
    """Ctrl-C as soon as this method is to align."""
    # As it is after a signal.
    monkeypatch.setattr("isolex.cli.outputs.received", [signal.SIGINT])
    align = module.align

    def interrupted(source, target, lexicon, **options):
        if options["method"] == method:
            raise KeyboardInterrupt
        return align(source, target, lexicon, **options)

    monkeypatch.setattr(module, "align", interrupted)


class TestBench:
    def test_from_nothing_to_the_table(self, isolex, site) -> None:
        result = isolex(*BENCH, "--pairs", "en-fr", "--direction", "both", "--json")
        assert result.status == 0
        assert result.lines == [NON_COMMERCIAL]
        report = result.json
        assert (report["benchmark"], report["protocol"], report["output"]) == (
            "muse",
            "muse",
            "bench-muse.json",
        )
        assert set(report["versions"]) == {"isolex", "torch", "numpy", "python"}
        rows = report["rows"]
        assert [(row["pair"], row["method"]) for row in rows] == [
            (pair, method) for pair in ("en-fr", "fr-en") for method in ("procrustes", "vecmap")
        ]
        for row in rows:
            assert (row["seed"], row["vocabulary"], row["train_pairs"]) == (0, 200_000, 200)
            assert (row["begins_with"], row["resumed"]) == ("pairs", False)
            assert all(row["results"][criterion]["p@1"] > 90 for criterion in ("nn", "csls"))
        assert len(site.seen) == len(report["files"]) == 6
        assert {file["verified"] for file in report["files"]} == {False}
        assert all(len(file["sha256"]) == 64 for file in report["files"])
        quoted = {(one["pair"], one["system"], one["source"]): one["p@1"] for one in report["published"]}
        assert quoted["en-fr", "Procrustes", "Conneau et al. 2018"] == {"nn": 74.9, "csls": 81.1}
        assert quoted["fr-en", "RCSLS", "Joulin et al. 2018"] == {"csls": 84.1}
        assert quoted["en-fr", "supervised", "often quoted, rounded"] == {"not stated": 82}

    def test_another_dataset(self, isolex, site) -> None:
        for code, name in (("en", "en"), ("fr", "it")):
            site.files[f"fasttext-wiki/wiki.{name}.vec"] = site.files[f"fasttext-wiki/wiki.{code}.vec"]
        for part, name in (("0-5000", "train_5K"), ("5000-6500", "test")):
            site.files[f"vecmap/OPUS_en_it_europarl_{name}.txt"] = site.files[f"muse/en-fr.{part}.txt"]
        asked = ("--dataset", "vecmap", "--pairs", "en-it", "-o", "kept.json")
        report = isolex(*BENCH, *asked, "--json").json
        assert (report["benchmark"], report["protocol"]) == ("vecmap", "muse")
        assert [row["pair"] for row in report["rows"]] == ["en-it", "en-it"]
        # What is published of en-it was measured on MUSE.
        assert report["published"] == []
        assert "vecmap, Wikipedia vectors" in isolex(*BENCH, *asked).out

    def test_the_table(self, isolex, site) -> None:
        result = isolex(*BENCH, "--pairs", "en-fr")
        title, columns, *rows, kept, unverified = result.out.splitlines()
        assert title.strip() == "P@1 in percent; isolex read at most 200,000 words a side"
        assert columns.split("  ")[0] == "pair"
        assert [row.split()[:2] for row in rows[:3]] == [
            ["en-fr", "procrustes"],
            ["en-fr", "vecmap"],
            ["en-fr", "Procrustes"],
        ]
        assert "Conneau et al. 2018" in rows[2]
        assert rows[2].split()[-2:] == ["74.9", "81.1"]
        assert rows[-1].split()[-1] == "78"
        assert kept == "2 results in bench-muse.json, 0 from an earlier run"
        assert unverified.startswith("unverified: 4 of 4 downloaded files, because no checksum is known")

    def test_a_second_run_takes_what_is_there(self, isolex, site, monkeypatch, request) -> None:
        first = isolex(*BENCH, "--pairs", "en-fr", "-o", "kept.json", "--json").json
        count = len(site.seen)
        request.getfixturevalue("no_aligning")
        again = isolex(*BENCH, "--pairs", "en-fr", "-o", "kept.json", "--offline", "--json").json
        assert len(site.seen) == count
        assert [row.pop("resumed") for row in again["rows"]] == [True, True]
        assert [row.pop("resumed") for row in first["rows"]] == [False, False]
        assert again["rows"] == first["rows"]

    def test_a_run_that_was_interrupted_goes_on(self, isolex, site, monkeypatch) -> None:
        with monkeypatch.context() as patched:
            interrupt(patched, "vecmap")
            result = isolex(*BENCH, "--pairs", "en-fr", "--json")
        assert (result.status, result.out) == (130, "")
        assert result.lines[1:] == [
            "isolex: interrupted; kept: 1 result in bench-muse.json, downloads in the cache; run the same "
            "command again to go on from there"
        ]
        rows = isolex(*BENCH, "--pairs", "en-fr", "--json").json["rows"]
        assert [(row["method"], row["resumed"]) for row in rows] == [("procrustes", True), ("vecmap", False)]

    @pytest.mark.parametrize(
        ("method", "line"),
        [
            ("vecmap", "kept: 1 result in kept.json; run the same command again to go on from there"),
            ("procrustes", "output files are as they were"),
        ],
    )
    def test_interrupted_without_downloads(self, isolex, tmp_path, monkeypatch, method, line) -> None:
        monkeypatch.chdir(tmp_path)
        write_data(tmp_path / "data")
        interrupt(monkeypatch, method)
        result = isolex(*BENCH, "--data", "data", "-o", "kept.json", "--pairs", "xx-yy")
        assert (result.status, result.out) == (130, "")
        assert result.lines == [f"isolex: interrupted; {line}"]
        assert Path("kept.json").exists() == (method == "vecmap")

    def test_a_download_that_broke_goes_on(self, isolex, site) -> None:
        path = "fasttext-wiki/wiki.fr.vec"
        site.break_after[path] = 5_000
        result = isolex(*BENCH, "--pairs", "en-fr", "--json")
        assert (result.status, result.out) == (2, "")
        assert "wiki.fr.vec: the connection failed after 5,000 bytes; run it again" in result.lines[-1]
        assert isolex(*BENCH, "--pairs", "en-fr", "--json").status == 0
        assert [headers.get("Range") for seen, headers in site.seen if seen == path] == [None, "bytes=5000-"]
        received = Path("../cache/fasttext-wiki/wiki.fr.vec").read_bytes()
        assert received == site.files[path]

    def test_what_is_on_disk(self, isolex, tmp_path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_data(tmp_path / "data")
        result = isolex(*BENCH, "--data", "data", "-o", "kept.json", "--vocab", "280", "--json")
        result.warns(None)
        rows = result.json["rows"]
        assert {row["pair"] for row in rows} == {"xx-yy", "yy-xx"}
        assert {row["vocabulary"] for row in rows} == {280}
        assert (result.json["files"], result.json["published"]) == ([], [])
        text = isolex(*BENCH, "--data", "data", "-o", "kept.json", "--vocab", "280").out
        assert text.splitlines()[-1] == "4 results in kept.json, 4 from an earlier run"
        assert json.loads((tmp_path / "kept.json").read_text())["format"] == "isolex-bench-muse"

    def test_a_warning_about_a_file_comes_once(self, isolex, tmp_path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_data(tmp_path / "data")
        arguments = ("--data", "data", "--pairs", "xx-yy", "--vocab", "208")
        # Scored by two criteria, after each of two methods.
        isolex(*BENCH, *arguments, "--json").warns(
            "test lexicon .*: 8 of 100 pairs .* are in both vocabularies"
        )

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((), "--pairs: got no language pairs; name some, such as en-fr,en-de"),
            (("--pairs", "en-xx"), "unknown language pair of muse 'en-xx'"),
            (("--pairs", "en-fr", "--methods", "vecmop"), "unknown method 'vecmop'; did you mean 'vecmap'"),
            (("--pairs", "en-fr", "--mirror", "nowhere"), "mirror: got 'nowhere', expected an address with"),
            (
                ("--data", "nowhere", "--offline"),
                "--data downloads nothing; leave out --offline, or --data",
            ),
            (
                ("--data", "nowhere", "--cache", "c", "--mirror", "http://m"),
                "leave out --cache and --mirror, or --data; see: isolex bench --help",
            ),
            (("--data", "nowhere", "--dataset", "muse"), "leave out --dataset, or --data"),
            (("--dataset", "muze", "--pairs", "en-fr"), "unknown dataset to score on 'muze'; did you mean"),
            (("--dataset", "sib-200", "--pairs", "en-fr"), "unknown dataset to score on 'sib-200'"),
            (("--data", "nowhere"), "nowhere: holds no vectors/xx.vec.gz with dictionaries"),
            (("--pairs", "en-fr", "-o", "no/kept.json"), "no/kept.json: cannot be written"),
        ],
    )
    def test_bad_input(self, isolex, site, arguments, message) -> None:
        result = isolex("bench", *arguments, "--json")
        result.fails(message)
        assert site.seen == []

    def test_another_file_is_not_replaced(self, isolex, site) -> None:
        Path("notes.json").write_text("{}")
        isolex(*BENCH, "--pairs", "en-fr", "-o", "notes.json", "--json").fails("holds no results of this")
        assert Path("notes.json").read_text() == "{}"

    def test_offline_without_a_cache(self, isolex, site) -> None:
        result = isolex(*BENCH, "--pairs", "en-fr", "--offline", "--json")
        assert (result.status, result.out) == (2, "")
        assert "en-fr.0-5000.txt: is not in the cache, and nothing may be downloaded" in result.lines[-1]
        assert result.lines[-1].endswith("or leave out --offline")

    def test_a_pair_that_the_mirror_lacks(self, isolex, site) -> None:
        result = isolex(*BENCH, "--pairs", "en-de", "--json")
        assert (result.status, result.out) == (2, "")
        assert f"{site.url}/muse/en-de.0-5000.txt: the server says 404 Not Found" in result.lines[-1]


class TestJobs:
    def test_kept_cell_by_cell(self, isolex, tmp_path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_data(tmp_path / "data")
        asked = (*BENCH, "--data", "data", "--pairs", "xx-yy", "-o", "kept.json", "--json")
        plain = isolex(*BENCH, "--data", "data", "--pairs", "xx-yy", "-o", "plain.json", "--json").json[
            "rows"
        ]
        report = isolex(*asked, "--work", "cells", "--workers", "2").json
        assert report["failed"] == {}
        assert [row["results"] for row in report["rows"]] == [row["results"] for row in plain]
        Path("kept.json").unlink()
        monkeypatch.setattr(module, "align", None)
        again = isolex(*asked, "--work", "cells").json
        assert [row["results"] for row in again["rows"]] == [row["results"] for row in plain]

    def test_options_that_do_not_go_together(self, isolex, tmp_path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        isolex(*BENCH, "--data", "data", "--workers", "2").fails("--workers goes with --work")
        isolex(*BENCH, "--data", "data", "--work", "w", "--device", "cpu").fails("--device does not go")

    def test_a_file_that_cannot_be_read_costs_only_its_pairs(self, isolex, tmp_path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_data(tmp_path / "data")
        vectors, dictionaries = tmp_path / "data" / "vectors", tmp_path / "data" / "dictionaries" / "muse"
        vectors.joinpath("zz.vec.gz").write_bytes(vectors.joinpath("yy.vec.gz").read_bytes()[:1000])
        for part in ("train", "test"):
            shutil.copy(dictionaries / f"xx-yy.{part}.txt", dictionaries / f"xx-zz.{part}.txt")
        asked = ("bench", "--methods", "procrustes", "--data", "data", "--pairs", "xx-zz,xx-yy")
        result = isolex(*asked, "--work", "cells", "-o", "kept.json", "--json")
        assert result.status == 1
        assert [row["pair"] for row in result.json["rows"]] == ["xx-yy"]
        assert list(result.json["failed"]) == ["xx-zz"]
        assert any(line.startswith("isolex: xx-zz: ") and "zz.vec.gz" in line for line in result.lines)

    def test_where_no_file_can_be_read_nothing_was_measured(self, isolex, tmp_path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_data(tmp_path / "data")
        (tmp_path / "data" / "vectors" / "yy.vec.gz").write_bytes(b"\x1f\x8b\x08")
        isolex(*BENCH, "--data", "data", "--pairs", "xx-yy", "--work", "cells").fails(r"yy\.vec\.gz")

    def test_a_warning_about_a_file_comes_once(self, isolex, tmp_path, monkeypatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_data(tmp_path / "data")
        vectors = tmp_path / "data" / "vectors" / "xx.vec.gz"
        lines = gzip.decompress(vectors.read_bytes()).splitlines(keepends=True)
        vectors.write_bytes(gzip.compress(b"".join([*lines, lines[5]])))
        result = isolex(*BENCH, "--data", "data", "--pairs", "xx-yy", "--work", "cells", "--json")
        assert result.json["failed"] == {}
        assert sum("xx.vec.gz" in line for line in result.lines) == 1
