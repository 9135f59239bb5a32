"""Words that begin with what was typed."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

# Behind every other character.
_LAST = "\U0010ffff"


class Completion:
    """A vocabulary by its words' beginnings, without regard to case.

    Args:
        words: By frequency.
    """

    def __init__(self, words: Sequence[str]) -> None:
        folded = sorted((word.casefold(), row) for row, word in enumerate(words))
        self._words = words
        self._keys = [key for key, _ in folded]
        self._rows = [row for _, row in folded]

    def of(self, prefix: str, limit: int) -> list[int]:
        """Ids of the most frequent words that begin so; a word that is the very prefix comes first."""
        start = prefix.casefold()
        low, high = bisect_left(self._keys, start), bisect_left(self._keys, start + _LAST)
        found = heapq.nsmallest(limit, self._rows[low:high])
        same = self._rows[low : bisect_right(self._keys, start)]
        exact = [row for row in same if self._words[row] == prefix]
        return (exact + [row for row in found if row not in exact])[:limit]
