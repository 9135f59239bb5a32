"""`python -m benchmarks reference`: the supervised methods on every language pair of a folder."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import (
    Report,
    data_folder,
    data_option,
    measured,
    rows_of,
    seeds_option,
    some_pairs_option,
    vectors_option,
)
from benchmarks.measuring import machine
from benchmarks.reference import SUPERVISED, run_reference
from isolex.choices import BENCH_CRITERIA
from isolex.cli.console import emit, table
from isolex.cli.options import compute_options, names_in, seed_option
from isolex.cli.outputs import Command


@click.command("reference", cls=Command)
@data_option
@vectors_option
@some_pairs_option
@click.option(
    "--methods",
    default=",".join(SUPERVISED),
    show_default=True,
    help="Methods to run; auto is possible, too.",
)
@seeds_option
@seed_option
@compute_options
def reference(
    data: Path,
    vectors: str,
    pairs: str,
    methods: str,
    seeds: tuple[int | None, ...],
    seed: int,
    device: str | None,
    as_json: bool,
) -> None:
    """P@1 of every supervised method on every language pair (protocol muse, nn and csls).

    Vectors are read from DATA/vectors/xx.vec.gz, dictionaries from DATA/dictionaries/muse/xx-yy.train.txt and
    .test.txt; all words are used, normalised by unit,center,unit.

    \b
    Examples:
      python -m benchmarks reference --data data --pairs en-es --methods procrustes,vecmap
      python -m benchmarks reference --data data --vectors web --pairs en-es --methods auto --seeds 100,all
    """
    named, asked = names_in(methods), names_in(pairs) if pairs else []

    def measure() -> dict[str, Any]:
        folder = data_folder(data, vectors)
        rows = run_reference(
            folder, asked or folder.pairs, methods=named, seeds=seeds, seed=seed, device=device
        )
        return {"protocol": "muse", "rows": rows_of(vectors, rows), "machine": machine()}

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
    for row in report["rows"]:
        for result in row["results"]:
            if result["method"] == "auto" and result["criterion"] == BENCH_CRITERIA[0]:
                console.print(f"{row['pair']}, {row['train_pairs']} pairs: auto took {result['taken']}")
