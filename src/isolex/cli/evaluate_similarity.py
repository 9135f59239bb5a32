"""`isolex evaluate similarity` and `isolex evaluate analogy`: a space against people's judgements."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import ANALOGY_METHODS, EVALUATED_SIDES, UNKNOWN
from isolex.cli.console import emit, table, working
from isolex.cli.options import PATH, AlignmentChoice, alignment_options, unicode_option
from isolex.cli.outputs import Command
from isolex.errors import InputError
from isolex.vectors import Vectors

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.alignment import Alignment
    from isolex.evaluation import AnalogyResult, SimilarityResult

_METHOD_TITLES = {"add": "3CosAdd", "mul": "3CosMul"}

_space_argument = click.argument("alignment_dir", metavar="DIR|VECTORS", type=PATH)


def _space_options(crossing: str) -> Callable[..., Any]:
    """--side, --vocab, --unicode and what goes with an alignment."""
    options = (
        click.option(
            "--side",
            type=click.Choice(EVALUATED_SIDES),
            help=f"Languages of an alignment: cross (default; {crossing}), source or target for all words.",
        ),
        click.option(
            "--vocab",
            type=click.IntRange(min=1),
            help="Read only the N most frequent words of each language.",
        ),
        unicode_option,
        alignment_options,
    )
    return lambda function: reduce(lambda made, option: option(made), reversed(options), function)


@click.command("similarity", cls=Command)
@_space_argument
@click.argument("sets", metavar="SET...", type=PATH, nargs=-1, required=True)
@click.option(
    "--unknown",
    type=click.Choice(UNKNOWN),
    default="drop",
    show_default=True,
    help="Pairs with an unknown word: drop leaves them out, midpoint gives them the others' mean cosine.",
)
@click.option("--reverse", is_flag=True, help="Exchange first and second words of the sets.")
@_space_options("first words source, second target")
def similarity_command(
    choice: AlignmentChoice,
    sets: tuple[Path, ...],
    side: Any,
    unknown: Any,
    reverse: bool,
    vocab: int | None,
    unicode: Any,
    as_json: bool,
) -> None:
    """Word similarity: correlate cosines with people's scores of word pairs, for each SET.

    With an alignment DIR, the first word of a pair is in the source and the second in the target language,
    unless you give --side. With a file of VECTORS, both are in its language.

    Each line of SET holds two words and their score, in any layout of the published sets.

    \b
    Examples:
      isolex evaluate similarity en-es en-es.similarity.tsv
      isolex evaluate similarity en-es en.similarity.tsv --side source --unknown midpoint --json
      isolex evaluate similarity en.vec en.similarity.tsv
    """
    from isolex.evaluation import SimilaritySet, evaluate_similarity

    given = [SimilaritySet.read(path, unicode=unicode) for path in sets]
    space = _open(choice, vocab, unicode)
    with working("evaluating"):
        results = [
            evaluate_similarity(space, one.reversed() if reverse else one, unknown=unknown, side=side)
            for one in given
        ]
        rows = [result.to_dict() for result in results]
    emit(as_json, rows, lambda console: _render_similarity(console, results))


@click.command("analogy", cls=Command)
@_space_argument
@click.argument("questions", type=PATH)
@click.option(
    "--method",
    type=click.Choice(ANALOGY_METHODS),
    default="add",
    show_default=True,
    help="add: 3CosAdd; mul: 3CosMul.",
)
@_space_options("a and b source, c and d target")
def analogy_command(
    choice: AlignmentChoice,
    questions: Path,
    side: Any,
    method: Any,
    vocab: int | None,
    unicode: Any,
    as_json: bool,
) -> None:
    """Analogies: how often is d the answer to "a is to b as c is to what"?

    With an alignment DIR, a and b are in the source and c and d in the target language, unless you give
    --side. With a file of VECTORS, all are in its language.

    Each line of QUESTIONS holds a, b, c, d. A line ": name" begins a section.

    \b
    Examples:
      isolex evaluate analogy en.vec questions.txt
      isolex evaluate analogy en-es questions.txt --side source --method mul --json
    """
    from isolex.evaluation import AnalogySet, evaluate_analogies

    given = AnalogySet.read(questions, unicode=unicode)
    space = _open(choice, vocab, unicode)
    with working("evaluating"):
        result = evaluate_analogies(space, given, method=method, side=side, device=choice.device)
        data = result.to_dict()
    emit(as_json, data, lambda console: _render_analogies(console, result))


def _open(choice: AlignmentChoice, vocab: int | None, unicode: Any) -> Alignment | Vectors:
    """What DIR|VECTORS names: a folder is an alignment, a file holds vectors."""
    if not choice.path.exists():
        raise InputError("there is no such file or folder", where=choice.path, fix="check the path")
    if choice.path.is_dir():
        alignment = choice.open()
        return alignment if vocab is None else alignment.head(vocab)
    if choice.source or choice.target or choice.other_vectors or choice.pair:
        raise click.UsageError(
            f"--source, --target, --other-vectors, --from and --to need an alignment; {choice.path} is a file"
        )
    with working(f"reading {choice.path}"):
        return Vectors.read(choice.path, limit=vocab, unicode=unicode)


def _render_similarity(console: Console, results: list[SimilarityResult]) -> None:
    first = results[0]
    columns = ["set", "Pearson", "Spearman", "harmonic mean", "interval", "n", "coverage"]
    rows = [
        [
            result.name,
            *(_cell(value, 3) for value in (result.pearson, result.spearman, result.harmonic_mean)),
            _range(result.interval, 3),
            f"{result.n:,}",
            f"{result.coverage:.1f}",
        ]
        for result in results
    ]
    _print_languages(console, first.side, "first words", "second words")
    console.print(table(None, columns, rows))
    unknown = "are left out" if first.unknown == "drop" else "have the mean cosine of the others"
    console.print(f"coverage: percent of the pairs with both words known; the others {unknown}")


def _render_analogies(console: Console, result: AnalogyResult) -> None:
    rows = [
        [section.name, _cell(section.accuracy, 1), "", f"{section.n:,}", f"{section.questions:,}"]
        for section in result.by_section()
        if section.name
    ]
    total = [
        _cell(result.accuracy, 1),
        _range(result.interval, 1),
        f"{result.n:,}",
        f"{len(result.answers):,}",
    ]
    rows.append(["all", *total])
    _print_languages(console, result.side, "a and b", "c and d")
    title = f"{_METHOD_TITLES[result.method]}, accuracy in percent"
    console.print(table(title, ["section", "accuracy", "interval", "n", "questions"], rows))
    console.print(f"n: questions with all words in the vocabularies, {result.coverage:.1f} %")


def _print_languages(console: Console, side: str | None, first: str, second: str) -> None:
    """Which words were of which language, if they were of an alignment."""
    if side == "cross":
        console.print(f"{first} in the source language, {second} in the target language")
    elif side is not None:
        console.print(f"all words in the {side} language")


def _range(ends: tuple[float, float], digits: int) -> str:
    return "–" if math.isnan(ends[0]) else "–".join(_cell(end, digits) for end in ends)


def _cell(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"
