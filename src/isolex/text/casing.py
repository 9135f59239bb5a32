"""Letter case as the languages have it."""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Literal, TypeAlias

Case: TypeAlias = Literal["keep", "lower", "fold"]

CASES: dict[str, Callable[[str], str]] = {"keep": str, "lower": str.lower, "fold": str.casefold}

# Whose alphabets have two letters i, with a dot and without.
_DOTLESS = {"tr", "tur", "az", "aze", "azj", "azb", "crh", "gag"}


def lower(text: str, *, language: str | None = None) -> str:
    """A text in lower case, as the language has it; see `case_of`.

    Examples:
        >>> from isolex.text import lower
        >>> lower("KIRMIZI İNCİR", language="tr")
        'kırmızı incir'
    """
    return case_of("lower", language)(text)


def title(text: str, *, language: str | None = None) -> str:
    """A text in title case, as the language has it: in Turkish and Azerbaijani, i becomes İ.

    Examples:
        >>> from isolex.text import title
        >>> title("istanbul ılık", language="tr")
        'İstanbul Ilık'
    """
    if not has_dotless_i(language):
        return text.title()
    # Python's title case keeps İ at the start of a word, and elsewhere makes i and a combining dot of it.
    return lower(text, language=language).replace("i", "İ").title().replace("i\u0307", "i")


def upper(text: str, *, language: str | None = None) -> str:
    """A text in upper case, as the language has it: in Turkish and Azerbaijani, i becomes İ.

    Examples:
        >>> from isolex.text import upper
        >>> upper("kırmızı incir", language="tr")
        'KIRMIZI İNCİR'
    """
    return (text.replace("i", "İ") if has_dotless_i(language) else text).upper()


@cache
def case_of(case: Case, language: str | None) -> Callable[[str], str]:
    """How the letter case of a word or a text is changed in a language.

    Turkish, Azerbaijani, Crimean Tatar and Gagauz lower-case İ to i, and I to ı; all others follow the
    Unicode standard, where I becomes i, and İ, which they lack, i with a combining dot.

    Args:
        case: A key of `CASES`.
        language: Code of the language, perhaps with a region, or None.
    """
    change = CASES[case]
    if case == "keep" or not has_dotless_i(language):
        return change
    return partial(_with_dotless_i, change)  # which can be pickled


def has_dotless_i(language: str | None) -> bool:
    """Whether a language tells i from ı."""
    return language is not None and re.split("[-_]", language.lower())[0] in _DOTLESS


def _with_dotless_i(change: Callable[[str], str], text: str) -> str:
    # A decomposed İ is brought together first, as NFC would.
    return change(text.replace("I\u0307", "İ").replace("İ", "i").replace("I", "ı"))
