"""`isolex lexicon`: a dictionary of the whole vocabulary."""

from pathlib import Path
from typing import Any

import click

from isolex.cli.console import Stopwatch, emit, working
from isolex.cli.options import PATH, AlignmentChoice, alignment_argument, alignment_options, criterion_option
from isolex.files import check_file
from isolex.induction import INDUCED_FORMATS


@click.command("lexicon")
@alignment_argument
@click.option("-o", "--output", required=True, type=PATH, help="File to write.")
@click.option(
    "--direction",
    type=click.Choice(["forward", "backward", "mutual"]),
    default="forward",
    show_default=True,
    help="Ask every source word, every target word, or keep only pairs that are each other's best answer.",
)
@click.option("-k", default=1, show_default=True, type=click.IntRange(min=1), help="Answers a word.")
@click.option(
    "--format",
    type=click.Choice(INDUCED_FORMATS),
    help="By default jsonl if the file's name ends so, else tsv.",
)
@criterion_option
@alignment_options
def lexicon_command(
    choice: AlignmentChoice,
    output: Path,
    direction: Any,
    k: int,
    format: str | None,
    criterion: str,
    as_json: bool,
) -> None:
    """Write the dictionary that the alignment in DIR induces.

    Each entry has source, target, score, rank, and whether the two words are each other's best answer.

    \b
    Examples:
      isolex lexicon en-es -o dictionary.tsv
      isolex lexicon en-es -o dictionary.jsonl --direction mutual
    """
    watch = Stopwatch()
    if direction == "mutual" and k > 1:
        raise click.UsageError("with --direction mutual a word has one answer; leave out -k")
    check_file(output)
    alignment = choice.open()
    with working("inducing"):
        induced = alignment.induce(direction, k, criterion)
    induced.write(output, format=format)
    mutual = sum(entry.mutual for entry in induced)
    data = {
        "lexicon": str(output),
        "entries": len(induced),
        "mutual": mutual,
        "direction": direction,
        "criterion": criterion,
        "seconds": watch.seconds,
    }
    emit(
        as_json,
        data,
        lambda console: console.print(f"{output}: {len(induced):,} entries, {mutual:,} of them mutual"),
    )
