"""`python -m benchmarks induction`: the gain of reranking, and the calibration of its confidences."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import (
    Report,
    data_folder,
    measured,
    rows_of,
    seeds_option,
    vectors_option,
)
from benchmarks.induction import run_induction
from benchmarks.measuring import machine
from isolex.cli.console import emit, table
from isolex.cli.options import PATH, json_option, names_in, seed_option, threads_option
from isolex.cli.outputs import Command
from isolex.reranking import RerankSettings


@click.command("induction", cls=Command)
@click.option("--data", required=True, type=PATH, help="Folder with vectors/ and dictionaries/.")
@vectors_option
@click.option("--pairs", default="", help="Language pairs; by default those of each set.")
@click.option(
    "--sets",
    default="",
    help="Some of muse, xling and cipher; by default all that have the pairs, or muse with --vectors web.",
)
@seeds_option
@click.option("--ablation", is_flag=True, help="Also learn without each feature group.")
@seed_option
@threads_option
@json_option
def induction(
    data: Path,
    vectors: str,
    pairs: str,
    sets: str,
    seeds: tuple[int | None, ...],
    ablation: bool,
    seed: int,
    as_json: bool,
) -> None:
    """P@1 of reranked dictionaries and of the base methods, calibration, and time for a whole dictionary.

    \b
    Examples:
      python -m benchmarks induction --data data --pairs en-es
      python -m benchmarks induction --data data --vectors web --pairs en-es --seeds 300 --json
    """

    def measure() -> dict[str, Any]:
        rows = run_induction(
            data_folder(data, vectors),
            vectors=vectors,
            pairs=names_in(pairs) if pairs else (),
            sets=names_in(sets) if sets else (),
            seeds=seeds,
            ablation=ablation,
            settings=RerankSettings(seed=seed),
        )
        return {"protocol": "muse", "rows": rows_of(vectors, rows), "machine": machine()}

    report = measured("induction", measure)
    emit(as_json, report, lambda console: _render(console, report["rows"]))


def _render(console: Console, rows: list[Report]) -> None:
    columns = ["set", "pair", "seeds", "words", "base", "reranked", "base*", "reranked*", "recall"]
    columns += ["ECE", "AUROC", "sure", "right", "s"]
    body = [
        [
            row["set"],
            row["pair"],
            "all" if row["seeds"] is None else str(row["seeds"]),
            str(row["n"]),
            *(_shown(value) for value in (row["best_base"], row["reranked"])),
            *(_shown(value) for value in (row["best_base_no_identical"], row["reranked_no_identical"])),
            _shown(row["candidates_recall"]),
            *(_shown(value, 3) for value in (row["ece"], row["auroc"])),
            str(row["answers_at_90"]),
            _shown(row["precision_at_90"]),
            f"{row['seconds']:.0f}",
        ]
        for row in rows
    ]
    console.print(table("P@1 in percent", columns, body, text_columns=2))
    console.print("* without words that are their own right answer; sure: confidence 0.9 or more")
    for row in rows:
        if row["without"]:
            parts = ", ".join(
                f"{group} {value - row['reranked']:+.1f}" for group, value in row["without"].items()
            )
            console.print(f"{row['set']} {row['pair']}: without {parts}")


def _shown(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:.{digits}f}"
