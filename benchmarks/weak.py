"""Alignment with little or no supervision: runs on pairs of a folder, scored in both directions.

P@1 is by protocol `muse` and CSLS, over all words. Beside each run stands VecMap's supervised pipeline on the
same spaces, trained on all pairs of the training dictionary.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.measuring import alone, peak_bytes, timed
from benchmarks.spaces import known_pairs
from isolex.alignment import Alignment
from isolex.arrays import generator
from isolex.datasets import DataFolder
from isolex.judging.thresholds import FREQUENT_WORDS
from isolex.lexicon import Lexicon
from isolex.mapping import Solver
from isolex.progress import track
from isolex.recipes import METHODS, check_supervision
from isolex.scoring import BLITask, check_methods

UNORDERED_PAIRS = {
    "novels": ("en-es", "en-fr", "en-de", "es-fr", "es-de", "fr-de", "en-hu", "en-uk"),
    "web": ("en-fr", "en-fi"),
}
# One direction of each, and more seeds where one run says little.
REPEATED_PAIRS = ("es-fr", "en-de", "en-fi")
REPEATS = 3
SEED_SIZES = (25, 100, 500)

# The published systems, and what each is given to begin with.
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
        frequent: P@1 on all words of the dictionaries, training pairs included, that are among the frequent
            ones, which the evidence is about; the mean of both ways.
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
    frequent: float | None = None
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
class BothWays:
    """A task and its way back, each with dictionaries of its own, and the supervised figures.

    One dictionary for both ways would hold many test pairs of the other way, turned round.

    Attributes:
        there: The task.
        back: The same spaces turned round.
        spaces: What the spaces are, in words.
        supervised: P@1 there and back of VecMap trained on the whole dictionary of that way.
        frequent: Pairs of frequent words there and back, of the whole dictionary.
    """

    there: BLITask
    back: BLITask
    spaces: str
    supervised: tuple[float, float]
    frequent: tuple[Lexicon, Lexicon]

    @classmethod
    def of(cls, folder: DataFolder, task: BLITask, spaces: str = "all words") -> "BothWays":
        """With the way back out of the folder, and the supervised figures measured."""
        turned = "-".join(reversed(task.pair.split("-")))
        train, test = (folder.dictionary(turned, part) for part in ("train", "test"))
        back = BLITask(turned, task.target, task.source, train, test)
        there_p1, back_p1 = (_p_at_1(way, way.align("vecmap")) for way in (task, back))
        frequent = _frequent(task, folder.dictionary(task.pair, "train")), _frequent(back, train)
        return cls(task, back, spaces, (there_p1, back_p1), frequent)

    def run(
        self,
        method: str | Solver,
        train: Lexicon | None = None,
        *,
        supervision: str = "none",
        seed: int = 0,
        check: bool = True,
    ) -> WeakRun:
        """Align from these pairs, and score."""
        task = replace(self.there, train=train)
        seconds, alignment = timed(lambda: task.align(method, seed=seed, check=check))
        return self.scored(alignment, seconds, supervision=supervision)

    def scored(self, alignment: Alignment, seconds: float, *, supervision: str) -> WeakRun:
        """The run that made an alignment in so many seconds."""
        card, turned = alignment.card, alignment.reversed()
        frequent = [
            replace(way, test=lexicon)
            for way, lexicon in zip((self.there, self.back), self.frequent, strict=True)
        ]
        return WeakRun(
            self.there.pair,
            self.spaces,
            card.method,
            supervision,
            card.seed,
            card.status,
            _p_at_1(self.there, alignment),
            _p_at_1(self.back, turned),
            *self.supervised,
            round(seconds, 1),
            card.scores.get("evidence", {}),
            (_p_at_1(frequent[0], alignment) + _p_at_1(frequent[1], turned)) / 2,
        )


def _frequent(task: BLITask, train: Lexicon) -> Lexicon:
    """The pairs of both parts of a dictionary whose words are frequent on both sides."""
    heads = [set(vectors.words[:FREQUENT_WORDS]) for vectors in (task.source, task.target)]
    pairs = dict.fromkeys((*train.pairs, *task.test.pairs))
    return Lexicon(
        pair for pair in pairs if all(word in head for word, head in zip(pair, heads, strict=True))
    )


def _p_at_1(task: BLITask, alignment: Alignment) -> float:
    """In percent; 0 for vocabularies so small that no test pair is in them."""
    if len(task.test.index(alignment.source, alignment.target)) == 0:
        return 0.0
    return round(task.evaluate(alignment).precision(1), 1)


def run_unsupervised(
    folder: DataFolder, *, pairs: Sequence[str], methods: Sequence[str] = ("unsupervised",)
) -> Iterator[WeakRun]:
    """Without supervision: one run a pair, three on es-fr, en-de and en-fi.

    Raises:
        InputError: No such method, or the folder lacks a pair.
    """
    for method in methods:
        check_supervision(method, None)
    for spaces in _all_words(folder, pairs):
        for method in methods:
            for seed in range(REPEATS if spaces.there.pair in REPEATED_PAIRS else 1):
                yield spaces.run(method, seed=seed)


def run_semi_supervised(
    folder: DataFolder, *, pairs: Sequence[str], method: str = "self-learning", seed: int = 0
) -> Iterator[WeakRun]:
    """From 25, 100, 500 and all training pairs, from identical strings, and from numerals.

    Raises:
        InputError: No such method, or the folder lacks a pair.
    """
    check_supervision(method, "a lexicon")
    for spaces in _all_words(folder, pairs):
        for supervision, lexicon in seed_lexicons(spaces.there, seed):
            yield spaces.run(method, lexicon, supervision=supervision, seed=seed, check=False)


def run_systems(
    data: str | Path, *, pair: str = "es-fr", methods: Sequence[str] = tuple(SYSTEMS), seed: int = 0
) -> Iterator[WeakRun]:
    """The published systems, each in a process of its own: P@1 without a verdict, seconds, and peak memory.

    Raises:
        InputError: The folder lacks the pair, or there is no such method.
    """
    DataFolder(data).check(pair)
    check_methods(methods)
    for method in track(list(methods), "systems"):
        yield alone(_run_system, data, pair, method, seed, torch.get_num_threads())


def _run_system(data: str | Path, pair: str, method: str, seed: int, threads: int) -> WeakRun:
    torch.set_num_threads(threads)
    (spaces,) = _all_words(DataFolder(data), [pair])
    supervision = SYSTEMS.get(method, "all pairs" if METHODS[method].needs == "pairs" else "none")
    lexicon = dict(seed_lexicons(spaces.there, seed)).get(supervision)
    run = spaces.run(method, lexicon, supervision=supervision, seed=seed, check=False)
    return replace(run, peak_gib=round(peak_bytes() / 2**30, 2))


def _all_words(folder: DataFolder, pairs: Sequence[str]) -> Iterator[BothWays]:
    for pair in pairs:
        folder.check(pair)
    for pair in track(list(pairs), "language pairs"):
        yield BothWays.of(folder, BLITask.of(folder, pair))


def seed_lexicons(task: BLITask, seed: int) -> Iterator[tuple[str, Lexicon]]:
    """Pairs that both vocabularies have, drawn at random, each size with those before it in it."""
    found = known_pairs(task)
    order = torch.randperm(len(found), generator=generator(seed)).tolist()
    for size in (size for size in SEED_SIZES if size < len(found)):
        yield f"{size} pairs", Lexicon([found[place] for place in order[:size]])
    yield "all pairs", Lexicon([found[place] for place in order])
    for name, lexicon in (
        ("identical strings", Lexicon.identical(task.source, task.target)),
        ("numerals", Lexicon.numerals(task.source, task.target)),
    ):
        if len(lexicon):
            yield f"{len(lexicon)} {name}", lexicon
