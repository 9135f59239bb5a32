import http.client
import json
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from isolex.alignment import load
from isolex.review import DecisionLog, Review, read_decisions
from tests.review.made import HOSTILE, Process

from .conftest import DECISIONS
from .helpers import contents
from .pages import ask, ended, running


class TestWrongOptions:
    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--examples", "text.txt"], "--examples"),
            (["--examples", "xx=text.txt"], r"--examples xx=….*the languages are aa and bb"),
            (["--examples", "aa=none.txt"], r"none\.txt"),
        ],
    )
    def test_of_examples(self, isolex, place, closed, options, told):
        isolex("review", "aa-bb", *options).fails(told)
        assert closed == []

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (
                ["--export", "x.tsv", "--import", "table.tsv"],
                "give --export or --import, not both",
            ),
            (["--format", "tsv"], "--format goes with --export"),
            (["--import", "table.tsv", "--format", "tsv"], "--format goes with --export"),
            (["--min-confidence", "0.5"], "--min-confidence goes with --export"),
            (["--export", "x", "--format", "csv"], "--format"),
            (
                ["--export", "x.csv"],
                r"x\.csv: dictionaries are not written as \.csv; use \.tsv, .* \.utf8 or \.omegat;",
            ),
            (["--from", "aa"], "--from and --to go together"),
            (["--reviewer", ""], "got '' as the name of a reviewer"),
            (["--reviewer", "a\nb"], "as the name of a reviewer"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_of_the_review(self, isolex, place, closed, options, told):
        isolex("review", "aa-bb", *options).fails(told)
        assert not (place / "x.tsv").exists()

    def test_a_log_that_is_something_else(self, isolex, place, closed):
        (place / "aa-bb-review").mkdir()
        (place / "aa-bb-review" / "decisions.sqlite").write_text("cat\tgato\n" * 100)
        for options in ((), ("--export", "x.tsv"), ("--import", "table.tsv")):
            isolex("review", "aa-bb", *options).fails(
                r"decisions\.sqlite: is no log of decisions .*; move it away"
            )


class TestWhereItIs:
    def test_secret_links_of_reviewers(self, isolex, place, closed):
        result = isolex(
            "review", "aa-bb", "--reviewer", "ana", "--reviewer", "ben", "--reviewer", "ana", "--json"
        )
        addresses = result.json["addresses"]
        assert list(addresses) == ["ana", "ben"]
        with DecisionLog("aa-bb-review/decisions.sqlite") as log:
            for name, address in addresses.items():
                (key,) = parse_qs(urlsplit(address).query)["key"]
                assert log.who(key) == name
        assert closed == [addresses["ana"]]
        assert result.lines[-1] == f"isolex: 0 decisions in {place / 'aa-bb-review'}"

    def test_where_the_log_is_kept(self, isolex, place, closed):
        assert isolex("review", "aa-bb", "--folder", "mine", "--no-browser").status == 0
        assert (place / "mine" / "decisions.sqlite").is_file()
        assert not (place / "aa-bb-review").exists()


class TestWithoutConfidences:
    def test_words_come_by_frequency(self, isolex, place, closed):
        """There is too little to learn from, which is said in a line."""
        alignment = load("aa-bb")
        few = type(alignment.seeds)(alignment.seeds.pairs[:30])
        alignment.seeds = few
        shutil.rmtree("aa-bb")
        alignment.save("aa-bb")
        result = isolex("review", "aa-bb", "--no-browser")
        assert result.status == 0
        assert "there are 30 seed words to learn from" in result.lines[1]
        assert result.lines[1].endswith("words come by frequency until enough of them are decided on")


class TestFiles:
    def test_export_before_anybody_decided(self, isolex, place):
        assert isolex("review", "aa-bb", "--export", "out.tsv", "--json").json["pairs"] == 0
        assert not Path("aa-bb-review").exists()
        isolex("review", "aa-bb", "--export", "out.tsv", "--folder", "none").fails(
            "none: has no decisions; check --folder"
        )

    def test_import_and_export(self, isolex, place):
        result = isolex("review", "aa-bb", "--import", "table.tsv", "--json")
        assert (result.status, result.err) == (0, "")
        report = {
            "imported": "table.tsv",
            "decisions": 1,
            "pairs": 2,
            "known": 0,
            "overridden": [],
            "refused": [],
        }
        assert result.json == report
        again = isolex("review", "aa-bb", "--import", "table.tsv", "--json")
        assert (again.status, again.json) == (0, report | {"decisions": 0, "pairs": 0, "known": 2})
        result = isolex("review", "aa-bb", "--export", "out.tsv", "--json")
        assert result.json == {"exported": "out.tsv", "pairs": 2}
        assert [one.accepted for one in read_decisions("out.tsv")[0]] == [("t150",)]

    def test_export_of_the_whole_dictionary(self, isolex, place):
        isolex("review", "aa-bb", "--import", "table.tsv")
        decided = Path("table.tsv").read_text().splitlines()[1:]
        report = isolex("review", "aa-bb", "--export", "all.tsv", "--min-confidence", "0.5", "--json").json
        rows = [line.split("\t") for line in Path("all.tsv").read_text().splitlines()]
        assert rows[0][-1] == "confidence"
        assert report["pairs"] == len(rows) - 1 > len(decided)
        proposed = [row for row in rows[1:] if row[2] == "proposed"]
        assert proposed
        assert all(float(row[-1]) >= 0.5 for row in proposed)
        certain = [row for row in rows if row[2] in ("accepted", "lexicon")]
        assert {row[0] for row in proposed}.isdisjoint(row[0] for row in certain)
        seeds = load("aa-bb").seeds
        assert {tuple(row[:2]) for row in certain if row[2] == "lexicon"} == set(seeds.pairs)
        again = isolex("review", "aa-bb", "--import", "all.tsv", "--json").json
        assert (again["decisions"], again["refused"]) == (0, [])

    def test_words_of_the_other_language_are_told(self, isolex, place):
        Path("turned.tsv").write_text("source\ttarget\tdecision\nt150\ts150\taccepted\n")
        result = isolex("review", "aa-bb", "--import", "turned.tsv")
        assert result.status == 1
        assert result.lines == [
            "isolex: turned.tsv: row 2 has the word 't150', which the vocabulary lacks; it is a word of the "
            "target language: exchange source and target"
        ]

    def test_for_people(self, isolex, place):
        result = isolex("review", "aa-bb", "--import", "table.tsv")
        assert result.out.split() == f"1 new decision on 2 pairs in {place / 'aa-bb-review'}".split()
        result = isolex("review", "aa-bb", "--export", "out.jsonl")
        assert result.out == "out.jsonl: 2 pairs\n"
        rows = [json.loads(line) for line in (place / "out.jsonl").read_text().splitlines()]
        assert [(row["target"], row["decision"]) for row in rows] == [
            ("t150", "accepted"),
            ("t7", "rejected"),
        ]

    @pytest.mark.parametrize(
        ("name", "options", "beginning"),
        [
            ("out.tei", (), "<?xml"),
            ("out.tbx", (), "<?xml"),
            ("out.utf8", (), "s150\tt150\t"),
            ("out", ("--format", "omegat"), "s150\tt150\t"),
            ("out.tsv", ("--format", "jsonl"), "{"),
        ],
    )
    def test_formats(self, isolex, place, name, options, beginning):
        isolex("review", "aa-bb", "--import", "table.tsv")
        assert isolex("review", "aa-bb", "--export", name, *options).status == 0
        assert (place / name).read_text().startswith(beginning)

    def test_standard_output(self, isolex, place):
        isolex("review", "aa-bb", "--import", "table.tsv")
        result = isolex("review", "aa-bb", "--export", "-")
        assert result.out.splitlines()[0].startswith("source\ttarget")
        assert len(result.out.splitlines()) == 3
        assert "2 pairs" in result.err
        isolex("review", "aa-bb", "--export", "-", "--json").fails(
            "--json and the output both go to standard output"
        )

    def test_who_decided_where_the_table_does_not_say(self, isolex, place):
        (place / "table.tsv").write_text("source,target,decision\ns150,t150,accepted\n")
        isolex("review", "aa-bb", "--import", "table.tsv")
        review = Review("aa-bb")
        assert [one.reviewer for one in review.judgements] == ["me"]
        review.close()

    def test_rows_that_are_refused(self, isolex, place):
        (place / "table.tsv").write_text(DECISIONS + "s151\t\taccepted\n")
        result = isolex("review", "aa-bb", "--import", "table.tsv", "--json")
        assert result.lines == ["isolex: table.tsv: row 4 has no source or no target"]
        assert result.json["refused"] == ["row 4 has no source or no target"]
        assert result.json["decisions"] == 1

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            ("", r"table\.tsv: is empty"),
            ("a\tb\n", r"table\.tsv: has no column source"),
        ],
    )
    def test_tables_that_are_none(self, isolex, place, content, told):
        (place / "table.tsv").write_text(content)
        isolex("review", "aa-bb", "--import", "table.tsv").fails(told)
        isolex("review", "aa-bb", "--import", "none.tsv").fails(r"none\.tsv")

    def test_words_that_the_vocabulary_lacks(self, isolex, place):
        (place / "table.tsv").write_text(DECISIONS + "none\tx\taccepted\tana\n")
        result = isolex("review", "aa-bb", "--import", "table.tsv")
        assert result.status == 0
        assert result.lines == ["isolex: table.tsv: row 4 has the word 'none', which the vocabulary lacks"]
        (place / "table.tsv").write_text("source\ttarget\tdecision\nnone\tx\taccepted\n")
        assert isolex("review", "aa-bb", "--import", "table.tsv").status == 1

    def test_what_was_decided_otherwise_before(self, isolex, place):
        isolex("review", "aa-bb", "--import", "table.tsv")
        (place / "table.tsv").write_text(DECISIONS.replace("accepted", "rejected").replace("ana", "ben"))
        result = isolex("review", "aa-bb", "--import", "table.tsv")
        assert result.lines == [
            "isolex: table.tsv: 1 pair decided otherwise before: s150 → t150, which ana had accepted"
        ]

    def test_many_decisions_are_learnt_from_later(self, isolex, place):
        rows = "".join(f"s{n}\tt{n}\taccepted\tana\n" for n in range(130, 180))
        (place / "table.tsv").write_text("source\ttarget\tdecision\treviewer\n" + rows)
        result = isolex("review", "aa-bb", "--import", "table.tsv")
        assert result.lines == ["isolex: open the review to have isolex learn from these decisions"]
        assert not list(place.glob("aa-bb-review/generation-*"))

    def test_export_writes_nothing_else(self, isolex, place):
        isolex("review", "aa-bb", "--import", "table.tsv")
        before = contents(place / "aa-bb-review")
        assert isolex("review", "aa-bb", "--export", "out.tsv").status == 0
        assert contents(place / "aa-bb-review") == before

    def test_what_is_read_is_not_written(self, isolex, place):
        isolex("review", "aa-bb", "--import", "table.tsv")
        before = contents(place / "aa-bb")
        result = isolex("review", "aa-bb", "--export", "aa-bb")
        result.fails("aa-bb")
        assert contents(place / "aa-bb") == before

    def test_hostile_words_steer_no_terminal(self, isolex, place):
        (place / "table.tsv").write_text(f"source\ttarget\tdecision\n{HOSTILE['s201']}\t\x1b[31m\taccepted\n")
        result = isolex("review", "aa-bb", "--import", "table.tsv")
        assert "\x1b" not in result.err + result.out
        assert "\u202e" not in result.err + result.out
        assert result.lines != []


