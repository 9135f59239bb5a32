"""Does the verdict tell the truth? Many runs, good and hopeless, beside what dictionaries say of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import torch
from torch import Tensor

from isolex.arrays import generator
from isolex.benchmark.folder import DataFolder
from isolex.benchmark.weak import Spaces, WeakRun
from isolex.choices import UNORDERED_PAIRS
from isolex.judging import Evidence, null_problem
from isolex.linalg import gram, root
from isolex.mapping import Annealing, Problem
from isolex.normalize import unit_rows
from isolex.progress import track
from isolex.vectors import Vectors

VOCABULARIES = (1_000, 3_000, 10_000)
NOISE_COSINES = (0.9, 0.8, 0.7, 0.6)
NOISY_PAIRS = ("es-fr", "en-es", "fr-de")
NOISY_WORDS = 3_000
HOPELESS_PAIRS = ("es-fr", "en-es", "es-de")
HOPELESS_WORDS = (1_000, 2_000)
FEW_WORDS_PAIRS = ("en-uk", "en-hu")
FEW_WORDS = 300

GOOD_RATIO = 0.5
# Under this P@1 a supervised figure is no yardstick, and half of it is no alignment.
MEANINGFUL_PERCENT = 2.0
# Of the good runs, that a fitted threshold may deny.
DENIED_SHARE = 0.05


Change = Callable[[Tensor, int], Tensor]


def unchanged(rows: Tensor, seed: int) -> Tensor:  # noqa: ARG001
    """The rows."""
    return rows


@dataclass(frozen=True)
class Case:
    """Two spaces for one run.

    Attributes:
        pair: `xx-yy`.
        words: Most frequent words taken of either side.
        name: What was done to them, in words.
        source: What becomes of the source rows.
        target: What becomes of the target rows.
        seed: Of the run.
    """

    pair: str
    words: int
    name: str
    source: Change = unchanged
    target: Change = unchanged
    seed: int = 0

    @property
    def spaces(self) -> str:
        """In words."""
        return f"{self.words:,} words, {self.name}"

    def sides(self, folder: DataFolder) -> tuple[Vectors, Vectors]:
        """The two spaces."""
        x, z = folder.vectors(self.pair)
        return changed(x, self.words, self.source, 0), changed(z, self.words, self.target, 1)

    def run(self, folder: DataFolder) -> WeakRun:
        """Align by isolex's own unsupervised method, one try, and score."""
        spaces = Spaces.of(folder, self.pair, self.spaces, *self.sides(folder))
        return spaces.run(Annealing(seed=self.seed), seed=self.seed)


def run_verdict(data: str | Path) -> Iterator[WeakRun]:
    """Small vocabularies, noise on both sides, and pairs that cannot align: a run of each."""
    folder = DataFolder(data)
    for case in track(list(cases()), "runs"):
        yield case.run(folder)


def cases() -> Iterator[Case]:
    """All of them."""
    for words, pair in product(VOCABULARIES, UNORDERED_PAIRS):
        yield Case(pair, words, "as they are")
    for pair, cosine in product(NOISY_PAIRS, NOISE_COSINES):
        noise = partial(noisy, cosine=cosine)
        yield Case(pair, NOISY_WORDS, f"noise to cosine {cosine}", noise, noise)
    for pair, words in product(HOPELESS_PAIRS, HOPELESS_WORDS):
        yield Case(pair, words, "target columns permuted", target=permuted)
        yield Case(pair, words, "target Gaussian", target=gaussian_like)
    for pair in FEW_WORDS_PAIRS:
        yield Case(pair, FEW_WORDS, "as they are")


def changed(vectors: Vectors, words: int, change: Change, seed: int) -> Vectors:
    """The most frequent words with rows that something was done to."""
    vectors = vectors.head(words)
    rows = change(vectors.tensor(), seed)
    return Vectors(vectors.words, rows.numpy(), language=vectors.language, unicode="keep")


def noisy(rows: Tensor, seed: int, *, cosine: float) -> Tensor:
    """Unit rows with isotropic noise, so that the mean cosine to the clean row is `cosine`."""
    rows = unit_rows(rows)
    noise = unit_rows(torch.randn(rows.shape, generator=generator(seed)))
    made: Tensor = cosine * rows + (1 - cosine**2) ** 0.5 * noise
    return made


def permuted(rows: Tensor, seed: int) -> Tensor:
    """Each column permuted on its own, see `null_problem`."""
    return null_problem(Problem(rows, rows), seed=seed + 1000).z


def gaussian_like(rows: Tensor, seed: int) -> Tensor:
    """Gaussian rows of the same mean and covariance."""
    mean = rows.mean(dim=0)
    spread = root(gram(rows - mean, rows - mean) / rows.shape[0], 0.5).float()
    made: Tensor = mean + torch.randn(rows.shape, generator=generator(seed)) @ spread
    return made


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
