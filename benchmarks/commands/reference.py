"""`python -m benchmarks reference`: the supervised methods on every language pair of a folder."""

from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, data_option, measured, some_pairs_option
from isolex.choices import BENCH_CRITERIA
from isolex.cli.console import emit, table
from isolex.cli.options import compute_options, names_in, seed_option
from isolex.cli.outputs import Command
from isolex.datasets import DataFolder
from isolex.scoring import score_methods

METHODS = ("least-squares", "procrustes", "vecmap", "rcsls")


@click.command("reference", cls=Command)
@data_option
@some_pairs_option
@click.option("--methods", default=",".join(METHODS), show_default=True, help="Methods to run.")
@seed_option
@compute_options
def reference(data: Path, pairs: str, methods: str, seed: int, device: str | None, as_json: bool) -> None:
    """P@1 of every supervised method on every language pair (protocol muse, nn and csls).

    Vectors are read from DATA/vectors/xx.vec.gz, dictionaries from DATA/dictionaries/muse/xx-yy.train.txt and
    .test.txt; all words take part, normalised unit,center,unit.

    \b
    Examples:
      python -m benchmarks reference --data data --pairs en-es --methods procrustes,vecmap
    """
    named, asked = names_in(methods), names_in(pairs) if pairs else []

    def measure() -> dict[str, Any]:
        folder = DataFolder(data)
        scores = list(score_methods(folder, asked or folder.pairs, methods=named, seed=seed, device=device))
        rows = []
        for pair, group in groupby(scores, lambda score: score.cell.pair):
            own = list(group)
            results = [
                {"method": score.cell.method} | dict(result)
                for score in own
                for result in score.results.values()
            ]
            rows.append(
                {
                    "pair": pair,
                    "train_pairs": own[-1].train_pairs,
                    "test_sources": len(folder.dictionary(pair, "test").sources),
                    "results": results,
                }
            )
        return {"protocol": "muse", "rows": rows}

    report = measured("reference", measure)
    emit(as_json, report, lambda console: _render(console, report, named))


def _render(console: Console, report: Report, methods: list[str]) -> None:
    scored = [f"{method} {criterion}" for method in methods for criterion in BENCH_CRITERIA]
    body = []
    for row in report["rows"]:
        first, *_ = row["results"]
        body.append(
            [
                row["pair"],
                str(row["train_pairs"]),
                f"{first['n']} of {row['test_sources']}",
                f"{first['copy_baseline']:.1f}",
                *(f"{result['p@1']:.1f}" for result in row["results"]),
            ]
        )
    console.print(table("P@1 in percent", ["pair", "train pairs", "test words", "copying", *scored], body))