def test_ctrl_c_ends_learning_as_well(isolex, place, closed, monkeypatch):
    ended_by_it = SimpleNamespace(returncode=-signal.SIGINT, stdout="", stderr="")
    monkeypatch.setattr("isolex.review.generations.subprocess", Process(lambda _: ended_by_it))
    isolex("review", "aa-bb", "--import", "table.tsv")
    monkeypatch.setattr("isolex.review.review.LEARN_EVERY", 1)
    result = isolex("review", "aa-bb", "--no-browser")
    assert result.status == 0
    told = "isolex: isolex has stopped learning; it keeps the decisions and learns from them the next time"
    assert told in result.lines


def test_review_until_ctrl_c(place):
    arguments = ("review", "aa-bb", "--reviewer", "ana", "--examples", "aa=text.txt")
    with running(*arguments) as (process, told):
        address = told["addresses"]["ana"]
        assert ask(address, "/api/about").status == 401
        assert ask(address, "/?key=none").status == 403
        parts = urlsplit(address)
        answer = ask(address, f"{parts.path}?{parts.query}")
        assert answer.status == 303
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        item = json.loads(ask(address, "/api/review/item", cookie=cookie).read())["item"]
        assert (item["word"], item["examples"][0]["before"]) == ("s120", "The ")
        about = json.loads(ask(address, "/api/about", cookie=cookie).read())
        assert about["review"]["reviewer"] == "ana"
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        body = json.dumps({"id": item["id"], "accepted": ["t120"], "rejected": []})
        headers = {"Cookie": cookie, "X-Isolex-Token": about["review"]["token"]}
        connection.request("POST", "/api/review/decision", body, headers)
        assert json.loads(connection.getresponse().read())["progress"]["decided"] == 1
        connection.close()
        lines = ended(process)
    assert lines == ["isolex: the page is closed", f"isolex: 1 decision in {place / 'aa-bb-review'}"]
    with DecisionLog(place / "aa-bb-review" / "decisions.sqlite") as log:
        assert [(one.reviewer, one.accepted) for one in log.decisions()] == [("ana", ("t120",))]
