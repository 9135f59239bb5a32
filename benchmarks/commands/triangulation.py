"""`python -m benchmarks triangulation`: the gain of reranking from the other languages of a space."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, data_option, measured
from benchmarks.measuring import machine
from benchmarks.triangulation import LANGUAGES, PAIRS, VOCABULARY, means, run_triangulation
from isolex.cli.console import emit, table
from isolex.cli.options import json_option, names_in, seed_option, threads_option
from isolex.cli.outputs import Command
from isolex.reranking import RerankSettings


@click.command("triangulation", cls=Command)
@data_option
@click.option("--pairs", default=",".join(PAIRS), show_default=True, help="Language pairs to test.")
@click.option("--languages", default=",".join(LANGUAGES), show_default=True, help="Languages of the space.")
@seed_option
@threads_option
@json_option
def triangulation(data: Path, pairs: str, languages: str, seed: int, as_json: bool) -> None:
    """P@1 and calibration of triangulated and of pairwise reranking, on unreachable test words.

    A test word is unreachable if no two training pairs lead to a right answer by way of a third language.

    \b
    Examples:
      python -m benchmarks triangulation --data data --languages en,es,fr --pairs en-es
    """

    def measure() -> dict[str, Any]:
        asked = names_in(pairs)
        found = list(
            run_triangulation(
                data, pairs=asked, languages=names_in(languages), settings=RerankSettings(seed=seed)
            )
        )
        return {
            "protocol": "muse",
            "criterion": "csls",
            "words": VOCABULARY,
            "languages": names_in(languages),
            "rows": [row.to_dict() for row in found],
            "means": means(found),
            "machine": machine(),
        }

    report = measured("triangulation", measure)
    emit(as_json, report, lambda console: _render(console, report))


def _render(console: Console, report: Report) -> None:
    ways = ("direct", "joint", "pairwise", "triangulated")
    columns = ["pair", "words", *ways, "gain", "won", "lost", "ECE", "ECE pairwise", "s"]
    body = [
        [
            row["pair"],
            str(row["unreachable"]),
            *(f"{row[way]['p1_unreachable']:.1f}" for way in ways),
            f"{row['gain_unreachable']:+.1f}",
            str(row["gained"]),
            str(row["lost"]),
            *(_shown(row[way]["ece_unreachable"]) for way in ("triangulated", "pairwise")),
            f"{row['triangulated']['seconds']:.0f}",
        ]
        for row in report["rows"]
    ]
    console.print(table("P@1 of unreachable words, in percent", columns, body))
    console.print(f"mean gain {report['means']['gain_unreachable']:+.2f}")


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
