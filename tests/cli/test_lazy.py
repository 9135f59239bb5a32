import sys

import click
import pytest

from isolex.cli.app import _COMMANDS, app
from isolex.cli.lazy import LazyGroup
from isolex.cli.outputs import Command

MODULE = """
import click
@click.command("one")
def one():
    '''Do one thing. And more.'''
    print("done")
"""


@pytest.fixture
def group(tmp_path, monkeypatch) -> LazyGroup:
    """One command in a module that is not imported yet, and one in a module that is not there."""
    (tmp_path / "lazily.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lazily", raising=False)
    lazy = {"one": ("lazily:one", "Do one thing."), "two": ("nowhere:two", "Do another.")}
    return LazyGroup(name="group", lazy=lazy)


def run(group: LazyGroup, *arguments: str) -> None:
    group.main(list(arguments), prog_name="group", standalone_mode=False)


def test_help_lists_commands_without_importing_them(group, capsys):
    run(group, "--help")
    assert "Commands:\n  one  Do one thing.\n  two  Do another.\n" in capsys.readouterr().out
    assert "lazily" not in sys.modules


def test_completion_knows_them_without_importing_them(group):
    context = click.Context(group)
    completed = [(item.value, item.help) for item in group.shell_complete(context, "")]
    assert completed == [("one", "Do one thing."), ("two", "Do another.")]
    assert [item.value for item in group.shell_complete(context, "t")] == ["two"]
    assert [item.value for item in group.shell_complete(context, "--h")] == ["--help"]
    assert "lazily" not in sys.modules


def test_a_command_is_imported_when_it_is_run(group, capsys):
    run(group, "one")
    assert capsys.readouterr().out == "done\n"


def test_unknown_commands_and_near_misses(group):
    with pytest.raises(click.UsageError) as caught:
        run(group, "onne")
    assert caught.value.format_message() == "No such command 'onne'. Did you mean 'one'?"
    assert "lazily" not in sys.modules


def test_commands_may_be_added_and_taken_away(group):
    group.add_command(click.Command("three"))
    assert list(group.commands) == ["one", "two", "three"]
    assert len(group.commands) == 3
    del group.commands["two"]
    assert "two" not in group.commands


@pytest.mark.parametrize("name", _COMMANDS)
def test_short_helps_are_those_of_the_commands(name):
    """At any width: the command's own help begins with just that."""
    command = app.commands[name]
    assert isinstance(command, click.Group | Command)
    assert command.name == name
    sign = click.Command(name, help=_COMMANDS[name][1])
    assert [sign.get_short_help_str(width) for width in (20, 45, 200)] == [
        command.get_short_help_str(width) for width in (20, 45, 200)
    ]
