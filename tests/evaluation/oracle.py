"""What the protocols mean, word by word and in float64: slow, plain, and written from their definitions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Rows = Sequence[Sequence[float]]


@dataclass
class Scores:
    n: int
    p: dict[int, float]
    mrr: float
    coverage: float
    copy_baseline: float
    without_identical: float
    best: dict[str, list[str]]  # the ten best answers of every word that was asked
    ranks: dict[tuple[str, tuple[str, ...]], int | None]  # by unit: a word and what it may be answered with


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    dot = math.fsum(p * q for p, q in zip(a, b, strict=True))
    return dot / math.sqrt(math.fsum(p * p for p in a) * math.fsum(q * q for q in b))


def score_table(x: Rows, z: Rows, criterion: str, k: int = 10) -> list[list[float]]:
    """The score of every target row for every source row."""
    cos = [[cosine(a, b) for b in z] for a in x]
    if criterion == "nn":
        return cos
    r_t = [_mean_of_best(row, k) for row in cos]
    r_s = [_mean_of_best([row[j] for row in cos], k) for j in range(len(z))]
    return [[2 * cos[i][j] - r_t[i] - r_s[j] for j in range(len(z))] for i in range(len(x))]


def ranking(scores: Sequence[float]) -> list[int]:
    """Ids from best to worst, of equal scores the lower id first."""
    return sorted(range(len(scores)), key=lambda j: (-scores[j], j))


def evaluate(
    source: Sequence[str],
    target: Sequence[str],
    table: list[list[float]],
    pairs: Sequence[tuple[str, str]],
    protocol: str,
) -> Scores:
    test = list(dict.fromkeys(pairs))
    asked = list(dict.fromkeys(s for s, _ in test))
    orders = {
        word: [target[j] for j in ranking(table[list(source).index(word)])]
        for word in asked
        if word in source
    }
    units: list[tuple[str, tuple[str, ...]]] = []
    covered = 0
    for word in asked:
        gold = [t for s, t in test if s == word]
        usable = [t for t in gold if word in source and t in target]
        covered += bool(usable)
        if protocol == "xling":
            units += [(word, (t,)) for t in usable]
        elif usable:
            units.append((word, tuple(usable)))
        elif protocol == "strict":
            units.append((word, tuple(gold)))
    ranks: list[int | None] = []
    for word, gold in units:
        places = [orders[word].index(t) + 1 for t in gold if word in orders and t in orders[word]]
        ranks.append(min(places, default=None))
    copied = [word in gold for word, gold in units]
    identical = {word for word, gold in units if word in gold}
    first = [rank == 1 for rank in ranks]
    return Scores(
        n=len(units),
        p={k: _percent([rank is not None and rank <= k for rank in ranks]) for k in (1, 5, 10)},
        mrr=math.fsum(0 if rank is None else 1 / rank for rank in ranks) / len(units),
        coverage=100 * covered / len(asked),
        copy_baseline=_percent(copied),
        without_identical=_percent(
            [right for right, (word, _) in zip(first, units, strict=True) if word not in identical]
        ),
        best={word: order[:10] for word, order in orders.items()},
        ranks=dict(zip(units, ranks, strict=True)),
    )


def _mean_of_best(values: Sequence[float], k: int) -> float:
    best = sorted(values, reverse=True)[:k]
    return math.fsum(best) / len(best)


def _percent(flags: Sequence[bool]) -> float:
    return 100 * sum(flags) / len(flags) if flags else math.nan
