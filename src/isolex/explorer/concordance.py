"""Sentences that a word stands in, from a text that somebody gave."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

from isolex.text import text_sources
from isolex.vectors import VectorsLike, as_vectors

_EACH = 3
_CONTEXT = 70
# Inside of a word they belong to it, at its ends to the sentence.
_MARKS = "'’-_"
_MOST_PARAGRAPHS = 200_000


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
    """Where words stand in a text; the first three places of each word of a vocabulary.

    Args:
        paths: Text files, or folders of them; `TextSource` tells what they may be.
        vectors: Whose words are looked for, or a file of them.
    """

    def __init__(self, paths: Sequence[str | Path], vectors: VectorsLike) -> None:
        vectors = as_vectors(vectors)
        self._paragraphs: list[str] = []
        self._places: dict[str, array[int]] = {}
        known = frozenset(word.casefold() for word in vectors.words)
        for paragraph in _paragraphs(paths):
            number = len(self._paragraphs)
            found = [word for word in dict.fromkeys(_forms(paragraph)) if word in known]
            wanted = [word for word in found if len(self._places.get(word, ())) < _EACH]
            if not wanted:
                continue
            self._paragraphs.append(paragraph)
            for word in wanted:
                self._places.setdefault(word, array("l")).append(number)

    def of(self, word: str) -> list[Example]:
        """Up to three examples of a word."""
        form = word.casefold()
        return [
            example
            for number in self._places.get(form, ())
            if (example := _example(self._paragraphs[number], form)) is not None
        ]


def _paragraphs(paths: Sequence[str | Path]) -> Iterator[str]:
    """The first paragraphs, since a few examples of each word are enough."""
    left = _MOST_PARAGRAPHS
    for source in text_sources(paths):
        for paragraph in source.paragraphs():
            if left == 0:
                return
            left -= 1
            yield paragraph


def _forms(paragraph: str) -> Iterator[str]:
    """The words of a paragraph, roughly: what letters and marks make."""
    for word, _, _ in _words(paragraph):
        yield word


def _words(paragraph: str) -> Iterator[tuple[str, int, int]]:
    start = None
    for place, character in enumerate(paragraph + " "):
        if character.isalnum() or character in _MARKS or category(character)[0] == "M":
            start = place if start is None else start
        elif start is not None:
            word = paragraph[start:place]
            begin, end = start + len(word) - len(word.lstrip(_MARKS)), start + len(word.rstrip(_MARKS))
            if begin < end:
                yield paragraph[begin:end].casefold(), begin, end
            start = None


def _example(paragraph: str, form: str) -> Example | None:
    for word, start, end in _words(paragraph):
        if word == form:
            before, after = paragraph[max(0, start - _CONTEXT) : start], paragraph[end : end + _CONTEXT]
            return Example(
                ("…" if start > _CONTEXT else "") + before,
                paragraph[start:end],
                after + ("…" if end + _CONTEXT < len(paragraph) else ""),
            )
    return None
