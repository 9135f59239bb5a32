"""From word pairs to row ids of two vocabularies, with an account of what was not found."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isolex.lexicon.words import Languages, counted
from isolex.text.casing import Case, case_of
from isolex.vectors import Vectors

if TYPE_CHECKING:
    from jaxtyping import Float32, Int64

_SAFE_WEIGHTS = 1e-30, 1e30


@dataclass(frozen=True)
class Coverage:
    """How much of a lexicon lies inside two vocabularies.

    Attributes:
        pairs: Pairs in the lexicon.
        pairs_found: Pairs with both words in their vocabularies.
        sources: Different source words in the lexicon.
        sources_found: Source words with at least one such pair.
        missing_source: Source words that the source vocabulary lacks, in lexicon order.
        missing_target: Target words that the target vocabulary lacks, in lexicon order.
        without_vector: The missing words of both sides that are known to have a zero vector.
    """

    pairs: int
    pairs_found: int
    sources: int
    sources_found: int
    missing_source: tuple[str, ...]
    missing_target: tuple[str, ...]
    without_vector: tuple[str, ...] = ()

    @property
    def pairs_percent(self) -> float:
        """Percent of the pairs that were found; 0 for an empty lexicon."""
        return 100 * self.pairs_found / max(self.pairs, 1)

    @property
    def sources_percent(self) -> float:
        """Percent of the source words with at least one pair found; 0 for an empty lexicon."""
        return 100 * self.sources_found / max(self.sources, 1)

    def summary(self) -> str:
        """One line for people."""
        pairs = f"{self.pairs_found:,} of {counted(self.pairs, 'pair')} ({self.pairs_percent:.1f} %)"
        sources = f"{self.sources_found:,} of {counted(self.sources, 'source word')}"
        found = f"{pairs} and {sources} ({self.sources_percent:.1f} %) are in both vocabularies"
        sides = (("source", self.missing_source), ("target", self.missing_target))
        missing = [_such_as(words, f"{side} word") for side, words in sides if words]
        if self.without_vector:
            missing.append(f"of them {_such_as(self.without_vector, 'word')} with a zero vector")
        return f"{found}; missing: {', '.join(missing)}" if missing else found


@dataclass(frozen=True, eq=False)
class IndexedLexicon:
    """Word pairs as row ids.

    Attributes:
        pairs: Source row and target row of every pair found, int64 `[p, 2]`, in lexicon order, no row twice.
        weights: Their weights, float32 `[p]`, or None where the lexicon has none; relative to the largest one
            where that is very large or very small.
        coverage: What was found and what was not.
    """

    pairs: 'Int64[np.ndarray, "p 2"]'
    weights: 'Float32[np.ndarray, "p"] | None'
    coverage: Coverage

    def __len__(self) -> int:
        return len(self.pairs)


def index_pairs(
    pairs: Sequence[tuple[str, str]],
    weights: Sequence[float] | None,
    source: Vectors,
    target: Vectors,
    *,
    case: Case,
    languages: Languages = (None, None),
) -> IndexedLexicon:
    """Look up unique pairs in two vocabularies; with case "fold" the pairs must be casefolded already."""
    source_ids = _find(dict.fromkeys(s for s, _ in pairs), source, case, languages[0])
    target_ids = _find(dict.fromkeys(t for _, t in pairs), target, case, languages[1])
    found, rows = [], []
    for number, (s, t) in enumerate(pairs):
        row = source_ids[s], target_ids[t]
        if None not in row:
            found.append(number)
            rows.append(row)
    ids = np.array(rows, dtype=np.int64).reshape(-1, 2)
    missing_source = tuple(word for word, row in source_ids.items() if row is None)
    missing_target = tuple(word for word, row in target_ids.items() if row is None)
    coverage = Coverage(
        pairs=len(pairs),
        pairs_found=len(found),
        sources=len(source_ids),
        sources_found=len({pairs[number][0] for number in found}),
        missing_source=missing_source,
        missing_target=missing_target,
        without_vector=(
            *filter(source.lacks_vector, missing_source),
            *filter(target.lacks_vector, missing_target),
        ),
    )
    kept = None if weights is None else _in_float32([weights[number] for number in found])
    return IndexedLexicon(ids, kept, coverage)


def _in_float32(weights: Sequence[float]) -> "Float32[np.ndarray, 'p']":
    """Weights as they are, or in proportion to the largest where float32 cannot hold them."""
    given = np.array(weights, dtype=np.float64)
    largest = given.max(initial=0)
    if largest and not _SAFE_WEIGHTS[0] < largest < _SAFE_WEIGHTS[1]:
        given /= largest
    return given.astype(np.float32)


def _find(
    words: Iterable[str], vocabulary: Vectors, case: Case, language: str | None
) -> dict[str, int | None]:
    look_up: Callable[[str], int | None] = vocabulary.id
    if case == "fold":
        first: dict[str, int] = {}
        fold = case_of(case, language)
        without_vector = set(vocabulary.zero_rows.tolist())
        for row, word in enumerate(vocabulary.words):
            # Vocabularies run from frequent to rare, so the first spelling is the most frequent one.
            if row not in without_vector:
                first.setdefault(fold(word), row)
        look_up = first.get
    return {word: look_up(word) for word in words}


def _such_as(words: tuple[str, ...], noun: str) -> str:
    return f"{counted(len(words), noun)} such as {', '.join(words[:3])}"
