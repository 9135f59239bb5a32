"""`isolex translate`: the best answers to a few words."""

import unicodedata
from typing import Any

import click
from rich.console import Console

from isolex.alignment import Alignment, Translations
from isolex.cli.console import emit, say, table, working
from isolex.cli.options import AlignmentChoice, alignment_argument, alignment_options, criterion_option
from isolex.errors import UnknownWordError


@click.command("translate")
@alignment_argument
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("-k", default=5, show_default=True, type=click.IntRange(min=1), help="Answers a word.")
@click.option("--reverse", is_flag=True, help="From the target language to the source language.")
@criterion_option
@alignment_options
def translate_command(
    choice: AlignmentChoice,
    words: tuple[str, ...],
    k: int,
    reverse: bool,
    criterion: str,
    as_json: bool,
) -> int:
    """Translate words by the alignment in DIR.

    Words outside the vocabulary are translated through their subwords, where the vectors have them. Exit
    status 1 if a word is unknown.

    \b
    Examples:
      isolex translate en-es house bread
      isolex translate en-es casa --reverse -k 3 --json
    """
    alignment = choice.open()
    if reverse:
        alignment = alignment.reversed()
    with working("searching"):
        answers = [_answer(alignment, word, k, criterion) for word in words]
    data = {
        "criterion": criterion,
        "direction": "backward" if reverse else "forward",
        "translations": [
            {
                "word": word,
                "known": found is not None,
                "answers": [{"word": answer, "score": round(score, 4)} for answer, score in found or []],
            }
            for word, found in zip(words, answers, strict=True)
        ],
    }
    emit(as_json, data, lambda console: _render(console, words, answers))
    return 0 if all(found is not None for found in answers) else 1


def _answer(alignment: Alignment, word: str, k: int, criterion: str) -> Translations | None:
    # Vocabularies are in NFC unless they were read with --unicode keep; terminals type what they like.
    asked = word if word in alignment.source else unicodedata.normalize("NFC", word)
    try:
        return alignment.translate(asked, k, criterion)
    except UnknownWordError as error:
        say(f"unknown word {asked!r}" + (f"; {error.fix}" if error.fix else ""))
        return None


def _render(console: Console, words: tuple[str, ...], answers: list[Any]) -> None:
    rows = [
        [word if rank == 0 else "", answer, f"{score:.3f}"]
        for word, found in zip(words, answers, strict=True)
        for rank, (answer, score) in enumerate(found or [])
    ]
    if rows:
        console.print(table(None, ["word", "translation", "score"], rows, text_columns=2))
