"""`isolex explore` and `isolex review`."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from isolex.alignment import load
from isolex.review import DecisionLog, Review, read_decisions
from tests.review.made import HOSTILE, save_planted

from .helpers import contents

TABLE = "source\ttarget\tdecision\treviewer\ns150\tt150\taccepted\tana\ns150\tt7\trejected\tana\n"
BOTH = ("explore", "review")


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    return save_planted(tmp_path_factory.mktemp("explored"))


@pytest.fixture
def place(saved, tmp_path, monkeypatch) -> Path:
    """A folder with the planted alignment aa-bb and its confidences, which is the working directory."""
    shutil.copytree(saved, tmp_path / "aa-bb")
    (tmp_path / "text.txt").write_text("The s120 sleeps.\n")
    (tmp_path / "table.tsv").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("getpass.getuser", lambda: "me")
    return tmp_path


@pytest.fixture
def closed(monkeypatch) -> list[str]:
    """Servers end at once, as if by Ctrl-C; what browsers were opened with."""
    opened: list[str] = []

    def run(_, sockets):
        assert [one.fileno() >= 0 for one in sockets] == [True]
        raise KeyboardInterrupt

    monkeypatch.setattr("uvicorn.Server.run", run)
    monkeypatch.setattr("webbrowser.open", opened.append)
    return opened


class TestWrongOptions:
    @pytest.mark.parametrize("command", BOTH)
    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--port", "x"], "--port"),
            (["--port", "70000"], "70000 is not in the range 0<=x<=65535"),
            (["--port", "-1"], "-1 is not in the range"),
            (["--threads", "0"], "--threads"),
            (["--nonsense"], "--nonsense"),
            (
                ["--host", "256.256.256.256"],
                r"256\.256\.256\.256, port 0: cannot be served: .*give another --host",
            ),
            (["--host", "192.0.2.1"], r"192\.0\.2\.1, port 0: cannot be served: "),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_of_the_server(self, isolex, place, closed, command, options, told):  # noqa: PLR0917
        isolex(command, "aa-bb", *options).fails(told)
        assert closed == []

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

    @pytest.mark.parametrize("command", BOTH)
    def test_a_folder_that_is_not_there(self, isolex, place, closed, command):
        before = contents(place)
        isolex(command, "none").fails("none: there is no such")
        isolex(command, "text.txt").fails(r"text\.txt")
        assert contents(place) == before

    @pytest.mark.parametrize("command", BOTH)
    def test_a_folder_that_holds_something_else(self, isolex, place, closed, command):
        (place / "other").mkdir()
        isolex(command, "other").fails(r"other: is no alignment: it holds no card\.json")

    def test_no_folder(self, isolex, place):
        for command in BOTH:
            isolex(command).fails("Missing argument 'DIR'")

    def test_a_log_that_is_something_else(self, isolex, place, closed):
        (place / "aa-bb-review").mkdir()
        (place / "aa-bb-review" / "decisions.sqlite").write_text("cat\tgato\n" * 100)
        for options in ((), ("--export", "x.tsv"), ("--import", "table.tsv")):
            isolex("review", "aa-bb", *options).fails(
                r"decisions\.sqlite: is no log of decisions .*; move it away"
            )

    @pytest.mark.parametrize("command", BOTH)
    def test_a_port_that_is_occupied(self, isolex, place, closed, command):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            told = rf"127\.0\.0\.1, port {port}: cannot be served: .*in use.*give another --host or --port"
            isolex(command, "aa-bb", "--port", port).fails(told)
        assert closed == []

    @pytest.mark.parametrize("command", BOTH)
    def test_packages_that_are_missing(self, isolex, place, monkeypatch, command):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        isolex(command, "aa-bb").fails(r"starlette and uvicorn and sklearn.*isolex\[explore\]")


class TestAddresses:
    @pytest.mark.parametrize("command", BOTH)
    def test_on_this_machine_no_secret_is_needed(self, isolex, place, closed, command):
        result = isolex(command, "aa-bb", "--json")
        assert result.status == 0
        (address,) = result.json["addresses"].values()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/(#/review)?", address)
        assert closed == [address]
        assert result.lines[0] == "isolex: the page is closed"

    def test_for_people(self, isolex, place, closed):
        result = isolex("explore", "aa-bb", "--no-browser")
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\nPress Ctrl-C to end it\.\n", result.out)
        assert closed == []

    def test_the_port_that_was_asked_for(self, isolex, place, closed):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        result = isolex("explore", "aa-bb", "--port", port, "--no-browser", "--json")
        assert result.json["addresses"] == {"": f"http://127.0.0.1:{port}/"}

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

    @pytest.mark.parametrize("command", BOTH)
    def test_another_address_needs_one(self, isolex, place, closed, command):
        result = isolex(command, "aa-bb", "--host", "0.0.0.0", "--no-browser", "--json")
        (address,) = result.json["addresses"].values()
        # One that others can ask for.
        assert re.fullmatch(r"http://(?!0\.0)[\w.-]+:\d+/\?key=[\w-]{32}(#/review)?", address)

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
        assert {row[0] for row in proposed}.isdisjoint(row[0] for row in rows if row[2] == "accepted")
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
        (place / "table.tsv").write_text(TABLE + "s151\t\taccepted\n")
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
        (place / "table.tsv").write_text(TABLE + "none\tx\taccepted\tana\n")
        result = isolex("review", "aa-bb", "--import", "table.tsv")
        assert result.status == 0
        assert result.lines == ["isolex: table.tsv: row 4 has the word 'none', which the vocabulary lacks"]
        (place / "table.tsv").write_text("source\ttarget\tdecision\nnone\tx\taccepted\n")
        assert isolex("review", "aa-bb", "--import", "table.tsv").status == 1

    def test_what_was_decided_otherwise_before(self, isolex, place):
        isolex("review", "aa-bb", "--import", "table.tsv")
        (place / "table.tsv").write_text(TABLE.replace("accepted", "rejected").replace("ana", "ben"))
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


COMMAND = (sys.executable, "-c", "from isolex_command import main; main()")


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen, dict[str, Any]]]:
    """A command that serves, and what it printed."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*COMMAND, *arguments, "--no-browser", "--json"], env=environment, **pipes
    ) as process:
        try:
            line = process.stdout.readline()
            assert line.endswith("}\n"), process.stderr.read()
            yield process, json.loads(line)
        finally:
            if process.poll() is None:
                process.kill()


def ask(address: str, path: str, *, cookie: str = "", method: str = "GET") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request(method, path, headers={"Cookie": cookie} if cookie else {})
    return connection.getresponse()


def ended(process: subprocess.Popen) -> list[str]:
    """What it says when Ctrl-C ends it."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, ""), err
    return err.splitlines()


def test_explore_until_ctrl_c(place):
    before = contents(place)
    with running("explore", "aa-bb") as (process, told):
        address = told["addresses"][""]
        answer = ask(address, "/api/about")
        assert answer.status == 200
        about = json.loads(answer.read())
        assert (about["title"], about["review"], about["confidences"]) == ("aa-bb", None, [["aa", "bb"]])
        answer = json.loads(ask(address, "/api/word?source=aa&target=bb&word=s150").read())
        assert answer["answers"][0]["word"] == "t150"
        assert ask(address, "/").read().startswith(b"<!DOCTYPE html>")
        assert ended(process) == ["isolex: the page is closed"]
    assert contents(place) == before


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
