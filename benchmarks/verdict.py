"""Does the verdict tell the truth? Many runs, good and hopeless, beside what dictionaries say of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

from benchmarks.spaces import SpacePair, gaussian_like, noisy, permuted
from benchmarks.weak import UNORDERED_PAIRS, BothWays, WeakRun
from isolex.datasets import DataFolder
from isolex.judging import Evidence
from isolex.mapping import Annealing
from isolex.progress import track

VOCABULARIES = (1_000, 3_000, 10_000)
NOISE_COSINES = (0.9, 0.8, 0.7, 0.6)
NOISY_PAIRS = {"novels": ("es-fr", "en-es", "fr-de"), "web": UNORDERED_PAIRS["web"]}
NOISY_WORDS = 3_000
HOPELESS_PAIRS = {"novels": ("es-fr", "en-es", "es-de"), "web": UNORDERED_PAIRS["web"]}
HOPELESS_WORDS = (1_000, 2_000)
FEW_WORDS_PAIRS = {"novels": ("en-uk", "en-hu"), "web": UNORDERED_PAIRS["web"]}
FEW_WORDS = 300

GOOD_RATIO = 0.5
# Under this P@1 a supervised figure is no yardstick, and half of it is no alignment.
MEANINGFUL_PERCENT = 2.0
# Of the good runs, that a fitted threshold may deny.
DENIED_SHARE = 0.05


def run_verdict(folder: DataFolder, vectors: str = "novels") -> Iterator[WeakRun]:
    """Small vocabularies, noise on both sides, and pairs that cannot align: a run of each.

    By isolex's own unsupervised method, one try.

    Args:
        folder: With vectors of this kind.
        vectors: `novels` or `web`, which tells what is done to which language pairs.
    """
    for case in track(list(cases(vectors)), "runs"):
        yield BothWays.of(folder, case.task(folder), case.name).run(Annealing())


def cases(vectors: str = "novels") -> Iterator[SpacePair]:
    """All of a kind of vectors."""
    for words, pair in product(VOCABULARIES, UNORDERED_PAIRS[vectors]):
        yield SpacePair(pair, f"{words:,} words, as they are", words)
    for pair, cosine in product(NOISY_PAIRS[vectors], NOISE_COSINES):
        noise = partial(noisy, cosine=cosine)
        name = f"{NOISY_WORDS:,} words, noise to cosine {cosine}"
        yield SpacePair(pair, name, NOISY_WORDS, noise, noise)
    for pair, words in product(HOPELESS_PAIRS[vectors], HOPELESS_WORDS):
        yield SpacePair(pair, f"{words:,} words, target columns permuted", words, target=permuted)
        yield SpacePair(pair, f"{words:,} words, target Gaussian", words, target=gaussian_like)
    for pair in FEW_WORDS_PAIRS[vectors]:
        yield SpacePair(pair, f"{FEW_WORDS} words, as they are", FEW_WORDS)


@dataclass(frozen=True)
class Calibration:
    """What a threshold for `aligned` does on runs whose outcome is known.

    Attributes:
        good: Runs with at least half of the supervised P@1, where that is 2 % or more.
        denied: Of those, the ones that are not called `aligned`.
        bad: The other runs.
        false: Of those, the ones that are called `aligned`.
    """

    good: int
    denied: int
    bad: int
    false: int


def is_good(run: WeakRun) -> bool:
    """Whether a run found the alignment."""
    return (
        run.ratio >= GOOD_RATIO and run.supervised_forward + run.supervised_backward >= 2 * MEANINGFUL_PERCENT
    )


def lead(run: WeakRun) -> float:
    """What the verdict rests on: the agreement beyond that of the null."""
    return Evidence(**run.evidence).lead


def fit_threshold(runs: Sequence[WeakRun]) -> float:
    """The lead between the good runs and the bad, as far from the bad as a few denied good runs allow.

    Halfway between the worst good run that it lets pass and the next run under that, when one good run in
    twenty may be denied, and every one under a bad run: calling a useless alignment good does more harm.
    """
    good = sorted(lead(run) for run in runs if is_good(run))
    denied = int(DENIED_SHARE * len(good))
    below = max([*good[:denied], *(lead(run) for run in runs if not is_good(run))], default=0.0)
    return (below + min((value for value in good if value > below), default=100.0)) / 2


def leave_one_pair_out(runs: Sequence[WeakRun]) -> tuple[Calibration, dict[str, float]]:
    """Judge the runs of each language pair by a threshold fitted on the others; also the thresholds."""
    thresholds = {
        pair: fit_threshold([run for run in runs if run.pair != pair]) for pair in {run.pair for run in runs}
    }
    return calibrate(runs, thresholds), thresholds


def calibrate(runs: Sequence[WeakRun], thresholds: Mapping[str, float]) -> Calibration:
    """Count what the thresholds, one a pair, make of the runs."""
    called = [lead(run) >= thresholds[run.pair] for run in runs]
    good = [is_good(run) for run in runs]
    return Calibration(
        good=sum(good),
        denied=sum(fine and not aligned for fine, aligned in zip(good, called, strict=True)),
        bad=len(good) - sum(good),
        false=sum(aligned and not fine for fine, aligned in zip(good, called, strict=True)),
    )
