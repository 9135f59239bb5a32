"""The published systems, each on one language pair in a process of its own: P@1, minutes, peak memory."""

import multiprocessing
import resource
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import torch

from isolex.benchmark.folder import DataFolder
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
    context = multiprocessing.get_context("spawn")
    for method in track(list(methods), "systems"):
        with ProcessPoolExecutor(1, mp_context=context) as process:
            yield process.submit(_run, data, pair, method, seed, torch.get_num_threads()).result()


def _run(data: str | Path, pair: str, method: str, seed: int, threads: int) -> WeakRun:
    torch.set_num_threads(threads)
    folder = DataFolder(data)
    spaces = Spaces.of(folder, pair, "all words", *folder.vectors(pair))
    supervision = SYSTEMS.get(method, "all pairs" if METHODS[method].needs == "pairs" else "none")
    lexicon = dict(seed_lexicons(spaces, seed)).get(supervision)
    run = spaces.run(method, lexicon, supervision=supervision, seed=seed, check=False)
    # Linux counts in KiB, macOS in bytes.
    unit = 2**30 if sys.platform == "darwin" else 2**20
    return replace(run, peak_gib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 2))
