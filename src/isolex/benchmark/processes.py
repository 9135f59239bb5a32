"""Functions run by themselves, so that their memory, and the libraries they load, are theirs alone."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TypeVar

_TOLD = find_spec("resource") is not None  # not on Windows
if _TOLD:
    import resource

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


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
    if not _TOLD:
        return 0
    # Linux counts in KiB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class AnonymousPeak:
    """The most memory of its own that the process holds inside the block, beyond what it held before.

    Pages of mapped files do not count: the system takes them back when it needs them. Linux only; elsewhere
    the figure stays 0.
    """

    bytes = 0

    def __enter__(self) -> "AnonymousPeak":
        self._before = _anonymous()
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(0.005):
            self.bytes = max(self.bytes, _anonymous() - self._before)


def _anonymous() -> int:
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return 1024 * next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)
