"""`isolex bench`: methods scored on language pairs, beside published figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import BENCH_CRITERIA, BENCH_METHODS, BENCH_VOCABULARY
from isolex.cli.console import Stopwatch, emit, going_on_later, table, working
from isolex.cli.fleet_options import FleetChoice, fleet_options, tell_failed, work_option
from isolex.cli.options import (
    DOWNLOADS_KEPT,
    PATH,
    compute_options,
    download_options,
    names_in,
    refuse_with,
    seed_option,
)
from isolex.cli.outputs import Command, Output
from isolex.errors import InputError
from isolex.lexicon.words import counted

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.datasets import Published
    from isolex.fleet import JobOutcome
    from isolex.scoring import MethodJobs, MethodScore, ResultsFile

_CRITERIA = (*BENCH_CRITERIA, "not stated")


@click.command("bench", cls=Command)
@click.option("--pairs", default="", help="Language pairs, such as en-fr,en-de; with --data by default all.")
@click.option("--methods", default=",".join(BENCH_METHODS), show_default=True, help="Methods to run.")
@click.option(
    "--direction",
    type=click.Choice(["forward", "backward", "both"]),
    default="forward",
    show_default=True,
    help="The pairs as named, reversed, or both; each direction has its own dictionary.",
)
@click.option(
    "--vocab",
    type=click.IntRange(min=1),
    default=BENCH_VOCABULARY,
    show_default=True,
    help="Most frequent words to read of each language.",
)
@click.option("--data", type=PATH, help="Folder with vectors/ and dictionaries/muse/, instead of downloads.")
@click.option(
    "--dataset",
    "named",
    help="Dataset to download dictionaries from, by default muse. It needs the parts train and test.",
)
@download_options
@click.option(
    "-o",
    "--output",
    type=Output("kept"),
    default="bench-muse.json",
    show_default=True,
    help="File that keeps the results; results that are in it are not measured again.",
)
@seed_option
@work_option
@fleet_options
@compute_options
def bench(
    pairs: str,
    methods: str,
    direction: str,
    vocab: int,
    data: Path | None,
    named: str | None,
    cache: Path | None,
    mirror: str | None,
    offline: bool,
    output: Path,
    seed: int,
    work: Path | None,
    fleet: FleetChoice,
    device: str | None,
    as_json: bool,
) -> int:
    """Score methods on language pairs, and show published scores beside them.

    Scores are P@1 by nearest neighbours and by CSLS. isolex downloads the dataset's dictionaries and
    fastText's Wikipedia vectors into the cache (gigabytes for big languages), and uses the dataset's
    protocol; for --data it is muse. It saves each result at once; the same command continues a stopped run.

    With --work, each method on each pair is a job. Several workers share the jobs, here or on a cluster.

    \b
    Examples:
      isolex bench --data data --pairs en-es --methods procrustes -o results.json
      isolex bench --data data --pairs en-es --methods procrustes,vecmap --work cells --workers 2
    """
    from isolex.alignment import current_versions
    from isolex.datasets import DataFolder, Downloads, published, scored_dataset
    from isolex.scoring import ResultsFile, check_methods, chosen_pairs, method_jobs, score_methods

    fleet.check(used=work is not None, option="--work")
    if work is not None:
        refuse_with("--work", "device")
    if data is not None:
        _refuse_with_data(dataset=named, cache=cache, mirror=mirror, offline=offline)
    watch, asked = Stopwatch(), names_in(methods)
    dataset = scored_dataset(named or "muse")
    results = ResultsFile(output, protocol=dataset.protocol or "muse")
    check_methods(asked)
    folder = None if data is None else DataFolder(data)
    chosen = chosen_pairs(names_in(pairs) if pairs else (), direction, folder or dataset)
    downloads = folder is None and not offline
    failed: Sequence[JobOutcome] = ()
    with going_on_later(lambda: _kept(results, downloads=downloads)), working("measuring"):
        source = folder or Downloads(
            dataset, chosen, vocabulary=vocab, cache=cache, mirror=mirror, offline=offline
        )
        if work is None:
            scores = list(
                score_methods(
                    source, chosen, methods=asked, kept=results, vocabulary=vocab, seed=seed, device=device
                )
            )
        else:
            jobs = method_jobs(source, chosen, methods=asked, kept=results, vocabulary=vocab, seed=seed)
    if work is not None:
        scores, failed = _measured_by(fleet, jobs, work, results)
    files = source.files if isinstance(source, Downloads) else []
    quoted = published() if dataset.name == "muse" else ()
    report = {
        "benchmark": dataset.name,
        "protocol": results.protocol,
        "rows": [score.to_dict() | {"resumed": score.cell in results.found} for score in scores],
        "published": [one.to_dict(pair) for pair in chosen for one in quoted if one.of(pair)],
        "files": [one.to_dict() for one in files],
        "output": str(output),
        "failed": {one.name: one.told for one in failed},
        "versions": current_versions(),
        "seconds": watch.seconds,
    }
    measured_on = f"{dataset.name}, Wikipedia vectors" if data is None else str(data)
    emit(as_json, report, lambda console: _render(console, scores, quoted, measured_on, report))
    return 1 if failed else 0


def _measured_by(
    fleet: FleetChoice, jobs: MethodJobs, work: Path, kept: ResultsFile
) -> tuple[list[MethodScore], Sequence[JobOutcome]]:
    """What workers measure, and what could not be measured."""
    from isolex.scoring import gather_scores

    if jobs.unreadable and not jobs.cells:
        raise InputError(jobs.unreadable[0].told)
    tell_failed(jobs.unreadable)
    failed = fleet.run(jobs.missing, work, label="cells").failed
    return gather_scores(jobs, work, kept), (*jobs.unreadable, *failed)


def _refuse_with_data(**given: object) -> None:
    """Raise `click.UsageError` if one of them was given: nobody should believe that it did something."""
    names = [f"--{name}" for name, value in given.items() if value]
    if names:
        raise click.UsageError(f"--data downloads nothing; leave out {' and '.join(names)}, or --data")


def _kept(results: ResultsFile, *, downloads: bool) -> list[str]:
    """What an interrupted run leaves for the next one."""
    found = [f"{counted(len(results), 'result')} in {results.path}"] if len(results) else []
    return [*found, DOWNLOADS_KEPT] if downloads else found


def _render(
    console: Console,
    scores: list[MethodScore],
    quoted: Sequence[Published],
    measured_on: str,
    report: dict[str, Any],
) -> None:
    body = []
    for pair in dict.fromkeys(score.cell.pair for score in scores):
        body += [_measured_row(score, measured_on) for score in scores if score.cell.pair == pair]
        body += [_published_row(one, pair) for one in quoted if one.of(pair)]
    columns = ["pair", "system", "begins with", "source", "measured on", *_CRITERIA, "test words"]
    if scores:
        words = f"at most {scores[0].cell.vocabulary:,} words a side"
        console.print(table(f"P@1 in percent; isolex read {words}", columns, body, text_columns=5))
    resumed = sum(row["resumed"] for row in report["rows"])
    console.print(f"{counted(len(scores), 'result')} in {report['output']}, {resumed} from an earlier run")
    unverified = sum(not file["verified"] for file in report["files"])
    if unverified:
        console.print(
            f"unverified: {unverified} of {counted(len(report['files']), 'downloaded file')}, because no "
            "checksum is known; --json lists the files"
        )


def _measured_row(score: MethodScore, measured_on: str) -> list[str]:
    figures = {criterion: result["p@1"] for criterion, result in score.results.items()}
    count = str(next(iter(score.results.values()))["n"])
    cell = score.cell
    return [cell.pair, cell.method, score.begins_with, "here", measured_on, *_cells(figures), count]


def _published_row(one: Published, pair: str) -> list[str]:
    return [pair, one.system, one.begins_with, one.source, one.data, *_cells(one.of(pair)), ""]


def _cells(figures: dict[str, float]) -> list[str]:
    """Papers give one decimal; figures without are rounded."""
    shown = {
        name: str(value) if isinstance(value, int) else f"{value:.1f}" for name, value in figures.items()
    }
    return [shown.get(criterion, "") for criterion in _CRITERIA]
