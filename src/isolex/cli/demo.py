"""`isolex demo`: the whole story on the bundled sample, in a minute."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.console import Stopwatch, emit, stage, table
from isolex.cli.options import compute_options, seed_option
from isolex.cli.outputs import Command, Output
from isolex.files import check_file, make_folder

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.alignment import Alignment
    from isolex.evaluation import BLIResult

WORDS = ("cat", "dog", "house", "bread", "water", "king", "queen", "horse", "window", "happy")


@click.command("demo", cls=Command)
@click.option(
    "-o",
    "--output",
    type=Output("into"),
    default=Path("isolex-demo"),
    show_default=True,
    help="Folder for the alignment and the dictionary.",
)
@seed_option
@compute_options
def demo(output: Path, seed: int, device: str | None, as_json: bool) -> None:
    """Align the bundled English and Spanish vectors, score the result, write a dictionary.

    \b
    Examples:
      isolex demo
    """
    from isolex.alignment import check_output
    from isolex.evaluation import evaluate
    from isolex.recipes import align
    from isolex.samples import sample

    watch = Stopwatch()
    folder, dictionary = output / "en-es", output / "en-es.tsv"
    make_folder(output)
    check_output(folder)
    check_file(dictionary)
    with stage("reading the sample"):
        english, spanish, train, test = sample()
    with stage("aligning"):
        alignment = align(english, spanish, train, seed=seed, device=device)
    with stage("evaluating"):
        result = evaluate(alignment, test)
        translations = {
            word: [answer for answer, _ in answers]
            for word, answers in zip(WORDS, alignment.translate(WORDS, k=3), strict=True)
        }
    with stage("writing the dictionary"):
        alignment.save(folder)
        induced = alignment.induce()
        induced.write(dictionary)
    data = {
        "status": alignment.card.status,
        "method": alignment.card.method,
        "p@1": round(result.precision(1), 2),
        "interval": [round(end, 2) for end in result.interval],
        "n": result.n,
        "translations": translations,
        "alignment": str(folder),
        "dictionary": str(dictionary),
        "entries": len(induced),
        "seconds": watch.seconds,
    }
    emit(as_json, data, lambda console: _render(console, alignment, result, data))


def _render(console: Console, alignment: Alignment, result: BLIResult, data: dict[str, Any]) -> None:
    console.print(f"{alignment.source!r} and {alignment.target!r}")
    console.print(data["status"], style="bold", end="")
    console.print(f": {'; '.join(alignment.card.reasons)}\n")
    low, high = result.interval
    console.print(f"P@1 on {result.n} test words that are not in the training pairs: ", end="")
    console.print(f"{result.precision(1):.1f} %", style="bold", end="")
    console.print(
        f" (95 % interval {low:.1f} to {high:.1f}); "
        f"P@5 {result.precision(5):.1f} %; repeating the English word {result.copy_baseline:.1f} %\n"
    )
    rows = [[word, ", ".join(answers)] for word, answers in data["translations"].items()]
    console.print(table(None, ["English", "Spanish, best first"], rows, text_columns=2))
    console.print(
        f"\ndictionary: {data['dictionary']} ({data['entries']:,} entries)\nalignment:  {data['alignment']}\n"
        f"try:        {_program()} translate {data['alignment']} bread"
    )
    console.print(f"{data['seconds']} s", style="dim")


def _program() -> str:
    """How to call isolex from here: by name, or where its environment is not active by path."""
    return "isolex" if shutil.which("isolex") else sys.argv[0]
