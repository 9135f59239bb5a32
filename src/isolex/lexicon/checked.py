"""Lexicons as callers give them, made sure of before they are used."""

import warnings
from pathlib import Path

from isolex.errors import InputError, IsolexWarning
from isolex.lexicon.indexing import IndexedLexicon
from isolex.lexicon.pairs import Lexicon
from isolex.vectors import Vectors

POOR_PERCENT = 10.0


def as_lexicon(given: object, *, what: str) -> Lexicon:
    """A lexicon, or the one in the file that is given.

    Raises:
        InputError: It is neither, or the file cannot be read as a lexicon.
    """
    if isinstance(given, Lexicon):
        return given
    if isinstance(given, str | Path):
        return Lexicon.read(given)
    raise InputError(
        f"got {type(given).__name__}, expected a Lexicon or the name of a file",
        where=what,
        fix="wrap pairs of words in Lexicon(pairs)",
    )


def index_checked(lexicon: Lexicon, source: Vectors, target: Vectors, *, what: str) -> IndexedLexicon:
    """Row ids of the pairs in both vocabularies, with a word about a lexicon that hardly fits them.

    Raises:
        InputError: Not one pair is in both vocabularies.

    Warns:
        IsolexWarning: More pairs would be if the lexicon were turned round, or less than 10 % are.
    """
    indexed = lexicon.index(source, target)
    found, turned = len(indexed), len(lexicon.reversed().index(source, target))
    summary = indexed.coverage.summary()
    if turned > found:
        summary = f"it looks the wrong way round: {found:,} pairs are found, {turned:,} if it is turned"
    if found == 0:
        raise InputError(
            f"not one pair is in both vocabularies; {summary}",
            where=what,
            fix="check languages, direction and letter case (--case lower or fold)",
        )
    if turned > found or indexed.coverage.pairs_percent < POOR_PERCENT:
        warnings.warn(f"{what}: {summary}", IsolexWarning, stacklevel=3)
    return indexed
