"""Jobs whose results are kept, done by processes of this machine, by Ray or by Slurm, and never twice."""

from isolex.fleet.executors import Executor, HereExecutor, LocalExecutor, WorkerLostError
from isolex.fleet.jobs import Job, JobOutcome, JobWork, named
from isolex.fleet.ledger import Ledger
from isolex.fleet.on_ray import RayExecutor
from isolex.fleet.on_slurm import SlurmExecutor
from isolex.fleet.running import FleetReport, Workplace, run_jobs

__all__ = [
    "Executor",
    "FleetReport",
    "HereExecutor",
    "Job",
    "JobOutcome",
    "JobWork",
    "Ledger",
    "LocalExecutor",
    "RayExecutor",
    "SlurmExecutor",
    "WorkerLostError",
    "Workplace",
    "named",
    "run_jobs",
]
