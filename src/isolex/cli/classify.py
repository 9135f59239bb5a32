"""`isolex classify`: classes learnt from texts of one language, for texts of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.console import emit, table, working
from isolex.cli.options import PATH, AlignmentChoice, alignment_argument, alignment_options
from isolex.cli.outputs import Command, Output
from isolex.cli.texts import coverage_json, print_coverage, weighting_option
from isolex.files import atomic_file, check_file
from isolex.saved import json_text

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.transfer import TextCoverage


@click.command("classify", cls=Command)
@alignment_argument
@click.argument("train", metavar="TRAIN", type=PATH)
@click.argument("texts", metavar="TEXTS", type=PATH)
@click.option("-o", "--output", type=Output("file"), help="File for the answers, as JSON Lines.")
@click.option(
    "--reverse", is_flag=True, help="TRAIN is in the target language, TEXTS in the source language."
)
@weighting_option
@alignment_options
def classify_command(
    choice: AlignmentChoice,
    train: Path,
    texts: Path,
    output: Path | None,
    reverse: bool,
    weighting: Any,
    as_json: bool,
) -> None:
    """Learn classes from TRAIN in the source language, and classify TEXTS in the target language.

    TRAIN is TSV with the columns label and text, in this order or named in the first line. TEXTS is TSV (id,
    text), JSON Lines, or one text a line.

    \b
    Examples:
      isolex classify en-es en.topics.tsv es.sentences.txt
      isolex classify en-es en.topics.tsv es.sentences.txt -o classes.jsonl
    """
    from isolex.transfer import TopicClassifier, check_classes, read_labelled, read_texts
    from isolex.transfer.evaluating import OF_SOURCE, OF_TARGET, coverage_of, encoders_of, strings

    if output is not None:
        check_file(output)
    learnt, asked = read_labelled(train), read_texts(texts)
    check_classes(learnt, where=train)
    alignment = choice.open()
    with working("learning"):
        own = (strings(learnt), strings(asked))
        source, target = encoders_of(alignment.reversed() if reverse else alignment, own, weighting=weighting)
        coverage = {
            "train": coverage_of(learnt, source, where=train, fix=OF_SOURCE),
            "texts": coverage_of(asked, target, where=texts, fix=OF_TARGET),
        }
        classifier = TopicClassifier(learnt, source)
        probabilities = classifier.probabilities(own[1], target)
    answers = [
        {"id": one.id, "label": classifier.classes[row.argmax()], "probability": round(float(row.max()), 4)}
        for one, row in zip(asked, probabilities, strict=True)
    ]
    if output is not None:
        with atomic_file(output) as temporary:
            lines = (json_text(answer) + "\n" for answer in answers)
            temporary.write_text("".join(lines), encoding="utf-8")
    data = {"answers": answers, "coverage": coverage_json(coverage)}
    emit(as_json, data, lambda console: _render(console, answers, coverage))


def _render(
    console: Console, answers: Sequence[Mapping[str, Any]], coverage: Mapping[str, TextCoverage]
) -> None:
    rows = [[one["id"], one["label"], f"{one['probability']:.2f}"] for one in answers]
    console.print(table(None, ["id", "label", "probability"], rows, text_columns=2))
    print_coverage(console, coverage)
