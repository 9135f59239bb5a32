"""What a word looks like, as regular expressions: Unicode's rules (UAX 29), and what languages add."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

# Scripts without spaces: Thai, Lao; Burmese; Khmer; Chinese and Japanese characters, kana.
UNSPACED = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f\u3005-\u3007\u3031-\u3035"
    "\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
# Before a vowel these lose theirs, and are words of their own.
_ELIDED = {
    "fra": "[cdjlmnst] qu jusqu lorsqu puisqu quoiqu",
    "cat": "[dlmnst]",
    "oci": "[cdjlmnst] qu",
    "ast": "[dlmnstp] qu",
    "arg": "[dlmnst]",
    "epo": "[ld] un",
    "gle": "[bdm]",
    "gla": "[bdm]",
    "mlt": "[bdfmstx]",
    "ltz": "[d]",
}
# Any word may lose its last vowel here.
_ELIDING = {"ita", "cos", "srd", "scn", "lij", "nap", "vec", "fur", "lmo", "pms"}
# These have lost more than a vowel, whatever follows: un po' di sale.
_CUT_SHORT = ("po", "mo", "be", "ca", "da", "di", "fa", "sta", "va", "to", "vo", "pie", "piè")
# Pronouns that follow a verb in Catalan: dona'm.
_LEANING = "(?:ls|ns|[lmnst])"
_COLON_INSIDE = {"fin", "swe"}  # EU:n, S:t
_HEBREW = "[\u05d0-\u05ea]"
# All marks, joiners, Hebrew letters and scripts without spaces are in here, and no Latin, Greek, Cyrillic or
# Armenian letter: few ranges, which are searched for fast.
_NOT_PLAIN = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0590-\u1cff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\u2de0-\u2dff"
    "\u2e80-\U0010ffff]"
)


def is_plain(text: str) -> bool:
    """Whether a text has no marks and joiners, no Hebrew letters and no scripts without spaces."""
    return text.isascii() or _NOT_PLAIN.search(text) is None


@cache
def word_pattern(language: str, *, plain: bool, punctuation: bool) -> re.Pattern[str]:
    """What finds all words of a text through which `plain_signs` has been.

    A run of a script without spaces is found as a whole.

    Args:
        language: As `languages.same_language` has it.
        plain: Whether the text `is_plain`; the pattern for those is twice as fast.
        punctuation: Whether to find runs of dots and dashes, and other signs one by one, too.
    """
    # What \w leaves out though words hold it: vowel signs and other marks, and joiners, which nobody sees.
    letter = r"[^\W_]" if plain else rf"[^\W_{UNSPACED}]"
    run = f"{letter}+" if plain else f"{letter}+(?:[{_marks()}]+{letter}*)*"
    joints = [
        r"(?<=·)",
        r"(?<=-)(?:(?!\d)|(?<!\d-))",  # 1914-1918 are two numbers
        r"(?<=\d[.,٫٬])(?=\d)",
        r"(?<=\.)(?<=\b[^\W\d]\.)(?=[^\W\d]\b)",  # U.S.
        rf'(?<={_HEBREW}")(?={_HEBREW})',
        *(["(?<=:)"] if language in _COLON_INSIDE else []),
        *([] if language in _ELIDING else [rf"(?<=')(?!{_LEANING}\b)" if language == "cat" else "(?<=')"]),
    ]
    word = rf"""{run}(?:[-'·.,٫٬:"](?=\w)(?:{"|".join(joints)}){run})*"""
    if language in _ELIDING:
        cut_short = "|".join(rf"(?<=\b{short}')" for short in (*_CUT_SHORT, *map(str.title, _CUT_SHORT)))
        word += rf"""(?:'(?:(?=[\w«“"])|{cut_short}))?"""
    ways = [word]
    if not plain:
        ways = [rf"{word}(?:'(?<={_HEBREW}'))?", rf"[{UNSPACED}][{UNSPACED}\u200c\u200d]*"]
    if elided := _ELIDED.get(language):
        ways.insert(0, f"(?i:{'|'.join(elided.split())})'")
    if language == "cat":
        ways.append(rf"(?<=\w)'{_LEANING}\b")
    if punctuation:
        ways.append(rf"\.+|-+|[^\w\s{_marks()}]|_")
    return re.compile("|".join(ways))


@cache
def _marks() -> str:
    unspaced = re.compile(f"[{UNSPACED}]")
    marks = [
        code
        for code in (*range(0x300, 0x1F000), *range(0xE0100, 0xE01F0))
        if unicodedata.category(chr(code))[0] == "M" and not unspaced.match(chr(code))
    ]
    return _ranges([*marks, 0x200C, 0x200D])


def _ranges(codes: Iterable[int]) -> str:
    """Characters as the inside of brackets in a pattern."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


# Soft hyphens, marks of direction, word joiners: inside words, and nobody sees them; and the Arabic tatweel.
_UNSEEN = re.compile("[\u00ad\u0640\u180e\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_PLAIN = (("’", "'"), ("‘", "'"), ("＇", "'"), ("‐", "-"), ("‑", "-"), ("ŀ", "l·"), ("Ŀ", "L·"))
_PLAIN_HEBREW = (("״", '"'), ("׳", "'"))
# Letters in other shapes: ligatures as in ﬁnd, Arabic ones by their place in a word, wide and narrow ones as
# in Ｗｅｂ and ｶﾀｶﾅ. Of the signs around them, some part sentences by their shape.
_SHAPED = re.compile(
    "[\u0132\u0133\ufb00-\ufb06\ufb13-\ufb17\ufb50-\ufbb1\ufbd3-\ufc5d\ufc64-\ufd3d"
    "\ufd50-\ufdfb\ufe80-\ufefc\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc]+"
)
_FAR = re.compile("[\ufb00-\uffdc]")
# What people type for an apostrophe inside a word. At the ends of words, ʼ is a letter in some languages.
_TYPED_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[`´′ʼ՚](?=[^\W\d_])")
# Armenian marks of tone stand on the stressed vowel.
_ARMENIAN_TONE = re.compile(r"(?<=\w)[՛՜՞](?=\w)")
_CATALAN_DOT = re.compile(r"(?<=l)[.•‧∙⋅](?=l)", re.IGNORECASE)
_OKINA = re.compile(r"(?<=[^\W\d_])['‘](?=[^\W\d_])|(?<!\w)‘(?=[aeiouāēīōū])", re.IGNORECASE)
_OKINA_LANGUAGES = {"haw", "smo", "ton", "tah", "wls", "rap"}
_UZBEK_LETTER = re.compile("(?<=[oOgG])['`ʼ]")


def plain_signs(text: str, language: str) -> str:
    """A text with one sign for what is written with several: apostrophes, hyphens, gershayim, l·l, ﬁ.

    Args:
        text: Unicode NFC.
        language: As `languages.same_language` has it.
    """
    # To look for a sign is much faster than to look for a pattern that begins with one of several.
    if any(map(text.__contains__, "`´′ʼ՚")):
        text = _TYPED_APOSTROPHE.sub("'", text)
    if not text.isascii():
        text = _UNSEEN.sub("", text)
        if "ĳ" in text or "Ĳ" in text or _FAR.search(text):
            text = _SHAPED.sub(_unshaped, text)
        if any(map(text.__contains__, "՛՜՞")):
            text = _ARMENIAN_TONE.sub("", text)
        if language in _OKINA_LANGUAGES:
            text = _OKINA.sub("ʻ", text.replace("’", "'"))
        for sign, plain in _PLAIN:
            text = text.replace(sign, plain)
        if language in ("", "heb", "yid"):
            for sign, plain in _PLAIN_HEBREW:
                text = text.replace(sign, plain)
    if language == "cat":
        text = _CATALAN_DOT.sub("·", text)
    elif language == "uzb":
        text = _UZBEK_LETTER.sub("ʻ", text)
    return text


def _unshaped(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])
