"""How threads of libgomp, which torch and numba load, wait for each other."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_SPINS = "GOMP_SPINCOUNT"
_SETTINGS = (_SPINS, "OMP_WAIT_POLICY")


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


class _ShortWaits(MetaPathFinder):
    """Finds a library as the others do, and has it loaded with short waits."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        others = (finder.find_spec(fullname, path, target) for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, others), None)
        loader = None if spec is None else spec.loader
        if loader is None:
            return spec
        load = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            with short_waits():
                load(module)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def short_waits_of(name: str) -> None:
    """A library that is imported later, whoever does it first, is loaded as inside `short_waits`."""
    sys.meta_path.insert(0, _ShortWaits(name))
