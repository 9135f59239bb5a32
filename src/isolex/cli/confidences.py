"""Confidences for commands: those that are kept with an alignment, or else learnt now, and kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from isolex.cli.console import say, working
from isolex.errors import InputError
from isolex.files import sweep

if TYPE_CHECKING:
    from isolex.alignment import Alignment
    from isolex.reranking import RerankedDictionary

_FIX = "align with more pairs of a dictionary, or ask without --min-confidence"


def was_given(option: str) -> bool:
    """Whether an option of the running command stands on the command line."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def reranked(path: Path, alignment: Alignment) -> RerankedDictionary:
    """The reranked dictionary of a saved alignment, or of two languages of a space, which keeps none.

    Raises:
        InputError: The alignment failed, or there is too little to learn from.
        MissingExtraError: The packages of the extra `rerank` are not installed.
    """
    from isolex.cards import is_space_folder
    from isolex.reranking import rerank
    from isolex.reranking.reranked_dictionary import find_reranked
    from isolex.reranking.saved_answers import CONFIDENCES

    keeps = not is_space_folder(path)
    if keeps:
        sweep(path, CONFIDENCES.files)
    kept = find_reranked(path, alignment) if keeps else None
    if kept is not None:
        return kept
    _check_seeds(path, alignment)
    with working("learning from the seed pairs"):
        # The alignment has its verdict.
        made = rerank(alignment.source, alignment.target, alignment.seeds, check=False)
        if not made.learnt:
            raise _no_confidences(path, made.reason)
        _ = made.ranked  # all answers, while there are bars to show it
    if keeps:
        try:
            made.save(path)
        except InputError as error:
            say(f"the confidences are not kept: {error}")
    return made


def _check_seeds(path: Path, alignment: Alignment) -> None:
    """Raise `InputError` if it is plain that there is nothing to learn from: learning takes minutes."""
    from isolex.reranking.fitting import too_few

    if alignment.card.status == "failed":
        raise InputError(
            f"there are no confidences: the alignment failed ({alignment.card.reason})",
            where=path,
            fix="align again, with more seed pairs or other vectors",
        )
    if len(alignment.seeds) == 0:
        raise _no_confidences(path, "the alignment has no seed pairs to learn from")
    if not any(source != target and any(map(str.isalpha, source)) for source, target in alignment.seeds):
        raise _no_confidences(path, "the seed pairs are identical strings or numerals, unlike other words")
    if reason := too_few(len({source for source, _ in alignment.seeds})):
        raise _no_confidences(path, reason)


def _no_confidences(path: Path, reason: str) -> InputError:
    return InputError(f"there are no confidences: {reason}", where=path, fix=_FIX)
