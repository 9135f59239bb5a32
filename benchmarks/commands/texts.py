"""`python -m benchmarks texts`: vectors from texts, and a dictionary from two of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.commands.reports import Report, data_option, measured
from benchmarks.measuring import machine
from benchmarks.texts import (
    PAIRS,
    PLAIN,
    WORDS,
    Texts,
    by_pair_and_size,
    dictionary_run,
    killed_runs,
    run_trainers,
    segmentation_speed,
    training_speed,
)
from isolex.cli.console import emit, table
from isolex.cli.options import PATH, json_option, names_in, threads_option
from isolex.cli.outputs import Command
from isolex.training import TRAINERS

_LATIN = ("en", "es", "hu")
_PARAGRAPHS = 20_000


@click.command("texts", cls=Command)
@data_option
@click.option("--pairs", default=",".join(PAIRS), show_default=True, help="Language pairs.")
@click.option(
    "--sizes", default="all,2000000,500000", show_default=True, help="Numbers of tokens of each text."
)
@click.option("--kept", type=PATH, help="Folder where trained vectors are kept for the next run.")
@click.option(
    "--speed",
    is_flag=True,
    help="Measure instead: tokens a second, and training compared with the library's.",
)
@click.option("--dictionary", is_flag=True, help="Measure instead: time of isolex dictionary from raw texts.")
@click.option(
    "--kills", is_flag=True, help="Measure instead: isolex dictionary, killed at ten random moments."
)
@threads_option
@json_option
def texts(
    data: Path,
    pairs: str,
    sizes: str,
    kept: Path | None,
    speed: bool,
    dictionary: bool,
    kills: bool,
    as_json: bool,
) -> None:
    """P@1 from raw texts by both trainers and by gensim's plain skip-gram, at several sizes.

    Texts are DATA/texts/xx.txt.xz. Alignment by VecMap on all training pairs; protocol muse, csls, 20,000
    words of each side.

    \b
    Examples:
      python -m benchmarks texts --data data --pairs en-es --sizes 500000
    """
    if speed:
        report = measured("texts-speed", lambda: {"machine": machine(), **_speed(data)})
        emit(as_json, report, lambda console: _render_speed(console, report))
        return
    if dictionary:
        report = measured("texts-dictionary", lambda: {"machine": machine(), **dictionary_run(data)})
        emit(as_json, report, lambda console: _render_dictionary(console, report))
        return
    if kills:
        report = measured("texts-kills", lambda: {"machine": machine(), **killed_runs(data)})
        emit(as_json, report, lambda console: _render_kills(console, report))
        return
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    counts = [_size(name) for name in names_in(sizes)]
    report = measured(
        "texts",
        lambda: {
            "protocol": "muse",
            "criterion": "csls",
            "vocabulary": WORDS,
            "rows": list(run_trainers(data, pairs=names_in(pairs), sizes=counts, kept=kept)),
            "machine": machine(),
        },
    )
    emit(as_json, report, lambda console: _render(console, report))


def _size(name: str) -> int | None:
    if name == "all":
        return None
    if not name.isdecimal() or int(name) < 1_000:
        raise click.UsageError(f"--sizes takes all, or numbers of at least 1,000, got {name!r}")
    return int(name)


def _speed(data: Path) -> dict[str, Any]:
    paths = Texts(data, data)
    return {
        "segmentation": [
            segmentation_speed(paths.path(language), language=language, paragraphs=_PARAGRAPHS)
            for language in _LATIN
        ],
        "training": training_speed(data),
    }


def _render(console: Console, report: Report) -> None:
    names = (*TRAINERS, PLAIN)
    body = [
        [pair, _shown(size), *(f"{row['p1']:.1f}" for row in rows), _seconds(rows)]
        for (pair, size), rows in by_pair_and_size(report["rows"])
    ]
    columns = ["pair", "tokens", *names, f"seconds ({', '.join(names)})"]
    console.print(table("P@1 from texts, in percent", columns, body))


def _shown(size: int | None) -> str:
    return "all" if size is None else f"{size:,}"


def _seconds(rows: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{sum(row['seconds']):.0f}" for row in rows)


def _render_speed(console: Console, report: Report) -> None:
    body = [
        [row["language"], *(f"{row[f'{way}_per_second']:,}" for way in ("words", "sentences", "corpus"))]
        for row in report["segmentation"]
    ]
    console.print(table("tokens a second, on one core", ["text", "words", "sentences", "corpus"], body))
    training = report["training"]
    console.print(f"skip-gram at {training['speed_over_library']:.2f} of the library's own speed")


def _render_dictionary(console: Console, report: Report) -> None:
    console.print(f"{report['pair']}: {report['entries']:,} entries in {report['seconds']:.0f} s")


def _render_kills(console: Console, report: Report) -> None:
    same = "the same" if report["same_bytes"] else "OTHER"
    console.print(f"{report['pair']}: after {len(report['moments'])} kills {same} bytes")
