"""The published systems, each on one language pair in a process of its own: P@1, minutes, peak memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from isolex.benchmark.folder import DataFolder
from isolex.benchmark.processes import alone, peak_bytes
from isolex.benchmark.weak import Spaces, WeakRun, seed_lexicons
from isolex.names import look_up
from isolex.progress import track
from isolex.recipes import METHODS

# What each is given to begin with.
SYSTEMS = {
    "muse-supervised": "all pairs",
    "muse-unsupervised-cpu": "none",
    "vecmap": "all pairs",
    "vecmap-semi-cpu": "500 pairs",
    "vecmap-identical-cpu": "none",
    "vecmap-unsupervised-cpu": "none",
    "wasserstein-procrustes-cpu": "none",
    "gromov-wasserstein-cpu": "none",
    "unsupervised": "none",
}


def run_systems(
    data: str | Path, *, pair: str = "es-fr", methods: Sequence[str] = tuple(SYSTEMS), seed: int = 0
) -> Iterator[WeakRun]:
    """Align without a verdict and score, one method after the other.

    Raises:
        InputError: The folder lacks the pair, or a method has no place in the table.
    """
    DataFolder(data).check(pair)
    for method in methods:
        look_up(method, METHODS, "method")
    for method in track(list(methods), "systems"):
        yield alone(_run, data, pair, method, seed, torch.get_num_threads())


def _run(data: str | Path, pair: str, method: str, seed: int, threads: int) -> WeakRun:
    torch.set_num_threads(threads)
    folder = DataFolder(data)
    spaces = Spaces.of(folder, pair, "all words", *folder.vectors(pair))
    supervision = SYSTEMS.get(method, "all pairs" if METHODS[method].needs == "pairs" else "none")
    lexicon = dict(seed_lexicons(spaces, seed)).get(supervision)
    run = spaces.run(method, lexicon, supervision=supervision, seed=seed, check=False)
    return replace(run, peak_gib=round(peak_bytes() / 2**30, 2))
