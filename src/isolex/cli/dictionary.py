"""`isolex dictionary`: from two texts to a dictionary, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import TRAINER_NAMES
from isolex.cli.confidences import levels_table
from isolex.cli.console import Stopwatch, emit, printable, told_step
from isolex.cli.options import PATH, json_option, seed_option, threads_option
from isolex.cli.outputs import Command, Output

if TYPE_CHECKING:
    from rich.console import Console

_FAILED = 1


@click.command("dictionary", cls=Command)
@click.argument("source", metavar="SOURCE", type=PATH)
@click.argument("target", metavar="TARGET", type=PATH)
@click.option("--source-language", required=True, help="Code of the source language, such as en.")
@click.option("--target-language", required=True, help="Code of the target language.")
@click.option(
    "-o",
    "--output",
    type=Output("kept"),
    required=True,
    help="File for the dictionary: .tsv, .jsonl, or with --lexicon also .tei or .tbx.",
)
@click.option("--lexicon", type=PATH, help="Known pairs of words; without them entries have no confidences.")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Write only entries that are right with at least this probability.",
)
@click.option(
    "--work",
    type=PATH,
    help="Folder for the results of all steps; by default OUT.work beside the output.",
)
@click.option(
    "--trainer",
    type=click.Choice(("auto", *TRAINER_NAMES)),
    default="auto",
    show_default=True,
    help="Trainer for texts; see isolex train.",
)
@seed_option
@threads_option
@json_option
def dictionary_command(
    source: Path,
    target: Path,
    source_language: str,
    target_language: str,
    output: Path,
    lexicon: Path | None,
    min_confidence: float,
    work: Path | None,
    trainer: str,
    seed: int,
    as_json: bool,
) -> int:
    """Make a dictionary from two texts: train, align, judge, rerank, write.

    SOURCE and TARGET are texts, folders of texts, or files of vectors. isolex keeps the result of every step
    in the --work folder, so a second run does only what is missing. It trains with the default settings of
    isolex train; for others, run isolex train first and give its .vec files. If the alignment fails, isolex
    writes no dictionary (exit status 1).

    \b
    Examples:
      isolex dictionary en.txt uk.txt --source-language en --target-language uk -o out.tsv --lexicon seeds.tsv
      isolex dictionary en/ uk.txt --source-language en --target-language uk -o out.jsonl --lexicon seeds.tsv
    """
    from isolex.dictionary import make_dictionary
    from isolex.progress import following

    watch = Stopwatch()
    with following(told_step):
        report = make_dictionary(
            source,
            target,
            output,
            source_language=source_language,
            target_language=target_language,
            lexicon=lexicon,
            min_confidence=min_confidence,
            work=work,
            trainer=trainer,
            seed=seed,
        )
    data = report.to_dict() | {"seconds": watch.seconds}
    emit(as_json, data, lambda console: _render(console, data))
    return 0 if report.output is not None else _FAILED


def _render(console: Console, data: dict[str, Any]) -> None:
    for name, side in zip(("source", "target"), data["sides"], strict=True):
        tokens = "" if side["tokens"] is None else f" from {side['tokens']:,} tokens"
        earlier = ", vectors of an earlier run" if name in data["kept"] else ""
        console.print(printable(f"{side['language']}: {side['words']:,} words{tokens}{earlier}"))
    earlier = " (alignment of an earlier run)" if "alignment" in data["kept"] else ""
    console.print(printable(f"{data['status']}{earlier}: {data['verdict']}"))
    if data["output"] is None:
        console.print("no dictionary was written")
    else:
        console.print(printable(f"{data['output']}: {data['entries']:,} entries, {data['reason']}"))
        if data["expected"]:
            console.print(levels_table(data["expected"]))
    console.print(printable(f"what would help most: {data['advice']}"))
    console.print(printable(f"{data['work']}: results of all steps, for the next run"))
