"""A group whose commands are imported when one of them is run, or asked for its help."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from isolex.cli.outputs import Group


class LazyGroup(Group):
    """A group that lists its commands without importing them.

    Args:
        lazy: By name where a command is, as `module:attribute`, and the first sentence of its help.
        settings: As of `click.Group`.
    """

    def __init__(self, *, lazy: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands({name: place for name, (place, _) in lazy.items()})
        signs = [click.Command(name, help=sentence) for name, (_, sentence) in lazy.items()]
        # It looks like this group from the outside, and there is nothing behind its commands.
        self._signboard = click.Group(commands=signs, add_help_option=False)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As of `click.Group`."""
        self._signboard.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """As of `click.Group`."""
        found = self._signboard.shell_complete(click.Context(self._signboard), incomplete)
        names = [item for item in found if " " not in item.value]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


class _Commands(MutableMapping[str, click.Command]):
    """Commands by name, each imported when it is looked up."""

    def __init__(self, places: dict[str, str]) -> None:
        self._places = places
        self._known: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._known:
            module, attribute = self._places[name].split(":")
            self._known[name] = getattr(import_module(module), attribute)
        return self._known[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        self._known.pop(name, None)
        self._places.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._places, **self._known})

    def __len__(self) -> int:
        return len({**self._places, **self._known})
