"""How often words of a corpus stand near each other, as a sparse matrix."""

from typing import TYPE_CHECKING

import numpy as np

from isolex.errors import MissingExtraError
from isolex.progress import track
from isolex.text import Corpus

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# Tokens whose pairs are counted at a time.
_CHUNK = 1_000_000


def cooccurrences(corpus: Corpus, *, window: int, contexts: int) -> "csr_matrix":
    """Weighted counts of words and of the words near them in the same sentence, both ways, float32 `[n, c]`.

    A neighbour at distance δ counts (window − δ + 1) / window, which is how often a window whose width is
    drawn from 1 to `window` holds it (Mikolov et al. 2013).

    Args:
        corpus: The sentences.
        window: Largest distance.
        contexts: Only the so many most frequent words count as neighbours.

    Raises:
        MissingExtraError: scipy is not there.
    """
    try:
        from scipy.sparse import csr_matrix  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError("counting words that stand together", "scipy", "train") from error
    size, width = corpus.types, min(contexts, corpus.types)
    sentence = np.repeat(np.arange(len(corpus), dtype=np.int32), np.diff(corpus.offsets))
    total = csr_matrix((size, width), dtype=np.float32)
    for start in track(range(0, corpus.tokens, _CHUNK), "counting words that stand together"):
        end = min(start + _CHUNK, corpus.tokens)
        rows, columns, weights = [], [], []
        for distance in range(1, window + 1):
            last = min(end, corpus.tokens - distance)
            if last <= start:
                break
            here, there = slice(start, last), slice(start + distance, last + distance)
            together = sentence[here] == sentence[there]
            first, second = corpus.ids[here][together], corpus.ids[there][together]
            for one, other in ((first, second), (second, first)):
                counted = other < width
                rows.append(one[counted])
                columns.append(other[counted])
                weight = (window - distance + 1) / window
                weights.append(np.full(len(rows[-1]), weight, np.float32))
        if rows:
            places = (np.concatenate(rows), np.concatenate(columns))
            total = total + csr_matrix((np.concatenate(weights), places), shape=(size, width))
    return total
