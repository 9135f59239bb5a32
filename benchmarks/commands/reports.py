"""Options and reports that the commands share."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import click

from benchmarks.spaces import VECTORS
from isolex.alignment import current_versions
from isolex.cli.console import Stopwatch, working
from isolex.cli.options import PATH, names_in
from isolex.datasets import DataFolder

Report = dict[str, Any]


class _Row(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


def _counts(context: click.Context, parameter: click.Parameter, given: str) -> tuple[int | None, ...]:  # noqa: ARG001
    names = names_in(given)
    wrong = [name for name in names if name != "all" and not name.isdecimal()]
    if wrong or not names:
        raise click.BadParameter(f"got {given!r}, expected numbers of pairs, or all")
    return tuple(None if name == "all" else int(name) for name in names)


data_option = click.option(
    "--data", required=True, type=PATH, help="Folder with vectors/ and dictionaries/muse/."
)
vectors_option = click.option(
    "--vectors",
    type=click.Choice(tuple(VECTORS)),
    default="novels",
    show_default=True,
    help="novels: vectors trained on novels, in DATA/vectors; web: published vectors, in DATA/vectors-web.",
)
some_pairs_option = click.option(
    "--pairs", default="", help="Language pairs, such as en-es,en-fr; by default all in the folder."
)
seeds_option = click.option(
    "--seeds",
    default="all",
    show_default=True,
    callback=_counts,
    help="Numbers of seed pairs to try, such as all,500,0.",
)


def data_folder(data: Path, vectors: str) -> DataFolder:
    """The folder that --data and --vectors name.

    Raises:
        InputError: The folder does not have the layout.
    """
    return DataFolder(data, vectors=VECTORS[vectors])


def rows_of(vectors: str, rows: Iterable[_Row]) -> list[Report]:
    """Rows as plain JSON values, each with the kind of vectors that it was measured on."""
    return [{"vectors": vectors} | row.to_dict() for row in rows]


def measured(benchmark: str, measure: Callable[[], Mapping[str, Any]]) -> Report:
    """The result of a measurement, with the versions used and the seconds that it took."""
    watch = Stopwatch()
    with working("measuring"):
        found = measure()
    added = {"benchmark": benchmark, "versions": current_versions(), "seconds": watch.seconds}
    if hidden := found.keys() & added:
        raise ValueError(f"the measurement has keys of the report: {', '.join(sorted(hidden))}")
    return {"benchmark": benchmark, **found, **added}
