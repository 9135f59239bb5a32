"""Positive pointwise mutual information, written out from the definition in float64."""

import math

import numpy as np


def cooccurrences(sentences, words, window):
    """Weighted counts by going through all pairs of places."""
    place = {word: at for at, word in enumerate(words)}
    made = np.zeros((len(words), len(words)))
    for sentence in sentences:
        for i, word in enumerate(sentence):
            for j, other in enumerate(sentence):
                if i != j and abs(i - j) <= window:
                    made[place[word], place[other]] += (window - abs(i - j) + 1) / window
    return made


def ppmi(counts, shift, smoothing):
    """max(0, log(#(w, c) Σ#(c')^α / (#(w) #(c)^α)) − log k)."""
    contexts = counts.sum(axis=0) ** smoothing
    made = np.zeros_like(counts)
    for w, c in zip(*np.nonzero(counts), strict=True):
        ratio = counts[w, c] * contexts.sum() / (counts[w].sum() * contexts[c])
        made[w, c] = max(0.0, math.log(ratio) - math.log(shift))
    return made
