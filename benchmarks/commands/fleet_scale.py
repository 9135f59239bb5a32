"""`python -m benchmarks fleet-scale`: the cost of all pairs for growing vocabularies and more languages."""

from dataclasses import asdict
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, measured
from benchmarks.fleet_scale import PLAN, SIZES, Growth, plan, run_costs, run_many, run_sharded
from benchmarks.measuring import machine
from isolex.cli.console import emit, table
from isolex.cli.options import json_option, names_in, threads_option
from isolex.cli.outputs import Command

PARTS = ("costs", "many", "sharded")


@click.command("fleet-scale", cls=Command)
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default=PARTS[0],
    show_default=True,
    help="costs: measure one direction at several sizes, and plan from that; many: make a space of many "
    "languages and score all its pairs, with one interruption; sharded: search once in shards.",
)
@click.option(
    "--sizes",
    default=",".join(map(str, SIZES)),
    show_default=True,
    help="Numbers of words, for the part costs.",
)
@click.option(
    "--languages",
    type=click.IntRange(min=2),
    default=PLAN[0],
    show_default=True,
    help="Languages, for the part many.",
)
@click.option(
    "--words",
    type=click.IntRange(min=20),
    help="Words of each language; by default 2000 for many, 500000 for sharded.",
)
@click.option(
    "--shards", type=click.IntRange(min=1), default=8, show_default=True, help="Shards, for the part sharded."
)
@click.option(
    "--dimension",
    type=click.IntRange(min=2),
    default=300,
    show_default=True,
    help="Dimension of the vectors, for the part sharded.",
)
@click.option(
    "--first",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds until the interruption, for the part many.",
)
@threads_option
@json_option
def fleet_scale(
    part: str,
    sizes: str,
    languages: int,
    words: int | None,
    shards: int,
    dimension: int,
    first: float,
    as_json: bool,
) -> None:
    """Measure time and memory of fleet jobs on planted vectors, and plan for 157 languages.

    \b
    Examples:
      python -m benchmarks fleet-scale --sizes 500,1000,2000
      python -m benchmarks fleet-scale --part many --languages 4 --words 400 --first 5
      python -m benchmarks fleet-scale --part sharded --words 5000 --dimension 50 --shards 3 --json
    """

    def measure() -> dict[str, Any]:
        if part == "many":
            found: dict[str, Any] = asdict(run_many(languages, words=words or 2_000, first=first))
        elif part == "sharded":
            found = asdict(run_sharded(words or 500_000, shards=shards, dimension=dimension))
        else:
            costs = list(run_costs([int(size) for size in names_in(sizes)]))
            found = {
                "costs": [asdict(cost) for cost in costs],
                "growth": asdict(Growth.of(costs)),
                "plan": [asdict(row) for row in plan(costs)],
            }
        return {"machine": machine(), **found}

    report = measured(f"fleet-{part}", measure)
    emit(as_json, report, lambda console: _render(console, part, report))


def _render(console: Console, part: str, report: Report) -> None:
    if part != "costs":
        known = {name: value for name, value in report.items() if not isinstance(value, dict)}
        console.print(table(part, ["", ""], [[name, str(value)] for name, value in known.items()]))
        return
    columns = ["words", "seconds", "GiB", "GiB read"]
    body = [
        [f"{row['words']:,}", f"{row['seconds']:.2f}", f"{row['gib']:.2f}", f"{row['gib_read']:.2f}"]
        for row in report["costs"]
    ]
    console.print(table("one direction, one thread", columns, body))
    languages, words = PLAN
    body = [
        [str(row["workers"]), f"{100 * row['failures']:g} %", f"{row['hours']:,.0f}", f"{row['tries']:,}"]
        for row in report["plan"]
    ]
    title = f"all directions of {languages} languages, {words:,} words each (simulated)"
    console.print(table(title, ["workers", "tries lost", "hours", "tries"], body))
