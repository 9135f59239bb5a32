"""Jobs as an array of Slurm, by submitit."""

import shutil
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Thread
from typing import Any, Literal, TypeAlias

from isolex.errors import InputError, MissingExtraError
from isolex.fleet.executors import WorkerLostError
from isolex.fleet.jobs import JobOutcome
from isolex.fleet.performing import Batch, perform

SlurmCluster: TypeAlias = Literal["slurm", "local", "debug"]
_LOOK_EVERY = 0.5
_DAY = "1440"


class SlurmExecutor:
    """An array of Slurm jobs that share the work.

    All machines must see the folders of inputs and results under the same paths.

    Args:
        logs: Folder for the files of submitit and the output of Slurm.
        workers: Number of jobs in the array, which run at the same time.
        threads: Cores of each job.
        memory: Memory of each job, in GiB.
        options: Options of sbatch, such as `partition`. `time` is the limit of a job in minutes, by default a
            day.
        cluster: `slurm`; `local` for processes of this machine, and `debug` for this process, to try it out.

    Raises:
        InputError: This machine has no Slurm, or the time is not a number of minutes.
        MissingExtraError: submitit is not installed.
    """

    name, waits = "slurm", True

    def __init__(
        self,
        logs: str | Path,
        *,
        workers: int = 1,
        threads: int = 1,
        memory: float | None = None,
        options: Mapping[str, str] | None = None,
        cluster: SlurmCluster = "slurm",
    ) -> None:
        try:
            import submitit  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError("the executor slurm", "submitit", "slurm") from error
        if cluster == "slurm" and shutil.which("srun") is None:
            raise InputError(
                "this machine has no srun",
                where="slurm",
                fix="start this on a machine that can submit Slurm jobs",
            )
        self._submitit, self.workers, self.threads = submitit, workers, threads
        self._logs, self._memory, self._cluster = Path(logs), memory, cluster
        given = dict(options or {})
        minutes = given.pop("time", _DAY)
        if not (minutes.isascii() and minutes.isdigit() and int(minutes)):
            raise InputError(
                f"got time = {minutes}, expected a number of minutes", where="slurm", fix="give time=60"
            )
        self._minutes = int(minutes)
        self._options = {f"slurm_{name}": value for name, value in given.items()}
        self._closed = Event()
        self._going: dict[Any, Future[list[JobOutcome]]] = {}
        self._watching: Thread | None = None

    def submit(self, batches: list[Batch]) -> list[Future[list[JobOutcome]]]:
        """As of `Executor`; batches of one share are one array."""
        made: dict[int, Future[list[JobOutcome]]] = {}
        for share in {batch.share for batch in batches}:
            places = [at for at, batch in enumerate(batches) if batch.share == share]
            executor = self._executor(share)
            with executor.batch():
                jobs = [executor.submit(perform, batches[at]) for at in places]
            for at, job in zip(places, jobs, strict=True):
                made[at] = self._going[job] = Future()
        if self._watching is None:
            self._watching = Thread(target=self._watch, name="isolex-slurm", daemon=True)
            self._watching.start()
        return [made[at] for at in range(len(batches))]

    def close(self) -> None:
        """Cancel jobs that are not done."""
        self._closed.set()
        for job in list(self._going):
            job.cancel()
        if self._watching is not None:
            self._watching.join()

    def _executor(self, share: int) -> Any:
        executor = self._submitit.AutoExecutor(folder=self._logs, cluster=self._cluster)
        limits = {} if self._memory is None else {"mem_gb": self._memory * share}
        executor.update_parameters(
            name="isolex",
            cpus_per_task=self.threads * share,
            timeout_min=self._minutes,
            slurm_array_parallelism=self.workers,
            **limits,
            **self._options,
        )
        return executor

    def _watch(self) -> None:
        """Hand results on as jobs end: submitit tells nobody by itself."""
        while not self._closed.wait(_LOOK_EVERY):
            for job in [job for job in list(self._going) if job.done()]:
                future = self._going.pop(job)
                try:
                    future.set_result(job.result())
                except Exception as error:  # of submitit, or what it found of the job
                    future.set_exception(WorkerLostError(type(error).__name__))
