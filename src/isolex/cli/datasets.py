"""`isolex datasets`: the datasets that isolex knows, and their download."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isolex.cli.console import emit, going_on_later, table, working
from isolex.cli.options import DOWNLOADS_KEPT, download_options, json_option, names_in
from isolex.cli.outputs import Command
from isolex.errors import InputError
from isolex.lexicon.words import counted

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.datasets import Dataset, Fetched

_WIDTH = 100


@click.command("datasets", cls=Command)
@click.argument("name", required=False)
@click.option("--fetch", "wanted", is_flag=True, help="Download its files into the cache.")
@click.option(
    "--pairs",
    "--languages",
    "units",
    default="",
    help="Pairs or languages to fetch, such as en-fr,en-de, or all.",
)
@click.option("--parts", default="", help="Files to fetch, such as train,test; by default all.")
@download_options
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
    """List the datasets that isolex knows, describe one, or download it.

    NAME is a dataset in the list; --fetch downloads its files. A file is `verified` if it has the checksum
    that isolex knows. For some files isolex knows none.

    \b
    Examples:
      isolex datasets
      isolex datasets muse --json
    """
    if (units or parts) and not wanted:
        raise click.UsageError("--pairs, --languages and --parts go with --fetch")

    from isolex.datasets import datasets, fetch, get_dataset

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
    with going_on_later(lambda: [DOWNLOADS_KEPT]), working("downloading"):
        files = fetch(
            dataset,
            units=chosen,
            parts=names_in(parts) if parts else (),
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
        f"got no pairs or languages, and {dataset.name} has files for {len(dataset.units)}",
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
