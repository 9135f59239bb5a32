"""Codes of languages that people name."""

import re
from functools import cache

from isolex.errors import InputError
from isolex.names import nearest
from isolex.tables import LANGUAGE_CODES, LANGUAGE_NAMES

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.IGNORECASE)
# Countries, and codes of old, that are taken for languages.
_OFTEN_MEANT = {
    **{"al": "sq", "at": "de", "by": "be", "cn": "zh", "cz": "cs", "dk": "da", "eg": "ar"},
    **{"gb": "en", "ge": "ka", "gr": "el", "il": "he", "in": "hi", "ir": "fa", "iw": "he", "ji": "yi"},
    **{"jp": "ja", "jw": "jv", "lk": "si", "mm": "my", "mx": "es", "np": "ne", "ph": "tl", "pk": "ur"},
    **{"rs": "sr", "ua": "uk", "us": "en", "vn": "vi"},
}
_HOW = "give an ISO 639 code, such as en, tr or pt-BR"


def check_language(code: object) -> None:
    """Raise `InputError` unless this is the code of a language that somebody knows.

    Known are the two-letter codes of ISO 639, any of three letters (ISO 639-3 has thousands), and either with
    a script or a region behind it, as `sr-Latn` and `pt_BR`.

    Raises:
        InputError: It is none; the message tells which one may be meant.
    """
    if not isinstance(code, str):
        raise InputError(f"got {code!r}, expected the code of a language", where="language", fix=_HOW)
    tag = _TAG.fullmatch(code)
    if tag and (len(tag[1]) == 3 or tag[1].lower() in LANGUAGE_CODES):
        return
    meant = _meant(code.strip().lower())
    guess = f"did you mean {meant}? " if meant else ""
    raise InputError(f"unknown language {code!r}", fix=f"{guess}{_HOW}")


def code_of_name(name: str) -> str | None:
    """The code of a language that is called by its English name; None for whatever else."""
    language = LANGUAGE_NAMES.get(name.strip().lower())
    return None if language is None or name.strip().lower() in LANGUAGE_CODES else _short_code(language)


@cache
def same_language(code: str | None) -> str:
    """One code of three letters for all codes of a language that is known, else the code; "" for None."""
    first = re.split("[-_]", (code or "").lower())[0]
    return LANGUAGE_CODES.get(first, first)


def _meant(typed: str) -> str | None:
    first = re.split("[-_]", typed)[0]
    code = _OFTEN_MEANT.get(first)
    if code is None and (name := nearest(typed, LANGUAGE_NAMES)) is not None:
        code = _short_code(LANGUAGE_NAMES[name])
    if code is None and len(first) > 1:
        code = nearest(first, [known for known in LANGUAGE_CODES if len(known) == 2])
    if code is None:
        return None
    name = next(name for name, language in LANGUAGE_NAMES.items() if language == LANGUAGE_CODES[code])
    return f"{code!r} ({name.title()})"


def _short_code(language: str) -> str:
    return min((code for code, own in LANGUAGE_CODES.items() if own == language), key=len)
