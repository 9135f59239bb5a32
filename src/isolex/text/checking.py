"""What is doubtful in a text, before vectors are trained from it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from isolex.errors import FormatError
from isolex.text.corpus import Corpus
from isolex.text.scripts import own_script, script_of

if TYPE_CHECKING:
    from jaxtyping import Float64, Int64

DoubtKind: TypeAlias = Literal["html", "language", "scripts", "languages", "tiny"]

ENOUGH_TOKENS = 100_000
"""Fewer make poor vectors, whoever trains them."""

_TAG = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|<!--|&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
)
_LOOKED_AT = 300  # characters of a paragraph; its script is seen by then
_SCRIPT_SHARE = 0.05
_LINE_SHARE = 0.03
_FEW_TAGS = 10

# Two languages: so many frequent words, on so many lines (at least, at most), and of each language so many.
_FREQUENT, _FEWEST_LINES, _LINES, _GROUP = 200, 100, 50_000, 8
_STRONG = 0.2
# How often words of a sentence meet, beside what chance makes of it: of two languages, and of one.
_MEETING, _MEETING_ALIKE = 0.15, 0.5


@dataclass(frozen=True)
class Doubt:
    """Something in a text that makes vectors worse, or a sign that it is the wrong text.

    Attributes:
        kind: `html`, `language` (it is in another script than its language), `scripts`, `languages` (it is in
            two) or `tiny`.
        message: A line for people.
        count: How often: tags, letters of other scripts, lines of the rarer language, tokens.
        share: Of all lines with tags, letters, or lines; of the tokens that are enough.
    """

    kind: DoubtKind
    message: str
    count: int
    share: float

    def to_dict(self) -> dict[str, Any]:
        """All of it."""
        return asdict(self)


class TextCheck:
    """Checks paragraphs on their way to a corpus, and reports doubts.

    Args:
        language: Code of the language that the texts should be in; None if it is unknown.

    Examples:
        >>> from isolex.text import Corpus, Segmenter, TextCheck
        >>> check, segmenter = TextCheck(), Segmenter()
        >>> corpus = Corpus.of(map(segmenter.words, check.passing(["Some <b>text</b>."] * 9)))
        >>> [doubt.kind for doubt in check.doubts(corpus)]
        ['html', 'tiny']
    """

    def __init__(self, language: str | None = None) -> None:
        self._language = language
        self._lines = self._tagged = self._tags = 0
        self._letters: Counter[str] = Counter()
        self._lines_in: Counter[str] = Counter()

    def passing(self, paragraphs: Iterable[str]) -> Iterator[str]:
        """The same paragraphs, each looked at."""
        for paragraph in paragraphs:
            self._look(paragraph)
            yield paragraph

    def doubts(self, corpus: Corpus, *, where: object = None) -> list[Doubt]:
        """What is doubtful about the paragraphs that have passed, and about the corpus made of them.

        Args:
            corpus: Made of them.
            where: What they are called in messages.

        Raises:
            FormatError: The corpus holds no word.
        """
        if not corpus.tokens:
            fix = "check the files, and how they are segmented"
            raise FormatError("the text holds no words", where=where, fix=fix)
        found = [self._html(), self._other_script(), self._scripts() or _languages(corpus), _tiny(corpus)]
        return [doubt for doubt in found if doubt is not None]

    def _look(self, paragraph: str) -> None:
        self._lines += 1
        if "<" in paragraph or "&" in paragraph:
            tags = sum(1 for _ in _TAG.finditer(paragraph))
            self._tags += tags
            self._tagged += tags > 0
        start = paragraph[:_LOOKED_AT]
        scripts: Counter[str] = Counter()
        if start.isascii():
            scripts["Latin"] = sum(map(str.isalpha, start))
        else:
            for character, times in Counter(start).items():
                if script := script_of(character):
                    scripts[script] += times
        if letters := scripts.total():
            self._letters += scripts
            most, times = scripts.most_common(1)[0]
            self._lines_in[most if times > 0.8 * letters else "mixed"] += 1

    def _html(self) -> Doubt | None:
        if self._tags < _FEW_TAGS:
            return None
        share = self._tagged / self._lines
        message = (
            f"{self._tags:,} tags and entities of HTML are in the text, in {_percent(share)} of its lines; "
            "take them out, or they become words"
        )
        return Doubt("html", message, self._tags, share)

    def _other_script(self) -> Doubt | None:
        """Most letters are of a script that the language is not written in."""
        own, total = own_script(self._language), self._letters.total()
        others = total - self._letters[own or ""]
        if own is None or others <= total / 2:
            return None
        most, times = self._letters.most_common(1)[0]
        message = (
            f"{_percent(times / total)} of the letters are {most}, but {self._language} is written in {own} "
            "letters; check the text and the code of its language"
        )
        return Doubt("language", message, others, others / total)

    def _scripts(self) -> Doubt | None:
        """Two scripts: of two languages, if each has lines of its own."""
        (_, most), *others = self._letters.most_common() or [("", 0)]
        total, rarer = self._letters.total(), sum(times for _, times in others)
        if rarer <= _SCRIPT_SHARE * total:
            return None
        shares = ", ".join(
            f"{script} {_percent(times / total)}" for script, times in self._letters.most_common(4)
        )
        own = sum(self._lines_in.values()) - self._lines_in["mixed"]
        apart = own - max((n for script, n in self._lines_in.items() if script != "mixed"), default=0)
        if apart > _LINE_SHARE * self._lines and self._lines_in["mixed"] < apart:
            share = apart / self._lines
            message = (
                f"the lines are in different scripts ({shares} of the letters), as if two languages were in "
                "one text; keep one"
            )
            return Doubt("languages", message, apart, share)
        message = f"the text is a mixture of scripts ({shares} of the letters)"
        return Doubt("scripts", message, rarer, 1 - most / total)


def _languages(corpus: Corpus) -> Doubt | None:
    """Two languages whose sentences never share a frequent word, though each uses its own all the time."""
    present = _presence(corpus)
    lines = len(present)
    together = present.T @ present
    often = np.diag(together)
    expected = np.outer(often, often) / max(lines, 1)
    surprise = np.log((together + 1) / (expected + 1))
    np.fill_diagonal(surprise, 0)
    if lines < _FEWEST_LINES or len(surprise) < 2 * _GROUP:
        return None
    leading = np.linalg.eigh(surprise)[1][:, -1]
    strong = _STRONG * np.abs(leading).max()
    first, second = np.flatnonzero(leading > strong), np.flatnonzero(leading < -strong)
    if min(len(first), len(second)) < _GROUP:
        return None
    if _meeting(together, expected, first, second) > _MEETING:
        return None
    if min(_meeting(together, expected, group, group) for group in (first, second)) < _MEETING_ALIKE:
        return None  # a word a line: none meets any
    first_lines = present[:, first].sum(axis=1) > present[:, second].sum(axis=1)
    second_lines = present[:, second].sum(axis=1) > present[:, first].sum(axis=1)
    groups = sorted([(int(first_lines.sum()), first), (int(second_lines.sum()), second)], key=lambda g: g[0])
    count = groups[0][0]
    share = count / max(groups[0][0] + groups[1][0], 1)
    if share < _LINE_SHARE:
        return None
    rarer, other = (" ".join(corpus.words[place] for place in sorted(group)[:6]) for _, group in groups)
    message = (
        f"the text seems to be in two languages: {_percent(share)} of the sentences have words such as "
        f"{rarer!r}, the others such as {other!r}; keep one"
    )
    return Doubt("languages", message, count, share)


def _meeting(
    together: 'Float64[np.ndarray, "f f"]',
    expected: 'Float64[np.ndarray, "f f"]',
    first: 'Int64[np.ndarray, "a"]',
    second: 'Int64[np.ndarray, "b"]',
) -> float:
    """How often words of two groups are in one sentence, as a multiple of what chance makes of it."""
    different = first[:, None] != second[None, :]
    between = np.ix_(first, second)
    return float(together[between][different].sum() / max(expected[between][different].sum(), 1))


def _presence(corpus: Corpus) -> 'Float64[np.ndarray, "lines frequent"]':
    """Which of the most frequent words are in each of some sentences, spread over the corpus."""
    step = max(1, len(corpus) // _LINES)
    chosen = np.arange(0, len(corpus), step)
    width = min(corpus.types, _FREQUENT)
    present = np.zeros((len(chosen), width))
    row = np.repeat(np.arange(len(chosen)), np.diff(corpus.offsets)[chosen])
    ids = corpus.ids[_ranges(corpus.offsets[chosen], corpus.offsets[chosen + 1])]
    known = ids < width
    present[row[known], ids[known]] = 1
    return present[present.any(axis=1)]


def _ranges(
    starts: 'Int64[np.ndarray, "n"]', ends: 'Int64[np.ndarray, "n"]'
) -> 'Int64[np.ndarray, "tokens"]':
    """All places from each start to its end."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    places = np.arange(lengths.sum())
    places += np.repeat(starts - before, lengths)
    return places


def _tiny(corpus: Corpus) -> Doubt | None:
    if corpus.tokens >= ENOUGH_TOKENS:
        return None
    message = (
        f"the text has {corpus.tokens:,} tokens; fewer than about {ENOUGH_TOKENS:,} make poor vectors, so "
        "find more text"
    )
    return Doubt("tiny", message, corpus.tokens, corpus.tokens / ENOUGH_TOKENS)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
