"""Ctrl-C while the program is loaded, works and ends: one line and the signal's status, or the result."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

# The dot says that Python itself has begun; before that nobody but Python can answer a signal.
_AS_COMMAND = "import os, isolex_command; os.write(1, b'.'); isolex_command.main()"


def interrupt_start(count: int, random_: random.Random, place: Path) -> Iterator[str]:
    """Interrupt `isolex info` so many times; what is wrong."""
    if not count:
        return
    longest = max(_run(place, None)[3] for _ in range(2))
    for number in range(count):
        chosen = random_.choice((signal.SIGINT, signal.SIGTERM))
        delay = random_.uniform(0, 1.1 * longest)
        status, out, err, _ = _run(place, (delay, chosen), twice=number % 4 == 0)
        told = f"isolex info by {chosen.name} after {delay:.3f} s"
        if status == 0:
            if "dimension: 100" not in out or err:
                yield f"{told}: {out!r} {err!r}"
        elif status != 128 + chosen or not _one_line(err):
            yield f"{told}: status {status}, {err!r}"


def _one_line(err: str) -> bool:
    lines = err.splitlines()
    return len(lines) == 1 and lines[0].startswith(("isolex: interrupted; ", "isolex: terminated; "))


def _run(place: Path, stop: tuple[float, int] | None, *, twice: bool = False) -> tuple[int, str, str, float]:
    with subprocess.Popen(
        [sys.executable, "-c", _AS_COMMAND, "info", "en.vec"],
        cwd=place / "base",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.read(1)
        start = time.perf_counter()
        if stop is not None:
            time.sleep(stop[0])
            for _ in range(1 + twice):
                if process.poll() is None:
                    os.kill(process.pid, stop[1])
                time.sleep(0.01)
        out, err = process.communicate(timeout=120)
    return process.returncode, out, err, time.perf_counter() - start
