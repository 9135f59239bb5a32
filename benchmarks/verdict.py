"""Does the verdict tell the truth? Many runs, good and hopeless, beside what dictionaries say of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import mean, median
from time import perf_counter

import torch

from benchmarks.spaces import SpacePair, gaussian_like, noisy, permuted
from benchmarks.weak import UNORDERED_PAIRS, BothWays, WeakRun
from isolex.alignment import Alignment, Card, Side, SideCard
from isolex.datasets import DataFolder
from isolex.judging import (
    Candidate,
    Evidence,
    FurtherPairs,
    TrainingCase,
    choose,
    leave_one_group_out,
    narrowest_constant,
)
from isolex.judging.estimate import FEATURES, estimate_measures
from isolex.lexicon import Lexicon, found_seeds
from isolex.mapping import Problem
from isolex.normalize import Normalizer
from isolex.progress import track
from isolex.recipes import METHODS
from isolex.scoring import BLITask

VOCABULARIES = (1_000, 3_000, 10_000)
NOISE_COSINES = (0.8, 0.6)
NOISY_PAIRS = {"novels": ("es-fr", "en-es", "fr-de"), "web": UNORDERED_PAIRS["web"]}
NOISY_WORDS = 3_000
HOPELESS_PAIRS = {"novels": ("es-fr", "en-es", "es-de"), "web": UNORDERED_PAIRS["web"]}
HOPELESS_WORDS = 2_000
HOPELESS_ENDS = ("columns permuted", "Gaussian")
FEW_WORDS_PAIRS = {"novels": ("en-uk", "en-hu"), "web": UNORDERED_PAIRS["web"]}
FEW_WORDS = 300
FEW_PAIRS = 25

ALIKE, ALONE, GIVEN = "words written alike", "none", f"{FEW_PAIRS} pairs"
"""What runs begin with."""

GOOD_RATIO = 0.5
# Under this P@1 a supervised figure is no yardstick, and half of it is no alignment.
MEANINGFUL_PERCENT = 2.0
# An estimate of less is hardly ever wrong.
FOUND_PERCENT = 5.0
# Of the good runs, that a fitted threshold may deny.
DENIED_SHARE = 0.05


def run_verdict(folder: DataFolder, vectors: str = "novels") -> Iterator[WeakRun]:
    """Small vocabularies, noise on both sides, and pairs that cannot align, from each of several starts.

    By isolex's own self-learning, one try.

    Args:
        folder: With vectors of this kind.
        vectors: `novels` or `web`, which tells what is done to which language pairs.
    """
    for case in track(list(cases(vectors)), "spaces"):
        task = case.task(folder)
        ways = BothWays.of(folder, task, case.name)
        for supervision in _starts(case):
            began = perf_counter()
            alignment = _aligned(task, supervision)
            if alignment is not None:
                yield ways.scored(alignment, perf_counter() - began, supervision=supervision)


def cases(vectors: str = "novels") -> Iterator[SpacePair]:
    """All of a kind of vectors."""
    for words, pair in product(VOCABULARIES, UNORDERED_PAIRS[vectors]):
        yield SpacePair(pair, f"{words:,} words, as they are", words)
    for pair, cosine in product(NOISY_PAIRS[vectors], NOISE_COSINES):
        noise = partial(noisy, cosine=cosine)
        name = f"{NOISY_WORDS:,} words, noise to cosine {cosine}"
        yield SpacePair(pair, name, NOISY_WORDS, noise, noise)
    for pair in HOPELESS_PAIRS[vectors]:
        name = f"{HOPELESS_WORDS:,} words, target"
        for end, change in zip(HOPELESS_ENDS, (permuted, gaussian_like), strict=True):
            yield SpacePair(pair, f"{name} {end}", HOPELESS_WORDS, target=change)
    for pair in FEW_WORDS_PAIRS[vectors]:
        yield SpacePair(pair, f"{FEW_WORDS} words, as they are", FEW_WORDS)


def _starts(case: SpacePair) -> tuple[str, ...]:
    """With 25 pairs only in the middle of the vocabularies: each start takes its time."""
    return (
        (ALIKE, ALONE, GIVEN) if case.words == NOISY_WORDS and "as they are" in case.name else (ALIKE, ALONE)
    )


def _aligned(task: BLITask, supervision: str) -> Alignment | None:
    """By one try from this start, judged by a restart; None where there is nothing to begin with."""
    x, z = (Side.fitted(vectors, Normalizer()) for vectors in (task.source, task.target))
    known = Lexicon(list(task.train or ())[:: max(1, len(task.train or ()) // FEW_PAIRS)][:FEW_PAIRS])
    given = known if supervision == GIVEN else None
    problem = Problem.of(x, z, None if given is None else found_seeds(given, x.vectors, z.vectors)[1])
    method, further = METHODS["fully-unsupervised"], None
    if supervision == ALIKE:
        ids = Lexicon.alike(task.source, task.target).index(x.vectors, z.vectors).pairs
        if len(ids) == 0:
            return None
        further = FurtherPairs(torch.from_numpy(ids), supervision)
    if supervision != ALONE:
        method = METHODS["self-learning"]
    one = Candidate("self-learning", method.make(0), self_learning=True, further=further)
    choice = choose([one], problem, seed=0)
    card = Card(
        method=one.name,
        settings={},
        source=SideCard.of(task.source),
        target=SideCard.of(task.target),
        seed=0,
        status=choice.status,
        reasons=choice.reasons,
        scores=choice.scores,
    )
    sides = x.mapped(choice.mapping.source), z.mapped(choice.mapping.target)
    return Alignment(*sides, seeds=given or Lexicon([]), card=card)


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
    """Whether a run found the alignment, where there was one to find.

    Of spaces that cannot align, maps remember the words that they began with, and tests hold some of them.
    """
    supervised = run.supervised_forward + run.supervised_backward
    return (
        run.ratio >= GOOD_RATIO
        and supervised >= 2 * MEANINGFUL_PERCENT
        and not run.spaces.endswith(HOPELESS_ENDS)
    )


def estimate_case(run: WeakRun) -> TrainingCase:
    """For the estimate of how many answers are right; runs of one language pair belong together."""
    return TrainingCase(run.pair, estimate_measures(Evidence(**run.evidence)), run.frequent or 0.0)


@dataclass(frozen=True)
class EstimateQuality:
    """How estimates do that were fitted on other language pairs.

    Attributes:
        runs: How many.
        coverage: Share of the intervals that hold the truth, in percent.
        width: Their median width, in points.
        constant_width: That of the narrowest constant interval that holds as many.
        found: Runs with more than 5 % right, on which an interval is no matter of course.
        found_coverage: Share of the intervals that hold the truth among those.
        found_width: Median width among those.
        error: Median distance from the truth among those.
    """

    runs: int
    coverage: float
    width: float
    constant_width: float
    found: int
    found_coverage: float
    found_width: float
    error: float

    @classmethod
    def of(cls, runs: Sequence[WeakRun]) -> "EstimateQuality":
        """Of runs of at least three language pairs."""
        cases = [estimate_case(run) for run in runs]
        made = leave_one_group_out(cases, FEATURES)
        held = [one.low <= case.percent <= one.high for one, case in zip(made, cases, strict=True)]
        found = [place for place, case in enumerate(cases) if case.percent > FOUND_PERCENT]
        coverage = mean(held)
        return cls(
            runs=len(cases),
            coverage=100 * coverage,
            width=median(one.width for one in made),
            constant_width=narrowest_constant([case.percent for case in cases], coverage),
            found=len(found),
            found_coverage=100 * mean(held[place] for place in found),
            found_width=median(made[place].width for place in found),
            error=median(abs(made[place].percent - cases[place].percent) for place in found),
        )


def lead(run: WeakRun) -> float:
    """What the verdict rests on, see `Evidence.lead`."""
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
