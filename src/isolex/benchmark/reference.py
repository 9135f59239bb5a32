"""The reference table: every supervised method on every language pair of a folder, by the protocol `muse`.

The folder holds `vectors/xx.vec.gz` and `dictionaries/muse/xx-yy.train.txt` and `.test.txt`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from isolex.benchmark.folder import DataFolder
from isolex.choices import REFERENCE_CRITERIA, REFERENCE_METHODS
from isolex.evaluation import BLIResult, evaluate
from isolex.names import look_up
from isolex.progress import track
from isolex.recipes import METHODS, align


@dataclass(frozen=True)
class ReferenceRow:
    """One language pair.

    Attributes:
        pair: `xx-yy`.
        train_pairs: Training pairs inside both vocabularies.
        test_sources: Test source words.
        results: By method and criterion.
    """

    pair: str
    train_pairs: int
    test_sources: int
    results: dict[tuple[str, str], BLIResult]


def run_reference(
    data: str | Path,
    *,
    pairs: Sequence[str] = (),
    methods: Sequence[str] = REFERENCE_METHODS,
    seed: int = 0,
    device: str | None = None,
) -> Iterator[ReferenceRow]:
    """Align and score each pair, one row as soon as it is done.

    Args:
        data: The folder.
        pairs: Language pairs, `xx-yy`; by default all that the folder has dictionaries and vectors for.
        methods: Names out of `isolex.recipes.METHODS`.
        seed: Of everything random.
        device: Where to compute.

    Raises:
        InputError: The folder does not have that layout, or lacks a pair, or a name is unknown.
    """
    folder = DataFolder(data)
    for method in methods:
        look_up(method, METHODS, "method")
    for pair in pairs:
        folder.check(pair)
    for pair in track(list(pairs or folder.pairs), "language pairs"):
        source, target = folder.vectors(pair)
        train, test = (folder.dictionary(pair, part) for part in ("train", "test"))
        results = {}
        train_pairs = 0
        for method in track(list(methods), f"{pair}: methods"):
            alignment = align(source, target, train, method=method, seed=seed, device=device, check=False)
            train_pairs = alignment.card.scores["seed_pairs"]
            for criterion in REFERENCE_CRITERIA:
                results[method, criterion] = evaluate(alignment, test, protocol="muse", criterion=criterion)
        yield ReferenceRow(pair, train_pairs, len(test.sources), results)
