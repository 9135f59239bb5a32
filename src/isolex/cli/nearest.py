"""`isolex nearest`: the neighbours of a few words among vectors of their own language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.console import emit, say, table, working
from isolex.cli.options import PATH, json_option
from isolex.cli.outputs import Command
from isolex.errors import UnknownWordError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from isolex.vectors import Vectors


@dataclass(frozen=True)
class _Neighbours:
    """Of a word as it was typed: its neighbours with their cosines; None for an unknown word."""

    word: str
    found: list[tuple[str, float]] | None
    without_vector: bool = False


@click.command("nearest", cls=Command)
@click.argument("vectors", metavar="VECTORS", type=PATH)
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("-k", default=10, show_default=True, type=click.IntRange(min=1), help="Neighbours per word.")
@json_option
def nearest_command(vectors: Path, words: tuple[str, ...], k: int, as_json: bool) -> int:
    """Show the words whose vectors are nearest to each WORD, with their cosines.

    In good vectors, words of similar use are near each other, so you see whether they are worth aligning.
    Words outside the vocabulary are looked up by their subwords, if the vectors have them. Exit status 1 if a
    word is unknown.

    \b
    Examples:
      isolex nearest en.vec house bread
      isolex nearest en.vec house -k 3 --json
    """
    from isolex.vectors import Vectors

    with working(f"reading {vectors}"):
        read = Vectors.read(vectors)
    with working("searching"):
        answers = [_neighbours(read, word, k) for word in words]
    data = {"neighbours": [_to_json(answer) for answer in answers]}
    emit(as_json, data, lambda console: _render(console, answers))
    return 0 if all(answer.found is not None for answer in answers) else 1


def _neighbours(vectors: Vectors, word: str, k: int) -> _Neighbours:
    """Those of a word; that it is unknown is told."""
    try:
        return _Neighbours(word, vectors.nearest(word, k=k))
    except UnknownWordError as error:
        without = vectors.lacks_vector(word)
        told = error.problem if without else f"unknown word {word!r}"
        say(told + (f"; {error.fix}" if error.fix else ""))
        return _Neighbours(word, None, without)


def _to_json(answer: _Neighbours) -> dict[str, Any]:
    answers = [{"word": word, "score": round(score, 4)} for word, score in answer.found or []]
    made = {"word": answer.word, "known": answer.found is not None, "answers": answers}
    return made | ({"without_vector": True} if answer.without_vector else {})


def _render(console: Console, answers: Sequence[_Neighbours]) -> None:
    rows = [
        [answer.word if not place else "", word, f"{score:.3f}"]
        for answer in answers
        for place, (word, score) in enumerate(answer.found or [])
    ]
    if rows:
        console.print(table(None, ["word", "neighbour", "cosine"], rows, text_columns=2))
