"""Scripts without spaces: their runs are cut into words by the dictionaries of ICU."""

import re

from isolex.errors import MissingExtraError
from isolex.text.word_patterns import UNSPACED

_UNSPACED = re.compile(f"[{UNSPACED}]")
_HIRAGANA = re.compile("[\u3041-\u309f]+")
_KANJI = re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
# No word begins with these.
_WITHIN_WORDS = tuple("っんゃゅょぁぃぅぇぉー")
# Words of one kana: particles. Others are pieces of words.
_PARTICLES = frozenset("はがをにへとでものやかねよなさぞわしばてだたう")


def has_unspaced(text: str) -> bool:
    """Whether a text has a character of a script without spaces."""
    return _UNSPACED.search(text) is not None


def cut_unspaced(tokens: list[str]) -> list[str]:
    """The tokens, of which those in scripts without spaces are cut into words.

    Raises:
        MissingExtraError: The package icu4py is not there.
    """
    try:
        from icu4py.breakers import WordBreaker  # noqa: PLC0415 - an optional package
    except ImportError as error:
        feature = "cutting Chinese, Japanese, Thai, Lao, Khmer or Burmese text into words"
        raise MissingExtraError(feature, "icu4py", "train") from error
    words: list[str] = []
    for token in tokens:
        if _UNSPACED.match(token):
            # The dictionary follows from the script, so no language is named.
            found = [word for word in WordBreaker(token, "und") if any(map(str.isalnum, word))]
            words += _mended(found) if _HIRAGANA.search(token) else found
        else:
            words.append(token)
    return words


def _mended(pieces: list[str]) -> list[str]:
    """Japanese words, of which ICU leaves inflected ones in pieces: 買 って, 飲 み ま した."""
    words: list[list[str]] = []  # in pieces: to lengthen a long word piece by piece would take for ever
    started = False  # whether the last word is the beginning of one, such as the ま of ました
    for piece in pieces:
        stray = len(piece) == 1 and _HIRAGANA.match(piece) is not None and piece not in _PARTICLES
        if words and (
            piece.startswith(_WITHIN_WORDS)
            or (stray and _KANJI.match(words[-1][-1][-1]))
            or (started and _HIRAGANA.fullmatch(piece))
        ):
            words[-1].append(piece)
            started = False
        else:
            words.append([piece])
            started = stray
    return list(map("".join, words))
