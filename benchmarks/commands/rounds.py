"""`python -m benchmarks rounds`: seconds of VecMap's unsupervised self-learning, round by round.

It uses only names that every revision of isolex with self-learning has, so that revisions can be compared.
Check one out (git worktree add ../before 3c44ba2), run this file with PYTHONPATH=../before/src, and add the
line that it prints to benchmarks/results/rounds.jsonl.
"""

import json
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import click
import torch

from isolex.mapping import Induction, Problem, SelfLearning, SimilarityDistributions, VecMap
from isolex.normalize import Normalizer
from isolex.vectors import Vectors

VOCABULARY = 20_000


def measure(data: Path, pair: str, rounds: int) -> dict[str, Any]:
    """Run all rounds or the first ones, with the 20,000 most frequent words and no coarse beginning."""
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


@click.command("rounds")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--pair", default="en-fr", show_default=True, help="Language pair.")
@click.option(
    "--rounds",
    "count",
    type=click.IntRange(min=2),
    default=1_000,
    show_default=True,
    help="Maximum number of rounds.",
)
@click.option("--revision", default="", help="Name of the revision that is measured.")
def rounds(data: Path, pair: str, count: int, revision: str) -> None:
    """Seconds of VecMap's unsupervised self-learning, round by round.

    DATA is a folder with vectors/xx.vec.gz. Each run prints a line of JSON.

    \b
    Examples:
      python -m benchmarks rounds data --pair en-es --rounds 3
    """
    print(json.dumps({"revision": revision} | measure(data, pair, count)))


if __name__ == "__main__":
    rounds()
