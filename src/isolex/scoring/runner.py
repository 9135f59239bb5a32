"""Methods and language pairs, cell by cell; a run goes on where it stopped."""

import time
from collections.abc import Iterator, Sequence

import torch

from isolex._version import __version__
from isolex.choices import BENCH_CRITERIA, BENCH_METHODS
from isolex.datasets import BilingualData, DataFolder, Dataset
from isolex.errors import InputError
from isolex.files import digest
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.progress import track
from isolex.recipes import METHODS
from isolex.scoring.results import Cell, MethodScore, ResultsFile
from isolex.scoring.task import BLITask


def score_methods(
    data: BilingualData,
    pairs: Sequence[str],
    *,
    methods: Sequence[str] = BENCH_METHODS,
    kept: ResultsFile | None = None,
    protocol: str = "muse",
    vocabulary: int | None = None,
    seed: int = 0,
    device: str | torch.device | None = None,
) -> Iterator[MethodScore]:
    """Align each language pair by each method, score it with NN and CSLS, and yield each kept score.

    Args:
        data: Where vectors and dictionaries come from.
        pairs: Language pairs, `xx-yy`.
        methods: Names out of `isolex.recipes.METHODS`; no alignment is judged, `unsupervised` gets one try.
        kept: The file of scores, which gives its protocol. Scores in it are not measured again.
        protocol: The protocol to use without such a file.
        vocabulary: Most frequent words taken of either side; None for all.
        seed: Of everything random.
        device: Where to compute.

    Raises:
        InputError: An unknown pair or method, or the file of results cannot be written.
    """
    check_methods(methods)
    for pair in pairs:
        data.check(pair)
    protocol = protocol if kept is None else kept.protocol
    for pair in track(list(pairs), "language pairs"):
        task = BLITask.of(data, pair, vocabulary=vocabulary)
        for method in track(list(methods), f"{pair}: methods"):
            cell = cell_of(task, method, seed, vocabulary)
            score = None if kept is None else kept.get(cell)
            if score is None:
                score = measure(task, cell, protocol, device)
                if kept is not None:
                    kept.add(score)
            yield score


def check_methods(methods: Sequence[str]) -> None:
    """Raise `InputError` unless all are names of methods: to be known before gigabytes are fetched."""
    for method in methods:
        look_up(method, METHODS, "method")


def directed(pairs: Sequence[str], direction: str) -> list[str]:
    """The pairs as they are (`forward`), turned round (`backward`), or each both ways (`both`).

    Each way has dictionaries of its own, so the way back is another language pair.
    """
    ways = look_up(direction, {"forward": (1,), "backward": (-1,), "both": (1, -1)}, "direction")
    return list(dict.fromkeys("-".join(pair.split("-")[::way]) for pair in pairs for way in ways))


def chosen_pairs(pairs: Sequence[str], direction: str, there: DataFolder | Dataset) -> list[str]:
    """The pairs to measure: those asked for, or all that a folder has.

    Raises:
        InputError: No pair of a dataset was named, or one of them is not there.
    """
    named = pairs or there.pairs if isinstance(there, DataFolder) else pairs
    if not named:
        raise InputError("got no language pairs", where="--pairs", fix="name some, such as en-fr,en-de")
    chosen = directed(named, direction)
    for pair in chosen:
        there.check(pair)
    return chosen


def cell_of(task: BLITask, method: str, seed: int, vocabulary: int | None) -> Cell:
    """What a result depends on.

    Args:
        task: The language pair.
        method: Name of a method.
        seed: Of everything random.
        vocabulary: Most frequent words taken of either side; None for all.
    """
    return Cell(
        task.pair,
        method,
        seed,
        max(len(task.source), len(task.target)) if vocabulary is None else vocabulary,
        task.source.fingerprint,
        task.target.fingerprint,
        _digest(task.train),
        _digest(task.test),
        __version__,
    )


def measure(task: BLITask, cell: Cell, protocol: str, device: str | torch.device | None) -> MethodScore:
    """Align without a verdict, by the cell's method, and score.

    Args:
        task: The language pair.
        cell: What is measured.
        protocol: How answers count.
        device: Where to compute.
    """
    start = time.perf_counter()
    alignment = task.align(cell.method, seed=cell.seed, device=device)
    seconds = round(time.perf_counter() - start, 1)
    results = {
        criterion: task.evaluate(alignment, protocol=protocol, criterion=criterion).to_dict()
        for criterion in BENCH_CRITERIA
    }
    return MethodScore(
        cell, METHODS[cell.method].begins_with, alignment.card.scores["seed_pairs"], results, seconds
    )


def _digest(lexicon: Lexicon | None) -> str:
    return digest(*(f"{source}\t{target}\n".encode() for source, target in lexicon or ()))
