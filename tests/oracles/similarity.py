"""Word similarity and analogies, one pair and one word at a time, from the papers' definitions."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

Table = Mapping[str, np.ndarray]


def unit(vector):
    return vector / np.sqrt(np.sum(vector * vector))


def word_vector(table: Table, word: str):
    """The unit vector of a word as it is spelt, else lower-cased, else title-cased; None without one."""
    for form in (word, word.lower(), word.title()):
        if form in table and np.any(table[form]):
            return unit(np.asarray(table[form], dtype=np.float64))
    return None


def item_vector(table: Table, item: str):
    """The word's, or the mean of those that the words of a multiword item have."""
    whole = word_vector(table, item)
    if whole is not None:
        return whole
    parts = [vector for word in item.split() if (vector := word_vector(table, word)) is not None]
    return sum(parts) / len(parts) if parts else None


def cosines(first: Table, second: Table, pairs: Sequence[tuple[str, str, float]]) -> list[float | None]:
    """To twelve decimals: items with the same words have cosine 1, whatever rounding makes of it, and tie."""
    found = []
    for a, b, _ in pairs:
        x, z = item_vector(first, a), item_vector(second, b)
        found.append(None if x is None or z is None else round(float(unit(x) @ unit(z)), 12))
    return found


def similarity(
    first: Table, second: Table, pairs: Sequence[tuple[str, str, float]], unknown: str = "drop"
) -> tuple[float, float, float]:
    """Pearson, Spearman and their harmonic mean (both above 0)."""
    predicted = cosines(first, second, pairs)
    known = [cosine for cosine in predicted if cosine is not None]
    if unknown == "midpoint":
        predicted = [sum(known) / len(known) if cosine is None else cosine for cosine in predicted]
    kept = [
        (gold, cosine) for (_, _, gold), cosine in zip(pairs, predicted, strict=True) if cosine is not None
    ]
    gold, cosine = zip(*kept, strict=True)
    pearson, spearman = stats.pearsonr(gold, cosine)[0], stats.spearmanr(gold, cosine)[0]
    return pearson, spearman, 2 / (1 / pearson + 1 / spearman)


def analogy(first: Table, second: Table, question: Sequence[str], method: str) -> str:
    """The word of `second` that is to c as b is to a, by 3CosAdd or 3CosMul; a and b are words of `first`."""
    a, b, c = (
        word_vector(table, word) for table, word in zip((first, first, second), question, strict=False)
    )
    barred = set(question[:3]) if first is second else {question[2]}
    scores = {}
    for word in second:
        x = word_vector(second, word)
        if word in barred or x is None:
            continue
        if method == "add":
            scores[word] = x @ b - x @ a + x @ c
        else:
            to_a, to_b, to_c = ((x @ other + 1) / 2 for other in (a, b, c))
            scores[word] = to_b * to_c / (to_a + 0.001)
    return max(scores, key=lambda word: scores[word])
