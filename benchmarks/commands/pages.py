"""`python -m benchmarks pages`: fill the documentation with the measured results."""

import click
from rich.console import Console

from benchmarks.pages import (
    diagnosis,
    fleet,
    induction,
    performance,
    reference,
    results,
    review,
    space,
    texts,
    transfer,
    weak,
)
from benchmarks.pages.filling import ROOT
from isolex.cli.console import emit
from isolex.cli.options import json_option
from isolex.cli.outputs import Command
from isolex.errors import InputError

_MAKERS = (reference, weak, performance, diagnosis, transfer, induction, review, space, fleet, texts, results)


@click.command("pages", cls=Command)
@click.option("--check", is_flag=True, help="Write nothing, and fail if a file is out of date.")
@json_option
def pages(check: bool, as_json: bool) -> None:
    """Fill the pages of the documentation with the results, and fit the models that come with isolex.

    \b
    Examples:
      python -m benchmarks pages --check
    """
    made = {path: text for maker in _MAKERS for path, text in maker.made().items()}
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    names = [str(path.relative_to(ROOT)) for path in stale]
    if check and stale:
        raise InputError("out of date", where=", ".join(names), fix="run: make docs")
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
    emit(as_json, {"written": names}, lambda console: _render(console, names))


def _render(console: Console, names: list[str]) -> None:
    console.print(f"written: {', '.join(names)}" if names else "all pages are up to date")
