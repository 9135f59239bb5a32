"""Seconds of VecMap's unsupervised self-learning, round by round, by whichever isolex is on the path.

python benchmarks/rounds.py DATA --pair en-fr [--rounds 12] >> benchmarks/rounds.jsonl

It uses only names that every revision with self-learning has, so that they can be compared: check one out
(git worktree add ../before 3c44ba2) and run this with PYTHONPATH=../before/src. Each run adds a line.
"""

import argparse
import json
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import torch

from isolex.mapping import Induction, Problem, SelfLearning, SimilarityDistributions, VecMap
from isolex.normalize import Normalizer
from isolex.vectors import Vectors

VOCABULARY = 20_000


def measure(data: Path, pair: str, rounds: int) -> dict[str, Any]:
    """All rounds among the 20,000 most frequent words, without a coarse beginning, or the first ones."""
    sides = [Vectors.read(data / "vectors" / f"{language}.vec.gz").tensor() for language in pair.split("-")]
    x, z = (Normalizer(("unit", "center", "unit")).fit(rows).apply(rows) for rows in sides)
    ends: list[float] = []
    solver = SelfLearning(
        solver=VecMap.rotation(),
        start=SimilarityDistributions(),
        induction=Induction("union", vocabulary=VOCABULARY),
        final=VecMap(),
        keep=0.1,
        patience=50,
        rounds=rounds,
        callback=lambda _: ends.append(time.perf_counter()),
    )
    start = time.perf_counter()
    solver.solve(Problem(x, z))
    return {
        "pair": pair,
        "words": VOCABULARY,
        "rounds": len(ends),
        "most_rounds": rounds,
        "round_seconds": round(median(b - a for a, b in pairwise(ends)), 3),
        "seconds": round(time.perf_counter() - start, 1),
        "threads": torch.get_num_threads(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Seconds a round of VecMap's unsupervised self-learning.")
    parser.add_argument("data", type=Path, help="folder with vectors/xx.vec.gz")
    parser.add_argument("--pair", default="en-fr")
    parser.add_argument("--rounds", type=int, default=1_000, help="at most so many, at least 2")
    parser.add_argument("--revision", default="", help="a name for what is measured")
    given = parser.parse_args()
    print(json.dumps({"revision": given.revision} | measure(given.data, given.pair, given.rounds)))
