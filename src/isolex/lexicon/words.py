"""What may stand in a lexicon as a word or a weight, and how counts read."""

import math
import re
import warnings
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from isolex.errors import IsolexWarning

_Entry = TypeVar("_Entry")
Languages: TypeAlias = tuple[str | None, str | None]

# Tabs and line breaks part the fields of every text format, and a lone surrogate has no UTF-8 form.
_UNWRITABLE = re.compile("[\x00-\x1f]|(?P<surrogate>[\ud800-\udfff])")


def word_problem(word: str) -> str | None:
    """Why `word` cannot stand in a lexicon, or None if it can.

    A word (or multiword entry) is a string of at least one visible character, without control characters
    (so without tabs and line breaks), without lone surrogates, and without spaces at either end. Whatever
    passes survives being written to a file and read back.
    """
    if not word.strip():
        return "an empty word"
    if bad := _UNWRITABLE.search(word):
        return "invalid UTF-8" if bad["surrogate"] else "a control character inside a word"
    if word != word.strip(" "):
        return "a space at the end of a word"
    return None


def holdable(
    entries: Iterable[_Entry],
    words: Callable[[_Entry], tuple[str, str]],
    *,
    problem: Callable[[str], str | None] = word_problem,
    holder: str = "no lexicon can",
) -> list[_Entry]:
    """The entries whose two words can be held; of the others there is one warning.

    Args:
        entries: Any.
        words: The source and the target word of one.
        problem: Why a word cannot be held, or None if it can.
        holder: Who cannot, before the word "hold".

    Warns:
        IsolexWarning: Some are left out.
    """
    kept: list[_Entry] = []
    first, left_out = None, 0
    for entry in entries:
        if any(map(problem, words(entry))):
            left_out += 1
            first = first or words(entry)
        else:
            kept.append(entry)
    if first:
        warnings.warn(
            f"left out {left_out:,} of {len(kept) + left_out:,} entries, whose words {holder} hold "
            f"(first {first[0]!r} {first[1]!r})",
            IsolexWarning,
            stacklevel=4,
        )
    return kept


def as_weight(value: Any) -> float | None:
    """`value` as a finite number of at least 0, or None if it is none."""
    try:
        weight = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return weight if math.isfinite(weight) and weight >= 0 else None


def counted(number: int, noun: str) -> str:
    """A count with its noun, as "1 pair" or "10,872 pairs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
