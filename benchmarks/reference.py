"""Supervised methods beside each other, with all training pairs or fewer of them: P@1 by protocol `muse`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from benchmarks.induction_sets import with_seeds
from benchmarks.spaces import known_pairs
from isolex.choices import BENCH_CRITERIA
from isolex.datasets import DataFolder
from isolex.names import look_up
from isolex.progress import track
from isolex.recipes import METHODS, check_supervision
from isolex.scoring import BLITask

SUPERVISED = ("least-squares", "procrustes", "vecmap", "rcsls")


@dataclass(frozen=True)
class ReferenceRow:
    """All methods on one language pair, from so many seed pairs.

    Attributes:
        pair: `xx-yy`.
        seeds: Seed pairs that were asked for; None for all there are.
        train_pairs: Seed pairs inside both vocabularies.
        test_sources: Words of the test dictionary.
        results: By method and criterion, as `BLIResult.to_dict` tells them, with the `method` that was asked
            for and the one that was `taken`, which `auto` chooses.
    """

    pair: str
    seeds: int | None
    train_pairs: int
    test_sources: int
    results: tuple[dict[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def run_reference(
    folder: DataFolder,
    pairs: Sequence[str],
    *,
    methods: Sequence[str] = SUPERVISED,
    seeds: Sequence[int | None] = (None,),
    seed: int = 0,
    device: str | torch.device | None = None,
) -> Iterator[ReferenceRow]:
    """Align and score, without a verdict; a row a language pair and number of seed pairs, once it is done.

    Args:
        folder: Vectors and dictionaries.
        pairs: Language pairs, `xx-yy`.
        methods: Names out of `isolex.recipes.METHODS`, or `auto`.
        seeds: Numbers of seed pairs, one after the other, each drawn as `with_seeds` does; None for all.
        seed: Of everything random.
        device: Where to compute.

    Raises:
        InputError: An unknown pair or method, or no seed pairs for a method that needs some.
    """
    for method in methods:
        look_up(method, dict.fromkeys(("auto", *METHODS)), "method")
        if 0 in seeds:
            check_supervision(method, None)
    for pair in pairs:
        folder.check(pair)
    for pair in track(list(pairs), "language pairs"):
        task = BLITask.of(folder, pair)
        for count in seeds:
            some = with_seeds(task, count, seed)
            results = [
                result
                for method in track(list(methods), f"{pair}: methods")
                for result in _results(some, method, seed, device)
            ]
            yield ReferenceRow(pair, count, len(known_pairs(some)), len(task.test.sources), tuple(results))


def _results(
    task: BLITask, method: str, seed: int, device: str | torch.device | None
) -> Iterator[dict[str, Any]]:
    alignment = task.align(method, seed=seed, device=device)
    for criterion in BENCH_CRITERIA:
        result = task.evaluate(alignment, criterion=criterion)
        yield {"method": method, "taken": alignment.card.method} | result.to_dict()
