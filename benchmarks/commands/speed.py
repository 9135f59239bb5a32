"""`python -m benchmarks speed`: time and memory, compared with faiss, gensim and plain torch."""

from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, measured
from benchmarks.files_speed import run_files
from benchmarks.measuring import machine
from benchmarks.speed import ratios, run_iteration, run_mapped, run_retrieval, run_scaling, to_dict
from isolex.cli.console import emit, table
from isolex.cli.options import json_option, threads_option
from isolex.cli.outputs import Command

_SCALING = (10_000, 30_000, 100_000, 300_000)
_FULL_WORDS = 200_000
_FULL_SCALING = (*_SCALING, 1_000_000, 2_000_000)
_COUNT = click.IntRange(min=1_000)


@click.command("speed", cls=Command)
@click.option("--words", type=_COUNT, default=50_000, show_default=True, help="Words of each side to search.")
@click.option("--learnt", type=_COUNT, default=20_000, show_default=True, help="Words to learn from.")
@click.option("--rows", type=_COUNT, default=50_000, show_default=True, help="Rows of text to read.")
@click.option("--full", is_flag=True, help="Also 200,000 words and rows, and two million keys.")
@click.option(
    "--mapped",
    type=_COUNT,
    help="Also CSLS in both directions, from files, with this many words of each side.",
)
@threads_option
@json_option
def speed(words: int, learnt: int, rows: int, full: bool, mapped: int | None, as_json: bool) -> None:
    """Time searching, learning, reading and writing, compared with other libraries.

    Needs the extras bench and gensim for the comparison with faiss and gensim. Figures are ratios within this
    run: how many times faster isolex is, except iteration_over_product, which is how many times slower.

    \b
    Examples:
      python -m benchmarks speed
      python -m benchmarks speed --words 20000 --json
    """

    def measure() -> dict[str, Any]:
        retrieval = [run_retrieval(count) for count in ((words, _FULL_WORDS) if full else (words,))]
        iteration = run_iteration(learnt)
        files = [run_files(count) for count in ((rows, _FULL_WORDS) if full else (rows,))]
        scaling = list(run_scaling(_FULL_SCALING if full else _SCALING))
        big = [] if mapped is None else [run_mapped(mapped)]
        figures = ratios(retrieval[0], iteration, files[0])
        return {name: round(value, 4) for name, value in figures.items()} | {
            "retrieval": [to_dict(row) for row in retrieval],
            "iteration": to_dict(iteration),
            "files": [to_dict(row) for row in files],
            "scaling": [to_dict(row) for row in scaling],
            "mapped": [to_dict(row) for row in big],
            "machine": machine(),
        }

    report = measured("speed", measure)
    emit(as_json, report, lambda console: _render(console, report))


def _render(console: Console, report: Report) -> None:
    figures = [[name, f"{value:.2f}"] for name, value in report.items() if isinstance(value, float)]
    console.print(table("ratios", ["figure", "value"], figures))
    for name in ("retrieval", "files", "scaling", "mapped"):
        rows = report[name]
        if not rows:
            continue
        console.print(table(name, list(rows[0]), [[f"{value:,}" for value in row.values()] for row in rows]))
