"""`isolex evaluate space`: every direction between the languages of a space."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import PROTOCOL_NAMES
from isolex.cli.console import emit, table, working
from isolex.cli.options import PATH, case_option, compute_options, criterion_option, unicode_option
from isolex.cli.outputs import Command, Output
from isolex.files import check_file, check_not_input
from isolex.lexicon import Lexicon

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.evaluation import DirectionScore, SpaceResult


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
    help="Count test words apart from which so many training pairs or fewer lead to a right answer.",
)
@criterion_option
@case_option
@unicode_option
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
    device: str | None,
    as_json: bool,
) -> None:
    """All pairs of the space in DIR, scored on the test lexicons in FOLDER.

    FOLDER holds a file for each direction, named xx-yy.test.txt or xx-yy.txt, or the same with .tsv, with
    source word, target word on each line. Test words that training pairs give away, directly or through
    other languages, are counted apart.

    \b
    Examples:
      isolex evaluate space space tests
      isolex evaluate space space tests --page space.html --json
    """
    from isolex.alignment import load_space
    from isolex.evaluation import evaluate_space, find_tests

    if page is not None:
        check_file(page)
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
    emit(as_json, result.to_dict(), lambda console: _render(console, result))


def _render(console: Console, result: SpaceResult) -> None:
    first = next(iter(result.scores.values())).result
    places = list(result.languages)
    for title, matrix in (
        ("P@1 in percent", result.matrix()),
        ("of unreachable", result.matrix(unreachable=True)),
    ):
        body = [
            [language, *("" if math.isnan(value) else f"{value:.1f}" for value in row)]
            for language, row in zip(places, matrix.tolist(), strict=True)
        ]
        console.print(table(title, ["from \\ to", *places], body))
        console.print()
    columns = ["", "P@1", "95 % in", "n", "unreachable", "95 % in", "n", "coverage", "hubness"]
    console.print(table("directions", columns, [_row(score) for score in result.scores.values()]))
    console.print(
        f"{first.protocol.name}, {first.criterion}; mean P@1: {_shown(result.mean())}, "
        f"of unreachable words {_shown(result.mean(unreachable=True))}\n"
        f"unreachable: no {result.steps} training pairs or fewer lead from the word to a right answer"
    )


def _row(score: DirectionScore) -> list[str]:
    cells = [f"{score.source}-{score.target}"]
    for result in (score.result, score.unreachable):
        low, high = result.interval
        interval = f"{low:.1f}–{high:.1f}" if result.n else "–"
        cells += [_shown(result.precision()), interval, f"{result.n:,}"]
    return [*cells, f"{score.result.coverage:.1f}", f"{score.hubness.skewness:.2f}"]


def _shown(value: float) -> str:
    """A rate, or a dash where nothing was scored."""
    return "–" if math.isnan(value) else f"{value:.1f}"
