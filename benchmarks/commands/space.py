"""`python -m benchmarks space`: many languages in one space."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, measured
from benchmarks.languages import OTHERS, WORDS, run_more, run_pairs, run_planted
from benchmarks.measuring import machine
from isolex.cli.console import emit, table
from isolex.cli.options import PATH, json_option, names_in, threads_option
from isolex.cli.outputs import Command

SYSTEMS = ("direct", "pivot", "star", *OTHERS, "joint")


@click.command("space", cls=Command)
@click.option("--data", type=PATH, help="Folder with vectors/ and dictionaries/muse/.")
@click.option(
    "--words", type=click.IntRange(min=100), default=WORDS, show_default=True, help="Words of each language."
)
@click.option(
    "--more", is_flag=True, help="Measure instead: hu and uk with the four languages, and French added later."
)
@click.option(
    "--planted",
    help="Measure instead: time and memory of spaces of so many planted languages, such as 10,50,157.",
)
@threads_option
@json_option
def space(data: Path | None, words: int, more: bool, planted: str | None, as_json: bool) -> None:
    """P@1 of the joint space of en, es, fr and de, of two languages alone, and by way of English.

    Vectors are read from DATA/vectors/xx.vec.gz, dictionaries from DATA/dictionaries/muse/xx-yy.train.txt and
    .test.txt (protocol muse, csls). Unreachable test words are those from which no two training pairs lead to
    a right answer.

    \b
    Examples:
      python -m benchmarks space --planted 3
    """
    if planted is not None:
        sizes = [_size(name) for name in names_in(planted)]
        report = measured(
            "space-planted",
            lambda: {"machine": machine(), "runs": [asdict(run) for run in run_planted(sizes)]},
        )
        emit(as_json, report, lambda console: _render_planted(console, report))
        return
    if data is None:
        raise click.UsageError("Missing option '--data'.")
    if more:
        report = measured("space-more", lambda: {"machine": machine(), **run_more(data, words=words)})
        emit(as_json, report, lambda console: _render_more(console, report))
        return
    report = measured("space", lambda: {"machine": machine(), **run_pairs(data, words=words)})
    emit(as_json, report, lambda console: _render(console, report))


def _size(name: str) -> int:
    if not name.isdecimal() or int(name) < 3:
        raise click.UsageError(f"--planted takes numbers of at least 3, separated by commas, got {name!r}")
    return int(name)


def _render(console: Console, report: Report) -> None:
    rows = [*report["rows"], *({"pair": f"mean, {name}", **row} for name, row in report["means"].items())]
    _print(console, f"P@1 in percent, all / unreachable; pivot: {report['pivot']}", rows, SYSTEMS)


def _render_more(console: Console, report: Report) -> None:
    _print(console, "P@1 in percent, all / unreachable", report["english"], ("direct", "joint"))
    _print(console, "composed test pairs", report["others"], ("pivot_procrustes", "pivot_vecmap", "joint"))
    added = report["added"]
    _print(console, f"{added['language']} joins later", added["rows"], ("added", "joint"))
    console.print(f"files of the others that changed: {', '.join(added['changed']) or 'none'}")


def _render_planted(console: Console, report: Report) -> None:
    body = [
        [f"{run['languages']}", f"{run['seconds']:.1f}", f"{run['peak_gib']:.2f}", f"{run['recovered']:.1f}"]
        for run in report["runs"]
    ]
    console.print(table("planted", ["languages", "seconds", "peak GiB", "P@1"], body))


def _print(console: Console, title: str, rows: Sequence[Mapping[str, Any]], systems: Sequence[str]) -> None:
    body = [[row["pair"], *(_both(row, system) for system in systems)] for row in rows]
    console.print(table(title, ["pair", *systems], body))


def _both(row: Mapping[str, Any], system: str) -> str:
    every = row.get("direct_vecmap" if system == "direct" else system)
    rest = row.get(f"{system}_unreachable")
    return " / ".join("–" if one is None else f"{one:.1f}" for one in (every, rest))
