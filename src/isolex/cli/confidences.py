"""Confidences for commands: read from the alignment's folder, or else learnt now and kept there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isolex.cli.console import say, table, working
from isolex.errors import InputError
from isolex.files import sweep

if TYPE_CHECKING:
    from rich.console import ConsoleRenderable

    from isolex.alignment import Alignment
    from isolex.cli.options import AlignmentChoice
    from isolex.reranking import RerankedDictionary

_FIX = "align with more pairs of a dictionary, or leave out --min-confidence"


def reranked(choice: AlignmentChoice, alignment: Alignment) -> RerankedDictionary:
    """The reranked dictionary of a saved alignment, or of two languages of a space, which keeps none.

    Where the space has third languages, they are asked, too.

    Raises:
        InputError: The alignment failed, or there is too little to learn from.
        MissingExtraError: The packages of the extra `rerank` are not installed.
    """
    from isolex.cards import is_space_folder
    from isolex.reranking.reranked_dictionary import find_reranked
    from isolex.reranking.saved_answers import CONFIDENCES

    path = choice.path
    if is_space_folder(path):
        return _learnt_of_space(choice, alignment)
    sweep(path, CONFIDENCES.files)
    kept = find_reranked(path, alignment)
    if kept is not None:
        return kept
    made = _learnt(path, alignment)
    try:
        made.save(path)
    except InputError as error:
        say(f"the confidences are not kept: {error}")
    return made


def _learnt(path: Path, alignment: Alignment) -> RerankedDictionary:
    """From the seed pairs of the alignment alone."""
    from isolex.reranking import rerank

    _check_seeds(path, alignment)
    return _answered(path, lambda: rerank(alignment))


def _learnt_of_space(choice: AlignmentChoice, alignment: Alignment) -> RerankedDictionary:
    """With what third languages say, where there are some."""
    from isolex.alignment import is_joint
    from isolex.reranking import rerank_pair

    space = choice.space
    if choice.pair is None or len(space) == 2 or not is_joint(space):
        return _learnt(choice.path, alignment)
    _check_status(choice.path, alignment)
    source, target = choice.pair
    return _answered(choice.path, lambda: rerank_pair(space, source, target))


def _answered(path: Path, learn: Callable[[], RerankedDictionary]) -> RerankedDictionary:
    with working("learning from the seed pairs"):
        made = learn()
        if not made.learnt:
            raise _no_confidences(path, made.reason)
        _ = made.ranked  # all answers, while there are bars to show it
    return made


def _check_status(path: Path, alignment: Alignment) -> None:
    if alignment.card.status == "failed":
        raise InputError(
            f"there are no confidences: the alignment failed ({alignment.card.reason})",
            where=path,
            fix="align again, with more seed pairs or other vectors",
        )


def _check_seeds(path: Path, alignment: Alignment) -> None:
    """Raise `InputError` if it is plain that there is nothing to learn from: learning takes minutes."""
    from isolex.reranking.start import lacking_seeds

    _check_status(path, alignment)
    if len(alignment.seeds) == 0:
        raise _no_confidences(path, "the alignment has no seed pairs to learn from")
    if reason := lacking_seeds(alignment.seeds.pairs):
        raise _no_confidences(path, reason)


def _no_confidences(path: Path, reason: str) -> InputError:
    return InputError(f"there are no confidences: {reason}", where=path, fix=_FIX)


def are_composed(choice: AlignmentChoice) -> bool:
    """Whether no lexicon has the two languages of a space, so that confidences come by way of third ones."""
    from isolex.cards import is_space_folder

    if choice.pair is None or not is_space_folder(choice.path):
        return False
    return choice.space.card.pair(*choice.pair).origin != "given"


def levels_table(levels: Sequence[dict[str, Any]], *, composed: bool = False) -> ConsoleRenderable:
    """How many entries reach each confidence, and what share of them to expect right."""
    title = "translated through other languages, so these figures tend to be too high" if composed else None
    rows = [
        [
            f"{level['confidence']}",
            f"{level['entries']:,}",
            "–" if level["expected_precision"] is None else f"{level['expected_precision']:.2f}",
        ]
        for level in levels
    ]
    return table(title, ["confidence", "entries", "expected precision"], rows)
