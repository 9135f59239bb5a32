"""All pairs of a space by each executor: the same bytes, at which cost, and what killing leaves."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.fleet_process import WORKERS
from benchmarks.languages import Languages
from benchmarks.measuring import timed
from isolex.datasets import DataFolder
from isolex.files import digest
from isolex.progress import track
from isolex.recipes import align_space

LANGUAGES = ("en", "es", "fr", "de", "hu", "uk")
EXECUTORS = ("loop", "local", "ray", "ray cluster", "slurm")
WORDS = 10_000
KILLS = 20
KILLED = ("driver", "worker", "node")
_NODES = 3
_PIVOT = "en"


@dataclass(frozen=True)
class FleetRow:
    """All directions of a space, by one executor with one thread a worker, or a loop with as many threads.

    Attributes:
        executor: Out of `EXECUTORS`; `loop` is a plain loop in one process.
        workers: That worked at the same time.
        jobs: Directions.
        seconds: Of the process that does it, from its start to its end, so with the start of the workers.
        overhead: Percent of the loop's time beyond it.
        same: Whether all files have the bytes of the loop's.
    """

    executor: str
    workers: int
    jobs: int
    seconds: float
    overhead: float
    same: bool

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class KillRow:
    """One run that was killed at a random moment, and the same again.

    Attributes:
        killed: Out of `KILLED`.
        seconds: After so many.
        there: Results that were there when it was killed.
        twice: Jobs that were begun twice.
        same: Whether all files have the bytes of a run that nobody disturbed.
    """

    killed: str
    seconds: float
    there: int
    twice: int
    same: bool

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def save_languages(folder: DataFolder, path: Path, *, words: int = WORDS) -> None:
    """Save the space of all languages, by lexicons with English."""
    pairs = [(_PIVOT, code) for code in LANGUAGES if code != _PIVOT]
    known = Languages.read(folder, LANGUAGES, pairs, words)
    align_space(known.vectors, known.lexicons, check=False, device="cpu").save(path)


def run_executors(space: Path, executors: Sequence[str] = EXECUTORS) -> Iterator[FleetRow]:
    """Write the dictionaries of a space by each executor, in a process each; a row each, the loop first."""
    expected: dict[str, str] = {}
    loop = 0.0
    for name in track(list(dict.fromkeys(("loop", *executors))), "executors"):
        with TemporaryDirectory() as place, _nodes(_NODES if name == "ray cluster" else 0) as cluster:
            asked = [name, str(space), place, *([] if cluster is None else [cluster.address])]
            seconds, report = timed(lambda: _written(asked))  # noqa: B023
            found = digests(Path(place))
        if name == "loop":
            expected, loop = found, seconds
        overhead = 100 * (seconds / loop - 1)
        yield FleetRow(
            name,
            report["workers"],
            report["jobs"],
            round(seconds, 1),
            round(overhead, 1),
            found == expected,
        )


def _written(asked: Sequence[str]) -> dict[str, Any]:
    """What the process says that it did.

    Raises:
        RuntimeError: It failed, or a dictionary did.
    """
    command = [sys.executable, "-m", "benchmarks.fleet_process", *asked]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    # Before its own line may stand what Ray prints.
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if report["failed"]:
        raise RuntimeError(str(report["failed"]))
    return report


def run_kills(space: Path, *, kills: int = KILLS, seed: int = 0) -> Iterator[KillRow]:
    """Kill the driver, a worker of two or a node of Ray at a random moment, and run the same again.

    A row each time.
    """
    if not kills:
        return
    draws = random.Random(seed)
    with TemporaryDirectory() as place:
        seconds, _ = timed(lambda: _driver(space, Path(place)).wait())
        expected = digests(Path(place))
    for number in track(list(range(kills)), "kills"):
        killed = KILLED[number % len(KILLED)]
        with TemporaryDirectory() as place, _nodes(_NODES if killed == "node" else 0) as cluster:
            out = Path(place)
            address = [] if cluster is None else ["--executor", "ray", "--address", cluster.address]
            driver = _driver(space, out, *address)
            moment = draws.uniform(0.1, 0.9) * seconds
            time.sleep(moment)
            if cluster is not None:
                cluster.remove_node(draws.choice(sorted(cluster.worker_nodes, key=str)), allow_graceful=False)
            else:
                workers = [] if killed == "driver" else _children(driver.pid)
                os.kill(draws.choice(workers or [driver.pid]), signal.SIGKILL)
            there = len(digests(out))
            driver.wait()
            _driver(space, out).wait()
            begun = [log.read_text("utf-8").count(" begun\n") for log in (out / ".jobs" / "logs").iterdir()]
            twice = sum(times - 1 for times in begun)
            yield KillRow(killed, round(moment, 1), there, twice, digests(out) == expected)


def digests(folder: Path) -> dict[str, str]:
    """Of the results in a folder, by name."""
    files = (file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    return {file.name: digest(file.read_bytes()) for file in files}


@contextmanager
def _nodes(count: int) -> Iterator[Any]:
    """A cluster of Ray of so many nodes on this machine; None where none is wanted."""
    if not count:
        yield None
        return
    os.environ.setdefault("RAY_worker_niceness", "0")
    from ray.cluster_utils import Cluster  # noqa: PLC0415 - the extra ray

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        for _ in range(count - 1):
            cluster.add_node(num_cpus=1)
        yield cluster
    finally:
        cluster.shutdown()  # type: ignore[no-untyped-call]


def _driver(space: Path, out: Path, *executor: str) -> "subprocess.Popen[bytes]":
    """The command that a user gives."""
    options = ["--all-pairs", "--workers", str(WORKERS), "--threads", "1", "--json", *executor]
    command = [sys.executable, "-m", "isolex", "lexicon", str(space), "-o", str(out), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _children(parent: int) -> list[int]:
    """Processes that a process started, but for the one that watches over semaphores."""
    asked = ["pgrep", "-P", str(parent), "-f", "spawn_main"]
    found = subprocess.run(asked, check=False, capture_output=True, text=True)
    return [int(line) for line in found.stdout.split()]
