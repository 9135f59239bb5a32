"""`python -m benchmarks review`: the gain from a reviewer's decisions, with a mixed or a random queue."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, data_folder, data_option, measured, vectors_option
from benchmarks.explorer_speed import WORDS, run_explorer
from benchmarks.measuring import machine
from benchmarks.review import DECISIONS, EVERY, SEEDS, VOCABULARY, run_review, summary
from benchmarks.review_server import CLIENTS, KILLS, SECONDS, run_server
from isolex.cli.console import emit, table
from isolex.cli.options import json_option, names_in, seed_option, threads_option
from isolex.cli.outputs import Command


@click.command("review", cls=Command)
@data_option
@vectors_option
@click.option("--pairs", help="Language pairs; by default en-es and en-de, or with --vectors web en-fi.")
@click.option(
    "--decisions",
    default=DECISIONS,
    show_default=True,
    type=click.IntRange(min=1),
    help="Number of decisions.",
)
@click.option(
    "--every",
    default=EVERY,
    show_default=True,
    type=click.IntRange(min=1),
    help="Learn after this many decisions.",
)
@click.option(
    "--vocabulary",
    default=VOCABULARY,
    show_default=True,
    type=click.IntRange(min=1),
    help="Words of each side.",
)
@seed_option
@threads_option
@json_option
def review(
    data: Path,
    vectors: str,
    pairs: str | None,
    decisions: int,
    every: int,
    vocabulary: int,
    seed: int,
    as_json: bool,
) -> None:
    """Simulate a reviewer who knows the training dictionary, and learn from the reviewer's decisions.

    \b
    Examples:
      python -m benchmarks review --data data --pairs en-es --json
      python -m benchmarks review --data data --vectors web
    """

    def measure() -> dict[str, Any]:
        rows = list(
            run_review(
                data_folder(data, vectors),
                vectors=vectors,
                pairs=names_in(pairs) if pairs else (),
                decisions=decisions,
                every=every,
                vocabulary=vocabulary,
                seed=seed,
            )
        )
        return {
            "seeds": SEEDS,
            "vocabulary": vocabulary,
            "rows": [row.to_dict() for row in rows],
            "summary": summary(rows),
            "machine": machine(),
        }

    report = measured("review", measure)
    emit(as_json, report, lambda console: _render(console, report))


def _render(console: Console, report: Report) -> None:
    head = ["pair", "queue", "decisions", "P@1", "accepted pairs"]
    body = [
        [row["pair"], row["queue"], str(count), f"{p1:.1f}", str(accepted)]
        for row in report["rows"]
        for count, p1, accepted in zip(row["decisions"], row["p1"], row["accepted"], strict=True)
    ]
    console.print(table("A simulated reviewer", head, body))


@click.command("review-server", cls=Command)
@click.option(
    "--clients",
    default=CLIENTS,
    show_default=True,
    type=click.IntRange(min=1),
    help="Reviewers at the same time.",
)
@click.option(
    "--seconds", default=SECONDS, show_default=True, type=click.FloatRange(min=1), help="Seconds of each run."
)
@click.option(
    "--kills",
    default=KILLS,
    show_default=True,
    type=click.IntRange(min=1),
    help="Number of kills in the second run.",
)
@json_option
def review_server(clients: int, seconds: float, kills: int, as_json: bool) -> None:
    """Let many reviewers decide at once while the server learns, and while it is killed.

    \b
    Examples:
      python -m benchmarks review-server --clients 10 --seconds 20 --kills 3
    """

    def measure() -> dict[str, Any]:
        rows = [row.to_dict() for row in run_server(clients=clients, seconds=seconds, kills=kills)]
        return {"rows": rows, "machine": machine()}

    report = measured("review-server", measure)
    emit(as_json, report, lambda console: _render_server(console, report))


def _render_server(console: Console, report: Report) -> None:
    head = ["kills", "acknowledged", "lost", "doubled", "decision p95, ms", "word p95, ms"]
    names = ("kills", "acknowledged", "lost", "doubled")
    body = [
        [*(str(row[name]) for name in names), *(f"{row[name][1]:.0f}" for name in ("decision_ms", "item_ms"))]
        for row in report["rows"]
    ]
    console.print(table("Reviewers at once", head, body))


@click.command("explorer", cls=Command)
@click.option(
    "--words", default=WORDS, show_default=True, type=click.IntRange(min=1), help="Words of each side."
)
@json_option
def explorer(words: int, as_json: bool) -> None:
    """Time the explorer: opening its page, looking up words, and moving the map in a browser.

    \b
    Examples:
      python -m benchmarks explorer --words 10000
    """

    def measure() -> dict[str, Any]:
        return {"rows": [run_explorer(words=words).to_dict()], "machine": machine()}

    report = measured("explorer", measure)
    emit(as_json, report, lambda console: _render_explorer(console, report))


def _render_explorer(console: Console, report: Report) -> None:
    (row,) = report["rows"]
    names = ("torch_seconds", "page_seconds", "word_seconds", "frames")
    head = ["import torch, s", "page, s", "first word, s", "frames a second", "word, ms", "word p95, ms"]
    body = [*(str(row[name]) for name in names), *map(str, row["look_up_ms"])]
    console.print(table("The explorer", head, [body]))
