"""`isolex bench`: rerun the measurements that the documentation quotes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import REFERENCE_CRITERIA, REFERENCE_METHODS
from isolex.cli.bench_diagnosis import diagnosis
from isolex.cli.bench_induction import induction
from isolex.cli.bench_muse import datasets_command, muse
from isolex.cli.bench_speed import speed
from isolex.cli.bench_transfer import transfer
from isolex.cli.bench_weak import planted, semi, systems, unsupervised, verdict
from isolex.cli.console import Stopwatch, emit, table, working
from isolex.cli.options import PATH, compute_options, names_in, seed_option
from isolex.cli.outputs import Group

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.benchmark import ReferenceRow


@click.group("bench", cls=Group)
def bench() -> None:
    """Rerun measurements."""


for _command in (
    unsupervised,
    semi,
    systems,
    verdict,
    planted,
    diagnosis,
    speed,
    transfer,
    induction,
    muse,
    datasets_command,
):
    bench.add_command(_command)


@bench.command("reference")
@click.option("--data", required=True, type=PATH, help="Folder with vectors/ and dictionaries/muse/.")
@click.option("--pairs", default="", help="Language pairs, such as en-es,en-fr; by default all there are.")
@click.option("--methods", default=",".join(REFERENCE_METHODS), show_default=True, help="Methods to run.")
@seed_option
@compute_options
def reference(data: Path, pairs: str, methods: str, seed: int, device: str | None, as_json: bool) -> None:
    """P@1 of every supervised method on every language pair (protocol muse, nn and csls).

    Vectors are read from DATA/vectors/xx.vec.gz, dictionaries from DATA/dictionaries/muse/xx-yy.train.txt and
    .test.txt; all words take part, normalised unit,center,unit.

    \b
    Examples:
      isolex bench reference --data data --pairs en-es --methods procrustes,vecmap
    """
    from isolex.alignment import current_versions
    from isolex.benchmark import run_reference

    watch, named = Stopwatch(), names_in(methods)
    with working("measuring"):
        rows = list(
            run_reference(
                data, pairs=names_in(pairs) if pairs else (), methods=named, seed=seed, device=device
            )
        )
    report = {
        "benchmark": "reference",
        "protocol": "muse",
        "rows": [_json(row) for row in rows],
        "versions": current_versions(),
        "seconds": watch.seconds,
    }
    emit(as_json, report, lambda console: _render(console, rows, named))


def _json(row: ReferenceRow) -> dict[str, Any]:
    return {
        "pair": row.pair,
        "train_pairs": row.train_pairs,
        "test_sources": row.test_sources,
        "results": [{"method": method} | result.to_dict() for (method, _), result in row.results.items()],
    }


def _render(console: Console, rows: list[ReferenceRow], methods: list[str]) -> None:
    scored = [f"{method} {criterion}" for method in methods for criterion in REFERENCE_CRITERIA]
    body = []
    for row in rows:
        first = next(iter(row.results.values()))
        figures = [f"{result.precision(1):.1f}" for result in row.results.values()]
        body.append(
            [
                row.pair,
                str(row.train_pairs),
                f"{first.n} of {row.test_sources}",
                f"{first.copy_baseline:.1f}",
                *figures,
            ]
        )
    console.print(table("P@1 in percent", ["pair", "train pairs", "test words", "copying", *scored], body))
