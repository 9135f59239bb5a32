"""Scores of ranked lists, from relevance in the order of the ranking; and the exact sign-flip test."""

import math
from itertools import product

import numpy as np


def relevance(ranks, m):
    """0 or 1 for each of m documents, best ranked first."""
    return [float(rank in set(ranks)) for rank in range(1, m + 1)]


def ndcg(rel, k=10):
    """DCG@k = Σ rel_i / log₂(i + 1), over that of the ideal order (Järvelin & Kekäläinen 2002)."""

    def dcg(values):
        return sum(value / math.log2(i + 1) for i, value in enumerate(values[:k], start=1))

    return dcg(rel) / dcg(sorted(rel, reverse=True))


def average_precision(rel):
    """Mean, over relevant documents, of the precision at their ranks."""
    precisions = [sum(rel[: i + 1]) / (i + 1) for i in range(len(rel)) if rel[i]]
    return sum(precisions) / len(precisions)


def reciprocal_rank(rel):
    return 1 / (1 + rel.index(1.0))


def recall(rel, k):
    return 100 * sum(rel[:k]) / sum(rel)


def hit(rel, k):
    return 100 * float(any(rel[:k]))


def sign_flips(gains):
    """Share of all 2ⁿ ways to set signs whose sum is at least as far from 0 as that of the gains."""
    sums = [
        abs(sum(sign * gain for sign, gain in zip(signs, gains, strict=True)))
        for signs in product((-1, 1), repeat=len(gains))
    ]
    return np.mean([value >= abs(sum(gains)) - 1e-9 for value in sums])


def order(scores):
    """Places by falling score, equal ones by place."""
    return sorted(range(len(scores)), key=lambda place: (-scores[place], place))


def reciprocal_rank_fusion(first, second):
    """Σ 1 / (60 + rank) over both rankings (Cormack et al. 2009)."""
    return [
        sum(1 / (60 + order(scores).index(place) + 1) for scores in (first, second))
        for place in range(len(first))
    ]
