"""What a worker does with jobs, whichever executor sent them."""

import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from isolex.errors import IsolexError, IsolexWarning
from isolex.files import atomic_file
from isolex.fleet.jobs import Job, JobOutcome
from isolex.fleet.ledger import Ledger
from isolex.processes import give_memory_back


@dataclass(frozen=True)
class Batch:
    """Jobs on their way to a worker, which does one after the other.

    Attributes:
        jobs: The jobs.
        folder: Where their results belong, as the worker sees it.
        threads: That it computes with.
        share: So many workers' parts of the machine it takes.
    """

    jobs: tuple[Job, ...]
    folder: Path
    threads: int
    share: int = 1


def perform(batch: Batch) -> list[JobOutcome]:
    """Make the results, put each in its place, and note it; errors become outcomes."""
    _use_threads(batch.threads * batch.share)
    ledger = Ledger(batch.folder)
    return [_performed(job, ledger) for job in batch.jobs]


def _performed(job: Job, ledger: Ledger) -> JobOutcome:
    begun = time.perf_counter()
    _log(ledger.log(job), "begun")
    details = ""
    warned: list[str] = []
    try:
        if not ledger.has(job):  # a worker that was thought lost may have made it
            ledger.begin(job)
            with atomic_file(ledger.place(job)) as output, _warnings_into(ledger.log(job), warned):
                job.run(output)
            ledger.note(job, time.perf_counter() - begun)
        outcome = JobOutcome(job.name, "done", seconds=time.perf_counter() - begun)
    except MemoryError:
        outcome = JobOutcome(job.name, "out of memory", "there was not enough memory")
    except IsolexError as error:
        outcome = JobOutcome(job.name, "failed", str(error))
    except Exception as error:  # of any kind: the other jobs go on
        details = f"\n{traceback.format_exc()}"
        outcome = JobOutcome(job.name, "failed", f"{type(error).__name__}: {error}")
    _log(ledger.log(job), f"{outcome.status} {outcome.told}".rstrip() + details)
    give_memory_back()
    return replace(outcome, warned=tuple(warned))


@contextmanager
def _warnings_into(log: Path, warned: list[str]) -> Iterator[None]:
    """All warnings go to the log, since nobody looks at what workers print; isolex's own are told, too."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", IsolexWarning)
        try:
            yield
        finally:
            for one in told:
                _log(log, f"warning: {one.message}")
            warned += [str(one.message) for one in told if issubclass(one.category, IsolexWarning)]


def _use_threads(count: int) -> None:
    """Compute with so many, so that all workers together have no more than the machine has cores."""
    import torch  # noqa: PLC0415 - whoever only sends jobs does without

    if torch.get_num_threads() != count:
        torch.set_num_threads(count)


def _log(path: Path, text: str) -> None:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    # On a full disk, say; the job itself then tells what is wrong.
    with suppress(OSError), path.open("a", encoding="utf-8") as stream:
        stream.write(f"{now} {text}\n")
