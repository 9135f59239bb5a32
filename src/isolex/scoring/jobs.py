"""Methods on language pairs as jobs of a fleet: each cell that is not measured yet is one."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from isolex.datasets import BilingualData, DataFolder, Downloads, get_dataset
from isolex.errors import InputError, IsolexWarning
from isolex.fleet import Job, JobOutcome, Ledger, named
from isolex.saved import json_text, parse_json
from isolex.scoring.results import Cell, MethodScore, ResultsFile
from isolex.scoring.runner import cell_of, check_methods, measure
from isolex.scoring.task import BLITask


@dataclass(frozen=True)
class MethodJobs:
    """What `method_jobs` found.

    Attributes:
        cells: The cells of a benchmark in order, each with the job that measures it; None if it is measured.
        unreadable: Language pairs whose files cannot be read, each with the error.
    """

    cells: Mapping[Cell, Job | None]
    unreadable: tuple[JobOutcome, ...]

    @property
    def missing(self) -> list[Job]:
        """The jobs of cells that are not measured yet."""
        return [job for job in self.cells.values() if job is not None]


def method_jobs(
    data: DataFolder | Downloads,
    pairs: Sequence[str],
    *,
    methods: Sequence[str],
    kept: ResultsFile,
    vocabulary: int,
    seed: int = 0,
) -> MethodJobs:
    """Methods on language pairs, each a job unless it is measured already.

    Args:
        data: Where vectors and dictionaries come from; what was downloaded is read from the cache.
        pairs: Language pairs, `xx-yy`.
        methods: Names out of `isolex.recipes.METHODS`.
        kept: The file of scores; its protocol is used.
        vocabulary: Number of most frequent words of each language.
        seed: Seed of random numbers.

    Raises:
        InputError: An unknown pair or method.
    """
    check_methods(methods)
    for pair in pairs:
        data.check(pair)
    made: dict[Cell, Job | None] = {}
    unreadable = []
    for pair in pairs:
        try:
            task = BLITask.of(data, pair, vocabulary=vocabulary)
        except InputError as error:  # the other pairs can be measured
            unreadable.append(JobOutcome(pair, "failed", str(error)))
            continue
        for method in methods:
            cell = cell_of(task, method, seed, vocabulary)
            made[cell] = None if kept.get(cell) is not None else _job(cell, kept.protocol, _place(data))
    return MethodJobs(made, tuple(unreadable))


def gather_scores(jobs: MethodJobs, folder: str | Path, kept: ResultsFile) -> list[MethodScore]:
    """Keep what jobs measured, and return the score of each cell that has one.

    Args:
        jobs: As from `method_jobs`.
        folder: Where the results of the jobs are.
        kept: The file that keeps the scores.
    """
    ledger = Ledger(folder)
    for job in jobs.missing:
        if ledger.has(job):
            kept.add(MethodScore.from_dict(parse_json(ledger.place(job).read_bytes())))
    return [score for score in map(kept.get, jobs.cells) if score is not None]


def write_measured(output: Path, settings: Mapping[str, Any]) -> None:
    """Measure one cell: the work of a job."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IsolexWarning)  # whoever made the job has read the same files
        data = _data(json_text(settings["data"]), settings["pair"])
        task = BLITask.of(data, settings["pair"], vocabulary=settings["vocabulary"])
    cell = cell_of(task, settings["method"], settings["seed"], settings["vocabulary"])
    score = measure(task, cell, settings["protocol"], "cpu")
    output.write_text(json_text(score.to_dict()) + "\n", encoding="utf-8")


def _job(cell: Cell, protocol: str, place: Mapping[str, Any]) -> Job:
    known = asdict(cell)
    return Job(
        f"{cell.pair}.{cell.method}.json",
        named(write_measured),
        {name: known[name] for name in ("pair", "method", "seed", "vocabulary")} | {"protocol": protocol},
        {name: known[name] for name in ("source", "target", "train", "test")},
        {"data": dict(place)},
    )


def _place(data: DataFolder | Downloads) -> dict[str, Any]:
    """Where a worker finds the same data."""
    if isinstance(data, DataFolder):
        return {"folder": str(data.path.resolve())}
    cache = None if data.cache is None else str(Path(data.cache).resolve())
    return {"dataset": data.dataset.name, "vocabulary": data.vocabulary, "cache": cache}


@lru_cache(maxsize=1)
def _data(place: str, pair: str) -> BilingualData:
    """The data of a pair, kept from one job to the next."""
    told = parse_json(place.encode())
    if "folder" in told:
        return DataFolder(told["folder"])
    return Downloads(
        get_dataset(told["dataset"]),
        [pair],
        vocabulary=told["vocabulary"],
        cache=told["cache"],
        offline=True,
    )
