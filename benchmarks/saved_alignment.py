"""saved_alignment.py FOLDER WORDS: an alignment to be asked, made up in no time."""

import sys
from pathlib import Path

import numpy as np
import torch

from isolex.alignment import Alignment, Card, Side, SideCard
from isolex.lexicon import Lexicon
from isolex.mapping import Problem, Procrustes
from isolex.normalize import Normalizer
from isolex.vectors import Vectors

DIMENSION = 300
SEEDS = 5_000


def save_alignment(folder: Path, words: int) -> None:
    """Of a planted rotation, with stored vectors and made-up neighbourhoods, which only order answers."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((words, DIMENSION), dtype=np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    turn, _ = np.linalg.qr(rng.standard_normal((DIMENSION, DIMENSION)))
    z = x @ turn.astype(np.float32)
    z += 0.3 / DIMENSION**0.5 * rng.standard_normal(z.shape, dtype=np.float32)
    here, there = (
        Side.fitted(
            Vectors([f"{letter}{row}" for row in range(words)], rows, language=language), Normalizer()
        )
        for letter, rows, language in (("s", x, "aa"), ("t", z, "bb"))
    )
    seeds = Lexicon((f"s{row}", f"t{row}") for row in range(min(SEEDS, words)))
    source, target = here.vectors, there.vectors
    mapping = Procrustes().solve(Problem.of(here, there, seeds.index(source, target)))
    Alignment(
        here.mapped(mapping.source),
        there.mapped(mapping.target),
        seeds=seeds,
        card=Card("procrustes", {}, SideCard.of(source), SideCard.of(target)),
        neighbourhoods=(torch.zeros(words), torch.zeros(words)),
    ).save(folder)


if __name__ == "__main__":
    save_alignment(Path(sys.argv[1]), int(sys.argv[2]))
