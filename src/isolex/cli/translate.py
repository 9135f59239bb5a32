"""`isolex translate`: the best answers to a few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.confidences import was_given
from isolex.cli.console import emit, say, table, working
from isolex.cli.options import AlignmentChoice, alignment_argument, alignment_options, criterion_option
from isolex.cli.outputs import Command
from isolex.errors import UnknownWordError
from isolex.files import steady

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.alignment import Alignment, Translations
    from isolex.reranking import RerankedDictionary


@dataclass(frozen=True)
class _Answered:
    """What is known of a word.

    Attributes:
        word: As it was typed.
        found: Its translations with their scores, or with confidences; None for an unknown word.
        no_translation: The probability that none is right, beside confidences; None beside scores.
        without_vector: It is in the vocabulary, but its vector is zero, which is none.
    """

    word: str
    found: Translations | None
    no_translation: float | None = None
    without_vector: bool = False


@click.command("translate", cls=Command)
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

    If isolex lexicon --min-confidence has been here, translations come with the probability that they are
    right; with --criterion or --reverse, and for words outside the vocabulary, with scores. Those words are
    translated through their subwords, where the vectors have them. Exit status 1 if a word is unknown.

    \b
    Examples:
      isolex translate en-es house bread
      isolex translate en-es casa --reverse -k 3 --json
    """
    alignment, dictionary = _opened(choice.path, choice, plain=reverse or was_given("criterion"))
    if dictionary is not None and was_given("k"):
        _check_kept(k, dictionary.ranked.keys.shape[1])
    if reverse:
        alignment = alignment.reversed()
    with working("searching"):
        answers = [_answer(alignment, dictionary, word, k, criterion, reverse=reverse) for word in words]
    data = {
        "criterion": criterion,
        "direction": "backward" if reverse else "forward",
        "translations": [_to_json(answered) for answered in answers],
    }
    emit(as_json, data, lambda console: _render(console, answers))
    return 0 if all(answered.found is not None for answered in answers) else 1


@steady
def _opened(
    path: Path, choice: AlignmentChoice, *, plain: bool
) -> tuple[Alignment, RerankedDictionary | None]:
    """The alignment, and its confidences if they are asked for and there are any."""
    from isolex.cards.alignment_folder import may_have_companions

    alignment = choice.open()
    if plain or not may_have_companions(path):
        return alignment, None
    from isolex.reranking.reranked_dictionary import find_reranked

    return alignment, find_reranked(path, alignment)


def _check_kept(k: int, kept: int) -> None:
    """Raise `UsageError` if more answers are asked for than there are confidences of a word."""
    if k > kept:
        raise click.UsageError(
            f"got -k {k}, but confidences are kept of {kept} answers a word; add --criterion csls for scores"
        )


def _answer(
    alignment: Alignment,
    dictionary: RerankedDictionary | None,
    word: str,
    k: int,
    criterion: str,
    *,
    reverse: bool,
) -> _Answered:
    row = alignment.source.id(word)
    # The dictionary knows words as they are spelt in the vocabulary, in whatever Unicode form.
    spelt = word if row is None else alignment.source.words[row]
    if dictionary is not None and row is not None and (entry := dictionary.entry(spelt)):
        found = [(entry.target, entry.confidence), *entry.alternatives]
        return _Answered(word, found[:k], entry.no_translation)
    try:
        return _Answered(word, alignment.translate(spelt, k=k, criterion=criterion))
    except UnknownWordError as error:
        other = "a word of the other language: " + ("leave out --reverse" if reverse else "add --reverse")
        fix = other if word in alignment.target else error.fix
        without = alignment.source.lacks_vector(word)
        told = f"the word {word!r} has no vector: its row is zero" if without else f"unknown word {word!r}"
        say(told + (f"; {fix}" if fix else ""))
        return _Answered(word, None, without_vector=without)


def _to_json(answered: _Answered) -> dict[str, Any]:
    name = "score" if answered.no_translation is None else "confidence"
    answers = [{"word": answer, name: round(value, 4)} for answer, value in answered.found or []]
    made = {"word": answered.word, "known": answered.found is not None, "answers": answers}
    if answered.no_translation is not None:
        made["no_translation"] = round(answered.no_translation, 4)
    if answered.without_vector:
        made["without_vector"] = True
    return made


def _render(console: Console, answers: Sequence[_Answered]) -> None:
    """A table of the words with confidences, then one of those with scores."""
    trusted = [answered for answered in answers if answered.no_translation is not None]
    scored = [answered for answered in answers if answered.no_translation is None]
    for some, columns in (
        (trusted, ["word", "translation", "confidence", "no good translation"]),
        (scored, ["word", "translation", "score"]),
    ):
        if rows := [row for answered in some for row in _rows(answered)]:
            console.print(table(None, columns, rows, text_columns=2))


def _rows(answered: _Answered) -> list[list[str]]:
    rows = [["", answer, f"{value:.3f}"] for answer, value in answered.found or []]
    if rows:
        rows[0][0] = answered.word
    if answered.no_translation is not None:
        rows = [[*row, f"{answered.no_translation:.3f}" if row[0] else ""] for row in rows]
    return rows
