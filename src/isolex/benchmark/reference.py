"""The reference table: every supervised method on every language pair of a folder, by the protocol `muse`.

The folder holds `vectors/xx.vec.gz` and `dictionaries/muse/xx-yy.train.txt` and `.test.txt`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from isolex.errors import InputError
from isolex.evaluation import BLIResult, evaluate
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.progress import track
from isolex.recipes import METHODS, align
from isolex.vectors import Vectors

REFERENCE_METHODS = ("least-squares", "procrustes", "vecmap", "rcsls")
REFERENCE_CRITERIA = ("nn", "csls")


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
    folder = Path(data)
    available = available_pairs(folder)
    table = dict.fromkeys(available, None)
    for method in methods:
        look_up(method, METHODS, "method")
    for pair in pairs:
        look_up(pair, table, f"language pair of {folder}")
    read = lru_cache(maxsize=3)(
        lambda language: Vectors.read(_vectors_file(folder, language), language=language)
    )
    for pair in track(list(pairs or available), "language pairs"):
        source, target = (read(language) for language in pair.split("-"))
        train, test = (_dictionary(folder, pair, part) for part in ("train", "test"))
        results = {}
        train_pairs = 0
        for method in track(list(methods), f"{pair}: methods"):
            alignment = align(source, target, train, method=method, seed=seed, device=device, check=False)
            train_pairs = alignment.card.scores["seed_pairs"]
            for criterion in REFERENCE_CRITERIA:
                results[method, criterion] = evaluate(alignment, test, "muse", criterion)
        yield ReferenceRow(pair, train_pairs, len(test.sources), results)


def available_pairs(folder: Path) -> list[str]:
    """Pairs with both dictionaries and both sides' vectors.

    Raises:
        InputError: There are none.
    """
    pairs = [
        path.name.removesuffix(".train.txt")
        for path in sorted((folder / "dictionaries" / "muse").glob("*-*.train.txt"))
        if path.with_name(path.name.replace(".train.", ".test.")).exists()
    ]
    found = [
        pair
        for pair in pairs
        if all(_vectors_file(folder, language).exists() for language in pair.split("-"))
    ]
    if not found:
        raise InputError(
            "holds no vectors/xx.vec.gz with dictionaries/muse/xx-yy.train.txt and .test.txt",
            where=folder,
            fix="give a folder of that layout by --data",
        )
    return found


def _vectors_file(folder: Path, language: str) -> Path:
    return folder / "vectors" / f"{language}.vec.gz"


def _dictionary(folder: Path, pair: str, part: str) -> Lexicon:
    return Lexicon.read(folder / "dictionaries" / "muse" / f"{pair}.{part}.txt")
