"""All dictionaries of a space by one executor, in a process of its own: what a user's command does.

python -m benchmarks.fleet_process EXECUTOR SPACE OUT [ADDRESS]
"""

import json
import sys
from pathlib import Path

from isolex.fleet import Executor, HereExecutor, LocalExecutor, RayExecutor, SlurmExecutor, run_jobs
from isolex.pairwise import dictionary_jobs

WORKERS = 2


def main(name: str, space: str, out: str, address: str | None = None) -> None:
    """Write the dictionaries, and print what was done as JSON."""
    jobs = dictionary_jobs(space)
    executor = executor_of(name, Path(out), address)
    workers = executor.workers
    report = run_jobs(jobs, out, executor)
    print(json.dumps({"workers": workers, "jobs": len(jobs), **report.to_dict()}))


def executor_of(name: str, out: Path, address: str | None) -> Executor:
    """An executor with one thread a worker, or a loop with as many threads as they have together."""
    if name == "loop":
        return HereExecutor(WORKERS)
    if name == "local":
        return LocalExecutor(WORKERS, threads=1)
    if name == "slurm":
        return SlurmExecutor(out / ".jobs" / "slurm", workers=WORKERS, threads=1, cluster="local")
    return RayExecutor(address=address, workers=WORKERS, threads=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
