"""What the work of a fleet costs as vocabularies and languages grow, and what a plan of it would take."""

import heapq
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from benchmarks.languages import planted_languages, planted_test
from benchmarks.measuring import WorkerPeak, alone, peak_bytes, timed
from isolex.arrays import generator
from isolex.fleet import LocalExecutor, Workplace
from isolex.pairwise import dictionary_jobs
from isolex.progress import track
from isolex.recipes import align_space
from isolex.retrieval import CSLS, TopK, search_in_shards

SIZES = (20_000, 50_000, 200_000)
PLAN = (157, 2_000_000)
WORKERS = (1, 16, 256)
_WORKERS = 2
_DIMENSION = 300
_HOUR = 3600.0


@dataclass(frozen=True)
class TaskCost:
    """One direction between two planted languages, as a job in a process of its own with one thread.

    Attributes:
        words: Of each language.
        seconds: For the job, without the start of the process.
        gib: The most memory that the process held.
        gib_read: What it read from files, besides the vectors of both languages, which it maps.
    """

    words: int
    seconds: float
    gib: float
    gib_read: float


def run_costs(sizes: Sequence[int] = SIZES) -> Iterator[TaskCost]:
    """Measure one job at each size."""
    for words in track(list(sizes), "sizes"):
        with TemporaryDirectory() as place:
            space = Path(place) / "space"
            alone(save_planted, space, 2, words)
            yield TaskCost(words, *alone(job_cost, space))


def save_planted(path: Path, languages: int, words: int) -> None:
    """Save a space of planted languages."""
    vectors, lexicons = planted_languages(languages, words, _DIMENSION)
    align_space(vectors, lexicons, check=False, device="cpu").save(path)


def job_cost(space: Path) -> tuple[float, float, float]:
    """Seconds, GiB of memory and GiB read of one job, of this process."""
    torch.set_num_threads(1)
    job = dictionary_jobs(space)[0]
    with TemporaryDirectory() as place:
        seconds, _ = timed(lambda: job.run(Path(place) / "out"))
    return round(seconds, 2), round(peak_bytes() / 2**30, 2), round(_bytes_read() / 2**30, 2)


def _bytes_read() -> int:
    """What this process asked the system to read, as far as the system tells; mapped files do not count."""
    path = Path("/proc/self/io")
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("rchar")), 0)


@dataclass(frozen=True)
class Growth:
    """Seconds of a job by words: `fixed + linear n + square n²`, fitted to measured ones, none below 0.

    Attributes:
        fixed: Seconds.
        linear: Seconds a word.
        square: Seconds a pair of words.
    """

    fixed: float
    linear: float
    square: float

    @classmethod
    def of(cls, costs: Sequence[TaskCost]) -> "Growth":
        """Least squares of the relative errors, with no coefficient below 0."""
        from scipy.optimize import nnls  # noqa: PLC0415 - of the laboratory

        words = np.array([cost.words for cost in costs], dtype=float)
        seconds = np.array([cost.seconds for cost in costs])
        terms = np.stack([np.ones_like(words), words, words**2], axis=1)
        return cls(*map(float, nnls(terms / seconds[:, None], np.ones_like(seconds))[0]))

    def seconds(self, words: int) -> float:
        """Of a job with so many words a side."""
        return self.fixed + self.linear * words + self.square * words**2


@dataclass(frozen=True)
class PlanRow:
    """All directions between many languages, scheduled.

    Attributes:
        workers: That work at the same time.
        failures: Share of the tries that are lost half-way.
        hours: Until the last job ends.
        tries: Of all jobs together.
        unfinished: Jobs that were lost three times.
    """

    workers: int
    failures: float
    hours: float
    tries: int
    unfinished: int


def simulate(
    seconds: float, jobs: int, workers: int, *, failures: float = 0.0, start: float = 5.0, seed: int = 0
) -> PlanRow:
    """Schedule jobs of one length on workers as `run_jobs` does, with some lost half-way and tried again.

    Args:
        seconds: Of a job.
        jobs: How many.
        workers: That work at the same time.
        failures: How probable it is that a try is lost.
        start: Seconds until a worker that is begun, or begun again, can work.
        seed: Of the losses.
    """
    draws = random.Random(seed)
    free = [start] * workers
    waiting = [0] * jobs
    end, tries, unfinished = 0.0, 0, 0
    while waiting:
        tried = waiting.pop() + 1
        now = heapq.heappop(free)
        tries += 1
        if draws.random() < failures:
            now += seconds / 2 + start
            if tried < 3:
                waiting.append(tried)
            else:
                unfinished += 1
        else:
            now += seconds
        end = max(end, now)
        heapq.heappush(free, now)
    return PlanRow(workers, failures, round(end / _HOUR, 1), tries, unfinished)


