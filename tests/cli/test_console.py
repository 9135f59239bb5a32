import io
import json
import re
import time
import warnings
from threading import Barrier

import pytest

from isolex.cli.console import emit, one_line_warnings, printable, say, table, working
from isolex.errors import IsolexWarning
from isolex.progress import together, track

# The title of the window, a colour in C1, letters in turned order, half of a letter, and a bell.
NASTY = "a\x1b]0;title\x07b\x9b31mc\u202edcb\u2066e\udcfff\x7f\r"
SHOWN = r"a\x1b]0;title\x07b\x9b31mc\u202edcb\u2066e\udcfff\x7f\r"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_what_steers_a_terminal_is_shown():
    assert printable(NASTY) == SHOWN
    plain = "été 👩\u200d👧 [b] :cat:"
    assert printable(plain) == plain
    assert printable("a\nb\tc") == r"a\nb\tc"
    assert printable("a\nb\tc", keep="\n") == "a\nb\\tc"


@pytest.mark.parametrize("terminal", [True, False])
def test_results_for_people(capsys, monkeypatch, terminal):
    monkeypatch.setenv("COLUMNS", "300")
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)

    def render(console) -> None:
        console.print(f"one {NASTY}\ntwo")
        console.print(table(None, ["word", NASTY], [[NASTY, "1\n2"]]))

    emit(False, None, render)
    out = stream.getvalue()
    assert out.startswith(f"one {SHOWN}\ntwo\n")
    assert out.count(SHOWN) == 3
    assert r"1\n2" in out
    assert "\x07" not in out
    assert "\u202e" not in out


def test_json_holds_them_and_no_terminal_sees_them(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    emit(True, {NASTY: [NASTY, "été\n"]}, lambda _: None)
    assert json.loads(stream.getvalue()) == {NASTY: [NASTY, "été\n"]}
    assert "été" in stream.getvalue()
    assert printable(stream.getvalue(), keep="\n") == stream.getvalue()


def test_messages(capsys):
    say(f"error: {NASTY}")
    with one_line_warnings():
        warnings.warn(f"file {NASTY}", IsolexWarning, stacklevel=1)
    err = capsys.readouterr().err
    assert f"isolex: error: {SHOWN}\n" in err
    assert r"isolex: warning: file a\x1b]0;title" in err
    assert "\x1b" not in err


def test_a_narrow_terminal_hides_nothing(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    words = ["Donaudampfschifffahrtsgesellschaft", "Rindfleischetikettierungsüberwachung"]
    shown = table("title", ["word", "translation", "score"], [[*words, "0.5"]])
    emit(False, None, lambda console: console.print(shown))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()
    assert "…" not in stream.getvalue()
    assert all(len(line) <= 40 for line in lines)
    for word in words:
        assert set(word) <= set(stream.getvalue())


def test_nor_does_it_cut_figures_in_two(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    columns = ["protocol", "", *(f"figure {number}" for number in range(9))]
    rows = [["muse", "x", *(f"{number}2.75" for number in range(9))] for _ in range(2)]
    emit(False, None, lambda console: console.print(table("a title", columns, rows)))
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()]
    record = ["protocol: muse", "x", *(f"figure {number}: {number}2.75" for number in range(9))]
    assert lines == ["a title", *record, "", *record]


def test_without_a_terminal_long_work_says_how_far_it_is(capsys, monkeypatch):
    monkeypatch.setattr("isolex.cli.heartbeat.EVERY", 0.1)
    with working("aligning"):
        for _ in track(range(3), "rounds"):
            with working(f"reading a {NASTY}"):
                time.sleep(0.15)
            time.sleep(0.25)
    lines = capsys.readouterr().err.splitlines()
    assert f"isolex: reading a {SHOWN}: 0 s so far" in lines
    assert any(line.startswith("isolex: aligning, rounds: 1 of 3, ") for line in lines)
    assert len(lines) <= 12  # of two blocks inside each other one speaks


def test_without_a_terminal_loops_side_by_side_are_all_told(capsys, monkeypatch):
    monkeypatch.setattr("isolex.cli.heartbeat.EVERY", 0.1)
    met = Barrier(2, timeout=30)

    def train(code: str, rounds: int) -> None:
        for number in track(range(9), f"training {code}"):
            if number == rounds:
                met.wait()
                time.sleep(0.5)
                return

    with working("training vectors of en and es"):
        together([lambda: train("en", 3), lambda: train("es", 5)])
    lines = capsys.readouterr().err
    both = r"isolex: training vectors of en and es(?=.*, training en: 3 of 9)(?=.*, training es: 5 of 9)"
    assert re.search(rf"{both}.* so far", lines), lines


def test_short_work_is_silent(capsys):
    with working("aligning"):
        list(track(range(3), "rounds"))
    assert capsys.readouterr().err == ""
