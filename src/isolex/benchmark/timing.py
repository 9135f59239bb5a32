"""Seconds that functions take."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def timed(function: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds, and the result."""
    start = time.perf_counter()
    made = function()
    return time.perf_counter() - start, made


def seconds_of(function: Callable[[], object]) -> float:
    """Seconds alone."""
    return timed(function)[0]
