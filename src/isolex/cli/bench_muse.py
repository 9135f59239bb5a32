"""`isolex bench muse` and `isolex bench datasets`: measurements on published datasets, and their download."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import MUSE_METHODS, MUSE_VOCABULARY, REFERENCE_CRITERIA
from isolex.cli.console import Stopwatch, emit, going_on_later, table, working
from isolex.cli.options import PATH, compute_options, json_option, names_in, seed_option
from isolex.cli.outputs import Command, Output
from isolex.errors import InputError
from isolex.lexicon.words import counted

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.benchmark.muse import MuseRow, ResultsFile
    from isolex.benchmark.registry import Dataset, Fetched, Published

_CRITERIA = (*REFERENCE_CRITERIA, "not stated")
_DOWNLOADED = "MUSE, Wikipedia vectors"
_IN_CACHE = "downloads in the cache"
_WIDTH = 100

cache_option = click.option(
    "--cache", type=PATH, help="Folder for downloads; by default that of ISOLEX_CACHE, or the user's."
)
mirror_option = click.option(
    "--mirror", help="Address to download from instead of the owners'; by default that of ISOLEX_MIRROR."
)
offline_option = click.option("--offline", is_flag=True, help="Take what is in the cache, download nothing.")


@click.command("muse", cls=Command)
@click.option("--pairs", default="", help="Language pairs, such as en-fr,en-de; with --data by default all.")
@click.option("--methods", default=",".join(MUSE_METHODS), show_default=True, help="Methods to run.")
@click.option(
    "--direction",
    type=click.Choice(["forward", "backward", "both"]),
    default="forward",
    show_default=True,
    help="The pairs as named, turned round, or both; each way has its own dictionaries.",
)
@click.option(
    "--vocab",
    type=click.IntRange(min=1),
    default=MUSE_VOCABULARY,
    show_default=True,
    help="Most frequent words of either side.",
)
@click.option("--data", type=PATH, help="Folder with vectors/ and dictionaries/muse/, instead of downloads.")
@cache_option
@mirror_option
@offline_option
@click.option(
    "-o",
    "--output",
    type=Output("kept"),
    default="bench-muse.json",
    show_default=True,
    help="Where results are kept; what is there already is not measured again.",
)
@seed_option
@compute_options
def muse(
    pairs: str,
    methods: str,
    direction: str,
    vocab: int,
    data: Path | None,
    cache: Path | None,
    mirror: str | None,
    offline: bool,
    output: Path,
    seed: int,
    device: str | None,
    as_json: bool,
) -> None:
    """P@1 on the MUSE dictionaries, beside published figures (protocol muse, nn and csls).

    Dictionaries and fastText's Wikipedia vectors are downloaded into the cache, gigabytes for the big
    languages. Each result is kept in a file at once, so that a run that was stopped goes on there. Methods
    run without a verdict.

    \b
    Examples:
      isolex bench muse --data data --pairs en-es --methods procrustes -o results.json
    """
    from isolex.alignment import current_versions
    from isolex.benchmark.downloads import MuseDownloads
    from isolex.benchmark.folder import DataFolder
    from isolex.benchmark.muse import PROTOCOL, ResultsFile, check_methods, muse_pairs, run_muse
    from isolex.benchmark.registry import published

    if data is not None:
        _refuse_download_options(cache=cache, mirror=mirror, offline=offline)
    watch, named, results = Stopwatch(), names_in(methods), ResultsFile(output)
    check_methods(named)
    folder = None if data is None else DataFolder(data)
    chosen = muse_pairs(names_in(pairs) if pairs else (), direction, folder)
    downloads = folder is None and not offline
    with going_on_later(lambda: _kept(results, downloads=downloads)), working("measuring"):
        source = folder or MuseDownloads(chosen, vocab, cache=cache, mirror=mirror, offline=offline)
        rows = list(
            run_muse(source, results, chosen, methods=named, vocabulary=vocab, seed=seed, device=device)
        )
    files = source.files if isinstance(source, MuseDownloads) else []
    report = {
        "benchmark": "muse",
        "protocol": PROTOCOL,
        "rows": [row.to_dict() | {"resumed": row.cell in results.found} for row in rows],
        "published": [one.to_dict(pair) for pair in chosen for one in published() if one.of(pair)],
        "files": [one.to_dict() for one in files],
        "output": str(output),
        "versions": current_versions(),
        "seconds": watch.seconds,
    }
    measured_on = _DOWNLOADED if data is None else str(data)
    emit(as_json, report, lambda console: _render(console, rows, measured_on, report))


def _refuse_download_options(**given: object) -> None:
    """Raise `click.UsageError` if one of them was given: nobody should believe that it did something."""
    names = [f"--{name}" for name, value in given.items() if value]
    if names:
        raise click.UsageError(f"--data downloads nothing, so leave out {' and '.join(names)}, or --data")


def _kept(results: ResultsFile, *, downloads: bool) -> list[str]:
    """What an interrupted run leaves for the next one."""
    found = [f"{counted(len(results), 'result')} in {results.path}"] if len(results) else []
    return [*found, _IN_CACHE] if downloads else found


def _render(console: Console, rows: list[MuseRow], measured_on: str, report: dict[str, Any]) -> None:
    from isolex.benchmark.registry import published

    body = []
    for pair in dict.fromkeys(row.cell.pair for row in rows):
        body += [_measured_row(row, measured_on) for row in rows if row.cell.pair == pair]
        body += [_published_row(one, pair) for one in published() if one.of(pair)]
    columns = ["pair", "system", "begins with", "source", "measured on", *_CRITERIA, "test words"]
    words = f"at most {rows[0].cell.vocabulary:,} words a side"
    console.print(table(f"P@1 in percent; here {words}", columns, body, text_columns=5))
    resumed = sum(row["resumed"] for row in report["rows"])
    console.print(f"{counted(len(rows), 'result')} in {report['output']}, {resumed} from before")
    unverified = sum(not file["verified"] for file in report["files"])
    if unverified:
        console.print(
            f"unverified: {unverified} of {counted(len(report['files']), 'downloaded file')}, as no checksum "
            "is known; --json tells what came"
        )


def _measured_row(row: MuseRow, measured_on: str) -> list[str]:
    figures = {criterion: scores["p@1"] for criterion, scores in row.results.items()}
    count = str(next(iter(row.results.values()))["n"])
    return [row.cell.pair, row.cell.method, row.begins_with, "here", measured_on, *_cells(figures), count]


def _published_row(one: Published, pair: str) -> list[str]:
    return [pair, one.system, one.begins_with, one.source, one.data, *_cells(one.of(pair)), ""]


def _cells(figures: dict[str, float]) -> list[str]:
    """Papers give one decimal; figures without are rounded."""
    shown = {
        name: str(value) if isinstance(value, int) else f"{value:.1f}" for name, value in figures.items()
    }
    return [shown.get(criterion, "") for criterion in _CRITERIA]


@click.command("datasets", cls=Command)
@click.argument("name", required=False)
@click.option("--fetch", "wanted", is_flag=True, help="Download its files into the cache.")
@click.option(
    "--pairs", "--languages", "units", default="", help="Which to fetch, such as en-fr,en-de; or: all."
)
@click.option("--parts", default="", help="Which of its files to fetch, such as train,test; by default all.")
@cache_option
@mirror_option
@offline_option
@json_option
def datasets_command(
    name: str | None,
    wanted: bool,
    units: str,
    parts: str,
    cache: Path | None,
    mirror: str | None,
    offline: bool,
    as_json: bool,
) -> None:
    """The datasets that isolex knows: what they are, whose, under which licence; and download them.

    With NAME everything about one of them; with --fetch its files. A file is `verified` if its checksum is
    the one that the registry has; of some the registry has none.

    \b
    Examples:
      isolex bench datasets
      isolex bench datasets muse --json
    """
    if (units or parts) and not wanted:
        raise click.UsageError("--pairs, --languages and --parts say what to --fetch")

    from isolex.benchmark.registry import datasets, fetch, get_dataset

    if name is None:
        if wanted:
            raise InputError("got no dataset to fetch", where="--fetch", fix="name one, such as muse")
        known = list(datasets().values())
        emit(as_json, [one.to_dict() for one in known], lambda console: _render_list(console, known))
        return
    dataset = get_dataset(name)
    if not wanted:
        emit(as_json, dataset.to_dict(), lambda console: _render_one(console, dataset))
        return
    chosen = _units(dataset, units)
    with going_on_later(lambda: [_IN_CACHE]), working("downloading"):
        files = fetch(
            dataset,
            chosen,
            names_in(parts) if parts else (),
            cache=cache,
            mirror=mirror,
            offline=offline,
        )
    emit(as_json, [one.to_dict() for one in files], lambda console: _render_files(console, files))


def _units(dataset: Dataset, named: str) -> Sequence[str]:
    """Which of its language pairs or languages to fetch; empty for all."""
    if named == "all" or (dataset.in_one_piece and not named):
        return ()
    if named:
        return names_in(named)
    raise InputError(
        f"got none of the {len(dataset.units)} that {dataset.name} has files for",
        where="--pairs",
        fix=f"name some, such as {dataset.units[0]}, or say all",
    )


def _render_list(console: Console, known: list[Dataset]) -> None:
    body = [
        [
            one.name,
            one.title,
            one.licence,
            "yes" if one.checksums else "no",
            str(len(one.units)),
        ]
        for one in known
    ]
    columns = ["name", "title", "licence", "checksums", "pairs or languages"]
    console.print(table(None, columns, body, text_columns=4))


def _render_one(console: Console, dataset: Dataset) -> None:
    shown = dataset.to_dict() | {
        "files": ", ".join(f"{part} {path}" for part, path in dataset.files.items()),
        "pairs": ", ".join(dataset.pairs),
        "languages": ", ".join(dataset.languages),
        "checksums": f"of {counted(len(dataset.checksums), 'file')}" if dataset.checksums else "unknown",
        "non_commercial": {True: "yes", False: "no", None: "unknown"}[dataset.non_commercial],
    }
    rows = {name.replace("_", " "): str(value) for name, value in shown.items() if value}
    margin = max(map(len, rows)) + 2
    width = min(console.width, _WIDTH) - margin
    for name, value in rows.items():
        # More than a hundred pairs stand in one value, so it is wrapped where a table's rows are not.
        lines = textwrap.wrap(value, width, break_long_words=False, break_on_hyphens=False)
        console.print(name.ljust(margin), style="bold", end="")
        console.print(("\n" + " " * margin).join(lines), soft_wrap=True)


def _render_files(console: Console, files: list[Fetched]) -> None:
    body = [[str(one.path), "verified" if one.verified else "unverified", one.sha256] for one in files]
    console.print(table(None, ["file", "", "SHA-256"], body, text_columns=3))
