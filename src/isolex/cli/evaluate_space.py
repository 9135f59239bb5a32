"""`isolex evaluate space`: every direction between the languages of a space."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import PROTOCOL_NAMES
from isolex.cli.console import emit, table, working
from isolex.cli.fleet_options import FleetChoice, fleet_options, work_option
from isolex.cli.options import (
    PATH,
    case_option,
    compute_options,
    criterion_option,
    refuse_with,
    unicode_option,
)
from isolex.cli.outputs import Command, Output
from isolex.files import check_file, check_not_input
from isolex.lexicon import Lexicon

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.evaluation import DirectionSummary, SpaceSummary
    from isolex.fleet import FleetReport


@click.command("space", cls=Command)
@click.argument("space_dir", metavar="DIR", type=PATH)
@click.argument("tests", metavar="FOLDER", type=PATH)
@click.option("--page", type=Output("file"), help="File for a page with heat maps: one HTML file.")
@click.option(
    "--protocol",
    type=click.Choice(PROTOCOL_NAMES),
    default="muse",
    show_default=True,
    help="As for isolex evaluate bli.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Count a test word separately if this many training pairs or fewer link it to a right answer.",
)
@criterion_option
@case_option
@unicode_option
@work_option
@fleet_options
@compute_options
def space_command(
    space_dir: Path,
    tests: Path,
    page: Path | None,
    protocol: str,
    steps: int,
    criterion: str,
    case: Any,
    unicode: Any,
    work: Path | None,
    fleet: FleetChoice,
    device: str | None,
    as_json: bool,
) -> int:
    """Score all pairs of the space in DIR on the test lexicons in FOLDER.

    FOLDER holds a file for each direction, named xx-yy.test.txt or xx-yy.txt (or .tsv), with a source word
    and a target word on each line. Test words that training pairs give away, directly or through other
    languages, are counted separately.

    With --work, each direction is a job. Several workers share the jobs, here or on a cluster.

    \b
    Examples:
      isolex evaluate space space tests
      isolex evaluate space space tests --page space.html --json
      isolex evaluate space space tests --work scores --workers 2
    """
    fleet.check(used=work is not None, option="--work")
    if page is not None:
        check_file(page)
    if work is not None:
        refuse_with("--work", "device")
        check_not_input(work, space_dir, tests, whole=True)
        how = {"protocol": protocol, "criterion": criterion, "steps": steps, "case": case, "unicode": unicode}
        return _by_jobs(space_dir, tests, fleet, work, page, how, as_json=as_json)
    from isolex.alignment import load_space
    from isolex.evaluation import evaluate_space, find_tests

    with working(f"loading {space_dir}"):
        space = load_space(space_dir, device=device)
    files = find_tests(tests, space.languages)
    if page is not None:
        check_not_input(page, *files.values())
    lexicons = {
        pair: Lexicon.read(file, unicode=unicode).cased(case, languages=pair) for pair, file in files.items()
    }
    with working("evaluating"):
        result = evaluate_space(space, lexicons, protocol=protocol, criterion=criterion, steps=steps)
    if page is not None:
        result.write_page(page)
    emit(as_json, result.to_dict(), lambda console: _render(console, result.summary))
    return 0


def _by_jobs(
    space_dir: Path,
    tests: Path,
    fleet: FleetChoice,
    work: Path,
    page: Path | None,
    how: dict[str, Any],
    *,
    as_json: bool,
) -> int:
    """Score each direction as a job; 1 if one of them has no score."""
    from isolex.pairwise import evaluation_jobs, gathered_scores

    jobs = evaluation_jobs(space_dir, tests, **how)
    done = fleet.run(jobs, work, label="directions")
    summary = gathered_scores(space_dir, jobs, work)
    if page is not None and summary is not None:
        summary.write_page(page)
    report = {} if summary is None else summary.to_dict()
    emit(as_json, report | {"jobs": done.to_dict()}, lambda console: _render_jobs(console, summary, done))
    return 1 if done.failed else 0


def _render_jobs(console: Console, summary: SpaceSummary | None, done: FleetReport) -> None:
    if summary is not None:
        _render(console, summary)
    console.print(
        f"{len(done.made):,} directions were scored, {len(done.kept):,} were scored before, "
        f"{len(done.failed):,} failed"
    )


def _render(console: Console, result: SpaceSummary) -> None:
    first = result.directions[0].row
    places = list(result.languages)
    for title, matrix in (
        ("P@1 in percent", result.matrix()),
        ("P@1 of unreachable words, in percent", result.matrix(unreachable=True)),
    ):
        body = [
            [language, *("" if math.isnan(value) else f"{value:.1f}" for value in row)]
            for language, row in zip(places, matrix.tolist(), strict=True)
        ]
        console.print(table(title, ["from \\ to", *places], body))
        console.print()
    columns = ["", "P@1", "interval", "n", "unreachable", "interval", "n", "coverage", "hubness"]
    console.print(table("directions", columns, [_row(one) for one in result.directions]))
    console.print(
        f"{first['protocol']}, {first['criterion']}; mean P@1: {_shown(result.mean())}, "
        f"of unreachable words {_shown(result.mean(unreachable=True))}\n"
        f"unreachable: no chain of {result.steps} training pairs or fewer links the word to a right answer"
    )


def _row(one: DirectionSummary) -> list[str]:
    cells = [f"{one.source}-{one.target}"]
    for figures, precision in ((one.row, one.precision), (one.row["unreachable"], one.unreachable)):
        low, high = figures["interval"]
        interval = f"{low:.1f}–{high:.1f}" if figures["n"] else "–"
        cells += [_shown(precision), interval, f"{figures['n']:,}"]
    return [*cells, f"{one.row['coverage']:.1f}", f"{one.row['hubness']['skewness']:.2f}"]


def _shown(value: float) -> str:
    """A rate, or a dash where nothing was scored."""
    return "–" if math.isnan(value) else f"{value:.1f}"
