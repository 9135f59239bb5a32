"""`python -m benchmarks fleet`: all pairs by each executor, and the outputs of runs that were killed."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, data_option, measured
from benchmarks.fleet import EXECUTORS, KILLS, WORDS, run_executors, run_kills, save_languages
from benchmarks.measuring import machine
from isolex.cli.console import emit, table
from isolex.cli.options import json_option, names_in, seed_option, threads_option
from isolex.cli.outputs import Command
from isolex.datasets import DataFolder


@click.command("fleet", cls=Command)
@data_option
@click.option("--executors", default=",".join(EXECUTORS), show_default=True, help="Executors to compare.")
@click.option(
    "--kills", default=KILLS, show_default=True, type=click.IntRange(min=0), help="Number of runs to kill."
)
@click.option(
    "--words", default=WORDS, show_default=True, type=click.IntRange(min=1), help="Words of each language."
)
@seed_option
@threads_option
@json_option
def fleet(data: Path, executors: str, kills: int, words: int, seed: int, as_json: bool) -> None:
    """Make dictionaries of all directions between six languages, by each executor and after kills.

    \b
    Examples:
      python -m benchmarks fleet --data data --executors local --kills 0
      python -m benchmarks fleet --data data --json
    """

    def measure() -> dict[str, Any]:
        with TemporaryDirectory() as place:
            space = Path(place) / "space"
            save_languages(DataFolder(data), space, words=words)
            rows = [row.to_dict() for row in run_executors(space, names_in(executors))]
            killed = [row.to_dict() for row in run_kills(space, kills=kills, seed=seed)]
        return {"words": words, "rows": rows, "kills": killed, "machine": machine()}

    report = measured("fleet", measure)
    emit(as_json, report, lambda console: _render(console, report))


def _render(console: Console, report: Report) -> None:
    columns = ["executor", "workers", "directions", "seconds", "overhead, %", "same bytes"]
    body = [
        [
            row["executor"],
            str(row["workers"]),
            str(row["jobs"]),
            f"{row['seconds']:.1f}",
            f"{row['overhead']:.1f}",
            "yes" if row["same"] else "no",
        ]
        for row in report["rows"]
    ]
    console.print(table("all directions", columns, body))
    killed = report["kills"]
    same = sum(row["same"] for row in killed)
    twice = max((row["twice"] for row in killed), default=0)
    console.print(
        f"{same} of {len(killed)} killed runs ended with the same bytes; at most {twice} jobs were done twice"
    )
