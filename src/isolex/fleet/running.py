"""`run_jobs`: make the missing results in a folder, try lost jobs again, and report failures."""

import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isolex.errors import InputError, IsolexWarning
from isolex.files import working_alone
from isolex.fleet.executors import Executor, WorkerLostError
from isolex.fleet.jobs import Job, JobOutcome
from isolex.fleet.ledger import Ledger
from isolex.fleet.performing import Batch
from isolex.progress import track_of

TRIES = 3
# Messages of warnings that are told, so that those of thousands of jobs do not hide the rest.
_TOLD = 5


@dataclass(frozen=True)
class Workplace:
    """A folder of results and an executor, for work that may be divided into jobs.

    Attributes:
        folder: Where results are kept.
        begin: Makes the executor, if there is anything to do.
    """

    folder: Path
    begin: Callable[[], Executor]

    def run(self, jobs: "Sequence[Job]", *, label: str = "jobs") -> "FleetReport":
        """Make what is missing; see `run_jobs`.

        Raises:
            InputError: As of `run_jobs`.
        """
        return run_jobs(jobs, self.folder, self.begin(), label=label)


@dataclass(frozen=True)
class FleetReport:
    """The results of a run.

    Attributes:
        made: Names of the results that it made, in the order of the jobs.
        kept: Names of the results that were there already.
        failed: Outcomes of the jobs without a result.
        retried: How often a job was tried again.
    """

    made: tuple[str, ...]
    kept: tuple[str, ...]
    failed: tuple[JobOutcome, ...]
    retried: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "made": len(self.made),
            "kept": len(self.kept),
            "failed": {one.name: one.told for one in self.failed},
            "retried": self.retried,
        }


def run_jobs(
    jobs: Sequence[Job], folder: str | Path, executor: Executor, *, label: str = "jobs"
) -> FleetReport:
    """Make the results of jobs that are missing in the folder, or whose inputs have changed.

    If the input of a job is wrong, the job fails and the others go on. If a worker is lost or runs out of
    memory, its job is tried again, up to three times. After running out of memory, and from the second loss
    on, the job gets twice the share of the machine. The executor is closed at the end.

    Args:
        jobs: The jobs; put those that read the same files next to each other.
        folder: The folder of the results. Notes and logs are in its `.jobs`.
        executor: The executor that does the jobs.
        label: Name of the jobs in progress bars.

    Raises:
        InputError: Another run is at work in the folder, it holds a file that a result would replace, or two
            jobs have one name.

    Warns:
        IsolexWarning: What the jobs of this run warned of, each message once.
    """
    names = [job.name for job in jobs]
    if len(set(names)) < len(names):
        raise InputError("got two jobs of one name", where="jobs")
    ledger = Ledger(folder)
    with working_alone(ledger.folder):
        ledger.check(jobs)
        missing = [job for job in jobs if not ledger.has(job)]
        run = _Run(ledger, executor, missing)
        try:
            for _ in track_of(run.ended(), len(missing), label):
                pass
        finally:
            executor.close()
    _tell_warnings(run.warned, ledger)
    failed = {one.name: one for one in run.failed}
    wanted = {job.name for job in missing}
    return FleetReport(
        tuple(name for name in names if name in wanted and name not in failed),
        tuple(name for name in names if name not in wanted),
        tuple(failed[name] for name in names if name in failed),
        run.retried,
    )


def _tell_warnings(warned: Mapping[str, Sequence[str]], ledger: Ledger) -> None:
    """Warn of what jobs warned of; of many messages, of the first ones."""
    for message, names in list(warned.items())[:_TOLD]:
        others = f" and others ({len(names):,} jobs in all)" if len(names) > 1 else ""
        warnings.warn(f"{names[0]}{others}: {message}", IsolexWarning, stacklevel=3)
    if len(warned) > _TOLD:
        more = len(warned) - _TOLD
        warnings.warn(
            f"jobs: more warnings ({more:,}) are in the logs in {ledger.logs}", IsolexWarning, stacklevel=3
        )


class _Run:
    """Jobs under way."""

    def __init__(self, ledger: Ledger, executor: Executor, jobs: Sequence[Job]) -> None:
        self._ledger, self._executor = ledger, executor
        self._waiting = deque(self._batch(part) for part in _parts(jobs, executor))
        self._tries: dict[str, int] = {}
        self.failed: list[JobOutcome] = []
        self.warned: dict[str, list[str]] = {}
        self.retried = 0

    def ended(self) -> Iterator[str]:
        """The names of jobs that will not be tried any more, done or not."""
        going: dict[Future[list[JobOutcome]], Batch] = {}
        while self._waiting or going:
            begun = self._next(sum(batch.share for batch in going.values()))
            going |= dict(zip(self._executor.submit(begun), begun, strict=True))
            done, _ = wait(going, return_when=FIRST_COMPLETED)
            for future in done:
                yield from self._taken(future, going.pop(future))

    def _next(self, taken: int) -> list[Batch]:
        """The batches that can begin beside those that have some shares."""
        found = []
        while self._waiting:
            share = self._waiting[0].share
            if not self._executor.waits and taken and taken + share > self._executor.workers:
                break
            found.append(self._waiting.popleft())
            taken += share
        return found

    def _taken(self, future: Future[list[JobOutcome]], batch: Batch) -> Iterator[str]:
        try:
            outcomes = future.result()
        except WorkerLostError as error:
            # Whatever it did before it was lost is noted.
            lost = JobOutcome("", "out of memory", f"its worker was lost {TRIES} times: {error}")
            outcomes = [JobOutcome(job.name, "done") if self._ledger.has(job) else lost for job in batch.jobs]
        for job, outcome in zip(batch.jobs, outcomes, strict=True):
            if outcome.status == "out of memory" and self._again(job, batch.share, lost=not outcome.name):
                continue
            for message in dict.fromkeys(outcome.warned):
                self.warned.setdefault(message, []).append(job.name)
            if outcome.status != "done":
                self.failed.append(JobOutcome(job.name, "failed", outcome.told))
            yield job.name

    def _again(self, job: Job, share: int, *, lost: bool) -> bool:
        """Try a job again, unless it was tried often enough."""
        tries = self._tries[job.name] = self._tries.get(job.name, 0) + 1
        if tries >= TRIES:
            return False
        # A process that was killed once may have been unlucky; twice looks like the system's want of memory.
        more = share if lost and tries == 1 else min(2 * share, self._executor.workers)
        self._waiting.appendleft(self._batch([job], more))
        self.retried += 1
        return True

    def _batch(self, jobs: Sequence[Job], share: int = 1) -> Batch:
        return Batch(tuple(jobs), self._ledger.folder.resolve(), self._executor.threads, share)


def _parts(jobs: Sequence[Job], executor: Executor) -> list[Sequence[Job]]:
    """Jobs that belong together; for an executor that begins a process a batch, as many parts as workers."""
    groups: list[list[Job]] = []
    for job in jobs:
        if job.together and groups and groups[-1][-1].together == job.together:
            groups[-1].append(job)
        else:
            groups.append([job])
    size = -(-len(groups) // executor.workers) if executor.waits else 1
    starts = range(0, len(groups), max(1, size))
    return [[job for group in groups[start : start + size] for job in group] for start in starts]
