"""`isolex train`: word vectors from texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cards.training_card import training_card
from isolex.choices import TRAINER_NAMES
from isolex.cli.console import Stopwatch, emit, printable, working
from isolex.cli.options import PATH, json_option, was_given
from isolex.cli.outputs import Command, Output
from isolex.files import atomic_files, check_file, check_outside_inputs
from isolex.threads import compute_with

if TYPE_CHECKING:
    from isolex.training import Prepared, Trainer
    from isolex.vectors import Vectors

_ENDINGS = "name it .vec, .txt or .safetensors, or .bin for a fastText model, which skip-gram makes"


@click.command("train", cls=Command)
@click.argument("texts", metavar="TEXT…", nargs=-1, required=True, type=PATH)
@click.option("-o", "--output", type=Output("kept"), required=True, help="File for the vectors.")
@click.option("--language", help="Code of the language, such as en or tr.")
@click.option(
    "--trainer",
    type=click.Choice(("auto", *TRAINER_NAMES)),
    default="auto",
    show_default=True,
    help="ppmi counts words; skip-gram also gives vectors to unseen words; auto chooses by the number of "
    "tokens, and skip-gram for .bin.",
)
@click.option(
    "--dimension",
    type=click.IntRange(min=1),
    default=300,
    show_default=True,
    help="Dimension of the vectors.",
)
@click.option(
    "--window",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="How far a context reaches, in words on either side.",
)
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="How often skip-gram passes over the texts.",
)
@click.option(
    "--min-count", type=click.IntRange(min=1), default=5, show_default=True, help="Leave rarer words out."
)
@click.option(
    "--tokens",
    type=click.Choice(["words", "whitespace"]),
    default="words",
    show_default=True,
    help="How words are found; whitespace is for texts that are segmented already.",
)
@click.option(
    "--case",
    type=click.Choice(["lower", "keep"]),
    default="lower",
    show_default=True,
    help="Lower-case as the language does, or keep letters as they are.",
)
@click.option("--drop-numbers", is_flag=True, help="Leave out words with digits and no letters.")
@click.option("--keep-punctuation", is_flag=True, help="Punctuation marks count as words.")
@click.option("--phrases", is_flag=True, help="Join words that belong together, such as ice_cream.")
@click.option("--field", default="text", show_default=True, help="In JSON Lines, the field of the text.")
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="By default all cores for ppmi, and 1 for skip-gram, whose result repeats only with 1.",
)
@json_option
def train_command(
    texts: tuple[Path, ...],
    output: Path,
    language: str | None,
    trainer: str,
    dimension: int,
    window: int,
    epochs: int,
    min_count: int,
    tokens: Any,
    case: Any,
    drop_numbers: bool,
    keep_punctuation: bool,
    phrases: bool,
    field: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Train word vectors on texts: files, folders, or - for standard input.

    A line is a paragraph; files may be compressed, or JSON Lines. isolex splits texts into words as script
    and language require, and lower-cases them. -o takes .vec, .txt and .safetensors, and .bin for a fastText
    model by skip-gram. FILE.json beside it tells what the vectors were made from.

    \b
    Examples:
      isolex train novels.txt -o en.vec --language en
      isolex train corpus/ more.jsonl.gz -o tr.safetensors --language tr --phrases
      isolex train corpus/ -o hu.bin --language hu --trainer skip-gram
    """
    from isolex.text import Segmenter
    from isolex.training import Prepared, SkipGram, write_card
    from isolex.vectors.vector_formats import output_format

    watch = Stopwatch()
    card = training_card(output)
    for place in (output, card):
        check_outside_inputs(place, *texts)
        check_file(place)
    segmenter = Segmenter(
        language, tokens=tokens, case=case, numbers=not drop_numbers, punctuation=keep_punctuation
    )
    output_format(output, fix=_ENDINGS)
    if trainer == "ppmi":
        _check_epochs()
    if output.suffix == ".bin":
        trainer = _with_subwords(output, trainer)
    with working("reading texts"):
        prepared = Prepared.of(
            texts,
            segmenter=segmenter,
            field=field,
            phrases=phrases,
            min_count=min_count,
            more="give more text, or a lower --min-count",
        )
    chosen = _chosen(trainer, prepared, dimension, window, epochs, threads)
    with (
        working(f"training {language}" if language else "training"),
        atomic_files(output.parent, [output.name, card.name]) as (made, noted),
    ):
        if output.suffix == ".bin" and isinstance(chosen, SkipGram):
            vectors = chosen.train_model(prepared.corpus, made, language=language)
        else:
            vectors = chosen.train(prepared.corpus, language=language)
            vectors.write(made)
        write_card(noted, prepared, chosen, vectors)
    data = _report(prepared, chosen, vectors, output, card) | {"seconds": watch.seconds}
    emit(as_json, data, lambda console: console.print(_summary(data)))


def _chosen(
    name: str, prepared: Prepared, dimension: int, window: int, epochs: int, threads: int | None
) -> Trainer:
    """The trainer with its settings."""
    from isolex.training import TRAINERS, SkipGram, trainer_for

    trainer: Any = trainer_for(prepared.corpus) if name == "auto" else TRAINERS[name]
    trainer = replace(trainer, dimension=dimension, window=window)
    if isinstance(trainer, SkipGram):
        return replace(trainer, epochs=epochs, threads=threads or 1)
    _check_epochs()
    if threads is not None:
        compute_with(threads)
    chosen: Trainer = trainer
    return chosen


def _check_epochs() -> None:
    """Raise `UsageError` if epochs are given to a trainer that has none."""
    if was_given("epochs"):
        raise click.UsageError("--epochs goes with skip-gram; ppmi has none")


def _name(trainer: Trainer) -> str:
    from isolex.training import TRAINERS

    return next(name for name, one in TRAINERS.items() if type(one) is type(trainer))


def _with_subwords(output: Path, trainer: str) -> str:
    """The trainer that makes a fastText model; raises `UsageError` if another one was named."""
    if trainer == "ppmi":
        raise click.UsageError(
            f"{output} would be a fastText model, which ppmi cannot make; "
            "give --trainer skip-gram, or name the output .vec or .safetensors"
        )
    return "skip-gram"


def _report(
    prepared: Prepared, trainer: Trainer, vectors: Vectors, output: Path, card: Path
) -> dict[str, Any]:
    return {
        "vectors": str(output),
        "card": str(card),
        "words": len(vectors),
        "dimension": vectors.dimension,
        "trainer": _name(trainer),
        "texts": len(prepared.sources),
        **{name: prepared.whole[name] for name in ("tokens", "types")},
        "min_count": prepared.min_count,
        "doubts": [doubt.to_dict() for doubt in prepared.doubts],
    }


def _summary(data: dict[str, Any]) -> str:
    why = ", since .bin is a fastText model" if data["vectors"].endswith(".bin") else ""
    return (
        f"{printable(data['vectors'])}: {data['words']:,} words × {data['dimension']} by {data['trainer']}"
        f"{why}; the texts have {data['tokens']:,} tokens and {data['types']:,} different words; kept: "
        f"those that occur {data['min_count']} times or more ({data['seconds']} s)\n"
        f"{printable(data['card'])} tells what the vectors were made from"
    )
