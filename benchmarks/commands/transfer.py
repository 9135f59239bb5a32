"""`python -m benchmarks transfer`: how useful a shared space is for other tasks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, measured
from benchmarks.transfer import PARTS, run_transfer
from isolex.cli.console import emit, table
from isolex.cli.options import PATH, json_option, names_in, threads_option
from isolex.cli.outputs import Command


@click.command("transfer", cls=Command)
@click.option("--data", required=True, type=PATH, help="Folder with vectors, dictionaries and test sets.")
@click.option("--parts", default=",".join(PARTS), show_default=True, help="Parts to run.")
@click.option("--method", default="vecmap", show_default=True, help="Method of alignment.")
@threads_option
@json_option
def transfer(data: Path, parts: str, method: str, as_json: bool) -> None:
    """Word similarity, sentence retrieval, zero-shot topics and document retrieval across languages.

    DATA holds vectors/ and dictionaries/muse/, similarity/semeval17-2/, topics/sib-200/ and
    retrieval/xquad-r/.

    \b
    Examples:
      python -m benchmarks transfer --data data --parts topics
    """
    asked = names_in(parts)
    report = measured(
        "transfer", lambda: {"method": method, **run_transfer(data, parts=asked, method=method)}
    )
    emit(as_json, report, lambda console: _render(console, {part: report[part] for part in asked}))


def _render(console: Console, rows: dict[str, list[Report]]) -> None:
    for part, own in rows.items():
        title, columns = _COLUMNS[part]
        body = [[show(row) for show in columns.values()] for row in own]
        console.print(table(title, list(columns), body))


def _number(name: str, digits: int) -> Callable[[dict[str, Any]], str]:
    return lambda row: f"{row[name]:.{digits}f}" if row.get(name) is not None else ""


def _direction(row: dict[str, Any]) -> str:
    return f"{row['source']}-{row['target']}"


def _gain(row: dict[str, Any]) -> str:
    gain = row["over_mean_nn"]
    return f"{gain['points']:+.1f} (p = {gain['p_value']:.1g})"


_COLUMNS: dict[str, tuple[str, dict[str, Callable[[dict[str, Any]], str]]]] = {
    "similarity": (
        "word similarity",
        {
            "set": lambda row: f"{row['set']} {row['languages']}",
            "Pearson": _number("pearson", 3),
            "Spearman": _number("spearman", 3),
            "harmonic mean": _number("harmonic_mean", 3),
            "coverage": _number("coverage", 1),
            "of the lower language": _number("of_lower", 2),
        },
    ),
    "sentences": (
        "sentences, SIB-200, in percent",
        {
            "direction": _direction,
            "weights": lambda row: str(row["weighting"]),
            "ranking": lambda row: str(row["criterion"]),
            "P@1": _number("p@1", 1),
            "P@5": _number("p@5", 1),
            "P@10": _number("p@10", 1),
            "over mean nn": _gain,
        },
    ),
    "topics": (
        "topics, SIB-200",
        {
            "direction": _direction,
            "accuracy": _number("accuracy", 3),
            "ceiling": _number("ceiling", 3),
            "majority": _number("majority", 3),
        },
    ),
    "retrieval": (
        "documents, XQuAD-R, nDCG@10",
        {
            "direction": _direction,
            "vectors": _number("ndcg_vectors", 3),
            "translation": _number("ndcg_translation", 3),
            "fusion": _number("ndcg_fusion", 3),
            "reciprocal ranks": _number("ndcg_reciprocal_ranks", 3),
            "p over translation": _number("p_over_translation", 4),
        },
    ),
}
