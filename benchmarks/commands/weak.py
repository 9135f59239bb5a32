"""`python -m benchmarks unsupervised`, `semi`, `systems`, `verdict` and `planted`: weak supervision."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
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
    vectors_option,
)
from benchmarks.planted import PLANTED_METHODS, run_planted
from benchmarks.spaces import PLANTED_COSINE, PLANTED_MISSING
from benchmarks.verdict import leave_one_pair_out, run_verdict
from benchmarks.weak import (
    SYSTEMS,
    UNORDERED_PAIRS,
    WeakRun,
    run_semi_supervised,
    run_systems,
    run_unsupervised,
)
from isolex.cli.console import emit, table
from isolex.cli.options import PATH, json_option, names_in, threads_option
from isolex.cli.outputs import Command
from isolex.vectors import Vectors

pairs_option = click.option(
    "--pairs",
    default="",
    help=f"Language pairs; by default {', '.join(UNORDERED_PAIRS['novels'])}, "
    f"or for --vectors web {', '.join(UNORDERED_PAIRS['web'])}.",
)


@click.command("unsupervised", cls=Command)
@data_option
@vectors_option
@pairs_option
@click.option("--methods", default="unsupervised", show_default=True, help="Methods that need no seed pairs.")
@threads_option
@json_option
def unsupervised(data: Path, vectors: str, pairs: str, methods: str, as_json: bool) -> None:
    """P@1 in both directions and the verdict of unsupervised runs; three seeds on es-fr, en-de and en-fi.

    \b
    Examples:
      python -m benchmarks unsupervised --data data --pairs en-es
    """
    runs = run_unsupervised(
        data_folder(data, vectors), pairs=_pairs(pairs, vectors), methods=names_in(methods)
    )
    _measure("unsupervised", runs, as_json, vectors)


@click.command("semi", cls=Command)
@data_option
@vectors_option
@pairs_option
@click.option("--method", default="self-learning", show_default=True, help="A method that needs seed pairs.")
@threads_option
@json_option
def semi(data: Path, vectors: str, pairs: str, method: str, as_json: bool) -> None:
    """P@1 from 25, 100, 500 and all training pairs, identical strings, and numerals where there are any.

    \b
    Examples:
      python -m benchmarks semi --data data --pairs en-es
    """
    runs = run_semi_supervised(data_folder(data, vectors), pairs=_pairs(pairs, vectors), method=method)
    _measure("semi", runs, as_json, vectors)


@click.command("systems", cls=Command)
@data_option
@click.option("--pair", default="es-fr", show_default=True, help="Language pair.")
@click.option("--methods", default=",".join(SYSTEMS), show_default=True, help="Methods to run.")
@threads_option
@json_option
def systems(data: Path, pair: str, methods: str, as_json: bool) -> None:
    """P@1, minutes and peak memory of each published system on one pair, each in its own process.

    \b
    Examples:
      python -m benchmarks systems --data data --pair en-es --methods muse-supervised
    """
    _measure("systems", run_systems(data, pair=pair, methods=names_in(methods)), as_json)


@click.command("verdict", cls=Command)
@data_option
@vectors_option
@threads_option
@json_option
def verdict(data: Path, vectors: str, as_json: bool) -> None:
    """Unsupervised runs on small, noisy and hopeless spaces: does the verdict distinguish them?

    \b
    Examples:
      python -m benchmarks verdict --data data --json
    """
    _measure("verdict", run_verdict(data_folder(data, vectors), vectors), as_json, vectors, _thresholds)


@click.command("planted", cls=Command)
@click.option(
    "--vectors", type=PATH, help="Vectors to make the spaces from; by default the sample's Spanish vectors."
)
@click.option(
    "--words",
    type=click.IntRange(min=10),
    default=4_000,
    show_default=True,
    help="Number of most frequent words.",
)
@click.option("--methods", default=",".join(PLANTED_METHODS), show_default=True, help="Methods to run.")
@click.option(
    "--cosine",
    type=click.FloatRange(0, 1, min_open=True),
    default=PLANTED_COSINE,
    show_default=True,
    help="Mean cosine of a noisy row with the clean row.",
)
@click.option(
    "--missing",
    type=click.FloatRange(0, 1, max_open=True),
    default=PLANTED_MISSING,
    show_default=True,
    help="Share of the words missing on each side.",
)
@threads_option
@json_option
def planted(
    vectors: Path | None, words: int, methods: str, cosine: float, missing: float, as_json: bool
) -> None:
    """Words that unsupervised methods recover in a space that is rotated, shuffled, noisy or incomplete.

    \b
    Examples:
      python -m benchmarks planted --words 500 --methods gromov-wasserstein-cpu
    """
    given = None if vectors is None else Vectors.read(vectors, limit=words)

    def measure() -> dict[str, Any]:
        runs = run_planted(given, words=words, methods=names_in(methods), cosine=cosine, missing=missing)
        return {"cosine": cosine, "missing": missing, "runs": [asdict(run) for run in runs]}

    report = measured("planted", measure)
    columns = ["method", "words", "shared", "recovered", "s"]
    body = [
        [
            run["method"],
            f"{run['words']:,}",
            f"{run['shared']:,}",
            f"{run['recovered']:.1f}",
            f"{run['seconds']:.0f}",
        ]
        for run in report["runs"]
    ]
    emit(as_json, report, lambda console: console.print(table("recovered, in percent", columns, body)))


def _pairs(given: str, vectors: str) -> Sequence[str]:
    return names_in(given) if given else UNORDERED_PAIRS[vectors]


def _measure(
    name: str,
    runs: Iterable[WeakRun],
    as_json: bool,
    vectors: str = "novels",
    more: Callable[[list[WeakRun]], dict[str, Any]] = lambda _: {},
) -> None:
    """Measure and print the runs, and what more follows from them."""

    def measure() -> dict[str, Any]:
        made = list(runs)
        return {
            "protocol": "muse",
            "criterion": "csls",
            "runs": rows_of(vectors, made),
            **more(made),
        }

    report = measured(name, measure)
    emit(as_json, report, lambda console: _render(console, report))


def _thresholds(runs: list[WeakRun]) -> dict[str, Any]:
    calibration, thresholds = leave_one_pair_out(runs)
    return {"leave_one_pair_out": asdict(calibration), "thresholds": thresholds}


def _render(console: Console, report: Report) -> None:
    columns = [
        "pair",
        "spaces",
        "method",
        "begins with",
        "verdict",
        "P@1",
        "back",
        "supervised",
        "back",
        "agree",
        "s",
    ]
    body = [
        [
            *(str(run[name]) for name in ("pair", "spaces", "method", "supervision", "status")),
            *(
                f"{run[name]:.1f}"
                for name in ("forward", "backward", "supervised_forward", "supervised_backward")
            ),
            f"{run['evidence']['agreement']:.1f}" if run["evidence"] else "",
            f"{run['seconds']:.0f}",
        ]
        for run in report["runs"]
    ]
    console.print(table("P@1 in percent", columns, body, text_columns=5))
    if "leave_one_pair_out" in report:
        counts = report["leave_one_pair_out"]
        console.print(
            f"thresholds from the other pairs: {counts['false']} of {counts['bad']} bad runs called aligned, "
            f"{counts['denied']} of {counts['good']} good runs denied it"
        )
