"""From a text to the words of a vocabulary."""

import re
import unicodedata
from collections.abc import Callable, Sequence

Tokenizer = Callable[[str], Sequence[str]]

# What \w leaves out though words hold it: vowel signs and other marks, of which the last stand at U+1E94A.
_MARKS = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M")
# Joiners, which nobody sees, are inside words too.
_RUN = rf"\w+(?:[{_MARKS}\u200c\u200d]\w*)*"
# A run of letters, marks and digits, with inner hyphens and apostrophes, and the apostrophe of an elision.
_WORD = re.compile(rf"{_RUN}(?:[-'’ʼ]{_RUN})*['’ʼ]?")
_APOSTROPHES = str.maketrans("’ʼ", "''")
# After an apostrophe, and around a hyphen or the invisible seam of Persian words.
_SEAM = re.compile(r"(?<=')|-|\u200c")


def words_of(text: str) -> list[str]:
    """The words of a text, in order, without punctuation; those with inner hyphens and apostrophes are whole.

    For scripts that set blanks or other marks between words; others need a tokeniser of their own.

    Examples:
        >>> from isolex.transfer import words_of
        >>> words_of("L'homme, peut-être.")
        ["L'homme", 'peut-être']
    """
    return _WORD.findall(text)


def spellings(word: str) -> list[list[str]]:
    """Ways to look a word up, each as words of the vocabulary: whole, then in its parts.

    Texts write other apostrophes than vocabularies, which cut words at other places (`l'` `homme`).

    Examples:
        >>> from isolex.transfer.tokens import spellings
        >>> spellings("l’homme")
        [['l’homme'], ["l'homme"], ["l'", 'homme'], ['l', 'homme']]
    """
    plain = word.translate(_APOSTROPHES)
    parts = [part for part in _SEAM.split(plain) if part]
    bare = [part.rstrip("'") for part in parts if part.rstrip("'")]
    ways: list[list[str]] = []
    for way in ([word], [plain], parts, bare):
        if way and way not in ways:
            ways.append(way)
    return ways
