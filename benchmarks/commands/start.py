"""`python -m benchmarks start`: the cost of starting isolex."""

import resource
import subprocess
import sys

import click
from rich.console import Console

from benchmarks.commands.reports import Report
from isolex.cli.console import emit, table
from isolex.cli.options import json_option
from isolex.cli.outputs import Command

COMMANDS = {
    "python": ("-c", "pass"),
    "imports": ("-c", "import click, numpy, orjson"),
    "import isolex": ("-c", "import isolex"),
    "isolex --help": ("-m", "isolex", "--help"),
    "isolex --version": ("-m", "isolex", "--version"),
    "isolex align --help": ("-m", "isolex", "align", "--help"),
    "usage error": ("-m", "isolex", "align", "--nothing"),
}


def processor_seconds(arguments: tuple[str, ...]) -> float:
    """Processor seconds of one run of Python."""
    before = _children()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@click.command("start", cls=Command)
@click.option(
    "--runs", type=click.IntRange(min=1), default=10, show_default=True, help="Runs of each program, in turn."
)
@json_option
def start(runs: int, as_json: bool) -> None:
    """Processor time of starting isolex, compared with that of Python.

    Seconds of user and system time, the least of several runs in separate processes. For comparison, the
    report also has the time of Python alone, and with the libraries that any start would load.

    \b
    Examples:
      python -m benchmarks start --runs 2
    """
    # The first run of each also finds files that are not in memory, and writes what Python has compiled.
    turns = [
        {name: processor_seconds(command) for name, command in COMMANDS.items()} for _ in range(runs + 1)
    ]
    seconds = {name: round(min(turn[name] for turn in turns[1:]), 3) for name in COMMANDS}
    ratio = round(seconds["isolex --help"] / seconds["imports"], 2)
    report: Report = {"benchmark": "start", "runs": runs, "seconds": seconds, "help_over_imports": ratio}
    emit(as_json, report, lambda console: _render(console, report))


def _render(console: Console, report: Report) -> None:
    body = [[name, f"{value:.3f}"] for name, value in report["seconds"].items()]
    console.print(table("processor time", ["command", "seconds"], body))
    console.print(f"isolex --help over imports: {report['help_over_imports']:.2f}")