def plan(costs: Sequence[TaskCost], *, failures: Sequence[float] = (0.0, 0.01)) -> list[PlanRow]:
    """What all directions of the plan would take."""
    languages, words = PLAN
    seconds = Growth.of(costs).seconds(words)
    jobs = languages * (languages - 1)
    return [simulate(seconds, jobs, workers, failures=one) for workers in WORKERS for one in failures]


@dataclass(frozen=True)
class ShardedRun:
    """One search in shards, beside the same in one process.

    Attributes:
        words: Of each side.
        dimension: Of their vectors.
        shards: Of each side.
        sharded_seconds: In shards, by two workers with one thread.
        whole_seconds: In one process with two threads.
        gib: The most memory that a worker held.
        same: Whether all answers and scores are the same, bit by bit.
    """

    words: int
    dimension: int
    shards: int
    sharded_seconds: float
    whole_seconds: float
    gib: float
    same: bool


def run_sharded(words: int, *, shards: int = 8, dimension: int = _DIMENSION, k: int = 10) -> ShardedRun:
    """Search both ways by CSLS, its neighbourhoods included, in shards and in one process."""
    return alone(_sharded, words, shards, dimension, k)


def _sharded(words: int, shards: int, dimension: int, k: int) -> ShardedRun:
    x, z = _sides(words, dimension)
    torch.set_num_threads(_WORKERS)
    with TemporaryDirectory() as place:
        workplace = Workplace(Path(place), lambda: LocalExecutor(_WORKERS, threads=1))
        with WorkerPeak() as peak:
            seconds, found = timed(
                lambda: search_in_shards(x, z, k, criterion=CSLS(), workplace=workplace, shards=shards)
            )
    gib = peak.bytes / 2**30
    whole, expected = timed(lambda: CSLS().both(x, z, k))
    same = all(_same(one, other) for one, other in zip(found, expected, strict=True))
    return ShardedRun(words, dimension, shards, round(seconds, 1), round(whole, 1), round(gib, 2), same)


def _sides(words: int, dimension: int) -> tuple[torch.Tensor, torch.Tensor]:
    draws = generator(0)
    x = torch.nn.functional.normalize(torch.randn(words, dimension, generator=draws))
    near = x[torch.randperm(words, generator=draws)]
    z = torch.nn.functional.normalize(torch.randn(words, dimension, generator=draws))
    return x, torch.nn.functional.normalize(z + near)


def _same(one: TopK, other: TopK) -> bool:
    return torch.equal(one.indices, other.indices) and torch.equal(one.scores, other.scores)


@dataclass(frozen=True)
class ManyRun:
    """A space of many planted languages and the scores of all their pairs, interrupted once and gone on with.

    Attributes:
        languages: How many.
        words: Of each.
        space_seconds: For the space.
        pairs: Pairs of languages that were scored.
        scores_seconds: For the scores, by two workers with one thread.
        interrupted: Pairs that had their score when the first run was interrupted.
        made: Pairs that the second run scored.
        gib_first: The most memory that a process of the first run held.
        gib: The most of both.
        right: P@1, mean of all pairs.
    """

    languages: int
    words: int
    space_seconds: float
    pairs: int
    scores_seconds: float
    interrupted: int
    made: int
    gib_first: float
    gib: float
    right: float


def run_many(languages: int, *, words: int = 2_000, first: float = 60.0) -> ManyRun:
    """Make the space, score all pairs, interrupt that after so many seconds, and give the command again."""
    return alone(_many, languages, words, first)


def _many(languages: int, words: int, first: float) -> ManyRun:
    # A shell lets what it starts in the background ignore Ctrl-C, and what that starts would, too.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with TemporaryDirectory() as place:
        folder = Path(place)
        made = timed(lambda: alone(save_planted, folder / "space", languages, words))[0]
        tests = folder / "tests"
        tests.mkdir()
        pairs = list(combinations([f"l{number}" for number in range(languages)], 2))
        for source, target in pairs:
            planted_test(source, target, words).write(tests / f"{source}-{target}.tsv")
        options = ["--work", folder / "work", "--workers", _WORKERS, "--threads", 1, "--json"]
        command = [sys.executable, "-m", "isolex", "evaluate", "space", folder / "space", tests, *options]
        run = partial(subprocess.Popen, list(map(str, command)), stdout=subprocess.PIPE)
        start = time.perf_counter()
        with WorkerPeak() as first_peak, run() as driver:
            time.sleep(first)
            driver.send_signal(signal.SIGINT)
        with WorkerPeak() as second_peak, run() as driver:
            told = json.loads(driver.communicate()[0])
        seconds = time.perf_counter() - start
    return ManyRun(
        languages,
        words,
        round(made, 1),
        len(pairs),
        round(seconds, 1),
        told["jobs"]["kept"],
        told["jobs"]["made"],
        round(first_peak.bytes / 2**30, 2),
        round(max(first_peak.bytes, second_peak.bytes) / 2**30, 2),
        told["mean"]["p@1"],
    )
