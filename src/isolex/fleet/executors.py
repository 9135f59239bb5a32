"""Where jobs are done: here, or by processes of this machine; and what other executors must offer."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Protocol

from isolex.errors import IsolexError
from isolex.fleet.jobs import JobOutcome
from isolex.fleet.performing import Batch, perform
from isolex.processes import end_with_parent

# What the libraries beneath look at when they are loaded.
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


class WorkerLostError(IsolexError):
    """A worker ended before its work did: it was killed, or its machine is gone."""


class Executor(Protocol):
    """Takes batches of jobs, and says how each job ended.

    Attributes:
        name: Its name as an option.
        workers: Number of workers at the same time.
        threads: Threads of each worker.
        waits: Whether it has a queue of its own, so that it can take all work at once.
    """

    name: str
    workers: int
    threads: int
    waits: bool

    def submit(self, batches: list[Batch]) -> "list[Future[list[JobOutcome]]]":
        """Begin batches. A future fails with `WorkerLostError` if its worker was lost.

        An executor without a queue never gets more shares at the same time than it has workers.
        """
        ...

    def close(self) -> None:
        """Give up what is not done yet."""
        ...


class HereExecutor:
    """Does each job in this process, at once: a plain loop.

    Args:
        threads: Number of threads; by default as many as torch has now.
    """

    name, workers, waits = "local", 1, False

    def __init__(self, threads: int | None = None) -> None:
        self.threads = _threads_now() if threads is None else threads

    def submit(self, batches: list[Batch]) -> list[Future[list[JobOutcome]]]:
        """As of `Executor`."""
        futures = []
        for batch in batches:
            future: Future[list[JobOutcome]] = Future()
            future.set_result(perform(batch))
            futures.append(future)
        return futures

    def close(self) -> None:
        """Nothing is left."""


class LocalExecutor:
    """Processes of this machine, each with its part of the threads. They end with this process.

    If one process is killed, the others go on.

    Args:
        workers: Number of processes.
        threads: Threads of each; by default the processes share the cores of the machine.
    """

    name, waits = "local", False

    def __init__(self, workers: int, *, threads: int | None = None) -> None:
        self.workers = workers
        self.threads = max(1, (os.cpu_count() or 1) // workers) if threads is None else threads
        self._free: list[ProcessPoolExecutor | None] = [None] * workers
        self._busy: set[ProcessPoolExecutor] = set()

    def submit(self, batches: list[Batch]) -> list[Future[list[JobOutcome]]]:
        """As of `Executor`."""
        return [self._begun(batch) for batch in batches]

    def close(self) -> None:
        """Kill what still works."""
        for pool in self._busy:
            for process in list((pool._processes or {}).values()):
                process.kill()
        for pool in (*self._busy, *filter(None, self._free)):
            pool.shutdown(wait=True, cancel_futures=True)
        self._busy, self._free = set(), []

    def _begun(self, batch: Batch) -> Future[list[JobOutcome]]:
        pool = self._free.pop() or self._pool()
        self._busy.add(pool)
        made: Future[list[JobOutcome]] = Future()

        def ended(future: Future[list[JobOutcome]]) -> None:
            self._busy.discard(pool)
            error = future.exception()
            # A pool whose process was killed is of no use any more; the next one is begun when it is needed.
            self._free.append(None if error is not None else pool)
            if error is None:
                made.set_result(future.result())
            else:
                made.set_exception(
                    WorkerLostError("its process ended") if isinstance(error, BrokenExecutor) else error
                )

        with _environment(dict.fromkeys(_THREADS, str(batch.threads * batch.share))):
            future = pool.submit(perform, batch)
        future.add_done_callback(ended)
        return made

    def _pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(os.getpid(),))


def _begin(parent: int) -> None:
    """Ctrl-C reaches all processes of a terminal; whoever sends the jobs sees to it that the workers end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(parent)


def _threads_now() -> int:
    import torch  # noqa: PLC0415

    return torch.get_num_threads()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables that processes which are started inside the block find."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
