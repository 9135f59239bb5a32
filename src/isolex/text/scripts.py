"""The scripts of letters, and of languages that are written in a single one."""

from functools import cache
from unicodedata import name

from isolex.text.languages import same_language

# Japanese is written in all of these.
_TOGETHER = dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"), "Chinese or Japanese")
_NO_SCRIPTS = {
    "MODIFIER",
    "FULLWIDTH",
    "HALFWIDTH",
    "FEMININE",
    "MASCULINE",
    "MATHEMATICAL",
    "MICRO",
    "SUPERSCRIPT",
}

# Only languages that everybody writes so today: no Serbian, Kazakh, Uzbek, Kurdish, Punjabi, Malay ...
_LANGUAGES_OF = {
    "Latin": (
        "af br ca cs cy da de en eo es et eu fi fo fr fy ga gl hr hu id is it lb lt lv mt nb nl nn no pl pt "
        "sk sl sq sv tr vi"
    ),
    "Cyrillic": "ba be bg ce cv ky mk os ru uk",
    "Greek": "el",
    "Armenian": "hy",
    "Georgian": "ka",
    "Hebrew": "he yi",
    "Arabic": "ar fa ps ur",
    "Thaana": "dv",
    "Ethiopic": "am ti",
    "Devanagari": "hi mr ne",
    "Bengali": "as bn",
    "Gujarati": "gu",
    "Oriya": "or",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Sinhala": "si",
    "Thai": "th",
    "Lao": "lo",
    "Khmer": "km",
    "Myanmar": "my",
    "Tibetan": "bo dz",
    "Hangul": "ko",
    "Chinese or Japanese": "ja zh",
}


@cache
def script_of(character: str) -> str | None:
    """Name of a letter's script; None for other characters and for letters that all scripts use."""
    if not character.isalpha():
        return None
    first = name(character, "MODIFIER").split()[0].split("-")[0]
    return None if first in _NO_SCRIPTS else _TOGETHER.get(first, first.title())


def own_script(language: str | None) -> str | None:
    """Name of the script that a language is written in; None where that is not known for sure.

    A code that names a script, such as `uk-Latn`, says so itself.
    """
    parts = (language or "").replace("_", "-").split("-")
    if any(len(part) == 4 and part.isalpha() for part in parts[1:]):
        return None
    return _scripts().get(same_language(language))


@cache
def _scripts() -> dict[str, str]:
    return {same_language(code): script for script, codes in _LANGUAGES_OF.items() for code in codes.split()}
