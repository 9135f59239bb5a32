"""What a command did, and what stands in a folder."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

NON_COMMERCIAL = "isolex: warning: muse: the licence, CC BY-NC 4.0, forbids commercial use"


class Result(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What was said on stderr."""
        return [line for line in self.err.splitlines() if line.strip()]

    @property
    def json(self) -> Any:
        """All of stdout as one JSON value."""
        return json.loads(self.out, parse_constant=_refuse)

    def fails(self, pattern: str, *, status: int = 2) -> None:
        """Nothing on stdout, one line on stderr that says this, and the exit status."""
        assert self.status == status, self
        assert self.out == ""
        assert len(self.lines) == 1, self.err
        assert self.lines[0].startswith("isolex: error: ")
        assert "Traceback" not in self.err
        assert re.search(pattern, self.err), self.err

    def warns(self, pattern: str | None) -> None:
        """Done, with just one line of warning that says this, or with None without any."""
        assert self.status == 0, self
        assert len(self.lines) == (pattern is not None), self.err
        if pattern is not None:
            assert self.lines[0].startswith("isolex: warning: ")
            assert re.search(pattern, self.err), self.err


def contents(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder, hidden files included: names, and what files hold."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def leaves(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, member in command.commands.items():
        yield from leaves(member, (*path, *name.split()))


def examples(command: click.Command) -> list[str]:
    """The lines of the block Examples, whatever they are."""
    _, found, block = (command.help or "").partition("Examples:\n")
    assert found, f"{command.name} has no examples"
    return [line.strip() for line in block.split("\n\n")[0].splitlines() if line.strip()]
