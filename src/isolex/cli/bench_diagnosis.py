"""`isolex bench diagnosis`: do the measures tell what an alignment will be worth?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.console import Stopwatch, emit, table, working
from isolex.cli.options import PATH, json_option, names_in, threads_option
from isolex.cli.outputs import Command

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.benchmark import DiagnosisRow


@click.command("diagnosis", cls=Command)
@click.option("--data", required=True, type=PATH, help="Folder with vectors/ and dictionaries/muse/.")
@click.option("--pairs", default="", help="Language pairs, such as en-es,en-fr; by default all there are.")
@click.option(
    "--unsupervised",
    "reports",
    type=PATH,
    multiple=True,
    help="What `isolex bench verdict --json` printed, to correlate with its P@1 too; may be repeated.",
)
@threads_option
@json_option
def diagnosis(data: Path, pairs: str, reports: tuple[Path, ...], as_json: bool) -> None:
    """Hubs, methods, and and how measures of two spaces go with P@1: many pairs, sizes and degrees of noise.

    The prediction is judged on language pairs that it has not seen, both directions of a pair left out
    together. At least three pairs are needed for it.

    \b
    Examples:
      isolex bench diagnosis --data data --pairs en-es
    """
    from isolex.alignment import current_versions
    from isolex.benchmark import correlations, hubness_rows, prediction, run_diagnosis, unsupervised_measures
    from isolex.diagnosis import WITH_LEXICON, WITHOUT_LEXICON

    watch = Stopwatch()
    with working("measuring"):
        rows = list(run_diagnosis(data, pairs=names_in(pairs) if pairs else ()))
        alone = list(unsupervised_measures(data, reports))
    report: dict[str, Any] = {
        "benchmark": "diagnosis",
        "hubness": hubness_rows(rows),
        "correlation": correlations([(row.measures, row.p1) for row in rows]),
        "correlation_unsupervised": correlations(alone),
        "prediction": prediction(rows, WITH_LEXICON),
        "prediction_without_lexicon": prediction(rows, WITHOUT_LEXICON),
        "claims": [_claims(row) for row in rows if row.claims is not None],
        "cases": [
            {"pair": row.pair, "spaces": row.spaces, "p@1": row.p1, "measures": row.measures} for row in rows
        ],
        "versions": current_versions(),
        "seconds": watch.seconds,
    }
    emit(as_json, report, lambda console: _render(console, report))


def _claims(row: DiagnosisRow) -> dict[str, Any]:
    claims = row.claims
    if claims is None:
        return {}
    return {
        "pair": row.pair,
        "p@1": {f"{method} {criterion}": value for (method, criterion), value in claims.p1.items()},
        "non_linear": {"train": claims.non_linear[0], "test": claims.non_linear[1]},
        "curve": [[point.pairs, point.found.percent] for point in claims.curve],
        "hubness": {
            criterion: {name: value for name, value in asdict(found).items() if name != "counts"}
            for criterion, found in claims.hubness.items()
        },
    }


def _render(console: Console, report: dict[str, Any]) -> None:
    _table(console, "hubs of Procrustes", report["hubness"])
    rho = [
        {
            "measure": name,
            "supervised": value,
            "unsupervised": report["correlation_unsupervised"].get(name, ""),
        }
        for name, value in report["correlation"].items()
    ]
    _table(console, "Spearman's correlation with P@1", rho)
    made = {"with a lexicon": report["prediction"], "without": report["prediction_without_lexicon"]}
    _table(console, "prediction", [{"from": name, **figures} for name, figures in made.items() if figures])


def _table(console: Console, title: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        console.print(table(title, list(rows[0]), [[_cell(value) for value in row.values()] for row in rows]))


def _cell(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
