"""Sentences that a word stands in, from a text that somebody gave."""

import math
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from isolex.errors import InputError
from isolex.text import Segmenter, case_of, check_language, same_language, text_sources
from isolex.text.unspaced import has_unspaced
from isolex.text.word_patterns import UNSPACED, plain_signs
from isolex.vectors import VectorsLike, as_vectors
from isolex.vectors.sniff import refuse_vectors

_EACH = 3
_CONTEXT = 70
_UNSPACED = re.compile(f"[{UNSPACED}]")
# Characters that are cut into words, which takes about ten seconds; and characters that are read.
_MOST_KEPT = 30_000_000
_MOST_READ = 1_000_000_000
# What a paragraph takes beside its characters, and for how many others a character counts that ICU cuts.
_OVERHEAD = 50
_UNSPACED_EFFORT = 9
# Longer paragraphs are taken apart, where there is a space.
_LONGEST = 4000
_PIECE = re.compile(rf"(?s).{{1,{_LONGEST}}}(?:(?<=\s)|\Z)|.{{1,{_LONGEST}}}")
_GOLDEN_RATIO = (1 + math.sqrt(5)) / 2


@dataclass(frozen=True)
class Example:
    """A word in its sentence.

    Attributes:
        before: What stands before it.
        word: As it is written there.
        after: What stands after it.
    """

    before: str
    word: str
    after: str

    def to_dict(self) -> dict[str, str]:
        """As plain JSON values."""
        return {"before": self.before, "word": self.word, "after": self.after}


class Concordance:
    """Where words stand in a text; up to three places of each word of a vocabulary, from all over the text.

    The text is cut into words as `isolex.text` cuts it for training, Chinese and Thai among others by ICU. Of
    a text of more than 30 million characters, or 3 million that ICU cuts, paragraphs at even distances stand
    for the others. The same text always gives the same places. What comes after a billion characters is not
    read.

    Args:
        paths: Text files, or folders of them; `TextSource` tells what they may be.
        vectors: Whose words are looked for, or a file of them.

    Raises:
        InputError: A text is not there or cannot be read.
        FormatError: A file is no text.
        MissingExtraError: The vocabulary has words of a script without spaces, and the package icu4py is not
            there.
    """

    def __init__(self, paths: Sequence[str | Path], vectors: VectorsLike) -> None:
        vectors = as_vectors(vectors)
        self._language = same_language(vectors.language)
        self._lower = case_of("lower", vectors.language)
        self._segmenter = Segmenter(_known(vectors.language), case="keep")
        known = frozenset(map(self._form, vectors.words))
        # In a text of another script, nobody looks for words of these.
        self._is_cut = any(map(has_unspaced, vectors.words))
        self._paragraphs: dict[int, str] = {}
        self._places: dict[str, array[int]] = {}
        kept = _spread(_paragraphs(paths), self._effort)
        for number in _scattered(len(kept)):
            forms = dict.fromkeys(map(self._form, self._words(kept[number])))
            wanted = [word for word in forms if word in known and len(self._places.get(word, ())) < _EACH]
            if wanted:
                self._paragraphs[number] = kept[number]
            for word in wanted:
                self._places.setdefault(word, array("l")).append(number)

    def of(self, word: str) -> list[Example]:
        """Up to three examples of a word, in the order of the text."""
        form = self._form(word)
        return [
            example
            for number in sorted(self._places.get(form, ()))
            if (example := self._example(self._paragraphs[number], form)) is not None
        ]

    def _form(self, word: str) -> str:
        """What is the same for a word however it is written."""
        return self._lower(plain_signs(word, self._language)).casefold()

    def _effort(self, paragraph: str) -> int:
        """How long it takes to cut a paragraph into words, in characters of texts with spaces."""
        unspaced = len(_UNSPACED.findall(paragraph)) if self._is_cut else 0
        return _OVERHEAD + len(paragraph) + (_UNSPACED_EFFORT - 1) * unspaced

    def _words(self, paragraph: str) -> list[str]:
        return self._segmenter.words(paragraph if self._is_cut else _UNSPACED.sub(" ", paragraph))

    def _example(self, paragraph: str, form: str) -> Example | None:
        plain = plain_signs(paragraph, self._language)
        places = [place for place, sign in enumerate(paragraph) if not _is_unseen(sign)]
        if len(places) != len(plain):  # a ligature, for example, became several letters
            paragraph, places = plain, list(range(len(plain)))
        begin = 0
        for word in self._words(paragraph):
            found = plain.find(word, begin)
            if found < 0:
                continue
            begin = found + len(word)
            if self._form(word) == form:
                start, end = places[found], places[begin - 1] + 1
                before, after = paragraph[max(0, start - _CONTEXT) : start], paragraph[end : end + _CONTEXT]
                return Example(
                    ("…" if start > _CONTEXT else "") + before,
                    paragraph[start:end],
                    after + ("…" if end + _CONTEXT < len(paragraph) else ""),
                )
        return None


def _is_unseen(sign: str) -> bool:
    """Whether `plain_signs` leaves a sign out."""
    return plain_signs(sign, "") == ""


def _known(language: str | None) -> str | None:
    """A language, unless nobody knows it, and so how its texts are cut."""
    try:
        check_language(language)
    except InputError:
        return None
    return language


def _paragraphs(paths: Sequence[str | Path]) -> Iterator[str]:
    left = _MOST_READ
    for source in text_sources(paths):
        if source.path is not None:
            refuse_vectors(source.path, fix="give a text, such as the one that the vectors were trained on")
        for paragraph in source.paragraphs():
            if left <= 0:
                return
            left -= len(paragraph)
            yield from _pieces(paragraph)


def _pieces(paragraph: str) -> list[str]:
    """A paragraph in pieces that are not too long, so that thinning takes no whole text away at once."""
    return [paragraph] if len(paragraph) <= _LONGEST else _PIECE.findall(paragraph)


def _scattered(count: int) -> list[int]:
    """Numbers below the count in an order in which each few that follow each other lie far apart.

    They are sorted by the fractional parts of their multiples of the golden ratio.
    """
    order: list[int] = np.argsort(np.arange(count) * _GOLDEN_RATIO % 1).tolist()
    return order


def _spread(paragraphs: Iterable[str], effort: Callable[[str], int]) -> list[str]:
    """Every paragraph, or every second, fourth, … one, so that those that are kept fit into `_MOST_KEPT`."""
    kept: list[str] = []
    step, size = 1, 0
    for number, paragraph in enumerate(paragraphs):
        if number % step:
            continue
        kept.append(paragraph)
        size += effort(paragraph)
        while size > _MOST_KEPT and len(kept) > 1:
            del kept[1::2]
            step *= 2
            size = sum(map(effort, kept))
    return kept
