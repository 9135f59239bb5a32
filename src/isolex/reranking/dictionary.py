"""What reranking yields, in words: entries with confidence, evidence and alternatives."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, overload

import numpy as np
from jaxtyping import Int

from isolex.alignment import Alignment, Status
from isolex.alignment.alignment import Translations
from isolex.errors import InputError, UnknownWordError
from isolex.lexicon import Lexicon
from isolex.reranking.assignment import one_to_one
from isolex.reranking.reranker import Ranked

LEVELS = (0.9, 0.7, 0.5)


class Ranker(Protocol):
    """Answers for source ids: a `Reranker`, or the plain order of an alignment."""

    def rank(self, rows: Int[np.ndarray, "w"]) -> Ranked:
        """Answers for source words, each asked once, in the order of their ids."""
        ...


@dataclass(frozen=True)
class TrustedEntry:
    """The best translation of one word.

    Attributes:
        source: Source word.
        target: Its best translation.
        confidence: Calibrated probability that a bilingual dictionary would have the pair; nan where that
            could not be learnt.
        no_translation: Probability that no candidate in the vocabulary is right.
        evidence: What each feature group adds to the log-odds: positive ones spoke for the pair.
        alternatives: Further candidates and their confidences, best first.
    """

    source: str
    target: str
    confidence: float
    no_translation: float
    evidence: dict[str, float]
    alternatives: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Level:
    """How many entries reach a confidence, and what share of them is expected to be right."""

    confidence: float
    entries: int
    expected_precision: float


@dataclass(frozen=True, eq=False)
class RerankedDictionary:
    """A reranked alignment: ask it for single words, or for the dictionary of the whole vocabulary.

    Attributes:
        alignment: What it began with.
        ranker: What orders candidates.
        groups: Feature groups, as `evidence` names them.
        learnt: Whether a reranker was learnt; if not, the order is that of CSLS and there are no
            confidences.
        reason: How, or why not, in a sentence.
    """

    alignment: Alignment
    ranker: Ranker
    groups: tuple[str, ...]
    learnt: bool
    reason: str

    @property
    def status(self) -> Status:
        """The verdict on the alignment."""
        return self.alignment.card.status

    @cached_property
    def ranked(self) -> Ranked:
        """The answers to every source word, in ids; made once, then kept."""
        return self.ranker.rank(np.arange(len(self.alignment.source)))

    def entries(self, min_confidence: float = 0.0) -> list[TrustedEntry]:
        """The best translation of every source word that reaches a confidence, by frequency of the words.

        Raises:
            InputError: A confidence over 0 is asked for but was not learnt.
        """
        self._check(min_confidence)
        return list(self._entries(self.ranked, min_confidence))

    def lexicon(self, min_confidence: float = 0.0) -> Lexicon:
        """Every pair that reaches a confidence, several for one word if several do.

        Raises:
            InputError: As for `entries`.
        """
        self._check(min_confidence)
        found = self.ranked
        kept = (found.keys >= 0) & (np.nan_to_num(found.confidence) >= min_confidence)
        source, target = self.alignment.source.words, self.alignment.target.words
        return Lexicon(
            (source[found.rows[place]], target[found.keys[place, rank]]) for place, rank in np.argwhere(kept)
        )

    @overload
    def translate(  # type: ignore[overload-overlap]  # a str is a sequence of str, and is caught first
        self, words: str, k: int = 5
    ) -> Translations: ...
    @overload
    def translate(self, words: Sequence[str], k: int = 5) -> list[Translations]: ...
    def translate(self, words: str | Sequence[str], k: int = 5) -> Translations | list[Translations]:
        """The k best translations of a word with confidences, best first; or that for each of several.

        There are no more than the `alternatives` of the settings.

        Raises:
            UnknownWordError: A word is not in the source vocabulary.
            InputError: k < 1.
        """
        if k < 1:
            raise InputError(f"got k = {k}, expected at least 1", where="reranking")
        if isinstance(words, str):
            return self.translate([words], k)[0]
        rows = [self._row(word) for word in words]
        if not rows:
            return []
        found = self.ranker.rank(np.array(rows))
        places = np.searchsorted(found.rows, rows)
        return [self._answers(found, place)[:k] for place in places.tolist()]

    def one_to_one(self, min_confidence: float = 0.0) -> Lexicon:
        """At most one translation a source word and one source word a translation, of the greatest sum.

        Raises:
            InputError: As for `entries`, or no confidences were learnt at all.
        """
        self._check(max(min_confidence, math.ulp(0)))
        source, target = self.alignment.source.words, self.alignment.target.words
        pairs = one_to_one(self.ranked.rows, self.ranked.keys, self.ranked.confidence, min_confidence)
        return Lexicon((source[row], target[key]) for row, key in pairs.tolist())

    def summary(self) -> list[Level]:
        """Entries at confidence 0.9, 0.7 and 0.5, and the precision to expect of them: their mean confidence.

        Raises:
            InputError: No confidences were learnt.
        """
        self._check(min(LEVELS))
        best = self.ranked.confidence[:, 0]
        reached = [(level, best[best >= level]) for level in LEVELS]
        return [
            Level(level, len(kept), float(kept.mean()) if len(kept) else math.nan) for level, kept in reached
        ]

    def _entries(self, found: Ranked, min_confidence: float) -> Iterator[TrustedEntry]:
        source = self.alignment.source.words
        for place in range(len(found.rows)):
            answers = self._answers(found, place)
            if not answers or (min_confidence > 0 and answers[0][1] < min_confidence):
                continue
            (target, confidence), *others = answers
            yield TrustedEntry(
                source[found.rows[place]],
                target,
                confidence,
                float(found.none_right[place]),
                dict(zip(self.groups, found.spoken_for[place].tolist(), strict=True)),
                tuple(others),
            )

    def _answers(self, found: Ranked, place: int) -> list[tuple[str, float]]:
        target = self.alignment.target.words
        ids, confidences = found.keys[place].tolist(), found.confidence[place].tolist()
        return [(target[key], value) for key, value in zip(ids, confidences, strict=True) if key >= 0]

    def _row(self, word: str) -> int:
        row = self.alignment.source.id(word)
        if row is None:
            raise UnknownWordError(f"got {word!r}, which is not in the source vocabulary", where="reranking")
        return row

    def _check(self, confidence: float) -> None:
        if not 0 <= confidence <= 1:
            raise InputError(f"got confidence {confidence}, expected 0 to 1", where="reranking")
        if confidence > 0 and not self.learnt:
            raise InputError(
                f"there are no confidences: {self.reason}", where="reranking", fix="give more seed pairs"
            )
