"""Spaces whose shape gives the words away, so that they align without any seed pair, in a second or two."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from isolex.arrays import generator
from isolex.mapping import GivenPairs, Problem, SimilarityDistributions
from isolex.normalize import unit_rows
from isolex.recipes import METHODS
from isolex.recipes.methods import vecmap_self_learning
from isolex.vectors import Vectors

from . import spaces
from .planted import shuffled_pairs

CLUSTERS = 12
_DRAWS = 100


def shaped_problem(n: int = 300, d: int = 20, *, noise: float = 0.0, seed: int = 0) -> tuple[Problem, Tensor]:
    """Uneven clusters, wider in some directions than in others, and the same turned and shuffled, with noise.

    Returns the problem, which has no pairs, and all pairs, in the order of the source words. Normal draws are
    NumPy's, since torch's differ between processors, and some of these spaces are harder than others.
    """
    centres, within, beside = (
        torch.from_numpy(spaces.gaussian(rows, d, _DRAWS + 10 * seed + number))
        for number, rows in enumerate((CLUSTERS, n, n))
    )
    draws = generator(seed)
    cluster = torch.multinomial(torch.arange(1.0, CLUSTERS + 1), n, replacement=True, generator=draws)
    width = torch.rand(n, 1, generator=draws)
    x = unit_rows((centres[cluster] + width * within) * torch.logspace(0, -0.7, d))
    x = unit_rows(x - x.mean(dim=0))
    pairs = shuffled_pairs(n, seed + 1)
    z = torch.empty(n, d)
    turned = x @ torch.from_numpy(spaces.rotation(d, seed + 2))
    z[pairs[:, 1]] = unit_rows(turned + noise / d**0.5 * beside)
    return Problem(x, z), pairs


def shaped(n: int = 300, d: int = 20, *, noise: float = 0.1, seed: int = 0) -> tuple[Vectors, Vectors]:
    """The same as vectors; the n-th words of either side are translations of each other."""
    problem, pairs = shaped_problem(n, d, noise=noise, seed=seed)
    return (
        Vectors(spaces.numbered("s", n), problem.x.numpy()),
        Vectors(spaces.numbered("t", n), problem.z[pairs[:, 1]].numpy()),
    )


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
    shared = [*spaces.numbered("same", 10), *(str(number) for number in range(1990, 2010))]
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
