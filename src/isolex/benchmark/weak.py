"""Alignment with little or no supervision: runs on pairs of a folder, scored in both directions.

P@1 is by protocol `muse` and CSLS, over all words. Beside each run stands VecMap's supervised pipeline on the
same spaces, trained on all pairs of the training dictionary.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from isolex.alignment import Alignment
from isolex.arrays import generator
from isolex.benchmark.folder import DataFolder
from isolex.choices import UNORDERED_PAIRS
from isolex.evaluation import evaluate
from isolex.lexicon import Lexicon
from isolex.mapping import Solver
from isolex.progress import track
from isolex.recipes import align, check_supervision
from isolex.vectors import Vectors

# One direction of each, and more seeds where one run says little.
REPEATED_PAIRS = ("es-fr", "en-de")
REPEATS = 3
SEED_SIZES = (25, 100, 500)


@dataclass(frozen=True)
class WeakRun:
    """One run.

    Attributes:
        pair: `xx-yy`.
        spaces: What was aligned, in words.
        method: As the card names it.
        supervision: What it began with, in words.
        seed: Of everything random.
        status: The verdict.
        forward: P@1 in percent, source to target.
        backward: P@1 of the way back.
        supervised_forward: The supervised figure on the same spaces.
        supervised_backward: The same for the way back.
        seconds: For `align`, the verdict included.
        evidence: Figures behind the verdict.
        peak_gib: Most memory that the process held, where it did nothing else.
    """

    pair: str
    spaces: str
    method: str
    supervision: str
    seed: int
    status: str
    forward: float
    backward: float
    supervised_forward: float
    supervised_backward: float
    seconds: float
    evidence: dict[str, float]
    peak_gib: float | None = None

    @property
    def ratio(self) -> float:
        """P@1 as a share of the supervised figure, both directions summed; 0 where that is 0."""
        supervised = self.supervised_forward + self.supervised_backward
        return (self.forward + self.backward) / supervised if supervised else 0.0

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self) | {"ratio": round(self.ratio, 3)}


@dataclass(frozen=True, eq=False)
class Spaces:
    """Two spaces to align, the dictionaries to score them with, and the supervised figures.

    Attributes:
        pair: `xx-yy`, which names the dictionaries.
        source: Source vectors.
        target: Target vectors.
        folder: Where the dictionaries are.
        name: What the spaces are, in words.
        supervised: P@1 forward and backward of VecMap trained on the whole dictionary.
    """

    pair: str
    source: Vectors
    target: Vectors
    folder: DataFolder
    name: str
    supervised: tuple[float, float]

    @classmethod
    def of(cls, folder: DataFolder, pair: str, name: str, source: Vectors, target: Vectors) -> "Spaces":
        """With the supervised figures measured; each way with its own dictionary.

        One dictionary for both ways would hold many test pairs of the other way, turned round.
        """
        there = _supervised(folder, pair, source, target)
        return cls(
            pair, source, target, folder, name, (there, _supervised(folder, _turned(pair), target, source))
        )

    def run(
        self,
        method: str | Solver = "auto",
        lexicon: Lexicon | None = None,
        *,
        supervision: str = "none",
        seed: int = 0,
        check: bool = True,
    ) -> WeakRun:
        """Align and score."""
        start = time.perf_counter()
        alignment = align(self.source, self.target, lexicon, method=method, seed=seed, check=check)
        seconds = time.perf_counter() - start
        card = alignment.card
        return WeakRun(
            self.pair,
            self.name,
            card.method,
            supervision,
            seed,
            card.status,
            *score(alignment, self.folder, self.pair),
            *self.supervised,
            round(seconds, 1),
            card.scores.get("evidence", {}),
        )


def score(alignment: Alignment, folder: DataFolder, pair: str) -> tuple[float, float]:
    """P@1 in percent there and back."""
    return _p_at_1(alignment, folder, pair), _p_at_1(alignment.reversed(), folder, _turned(pair))


def _p_at_1(alignment: Alignment, folder: DataFolder, pair: str) -> float:
    """In percent; 0 for vocabularies so small that no test pair is in them."""
    test = folder.dictionary(pair, "test")
    if len(test.index(alignment.source, alignment.target)) == 0:
        return 0.0
    return round(evaluate(alignment, test).precision(1), 1)


def _supervised(folder: DataFolder, pair: str, source: Vectors, target: Vectors) -> float:
    train = folder.dictionary(pair, "train")
    return _p_at_1(align(source, target, train, method="vecmap", check=False), folder, pair)


def _turned(pair: str) -> str:
    return "-".join(reversed(pair.split("-")))


def run_unsupervised(
    data: str | Path, *, pairs: Sequence[str] = UNORDERED_PAIRS, methods: Sequence[str] = ("unsupervised",)
) -> Iterator[WeakRun]:
    """Without supervision: one run a pair, three on es-fr and en-de.

    Raises:
        InputError: No such method, or the folder lacks a pair.
    """
    for method in methods:
        check_supervision(method, None)
    folder = DataFolder(data)
    for pair in pairs:
        folder.check(pair)
    for pair in track(list(pairs), "language pairs"):
        spaces = Spaces.of(folder, pair, "all words", *folder.vectors(pair))
        for method in methods:
            for seed in range(REPEATS if pair in REPEATED_PAIRS else 1):
                yield spaces.run(method, seed=seed)


def run_semi_supervised(
    data: str | Path, *, pairs: Sequence[str] = UNORDERED_PAIRS, method: str = "self-learning", seed: int = 0
) -> Iterator[WeakRun]:
    """From 25, 100, 500 and all training pairs, from identical strings, and from numerals.

    Raises:
        InputError: No such method, or the folder lacks a pair.
    """
    check_supervision(method, "a lexicon")
    folder = DataFolder(data)
    for pair in pairs:
        folder.check(pair)
    for pair in track(list(pairs), "language pairs"):
        spaces = Spaces.of(folder, pair, "all words", *folder.vectors(pair))
        for supervision, lexicon in seed_lexicons(spaces, seed):
            yield spaces.run(method, lexicon, supervision=supervision, seed=seed, check=False)


def seed_lexicons(spaces: Spaces, seed: int) -> Iterator[tuple[str, Lexicon]]:
    """Pairs that both vocabularies have, drawn at random, each size with those before it in it."""
    source, target = spaces.source, spaces.target
    train = spaces.folder.dictionary(spaces.pair, "train")
    found = [
        (source.words[row], target.words[key]) for row, key in train.index(source, target).pairs.tolist()
    ]
    order = torch.randperm(len(found), generator=generator(seed)).tolist()
    for size in (size for size in SEED_SIZES if size < len(found)):
        yield f"{size} pairs", Lexicon([found[place] for place in order[:size]])
    yield "all pairs", Lexicon([found[place] for place in order])
    for name, lexicon in (
        ("identical strings", Lexicon.identical(source, target)),
        ("numerals", Lexicon.numerals(source, target)),
    ):
        if len(lexicon):
            yield f"{len(lexicon)} {name}", lexicon
