"""Texts as weighted means of unit word vectors, word by word."""

import math

import numpy as np


def unit(row):
    length = np.sqrt(sum(value * value for value in row))
    return row / length if length > 0 else row


def frequency(rank, n):
    """Zipf–Mandelbrot: p(w) ∝ 1 / (rank + 2.7), rank from 1, over n words."""
    return (1 / (rank + 2.7)) / sum(1 / (r + 2.7) for r in range(1, n + 1))


def weight_of(weighting, word, words, fitted, a):
    """1; ln((1 + n) / (1 + n_w)) + 1; or a / (a + p(w)) (Arora et al. 2017)."""
    if weighting == "mean":
        return 1.0
    if weighting == "idf":
        return math.log((1 + len(fitted)) / (1 + sum(word in text for text in fitted))) + 1
    return a / (a + frequency(words.index(word) + 1, len(words)))


def means(weighting, texts, words, rows, fitted, *, a=1e-3):
    """Weighted mean of each text's known words; `texts` and `fitted` are lists of words."""
    made = np.zeros((len(texts), rows.shape[1]))
    for number, text in enumerate(texts):
        known = [word for word in text if word in words]
        for word in known:
            made[number] += weight_of(weighting, word, words, fitted, a) * unit(rows[words.index(word)])
        made[number] /= max(1, len(known))
    return made


def without(made, direction):
    """Unit rows of what is left when the direction is taken away."""
    return np.array([unit(row - (row @ direction) * direction) for row in made])


def of_texts(made):
    """The first right singular vector, from the eigenvectors of the Gram matrix."""
    return np.linalg.eigh(made.T @ made)[1][:, -1]


def of_vocabulary(words, rows, a=1e-3):
    """Direction of Σ p(w) · a / (a + p(w)) · w."""
    mean = np.zeros(rows.shape[1])
    for number, row in enumerate(rows):
        p = frequency(number + 1, len(words))
        mean += p * a / (a + p) * unit(row)
    return unit(mean)
