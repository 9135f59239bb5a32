"""The page of the site with the program's own help; `mkdocs_hooks.py` puts it there."""

from collections.abc import Iterator

import click

from isolex.cli import app

INTRODUCTION = """# Command line

Results go to standard output, everything else to standard error; `--json` prints one JSON value and nothing
else. Exit status: 0 done (also for a `doubtful` alignment, with a warning), 1 ran and the result says no,
2 bad input, 130 interrupted (Ctrl-C), 143 or 129 terminated (SIGTERM, SIGHUP). An output file or folder is
replaced only when the new one is whole.
"""


def commands(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    """Each command's full name and help, groups before their members."""
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=100, **command.context_settings
    )
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for inner, member in command.commands.items():
            yield from commands(member, inner, context)


def page() -> str:
    """The whole page."""
    sections = [f"## {path}\n\n```text\n{text}\n```\n" for path, text in commands(app, "isolex", None)]
    return "\n".join([INTRODUCTION, *sections])
