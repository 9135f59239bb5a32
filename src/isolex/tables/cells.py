"""Values of the cells of a table: the text without invisible characters at its ends, and the number."""

import math
import re
import unicodedata
from typing import Literal, TypeAlias

Unicode: TypeAlias = Literal["nfc", "keep"]

UNICODE: tuple[Unicode, ...] = ("nfc", "keep")

# Invisible and no blank: zero-width space and no-break space, word joiner, soft hyphen, marks of direction.
_INVISIBLE = frozenset(
    "\u00ad\u180e\u200b\ufeff\u2060\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_VIRAMA = 9  # the combining class of the signs that take a letter's vowel
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+")


def trim(text: str) -> str:
    """A text without blanks and invisible characters at its ends.

    Nothing inside a word is changed, because joiners and non-joiners are a kind of letter in Persian and in
    the scripts of India. At the end of a word, both stay after a virama, and a joiner stays after an Arabic
    letter, because they change the shape of the letter before them; any others are removed.
    """
    if text[:1].isalnum() and text[-1:].isalnum():
        return text
    start, end = 0, len(text)
    while start < end and (_unseen(text[start]) or text[start] in (_NON_JOINER, _JOINER)):
        start += 1
    while start < end and _comes_off(text, end - 1):
        end -= 1
    return text[start:end]


def tidy(text: str, unicode: Unicode) -> str:
    """A word of a file as isolex uses it: "nfc" trims it and makes it NFC, "keep" only removes spaces.

    Each cell is brought to NFC after its line was split, because NFC of a whole line could make a separator:
    U+037E becomes ";".
    """
    if unicode == "keep":
        return text.strip(" ")
    word = trim(text)
    return word if unicodedata.is_normalized("NFC", word) else trim(unicodedata.normalize("NFC", word))


def number(text: str, *, decimal_comma: bool = False) -> float | None:
    """The finite number in a cell, or None; "0,9" is a number if commas may be decimal."""
    text = trim(text)
    if decimal_comma and _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def _comes_off(text: str, place: int) -> bool:
    if text[place] not in (_NON_JOINER, _JOINER):
        return _unseen(text[place])
    if place and unicodedata.combining(text[place - 1]) == _VIRAMA:
        return False
    arabic = place > 0 and unicodedata.bidirectional(text[place - 1]) == "AL"
    return text[place] == _NON_JOINER or not arabic


def _unseen(character: str) -> bool:
    return character.isspace() or character in _INVISIBLE
