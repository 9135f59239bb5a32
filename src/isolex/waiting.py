"""How threads of libgomp, which torch and numba load, wait for each other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
