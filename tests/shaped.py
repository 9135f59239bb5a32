"""Spaces whose shape gives the words away, so that they align without any seed pair, in a second or two."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from isolex.mapping import GivenPairs, SimilarityDistributions
from isolex.recipes import METHODS
from isolex.recipes.methods import vecmap_self_learning
from isolex.vectors import Vectors

from .spaces import numbered, rotation

CLUSTERS = 12


def shaped(n: int = 300, d: int = 20, *, noise: float = 0.1, seed: int = 0) -> tuple[Vectors, Vectors]:
    """Uneven clusters, wider in some directions than in others; the target is that turned, with some noise.

    The n-th words of either side are translations of each other.
    """
    rng = np.random.default_rng(seed)
    share = np.arange(1, CLUSTERS + 1) / np.arange(1, CLUSTERS + 1).sum()
    centres = rng.standard_normal((CLUSTERS, d))[rng.choice(CLUSTERS, n, p=share)]
    x = (centres + 0.5 * rng.standard_normal((n, d))) * np.linspace(1.5, 0.3, d)
    z = x @ rotation(d, seed) + noise * rng.standard_normal((n, d))
    return Vectors(numbered("s", n), x.astype(np.float32)), Vectors(numbered("t", n), z.astype(np.float32))


def columns_permuted(vectors: Vectors, seed: int = 0) -> Vectors:
    """The same values in every column, in another order in each: nothing that could align."""
    rng = np.random.default_rng(seed)
    return Vectors(vectors.words, np.stack([rng.permutation(column) for column in vectors.matrix.T], axis=1))


def write_data(folder: Path, prefixes: tuple[str, str] = ("xx", "yy")) -> Path:
    """A folder for benchmarks: 300 words a side, 200 pairs for training, 100 for tests, in both directions.

    The first ten words are the same strings, the next twenty the same numerals.
    """
    (folder / "vectors").mkdir(parents=True)
    muse = folder / "dictionaries" / "muse"
    muse.mkdir(parents=True)
    shared = [*numbered("same", 10), *(str(number) for number in range(1990, 2010))]
    sides = [Vectors([*shared, *side.words[30:]], side.matrix) for side in shaped()]
    for code, side in zip(prefixes, sides, strict=True):
        side.write(folder / "vectors" / f"{code}.vec.gz")
    for there, back in ((0, 1), (1, 0)):
        lines = [f"{a} {b}\n" for a, b in zip(sides[there].words, sides[back].words, strict=True)]
        name = f"{prefixes[there]}-{prefixes[back]}"
        (muse / f"{name}.train.txt").write_text("".join(lines[:200]))
        (muse / f"{name}.test.txt").write_text("".join(lines[200:]))
    return folder


def make_annealing_quick(monkeypatch) -> None:
    """Few rounds, and no second try from a costly start; how many there are is not the matter here."""
    quick = {
        "vecmap-unsupervised-cpu": lambda seed: vecmap_self_learning(
            SimilarityDistributions(), seed, patience=3
        ),
        "vecmap-identical-cpu": lambda seed: vecmap_self_learning(GivenPairs(), seed, patience=1),
    }
    for name, make in quick.items():
        monkeypatch.setitem(METHODS, name, replace(METHODS[name], make=make))
    monkeypatch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 10)
    monkeypatch.setattr("isolex.recipes.choosing.find_spec", lambda name: None)
