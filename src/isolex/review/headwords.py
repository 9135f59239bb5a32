"""Which entries of a vocabulary are words that a dictionary could have."""

import re

from isolex.text.languages import same_language
from isolex.text.word_patterns import is_plain, plain_signs, word_pattern

# Between the words of one entry.
_JOINT = re.compile(r"[\s_\u30fb]+")
_ABBREVIATION = re.compile(r"(?:[^\W\d_]+\.){2,}")


def is_headword(entry: str, language: str | None) -> bool:
    """Whether an entry is a word or several, by the rules of `isolex.text`, rather than a piece of text.

    Signs, numbers, and words that a text was cut apart at are none: `!`, `1984`, `don'`, `-ness`, `'s`.

    Args:
        entry: As the vocabulary has it.
        language: Its language, if that is known: `dell'` is a word in Italian alone.
    """
    if not any(map(str.isalpha, entry)):
        return False
    if entry.isalpha():  # nearly all are
        return True
    code = same_language(language)
    text = plain_signs(entry, code)
    pattern = word_pattern(code, plain=is_plain(text), punctuation=False)
    return all(_is_word(part, pattern) for part in _JOINT.split(text))


def _is_word(part: str, pattern: re.Pattern[str]) -> bool:
    # Such as c'è may be two words.
    if "".join(pattern.findall(part)) == part or _ABBREVIATION.fullmatch(part):
        return True
    # Elided words are found before and behind others alone.
    if part.endswith("'"):
        found = pattern.match(f"{part}a")
        return found is not None and found[0] == part
    if part.startswith("'"):
        found = pattern.match(f"a{part}", 1)
        return found is not None and found[0] == part
    return False
