"""Seconds that functions take, and the machine that takes them."""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch

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
