import json

import pytest

from isolex.lexicon import Lexicon

from .conftest import ODD
from .helpers import contents

RIGHT = {(ODD.get(f"s{i}", f"s{i}"), f"t{i}") for i in range(300)}


@pytest.mark.parametrize("direction", ["forward", "backward", "mutual"])
def test_json_report_and_file(isolex, here, direction):
    result = isolex("lexicon", "aa-bb", "-o", "out.jsonl", "--direction", direction, "--json")
    result.warns(None)
    entries = [json.loads(line) for line in (here / "out.jsonl").read_text().splitlines()]
    report = result.json
    assert report["lexicon"] == "out.jsonl"
    assert (report["direction"], report["criterion"]) == (direction, "csls")
    assert report["entries"] == len(entries)
    assert report["mutual"] == sum(entry["mutual"] for entry in entries)
    assert report["seconds"] > 0
    assert set(entries[0]) == {"source", "target", "score", "rank", "mutual"}
    assert len({(e["source"], e["target"]) for e in entries} & RIGHT) > 290
    if direction == "mutual":
        assert report["mutual"] == report["entries"]


def test_text_and_tsv(isolex, here):
    result = isolex("lexicon", "aa-bb", "-o", "out.tsv", "-k", 2)
    result.warns(None)
    assert result.out.startswith("out.tsv: 600 entries, ")
    rows = [line.split("\t") for line in (here / "out.tsv").read_text().splitlines()]
    assert rows[0] == ["source", "target", "score", "rank", "mutual"]
    assert [row[3] for row in rows[1:5]] == ["1", "2", "1", "2"]
    assert len(rows) == 601
    # Odd words and all, it can be read as a lexicon.
    assert set(Lexicon.read("out.tsv")) >= {("[/b]", "t2"), ('"a', "t5")}


def test_a_format_goes_before_the_name(isolex, here):
    isolex("lexicon", "aa-bb", "-o", "out.tsv", "--format", "jsonl").warns(None)
    assert json.loads((here / "out.tsv").read_text().splitlines()[0])["rank"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "-o", "old.tsv"), "nowhere: there is no such alignment folder"),
        (("aa-bb",), "Missing option '-o'"),
        (("aa-bb", "-o", "data"), "data: is a folder, expected a file name"),
        (("aa-bb", "-o", "no/out.tsv"), r"no/out.tsv: cannot be written \(No such file or directory\)"),
        (("aa-bb", "-o", "old.tsv", "--format", "xml"), "'--format': 'xml' is not one of"),
        (("aa-bb", "-o", "old.tsv", "--direction", "sideways"), "'sideways' is not one of"),
        (
            ("aa-bb", "-o", "old.tsv", "--direction", "mutual", "-k", "2"),
            "a word has one answer; leave out -k",
        ),
        (("aa-bb", "-o", "old.tsv", "-k", "0"), "0 is not in the range"),
        (("aa-bb", "-o", "old.tsv", "-k", "101"), "101 is not in the range"),
        (("aa-bb", "-o", "old.tsv.gz"), "dictionaries are not written as .gz"),
        (("aa-bb", "-o", "old.tsv", "--source", "bb.vec"), "not the source vectors"),
        (("aa-bb", "-o", "old.tsv", "--work", "aa-bb/parts"), "parts: lies in .*, which is an alignment"),
    ],
)
def test_bad_input_is_told_before_the_work(isolex, here, monkeypatch, arguments, message):
    def too_late(*_, **__):
        raise AssertionError("the work was done first")

    monkeypatch.setattr("isolex.alignment.Alignment.induce", too_late)
    (here / "old.tsv").write_text("old")
    before = contents(here)
    isolex("lexicon", *arguments).fails(message)
    assert contents(here) == before


class TestShards:
    @pytest.mark.parametrize("options", [(), ("--workers", "2", "--threads", "1", "--shards", "3")])
    def test_the_same_dictionary(self, isolex, here, options):
        isolex("lexicon", "aa-bb", "-o", "plain.tsv", "-k", 2).warns(None)
        isolex("lexicon", "aa-bb", "-o", "out.tsv", "-k", 2, "--work", "parts", *options).warns(None)
        assert (here / "out.tsv").read_bytes() == (here / "plain.tsv").read_bytes()
        assert (here / "parts" / "best.safetensors").exists()

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--shards", "2"], "--shards goes with --work"),
            (["--workers", "2"], "--workers goes with --all-pairs or --work"),
            (["--work", "parts", "--criterion", "isf"], "--criterion isf does not go with --work"),
            (["--work", "parts", "--min-confidence", "0.5"], "--min-confidence does not go with --work"),
            (["--work", "parts", "--all-pairs"], "--all-pairs does not go with --work"),
        ],
    )
    def test_options_that_do_not_go_together(self, isolex, here, options, told):
        isolex("lexicon", "aa-bb", "-o", "out.tsv", *options).fails(told)
