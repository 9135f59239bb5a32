"""What `isolex explore` and `isolex review` have in common."""

import re
import socket

import pytest

from .helpers import contents

BOTH = ("explore", "review")


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
        monkeypatch.setattr("isolex.cli.serving.find_spec", lambda name: None)
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

    @pytest.mark.parametrize("command", BOTH)
    def test_another_address_needs_one(self, isolex, place, closed, command):
        result = isolex(command, "aa-bb", "--host", "0.0.0.0", "--no-browser", "--json")
        (address,) = result.json["addresses"].values()
        # One that others can ask for.
        assert re.fullmatch(r"http://(?!0\.0)[\w.-]+:\d+/\?key=[\w-]{32}(#/review)?", address)
