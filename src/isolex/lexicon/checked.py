"""Lexicons as callers give them, made sure of before they are used."""

import warnings
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from isolex.errors import InputError, IsolexWarning
from isolex.given import given_or_read
from isolex.lexicon.indexing import IndexedLexicon
from isolex.lexicon.pairs import Lexicon
from isolex.lexicon.weighting import warn_of_weights
from isolex.lexicon.words import counted
from isolex.text.casing import Case
from isolex.vectors import Vectors

# Of the pairs: if fewer are found, isolex warns; if still fewer, it refuses lexicons that fit better turned.
LITTLE_PERCENT, POOR_PERCENT = 25.0, 10.0
_SHOWN = 3

LexiconLike: TypeAlias = Lexicon | str | Path
"""A lexicon, or the path of a file of one."""


def as_lexicon(given: LexiconLike, *, what: str = "lexicon") -> Lexicon:
    """A lexicon, or the one in the file that is given.

    Raises:
        InputError: It is neither, or the file cannot be read as one.
    """
    return given_or_read(given, Lexicon, Lexicon.read, what=what, fix="wrap its rows in Lexicon(…)")


def index_checked(
    lexicon: Lexicon, source: Vectors, target: Vectors, *, what: str, told: bool = False
) -> IndexedLexicon:
    """Row ids of the pairs in both vocabularies, with a word about a lexicon that hardly fits them.

    Args:
        lexicon: The pairs.
        source: Vectors of its first words.
        target: Vectors of its second words.
        what: What the lexicon is called in messages.
        told: Whether that word was said already.

    Raises:
        InputError: Not one pair is in both vocabularies; or less than 10 % are, and twice as many or more
            would be if the lexicon were turned round.

    Warns:
        IsolexWarning: More pairs would be if the lexicon were turned round, or less than 25 % are.
    """
    indexed = lexicon.index(source, target)
    found, turned = len(indexed), len(lexicon.reversed().index(source, target))
    poor = indexed.coverage.pairs_percent < POOR_PERCENT
    where = what if lexicon.path is None else f"{what} {lexicon.path}"
    if turned > found:
        are = "is" if found == 1 else "are"
        pairs = (
            f"{found:,} of its {counted(len(lexicon), 'pair')} {are} found, "
            f"{turned:,} if its columns are exchanged"
        )
        problem = f"looks the wrong way round: {pairs}"
        fix = "exchange its two columns, or source and target if those are the wrong way round"
        if poor and turned >= 2 * found:
            raise InputError(problem, where=where, fix=fix)
        if not told:
            warnings.warn(f"{where}: {problem}; {fix}", IsolexWarning, stacklevel=3)
    elif found == 0:
        coverage = indexed.coverage
        source_holds = _examples(source, coverage.missing_source)
        target_holds = _examples(target, coverage.missing_target)
        raise InputError(
            f"not one pair is in both vocabularies; {coverage.summary()}; "
            f"the source vocabulary holds words such as {source_holds}, the target vocabulary {target_holds}",
            where=where,
            fix=_case_fix(lexicon, source, target)
            or "check languages, letter case (--case lower or fold), and extra characters around the words",
        )
    elif indexed.coverage.pairs_percent < LITTLE_PERCENT and not told:
        warnings.warn(f"{where}: {indexed.coverage.summary()}", IsolexWarning, stacklevel=3)
    if indexed.weights is not None and len(indexed) and not indexed.weights.any():
        raise InputError(
            "the weights of all pairs in both vocabularies are 0, expected some that are not",
            where=where,
            fix="mend the weights or leave them out",
        )
    return indexed


def _case_fix(lexicon: Lexicon, source: Vectors, target: Vectors) -> str | None:
    """What to do about letter case, if that is what keeps the pairs from being found."""
    languages = source.language, target.language
    cases: tuple[Case, ...] = ("lower", "fold")
    for case in cases:
        with warnings.catch_warnings():  # of letters that depend on the language
            warnings.simplefilter("ignore", IsolexWarning)
            found = len(lexicon.cased(case, languages=languages).index(source, target))
        if found:
            pairs = counted(found, "pair")
            return f"letter case differs: take --case {case} (case={case!r}), which finds {pairs}"
    return None


def _examples(vocabulary: Vectors, missing: Sequence[str]) -> str:
    """A few words of a vocabulary: those round a missing one, which explains prefixes, or frequent ones."""
    asked = [word for word in missing[:_SHOWN] if len(word) > 1]
    akin = [next((word for word in vocabulary.words if _holds(word, part)), None) for part in asked]
    letters = (word for word in vocabulary.words if sum(map(str.isalpha, word)) > 1)
    words = [
        *dict.fromkeys(word for word in akin if word),
        *islice(letters, _SHOWN),
        *vocabulary.words[:_SHOWN],
    ]
    return ", ".join(map(repr, dict.fromkeys(words[:_SHOWN])))


def _holds(word: str, part: str) -> bool:
    return part in word and (word.endswith(part) or word.startswith(part) or not word[0].isalnum())


def found_seeds(
    lexicon: LexiconLike | None, source: Vectors, target: Vectors, *, what: str = "lexicon"
) -> tuple[Lexicon, IndexedLexicon]:
    """The pairs found in both vocabularies, as words and as ids; none without a lexicon.

    Raises:
        InputError: See `index_checked`.
    """
    if lexicon is None:
        return Lexicon([]), Lexicon([]).index(source, target)
    lexicon = as_lexicon(lexicon, what=what)
    indexed = index_checked(lexicon, source, target, what=what)
    warn_of_weights(lexicon, what=what)
    found = [(source.words[row], target.words[key]) for row, key in indexed.pairs.tolist()]
    weights = None if indexed.weights is None else indexed.weights.tolist()
    return Lexicon(found, weights, unicode="keep"), indexed
