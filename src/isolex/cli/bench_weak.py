"""`isolex bench unsupervised`, `semi`, `systems` and `verdict`: the measurements of weak supervision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import PLANTED_COSINE, PLANTED_METHODS, PLANTED_MISSING, SYSTEM_NAMES, UNORDERED_PAIRS
from isolex.cli.console import Stopwatch, emit, table, working
from isolex.cli.options import PATH, json_option, names_in, threads_option
from isolex.cli.outputs import Command
from isolex.vectors import Vectors

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.benchmark import WeakRun

data_option = click.option(
    "--data", required=True, type=PATH, help="Folder with vectors/ and dictionaries/muse/."
)
pairs_option = click.option(
    "--pairs", default=",".join(UNORDERED_PAIRS), show_default=True, help="Language pairs."
)


@click.command("unsupervised", cls=Command)
@data_option
@pairs_option
@click.option("--methods", default="unsupervised", show_default=True, help="Methods that need no seed pairs.")
@threads_option
@json_option
def unsupervised(data: Path, pairs: str, methods: str, as_json: bool) -> None:
    """P@1 in both directions and the verdict of unsupervised runs; three seeds on es-fr and en-de.

    \b
    Examples:
      isolex bench unsupervised --data data --pairs en-es
    """
    from isolex.benchmark import run_unsupervised

    _measure(
        "unsupervised", run_unsupervised(data, pairs=names_in(pairs), methods=names_in(methods)), as_json
    )


@click.command("semi", cls=Command)
@data_option
@pairs_option
@click.option("--method", default="self-learning", show_default=True, help="A method that needs seed pairs.")
@threads_option
@json_option
def semi(data: Path, pairs: str, method: str, as_json: bool) -> None:
    """P@1 from 25, 100, 500 and all training pairs, identical strings, and numerals where there are any.

    \b
    Examples:
      isolex bench semi --data data --pairs en-es
    """
    from isolex.benchmark import run_semi_supervised

    _measure("semi", run_semi_supervised(data, pairs=names_in(pairs), method=method), as_json)


@click.command("systems", cls=Command)
@data_option
@click.option("--pair", default="es-fr", show_default=True, help="Language pair.")
@click.option("--methods", default=",".join(SYSTEM_NAMES), show_default=True, help="Methods to run.")
@threads_option
@json_option
def systems(data: Path, pair: str, methods: str, as_json: bool) -> None:
    """P@1, minutes and peak memory of each published system on one pair, each in its own process.

    \b
    Examples:
      isolex bench systems --data data --pair en-es --methods muse-supervised
    """
    from isolex.benchmark import run_systems

    _measure("systems", run_systems(data, pair=pair, methods=names_in(methods)), as_json)


@click.command("verdict", cls=Command)
@data_option
@threads_option
@json_option
def verdict(data: Path, as_json: bool) -> None:
    """Unsupervised runs on small, noisy and hopeless spaces: does the verdict tell them apart?

    \b
    Examples:
      isolex bench verdict --data data --json
    """
    from isolex.benchmark import run_verdict

    _measure("verdict", run_verdict(data), as_json)


@click.command("planted", cls=Command)
@click.option("--vectors", type=PATH, help="Vectors to plant in; by default the sample's Spanish ones.")
@click.option("--words", type=click.IntRange(min=10), default=4_000, show_default=True, help="Most frequent.")
@click.option("--methods", default=",".join(PLANTED_METHODS), show_default=True, help="Methods to run.")
@click.option(
    "--cosine",
    type=click.FloatRange(0, 1, min_open=True),
    default=PLANTED_COSINE,
    show_default=True,
    help="Mean cosine of a noisy row to the clean one.",
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
    """What unsupervised methods recover of one space, rotated, shuffled, noisy and with words missing.

    \b
    Examples:
      isolex bench planted --words 500 --methods gromov-wasserstein-cpu
    """
    from isolex.alignment import current_versions
    from isolex.benchmark import run_planted

    watch = Stopwatch()
    with working("measuring"):
        given = None if vectors is None else Vectors.read(vectors, limit=words)
        runs = list(
            run_planted(given, words=words, methods=names_in(methods), cosine=cosine, missing=missing)
        )
    report = {
        "benchmark": "planted",
        "cosine": cosine,
        "missing": missing,
        "runs": [asdict(run) for run in runs],
        "versions": current_versions(),
        "seconds": watch.seconds,
    }
    columns = ["method", "words", "shared", "recovered", "s"]
    body = [
        [run.method, f"{run.words:,}", f"{run.shared:,}", f"{run.recovered:.1f}", f"{run.seconds:.0f}"]
        for run in runs
    ]
    emit(as_json, report, lambda console: console.print(table("recovered, in percent", columns, body)))


def _measure(name: str, measured: Iterable[WeakRun], as_json: bool) -> None:
    from isolex.alignment import current_versions
    from isolex.benchmark import leave_one_pair_out

    watch = Stopwatch()
    with working("measuring"):
        runs = list(measured)
    report: dict[str, Any] = {"benchmark": name, "protocol": "muse", "criterion": "csls"}
    report |= {"runs": [run.to_dict() for run in runs]}
    if name == "verdict":
        calibration, thresholds = leave_one_pair_out(runs)
        report |= {"leave_one_pair_out": asdict(calibration), "thresholds": thresholds}
    report |= {"versions": current_versions(), "seconds": watch.seconds}
    emit(as_json, report, lambda console: _render(console, report))


def _render(console: Console, report: dict[str, Any]) -> None:
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
