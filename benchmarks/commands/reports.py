"""What the commands share: options, and reports of what was measured."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from isolex.alignment import current_versions
from isolex.cli.console import Stopwatch, working
from isolex.cli.options import PATH

Report = dict[str, Any]

data_option = click.option(
    "--data", required=True, type=PATH, help="Folder with vectors/ and dictionaries/muse/."
)
some_pairs_option = click.option(
    "--pairs", default="", help="Language pairs, such as en-es,en-fr; by default all there are."
)


def measured(benchmark: str, measure: Callable[[], Mapping[str, Any]]) -> Report:
    """What a measurement found, with the versions that it was made with and the seconds that it took."""
    watch = Stopwatch()
    with working("measuring"):
        found = measure()
    return {"benchmark": benchmark, **found, "versions": current_versions(), "seconds": watch.seconds}
