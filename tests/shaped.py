"""Spaces whose shape gives the words away, so that they align without any seed pair, in a second or two."""

from dataclasses import replace

import numpy as np

from isolex.mapping import Annealing
from isolex.recipes import METHODS
from isolex.vectors import Vectors

from .spaces import numbered, rotation

CLUSTERS = 12


def shaped(
    n: int = 300, d: int = 20, *, noise: float = 0.1, seed: int = 0, prefixes: tuple[str, str] = ("s", "t")
) -> tuple[Vectors, Vectors]:
    """Uneven clusters, wider in some directions than in others; the target is that turned, with some noise.

    The n-th words of either side are translations of each other.
    """
    rng = np.random.default_rng(seed)
    share = np.arange(1, CLUSTERS + 1) / np.arange(1, CLUSTERS + 1).sum()
    centres = rng.standard_normal((CLUSTERS, d))[rng.choice(CLUSTERS, n, p=share)]
    x = (centres + 0.5 * rng.standard_normal((n, d))) * np.linspace(1.5, 0.3, d)
    z = x @ rotation(d, seed) + noise * rng.standard_normal((n, d))
    words = (numbered(prefix, n) for prefix in prefixes)
    return tuple(Vectors(names, rows.astype(np.float32)) for names, rows in zip(words, (x, z), strict=True))


def columns_permuted(vectors: Vectors, seed: int = 0) -> Vectors:
    """The same values in every column, in another order in each: nothing that could align."""
    rng = np.random.default_rng(seed)
    return Vectors(vectors.words, np.stack([rng.permutation(column) for column in vectors.matrix.T], axis=1))


def make_unsupervised_quick(monkeypatch) -> None:
    """Fewer rounds, and no second try from a costly start; how many there are is not the matter here."""
    made = METHODS["unsupervised"]
    monkeypatch.setitem(METHODS, "unsupervised", replace(made, make=lambda seed: Annealing(rounds=1, seed=seed)))
    monkeypatch.setattr("isolex.recipes.choosing.find_spec", lambda name: None)
