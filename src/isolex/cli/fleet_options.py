"""--executor, --workers, --memory and what goes with them: who does the jobs of a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import EXECUTORS
from isolex.cli.console import going_on_later, say, working
from isolex.cli.options import THREADS, first_given
from isolex.cli.outputs import Output
from isolex.lexicon.words import counted
from isolex.processes import machine_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolex.fleet import Executor, FleetReport, Job, JobOutcome, Workplace

FLEET_OPTIONS = ("executor", "workers", "memory", "address", "slurm")
# Jobs that failed are told by a line of their own, up to so many.
_TOLD = 20


@dataclass(frozen=True)
class FleetChoice:
    """Who is to do the jobs of a command: what `fleet_options` gathers."""

    executor: str
    workers: int | None
    memory: float | None
    address: str | None
    slurm: tuple[str, ...]

    def run(self, jobs: Sequence[Job], folder: Path, *, label: str) -> FleetReport:
        """Make what is missing, tell what failed, and return what was done.

        Raises:
            InputError: Another run is at work in the folder, or the executor cannot be begun.
            MissingExtraError: Its packages are not installed.
        """
        with going_on_later(lambda: kept_results(folder)), working(label):
            report = self.workplace(folder).run(jobs, label=label)
        tell_failed(report.failed)
        return report

    def _begun(self, folder: Path) -> Executor:
        from isolex.fleet import HereExecutor, LocalExecutor, RayExecutor, SlurmExecutor

        threads = _threads()
        if self.executor == "ray":
            return RayExecutor(
                address=self.address, workers=self.workers, threads=threads or 1, memory=self.memory
            )
        if self.executor == "slurm":
            return SlurmExecutor(
                folder / ".jobs" / "slurm",
                workers=self.workers or 1,
                threads=threads or 1,
                memory=self.memory,
                options=dict(option.split("=", 1) for option in self.slurm),
            )
        workers = self._fitting(self.workers or 1)
        return HereExecutor(threads) if workers == 1 else LocalExecutor(workers, threads=threads)

    def _fitting(self, workers: int) -> int:
        """As many of these as the memory of this machine is enough for."""
        there = machine_memory()
        if self.memory is None or there is None:
            return workers
        fitting = max(1, min(workers, int(there / 2**30 // self.memory)))
        if fitting < workers:
            say(
                f"{counted(fitting, 'worker')} instead of {workers}: this machine has {there / 2**30:.1f} "
                f"GiB of memory, and each worker needs {self.memory:g}"
            )
        return fitting

    def workplace(self, folder: Path) -> Workplace:
        """The executor, and the folder of its results, for work that may have jobs."""
        from isolex.fleet import Workplace

        return Workplace(folder, lambda: self._begun(folder))

    def check(self, *, used: bool, option: str) -> None:
        """Raise `UsageError` for options that the executor does not take, or that are of no use.

        Args:
            used: Whether there are jobs.
            option: The option by which there are.
        """
        if not used and (given := first_given(FLEET_OPTIONS)):
            raise click.UsageError(f"{given} goes with {option}")
        if self.address is not None and self.executor != "ray":
            raise click.UsageError("--address goes with --executor ray")
        if self.slurm and self.executor != "slurm":
            raise click.UsageError("--slurm goes with --executor slurm")
        for one in self.slurm:
            if "=" not in one:
                raise click.UsageError(f"got --slurm {one}, expected NAME=VALUE, such as partition=long")


def fleet_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options; a command gets a `FleetChoice` as `fleet`."""

    @wraps(function)
    def with_choice(
        *,
        executor: str,
        workers: int | None,
        memory: float | None,
        address: str | None,
        slurm: tuple[str, ...],
        **others: Any,
    ) -> Any:
        return function(fleet=FleetChoice(executor, workers, memory, address, slurm), **others)

    options = (
        click.option(
            "--executor",
            type=click.Choice(EXECUTORS),
            default=EXECUTORS[0],
            show_default=True,
            help="Who does the work: processes of this machine, a Ray cluster, or Slurm.",
        ),
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            help="Number of workers; by default 1, or on Ray as many as the cluster has cores for.",
        ),
        click.option(
            "--memory",
            type=click.FloatRange(min=0, min_open=True),
            help="GiB that each worker needs. Ray and Slurm reserve it, and a job that ran out of it gets "
            "twice as much; on this machine, only as many workers start as fit.",
        ),
        click.option(
            "--address", help="Address of a Ray cluster, or auto; by default isolex starts one here."
        ),
        click.option(
            "--slurm", multiple=True, metavar="NAME=VALUE", help="Option for sbatch, such as partition=long."
        ),
    )
    return reduce(lambda made, option: option(made), reversed(options), with_choice)


def tell_failed(failed: Sequence[JobOutcome]) -> None:
    """Say of jobs why they failed, a line each."""
    for one in failed[:_TOLD]:
        say(f"{one.name}: {one.told}")
    if len(failed) > _TOLD:
        say(f"{counted(len(failed) - _TOLD, 'more job')} failed; --json has all of them")


def kept_results(folder: Path | None) -> list[str]:
    """What jobs have left in a folder for the next run, in words."""
    from isolex.fleet import Ledger

    return [] if folder is None else [f"{counted(Ledger(folder).finished(), 'result')} in {folder}"]


work_option = click.option(
    "--work",
    type=Output("into"),
    help="Folder that keeps the result of each job. The same command does only missing jobs.",
)


def _threads() -> int | None:
    """As --threads says, if it stands on the command line."""
    value = click.get_current_context().meta.get(THREADS)
    return value if isinstance(value, int) else None
