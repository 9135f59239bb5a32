"""From a text to its words, as people of the language write them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from isolex.errors import InputError
from isolex.names import look_up
from isolex.tables import trim
from isolex.text.casing import case_of
from isolex.text.languages import check_language, same_language
from isolex.text.unspaced import cut_unspaced, has_unspaced
from isolex.text.word_patterns import is_plain, plain_signs, word_pattern

Tokens: TypeAlias = Literal["words", "whitespace"]
TextCase: TypeAlias = Literal["lower", "keep"]

_LINE_END = re.compile(r"[\r\n]+")
_CLOSING = "[\"'»”’)\\]」』）]*"
_SENTENCE_END = re.compile(rf"[.!?…。！？｡।॥؟۔։።།။។]+{_CLOSING}\s*")
# Behind these stands a blank, unless they are inside a number, an abbreviation or an address.
_SPACED_ENDS = ".!?…"
# Up to so many letters, and a capital first, are a title or an initial before a full stop: Mr. J. Smith.
_TITLE = 3
_OPENING = "\"'«“„‘(["


@dataclass(frozen=True)
class Segmenter:
    """How texts are split into words.

    A word is a run of letters, marks and digits (Unicode's rules, UAX 29) with its inner hyphens, apostrophes
    and Catalan middle dots, a number with its inner points and commas, or an abbreviation with its inner
    points (`u.s`). Elided words are separate in the languages that separate them (French `l'` `homme`,
    Italian `dell'` `arte`, Catalan `dona` `'m`); elsewhere they stay inside the word (English `don't`,
    Ukrainian `п'ять`). All apostrophes are written `'`, all hyphens `-`, Hebrew gershayim `"`. Chinese,
    Japanese, Thai, Lao, Khmer and Burmese text is split with the dictionaries of ICU, whatever the language.

    In scripts with spaces, it splits two million words a second on one core (`benchmarks/texts.py`).

    Args:
        language: Code of the language, or None if it is unknown.
        tokens: "words", or "whitespace" for texts that are segmented already.
        case: "lower" (as the language has it), or "keep".
        numbers: Whether to keep words with digits and no letters.
        punctuation: Whether to keep punctuation and symbols, each a token of its own.

    Raises:
        InputError: A code or a name is unknown.

    References:
        Unicode Standard Annex 29, Unicode Text Segmentation.

    Examples:
        >>> from isolex.text import Segmenter
        >>> Segmenter("fr").words("Aujourd’hui, l’arc-en-ciel !")
        ["aujourd'hui", "l'", 'arc-en-ciel']
    """

    language: str | None = None
    tokens: Tokens = "words"
    case: TextCase = "lower"
    numbers: bool = True
    punctuation: bool = False

    def __post_init__(self) -> None:
        if self.language is not None:
            check_language(self.language)
        look_up(self.tokens, dict.fromkeys(("words", "whitespace")), "kind of tokens")
        look_up(self.case, dict.fromkeys(("lower", "keep")), "letter case")
        for name in ("numbers", "punctuation"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(f"got {getattr(self, name)!r}, expected True or False", where=name)

    def words(self, text: str) -> list[str]:
        """The words of a text in Unicode NFC, in order.

        Raises:
            MissingExtraError: The text has a script without spaces, and the package icu4py is not there.
        """
        return self._words_of(self._plain(text))

    def sentences(self, text: str) -> Iterator[list[str]]:
        """The words of each sentence that has any; a line never goes on in the next one.

        Where texts are segmented already, a line is a sentence.
        """
        for line in _LINE_END.split(self._plain(text)):
            for sentence in [line] if self.tokens == "whitespace" else _sentences(line):
                if words := self._words_of(sentence):
                    yield words

    def to_dict(self) -> dict[str, Any]:
        """The settings."""
        return asdict(self)

    @cached_property
    def _same_language(self) -> str:
        return same_language(self.language)

    @cached_property
    def _cased(self) -> Callable[[str], str]:
        return case_of(self.case, self.language)

    def _plain(self, text: str) -> str:
        return plain_signs(text, self._same_language) if self.tokens == "words" else text

    def _words_of(self, text: str) -> list[str]:
        """The words of a text of plain signs."""
        text = self._cased(text)
        if self.tokens == "whitespace":
            found = text.split()
            return found if self.punctuation and self.numbers else list(filter(self._is_wanted, found))
        plain = is_plain(text)
        found = word_pattern(self._same_language, plain=plain, punctuation=self.punctuation).findall(text)
        if not plain:
            if has_unspaced(text):
                found = cut_unspaced(found)
            if "\u200c" in text or "\u200d" in text:
                found = [word for token in found if (word := trim(token))]
        # Nearly all words are letters alone, which is seen at once.
        return found if self.numbers else [word for word in found if word.isalpha() or self._is_wanted(word)]

    def _is_wanted(self, token: str) -> bool:
        if any(map(str.isalpha, token)):
            return True
        return self.numbers if any(map(str.isalnum, token)) else self.punctuation


def _sentences(line: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(line):
        if not _goes_on(line, end):
            yield line[start : end.end()]
            start = end.end()
    yield line[start:]


def _goes_on(line: str, end: re.Match[str]) -> bool:
    """Whether a sentence goes on behind what looks like its end: a title, a number, or a point in a word."""
    sign = end[0]
    if (sign[0] in _SPACED_ENDS and not sign[-1].isspace()) or line[end.end() : end.end() + 1].islower():
        return True
    if not sign.startswith(". "):
        return False
    before = line[line.rfind(" ", 0, end.start()) + 1 : end.start()].lstrip(_OPENING)
    return (before.istitle() and len(before) <= _TITLE) or before.isdigit()
