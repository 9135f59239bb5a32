"""Jobs as tasks of Ray, on one machine or a cluster of them."""

import logging
import os
from concurrent.futures import Future
from typing import Any

from isolex.errors import InputError, MissingExtraError
from isolex.fleet.executors import WorkerLostError
from isolex.fleet.jobs import JobOutcome
from isolex.fleet.performing import Batch, perform

_GIB = 1 << 30


class RayExecutor:
    """Ray tasks, each with as many cores as it has threads.

    Only settings and outcomes pass through Ray. Vectors are read from their files, memory-mapped, by whoever
    needs them, so all machines must see the folders of inputs and results under the same paths.

    Args:
        address: Address of a running cluster, or `auto`; by default isolex starts one on this machine.
        workers: Tasks at the same time; by default as many as the cluster has cores for.
        threads: Threads of each task.
        memory: Memory that each task asks the cluster for, in GiB.

    Raises:
        InputError: There is no such cluster.
        MissingExtraError: Ray is not installed.
    """

    name, waits = "ray", False

    def __init__(
        self,
        *,
        address: str | None = None,
        workers: int | None = None,
        threads: int = 1,
        memory: float | None = None,
    ) -> None:
        try:
            import ray  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError("the executor ray", "ray", "ray") from error
        self._ray, self._memory, self.threads = ray, memory, threads
        self._began = not ray.is_initialized()
        if self._began:
            # By default the tasks would have what other programs leave of the processors.
            os.environ.setdefault("RAY_worker_niceness", "0")
            try:
                ray.init(
                    address=address, log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR
                )
            except (ConnectionError, ValueError) as error:
                raise InputError(
                    f"cannot be reached: {error}", where=f"ray cluster {address}", fix="check the address"
                ) from error
        cores = int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
        self.workers = max(1, cores // threads) if workers is None else workers
        self._perform = ray.remote(perform)
        self._refs: set[Any] = set()

    def submit(self, batches: list[Batch]) -> list[Future[list[JobOutcome]]]:
        """As of `Executor`."""
        return [self._begun(batch) for batch in batches]

    def close(self) -> None:
        """Cancel running tasks, and end the cluster if it was started here."""
        for ref in list(self._refs):
            self._ray.cancel(ref, force=True)
        if self._began:
            self._ray.shutdown()

    def _begun(self, batch: Batch) -> Future[list[JobOutcome]]:
        memory = None if self._memory is None else int(self._memory * _GIB) * batch.share
        # isolex counts the tries itself.
        task = self._perform.options(num_cpus=batch.threads * batch.share, memory=memory, max_retries=0)
        ref = task.remote(batch)
        self._refs.add(ref)
        made: Future[list[JobOutcome]] = Future()

        def ended(future: Future[list[JobOutcome]]) -> None:
            self._refs.discard(ref)
            error = future.exception()
            if error is None:
                made.set_result(future.result())
            elif isinstance(error, self._ray.exceptions.RayTaskError):
                made.set_exception(error)
            else:  # of the worker, its machine, or what it held
                made.set_exception(WorkerLostError(type(error).__name__))

        ref.future().add_done_callback(ended)
        return made
