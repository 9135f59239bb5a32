"""`isolex evaluate`: scores, with intervals, baselines and leaks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import PROTOCOL_NAMES
from isolex.cli.console import emit, table, working
from isolex.cli.evaluate_similarity import analogy_command, similarity_command
from isolex.cli.evaluate_space import space_command
from isolex.cli.evaluate_transfer import retrieval_command, sentences_command, topics_command
from isolex.cli.options import (
    PATH,
    AlignmentChoice,
    alignment_argument,
    alignment_options,
    case_option,
    criterion_option,
    unicode_option,
)
from isolex.cli.outputs import Group, Output
from isolex.files import check_file
from isolex.lexicon import Lexicon
from isolex.lexicon.words import counted

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.alignment import Alignment
    from isolex.evaluation import BLIResult, PairedTest


@click.group("evaluate", cls=Group)
def evaluate_command() -> None:
    """Score an alignment, or vectors of one language."""


for _command in (
    similarity_command,
    analogy_command,
    space_command,
    sentences_command,
    retrieval_command,
    topics_command,
):
    evaluate_command.add_command(_command)


@evaluate_command.command("bli")
@alignment_argument
@click.argument("test", type=PATH)
@click.option(
    "--protocol",
    type=click.Choice([*PROTOCOL_NAMES, "all"]),
    default="muse",
    show_default=True,
    help="muse: score source words, leave out those outside the vocabularies; strict: these count as wrong; "
    "xling: every pair counts on its own.",
)
@click.option(
    "--direction",
    type=click.Choice(["forward", "backward"]),
    default="forward",
    show_default=True,
    help="Translate source words into target words, or the other way round.",
)
@click.option("--against", type=PATH, help="Another alignment, to compare with by a paired test.")
@click.option(
    "--train", type=PATH, help="Lexicon to look for leaks in; by default the alignment's own seeds."
)
@click.option("--answers", type=Output("file"), help="File for every answer, as TSV; - is standard output.")
@criterion_option
@case_option
@unicode_option
@alignment_options
def bli_command(
    choice: AlignmentChoice,
    test: Path,
    protocol: str,
    direction: Any,
    against: Path | None,
    train: Path | None,
    answers: Path | None,
    criterion: str,
    case: Any,
    unicode: Any,
    as_json: bool,
) -> None:
    """Bilingual lexicon induction: score the alignment in DIR on the pairs of TEST.

    Each line of TEST holds a source word and a target word, in this order for both directions.

    \b
    Examples:
      isolex evaluate bli en-es en-es.test.tsv
      isolex evaluate bli en-es en-es.test.tsv --protocol all --direction backward --json
      isolex evaluate bli en-es en-es.test.tsv --answers answers.tsv
    """
    if answers is not None and protocol == "all":
        raise click.UsageError("--answers needs one protocol, not all")

    from isolex.evaluation import evaluate

    if answers is not None:
        check_file(answers)
    gold = Lexicon.read(test, unicode=unicode)
    seeds = None if train is None else Lexicon.read(train, unicode=unicode)
    alignment = choice.open()
    languages = alignment.source.language, alignment.target.language
    gold = gold.cased(case, languages=languages)
    seeds = None if seeds is None else seeds.cased(case, languages=languages)
    other = None if against is None else choice.elsewhere(against).open()
    names = list(PROTOCOL_NAMES) if protocol == "all" else [protocol]

    def score(scored: Alignment) -> list[BLIResult]:
        return [
            evaluate(scored, gold, protocol=name, criterion=criterion, direction=direction, train=seeds)
            for name in names
        ]

    with working("evaluating"):
        results = score(alignment)
        others = [] if other is None else score(other)
    tests = [mine.compare(theirs) for mine, theirs in zip(results, others, strict=False)]
    if answers is not None:
        results[0].write_answers(answers)
    rows = [result.to_dict() for result in results]
    for row, paired in zip(rows, tests, strict=False):
        row["paired"] = {"against": str(against)} | paired.to_dict()
    emit(as_json, rows if protocol == "all" else rows[0], lambda console: _render(console, results, tests))


def _render(console: Console, results: list[BLIResult], tests: list[PairedTest]) -> None:
    first = results[0]
    columns = ["protocol", "P@1", "interval", "P@5", "P@10", "MRR", "n", "coverage", "copying", "others"]
    title = f"{first.criterion}, {first.direction}; rates in percent"
    console.print(table(title, columns, [_row(result) for result in results]))
    bins = [[f"{b.first:,} to {b.last:,}", f"{b.precision:.1f}", f"{b.n:,}"] for b in first.by_frequency()]
    console.print()
    console.print(table(None, ["source words by rank", "P@1", "n"], bins))
    console.print("interval: 95 % confidence interval of P@1")
    console.print("copying: P@1 of repeating the source word; others: P@1 on words where that is wrong")
    if first.without_vector:
        words, some = counted(len(first.without_vector), "test word"), ", ".join(first.without_vector[:3])
        console.print(f"left out: {words} whose vector is zero, such as {some}")
    if first.leaks is not None:
        console.print(f"leaks: {first.leaks.summary()}")
    for result, paired in zip(results, tests, strict=False):
        low, high = paired.interval
        console.print(
            f"{result.protocol.name}: {paired.difference:+.1f} points ({low:+.1f} to {high:+.1f}) "
            f"on {paired.n:,} words, {paired.wins} wins, {paired.losses} losses, p = {paired.p_value:.3g}"
        )


def _row(result: BLIResult) -> list[str]:
    low, high = result.interval
    return [
        result.protocol.name,
        f"{result.precision(1):.1f}",
        f"{low:.1f}–{high:.1f}",
        f"{result.precision(5):.1f}",
        f"{result.precision(10):.1f}",
        f"{result.mrr:.3f}",
        f"{result.n:,}",
        f"{result.coverage:.1f}",
        f"{result.copy_baseline:.1f}",
        f"{result.precision_without_identical:.1f}",
    ]
