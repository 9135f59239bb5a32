"""`isolex translate`: the best answers to a few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cards.space_card import EVERY
from isolex.cli.console import emit, say, table, working
from isolex.cli.options import (
    AlignmentChoice,
    alignment_argument,
    alignment_options,
    criterion_option,
    was_given,
)
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
        language: Of the translations, out of a space; None elsewhere, and for an unknown word.
        no_translation: The probability that none is right, beside confidences; None beside scores.
        without_vector: It is in the vocabulary, but its vector is zero, which is none.
    """

    word: str
    found: Translations | None
    language: str | None = None
    no_translation: float | None = None
    without_vector: bool = False


@click.command("translate", cls=Command)
@alignment_argument
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("-k", default=5, show_default=True, type=click.IntRange(min=1), help="Answers per word.")
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
    """Translate words with the alignment or the space in DIR.

    For a space, --from and --to choose two languages; --to all translates into all others.

    Translations have scores. After isolex lexicon --min-confidence, they have the probability that they are
    right, except with --criterion or --reverse and for words outside the vocabulary. isolex translates such
    words by their subwords, if the vectors have them. Exit status 1 if a word is unknown.

    \b
    Examples:
      isolex translate en-es house bread
      isolex translate en-es casa --reverse -k 3 --json
      isolex translate space house --from en --to fr
      isolex translate space house bread --from en --to all -k 1
    """
    if choice.pair is not None and choice.pair[1] == EVERY:
        if reverse or choice.source or choice.target:
            raise click.UsageError(f"--reverse, --source and --target do not go with --to {EVERY}")
        ways = _to_all(choice.path, choice.pair[0], choice.device)
    else:
        ways = [_opened(choice.path, choice, plain=reverse or was_given("criterion"))]
    if ways[0].dictionary is not None and was_given("k"):
        _check_kept(k, ways[0].dictionary.ranked.keys.shape[1])
    if reverse:
        source = choice.pair[0] if choice.pair else None
        ways = [replace(way, alignment=way.alignment.reversed(), language=source) for way in ways]
    with working("searching"):
        answers = [
            answered for word in words for answered in _answers(ways, word, k, criterion, reverse=reverse)
        ]
    data = {
        "criterion": criterion,
        "direction": "backward" if reverse else "forward",
        "translations": [_to_json(answered) for answered in answers],
    }
    emit(as_json, data, lambda console: _render(console, answers))
    return 0 if all(answered.found is not None for answered in answers) else 1


@dataclass(frozen=True)
class _Way:
    """What words are translated by.

    Attributes:
        alignment: From the language of the words.
        dictionary: Its confidences; None for scores.
        language: Of the translations, out of a space.
    """

    alignment: Alignment
    dictionary: RerankedDictionary | None = None
    language: str | None = None


@steady
def _opened(path: Path, choice: AlignmentChoice, *, plain: bool) -> _Way:
    """The alignment, and its confidences if they are asked for and there are any."""
    from isolex.cards.alignment_folder import may_have_companions

    way = _Way(choice.open(), language=choice.pair[1] if choice.pair else None)
    if plain or not may_have_companions(path):
        return way
    from isolex.reranking.reranked_dictionary import find_reranked

    return replace(way, dictionary=find_reranked(path, way.alignment))


@steady
def _to_all(path: Path, source: str, device: str | None) -> list[_Way]:
    """The alignments of a language with every other one of a space."""
    from isolex.alignment import load_space

    with working(f"loading {path}"):
        space = load_space(path, device=device)
        others = (language for language in space.languages if language != source)
        return [_Way(space.pair(source, language), language=language) for language in others]


def _check_kept(k: int, kept: int) -> None:
    """Raise `UsageError` if more answers are asked for than there are confidences of a word."""
    if k > kept:
        raise click.UsageError(
            f"got -k {k}, but confidences are kept for {kept} answers a word; add --criterion csls for scores"
        )


def _answers(
    ways: Sequence[_Way], word: str, k: int, criterion: str, *, reverse: bool
) -> Iterator[_Answered]:
    """Of each language, or once, and told, that the word is unknown."""
    for way in ways:
        try:
            yield _answer(way, word, k, criterion)
        except UnknownWordError as error:
            other = next((one for one in ways if word in one.alignment.target), None)
            fix = error.fix if other is None else _turned(other.language, reverse=reverse)
            without = way.alignment.source.lacks_vector(word)
            told = (
                f"the word {word!r} has no vector: its row is zero" if without else f"unknown word {word!r}"
            )
            if fix is None and len(word.split()) > 1:
                fix = "it is looked up as one word; for several words leave out the quotation marks"
            say(told + (f"; {fix}" if fix else ""))
            yield _Answered(word, None, without_vector=without)
            return


def _answer(way: _Way, word: str, k: int, criterion: str) -> _Answered:
    alignment, dictionary = way.alignment, way.dictionary
    row = alignment.source.id(word)
    # The dictionary knows words as they are spelt in the vocabulary, in whatever Unicode form.
    spelt = word if row is None else alignment.source.words[row]
    if dictionary is not None and row is not None and (entry := dictionary.entry(spelt)):
        found = [(entry.target, entry.confidence), *entry.alternatives]
        return _Answered(word, found[:k], way.language, entry.no_translation)
    return _Answered(word, alignment.translate(spelt, k=k, criterion=criterion), way.language)


def _turned(language: str | None, *, reverse: bool) -> str:
    """What to type if a word is of the other language."""
    if reverse:
        return "it is a word of the other language: leave out --reverse"
    if language is None:
        return "it is a word of the other language: add --reverse"
    return f"it is a word of {language}: give --from {language}"


def _to_json(answered: _Answered) -> dict[str, Any]:
    name = "score" if answered.no_translation is None else "confidence"
    answers = [{"word": answer, name: round(value, 4)} for answer, value in answered.found or []]
    made = {"word": answered.word, "known": answered.found is not None, "answers": answers}
    if answered.language is not None:
        made["language"] = answered.language
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
        (trusted, ["translation", "confidence", "no good translation"]),
        (scored, ["translation", "score"]),
    ):
        heads = ["word"] if all(answered.language is None for answered in some) else ["word", "language"]
        if rows := [row for answered in some for row in _rows(answered)]:
            console.print(table(None, [*heads, *columns], rows, text_columns=len(heads) + 1))


def _rows(answered: _Answered) -> list[list[str]]:
    heads = [answered.word] if answered.language is None else [answered.word, answered.language]
    rows = [[*([""] * len(heads)), answer, f"{value:.3f}"] for answer, value in answered.found or []]
    if rows:
        rows[0][: len(heads)] = heads
    if answered.no_translation is not None:
        rows = [[*row, f"{answered.no_translation:.3f}" if row[0] else ""] for row in rows]
    return rows
