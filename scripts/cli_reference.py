"""Write docs/cli.md from the program's own help, or with --check fail if the page is out of date."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from isolex.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
INTRODUCTION = """# Command line

<!-- Made by scripts/cli_reference.py from the program's help; do not edit. -->

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


def main() -> int:
    """Write or check the page; the exit status."""
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("docs/cli.md is out of date; run: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
