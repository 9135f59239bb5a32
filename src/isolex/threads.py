"""How many threads torch computes with, and how threads of libgomp, which it loads, wait for each other."""

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_SPINS = "GOMP_SPINCOUNT"
_SETTINGS = (_SPINS, "OMP_WAIT_POLICY")


def compute_with(count: int) -> None:
    """Have torch compute with so many threads: now, or once it is imported, which takes a second or two.

    Args:
        count: Number of threads.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        _finder.threads = count
    else:
        torch.set_num_threads(count)


@contextmanager
def short_waits() -> Iterator[None]:
    """Libraries loaded inside the block let their threads wait asleep, after a look of some microseconds.

    By default they look for milliseconds. Where another program has a processor too, or another library
    threads of its own, that keeps from work the very thread that is waited for: rounds of self-learning then
    took five times as long. It holds for libraries that are loaded here first, unless the environment says
    how threads wait; and what is loaded later finds the environment as it was.
    """
    if any(name in os.environ for name in _SETTINGS):
        yield
        return
    os.environ[_SPINS] = "1000"
    try:
        yield
    finally:
        del os.environ[_SPINS]


def watch_for_torch() -> None:
    """Whoever imports torch later: it is loaded as inside `short_waits`, and heeds `compute_with`."""
    sys.meta_path.insert(0, _finder)


class _TorchFinder(MetaPathFinder):
    """Finds torch as the others do, and has it loaded in a way of its own.

    Attributes:
        threads: As many as torch is to compute with once it is loaded; None for what it takes by itself.
    """

    threads: int | None = None

    def __init__(self) -> None:
        self._asking = _Asking()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "torch" or self._asking.others:
            return None
        # Python has asked the finders before this one already. If this one is not in the list, a tool has put
        # its own objects in the place of all finders; one of these then asks this finder again.
        finders = sys.meta_path
        others = finders[finders.index(self) + 1 :] if self in finders else finders
        self._asking.others = True
        try:
            found = (finder.find_spec(fullname, path, target) for finder in others)
            spec = next(filter(None, found), None)
        finally:
            self._asking.others = False
        loader = None if spec is None else spec.loader
        if loader is None:
            return spec
        load = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            with short_waits():
                load(module)
            if self.threads is not None:
                module.set_num_threads(self.threads)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


class _Asking(threading.local):
    """Whether the finder waits for an answer of the others, in this thread."""

    others = False


_finder = _TorchFinder()
