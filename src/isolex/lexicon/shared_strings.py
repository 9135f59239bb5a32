"""Word pairs for nothing: strings and numerals that two vocabularies share."""

import re
from collections.abc import Iterable

from isolex.lexicon.words import word_problem
from isolex.text.latin import latin_forms
from isolex.vectors import Vectors

# In a str pattern \d is exactly the Unicode category Nd, the decimal digits of every script.
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_DIGIT = re.compile(r"\d")


def identical_pairs(source: Vectors, target: Vectors, *, minimum_length: int) -> list[tuple[str, str]]:
    """(word, word) for the words of at least `minimum_length` characters in both, in source order."""
    return [
        (word, word)
        for word in source.without_zeros().words
        if len(word) >= minimum_length and word in target and word_problem(word) is None
    ]


def alike_pairs(source: Vectors, target: Vectors, *, minimum_length: int) -> list[tuple[str, str]]:
    """Words of the same letters and digits in Latin script; of several on a side, the most frequent one."""
    theirs = _by_form(target, minimum_length)
    return [(word, theirs[form]) for form, word in _by_form(source, minimum_length).items() if form in theirs]


def _by_form(vectors: Vectors, minimum_length: int) -> dict[str, str]:
    words: dict[str, str] = {}
    known = vectors.without_zeros().words
    for word, latin in zip(known, latin_forms(known), strict=True):
        form = _letters(latin)
        if len(form) >= minimum_length and word_problem(word) is None:
            words.setdefault(form, word)
    return words


def numeral_pairs(source: Vectors, target: Vectors) -> list[tuple[str, str]]:
    """Every source numeral with every target numeral that has the same digits and separators.

    A numeral is runs of decimal digits (of any script) with single inner "." or ",": 3, 1984, 1,000.5, ٣.
    """
    targets: dict[str, list[str]] = {}
    for key, word in _numerals(target):
        targets.setdefault(key, []).append(word)
    return [(word, other) for key, word in _numerals(source) for other in targets.get(key, ())]


def are_alike(source: str, target: str) -> bool:
    """Whether two words are such a pair: the same string, or the same letters and digits in Latin script."""
    first, second = map(_letters, latin_forms([source, target]))
    return source == target or first == second != ""


def _letters(latin: str) -> str:
    return "".join(filter(str.isalnum, latin))


def _numerals(vectors: Vectors) -> Iterable[tuple[str, str]]:
    for word in vectors.without_zeros().words:
        key = _numeral(word)
        if key is not None:
            yield key, word


def _numeral(word: str) -> str | None:
    """A numeral in European digits; None for other words."""
    return _DIGIT.sub(lambda digit: str(int(digit[0])), word) if _NUMERAL.fullmatch(word) else None
