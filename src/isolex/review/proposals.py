"""What is proposed for each word, and in which order words are worth a reviewer's time."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from isolex.reranking import RerankedDictionary
from isolex.reranking.reranker import Ranked

_FEWEST = 5


@dataclass(frozen=True)
class ProposedWord:
    """A translation that may be right.

    Attributes:
        word: The target word.
        rank: Of the target word by frequency, from 1.
        confidence: The probability that it is right; None where that could not be learnt.
    """

    word: str
    rank: int
    confidence: float | None


@dataclass(frozen=True, eq=False)
class Proposals:
    """The candidates of every source word, by one generation of the dictionary.

    Attributes:
        dictionary: With its alignment.
    """

    dictionary: RerankedDictionary

    @cached_property
    def ranked(self) -> Ranked:
        """In ids, to every source word."""
        return self.dictionary.ranked

    @cached_property
    def best(self) -> Float[np.ndarray, "n"]:
        """The confidence of the first answer to every source word; one half where nothing is known."""
        found: np.ndarray = np.where(self.ranked.keys[:, 0] >= 0, self.ranked.confidence[:, 0], 0.0)
        known: np.ndarray = np.nan_to_num(found, nan=0.5)
        return known

    def row(self, source: str) -> int | None:
        """The id of a source word."""
        return self.dictionary.alignment.source.id(source)

    def candidates(self, row: int) -> list[ProposedWord]:
        """Best first."""
        words = self.dictionary.alignment.target.words
        ids, confidences = self.ranked.keys[row].tolist(), self.ranked.confidence[row].tolist()
        return [
            ProposedWord(words[key], key + 1, confidence if self.dictionary.learnt else None)
            for key, confidence in zip(ids, confidences, strict=True)
            if key >= 0
        ]

    def first(self, row: int) -> str | None:
        """The best translation of a word, if it has candidates."""
        key = int(self.ranked.keys[row, 0])
        return self.dictionary.alignment.target.words[key] if key >= 0 else None

    def evidence(self, row: int) -> dict[str, float]:
        """What spoke for the first translation, and against it."""
        spoken_for = self.ranked.spoken_for[row].tolist()
        return dict(zip(self.dictionary.groups, spoken_for, strict=True))

    def by_information(self) -> Int[np.ndarray, "n"]:
        """Source ids, the most informative first: p (1 − p) × log frequency.

        Vocabularies know ranks, not counts, so frequency is what Zipf's law makes of the rank, if the rarest
        word came up five times, as trainers of vectors ask for.
        """
        count = len(self.best)
        frequency = np.log(_FEWEST * count / np.arange(1, count + 1))
        return _descending(self.best * (1 - self.best) * frequency)

    def by_confidence(self) -> Int[np.ndarray, "n"]:
        """Source ids, the surest first; of equally sure ones the more frequent first."""
        return _descending(self.best.round(2))


def _descending(values: Float[np.ndarray, "n"]) -> Int[np.ndarray, "n"]:
    made: np.ndarray = np.argsort(-values, kind="stable")
    return made
