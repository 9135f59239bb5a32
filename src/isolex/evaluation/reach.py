"""Find the test pairs that a chain of training pairs through other languages of a space gives away."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from isolex.evaluation.result import BLIResult
from isolex.lexicon import Lexicon

Word = tuple[str, str]
"""A language and a word of it."""


@dataclass(frozen=True, eq=False)
class WordGraph:
    """A graph of the words of many languages, linked by the pairs of their lexicons in both directions.

    Attributes:
        lexicons: Training pairs by pair of languages.
    """

    lexicons: Mapping[tuple[str, str], Lexicon]
    _joined: dict[Word, set[Word]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for (source, target), lexicon in self.lexicons.items():
            for word, answer in lexicon:
                first, second = (source, word), (target, answer)
                self._joined.setdefault(first, set()).add(second)
                self._joined.setdefault(second, set()).add(first)

    def distance(self, word: Word, gold: Iterable[Word], *, most: int) -> int | None:
        """The least number of training pairs in a chain from a word to any of its right answers.

        Args:
            word: The first word of the chain.
            gold: The right answers, where the chain may end.
            most: Longer chains do not count.

        Returns:
            1 if a training pair contains both words, 2 if a word of a third language links them, and so on;
            None if no chain is short enough.
        """
        wanted = set(gold)
        for steps, words in enumerate(self._rings(word, most), 1):
            if not wanted.isdisjoint(words):
                return steps
        return None

    def distances(self, result: BLIResult, source: str, target: str, *, most: int) -> tuple[int | None, ...]:
        """The distance of each test unit of a result from its right answers, see `distance`.

        Args:
            result: Scores of a direction.
            source: Language of the test words.
            target: Language of the answers.
            most: Longer chains do not count.
        """
        return tuple(
            self.distance((source, answer.source), ((target, word) for word in answer.gold), most=most)
            for answer in result.answers
        )

    def _rings(self, word: Word, most: int) -> Iterator[set[Word]]:
        """The words at 1, 2, … pairs' distance."""
        seen = ring = {word}
        for _ in range(most):
            ring = {other for known in ring for other in self._joined.get(known, ())} - seen
            seen = seen | ring
            yield ring


def unreachable(result: BLIResult, distances: Sequence[int | None]) -> BLIResult:
    """The result without the test units that training pairs lead to."""
    units = zip(result.answers, distances, strict=True)
    return replace(result, answers=tuple(answer for answer, distance in units if distance is None))
