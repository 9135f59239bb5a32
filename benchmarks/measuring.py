"""Seconds and memory that functions take, in processes of their own, and the machine that they run on."""

import multiprocessing
import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import torch
from typing_extensions import Self

_TOLD = find_spec("resource") is not None  # not on Windows
if _TOLD:
    import resource

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def timed(function: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds, and the result."""
    start = time.perf_counter()
    made = function()
    return time.perf_counter() - start, made


def seconds_of(function: Callable[[], object]) -> float:
    """Seconds alone."""
    return timed(function)[0]


def machine() -> dict[str, Any]:
    """What was measured on: the processor, its cores, and the threads that torch uses."""
    return {"processor": _processor(), "cores": os.cpu_count(), "threads": torch.get_num_threads()}


def _processor() -> str:
    """The processor's name, and what makes it fast with matrices."""
    path = Path("/proc/cpuinfo")
    entries = dict(
        line.split(":", 1) for line in (path.read_text().splitlines() if path.exists() else []) if ":" in line
    )
    known = {name.strip(): value.strip() for name, value in entries.items()}
    name = known.get("model name") or platform.processor() or platform.machine()
    fast = [
        flag
        for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16")
        if flag in known.get("flags", "").split()
    ]
    return f"{name} ({', '.join(fast)})" if fast else name


def alone(
    function: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
) -> Result:
    """Its result, computed in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as process:
        return process.submit(function, *arguments, **options).result()


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables that processes started inside the block find, unless they are set already."""
    new = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            del os.environ[name]


def peak_bytes() -> int:
    """The most memory that this process has held so far; 0 where the system does not tell."""
    # Linux counts what the process that began this one held, too, in what others call the peak.
    peak = _status("self", "VmHWM")
    if peak or not _TOLD:
        return peak
    # macOS counts in bytes, others in KiB.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class _Watch:
    """Looks again and again at something while the block runs."""

    _every = 0.005

    def __enter__(self) -> Self:
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look_on, daemon=True)
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._watch.join()

    def _look_on(self) -> None:
        while not self._done.wait(self._every):
            self._look()

    def _look(self) -> None:
        raise NotImplementedError


class AnonymousPeak(_Watch):
    """The most memory of its own that the process holds inside the block, beyond what it held before.

    Pages of mapped files do not count: the system takes them back when it needs them. Linux only; elsewhere
    the figure stays 0.
    """

    bytes = 0

    def __enter__(self) -> Self:
        self._before = _status("self", "RssAnon")
        return super().__enter__()

    def _look(self) -> None:
        self.bytes = max(self.bytes, _status("self", "RssAnon") - self._before)


class WorkerPeak(_Watch):
    """The most memory that one process held of those that this one, or one of these, began inside the block.

    Linux only; elsewhere the figure stays 0.
    """

    bytes = 0
    _every = 0.2

    def _look(self) -> None:
        self.bytes = max([self.bytes, *(_status(str(each), "VmHWM") for each in _below(os.getpid()))])


def _below(process: int) -> Iterator[int]:
    """Processes that a process began, and these in turn."""
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # one that has ended meanwhile
            for each in map(int, path.read_text(encoding="ascii").split()):
                yield each
                yield from _below(each)


def _status(process: str, name: str) -> int:
    """What Linux tells of the memory of a process, in bytes; 0 where nothing is told."""
    with suppress(OSError):
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
        return 1024 * next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
    return 0
