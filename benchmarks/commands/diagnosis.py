"""`python -m benchmarks diagnosis`: do the measures predict how good an alignment will be?"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, data_option, measured, some_pairs_option
from benchmarks.diagnosis import (
    DiagnosisRow,
    correlations,
    hubness_rows,
    prediction,
    run_diagnosis,
    unsupervised_measures,
)
from isolex.cli.console import emit, table
from isolex.cli.options import PATH, json_option, names_in, threads_option
from isolex.cli.outputs import Command
from isolex.diagnosis import WITH_LEXICON, WITHOUT_LEXICON


@click.command("diagnosis", cls=Command)
@data_option
@some_pairs_option
@click.option(
    "--unsupervised",
    "reports",
    type=PATH,
    multiple=True,
    help="Output of `python -m benchmarks verdict --json`, to correlate with its P@1 too; repeatable.",
)
@threads_option
@json_option
def diagnosis(data: Path, pairs: str, reports: tuple[Path, ...], as_json: bool) -> None:
    """Hubs, methods, and correlation of measures with P@1, for many pairs, sizes and degrees of noise.

    The prediction is tested on language pairs that it was not fitted to; both directions of a pair are left
    out together. It needs at least three pairs.

    \b
    Examples:
      python -m benchmarks diagnosis --data data --pairs en-es
    """

    def measure() -> dict[str, Any]:
        rows = list(run_diagnosis(data, pairs=names_in(pairs) if pairs else ()))
        alone = list(unsupervised_measures(data, reports))
        return {
            "hubness": hubness_rows(rows),
            "correlation": correlations([(row.measures, row.p1) for row in rows]),
            "correlation_unsupervised": correlations(alone),
            "prediction": prediction(rows, WITH_LEXICON),
            "prediction_without_lexicon": prediction(rows, WITHOUT_LEXICON),
            "claims": [_claims(row) for row in rows if row.claims is not None],
            "cases": [
                {"pair": row.pair, "spaces": row.spaces, "p@1": row.p1, "measures": row.measures}
                for row in rows
            ],
        }

    report = measured("diagnosis", measure)
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


def _render(console: Console, report: Report) -> None:
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
