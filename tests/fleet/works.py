"""What the jobs of the tests do; workers import it."""

import os
import signal
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isolex.errors import InputError, IsolexWarning


def write(output: Path, settings: Mapping[str, Any]) -> None:
    """Write a text; or fail, or be killed, as the settings say."""
    if settings.get("bad"):
        raise InputError("is bad", where=settings["text"])
    if settings.get("bug"):
        raise ZeroDivisionError("nobody thought of that")
    if settings.get("odd"):
        odd = settings["odd"]
        warnings.warn("that is odd" if odd is True else odd, IsolexWarning, stacklevel=2)
    if settings.get("late"):
        raise InputError("is bad after all", where=settings["text"])
    if strange := settings.get("strange"):
        warnings.warn(strange, RuntimeWarning, stacklevel=2)
    if once := settings.get("killed_once"):
        _kill(Path(once))
    if settings.get("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    if settings.get("hungry"):
        raise MemoryError
    if (starved := settings.get("starved_once")) and not Path(starved).exists():
        Path(starved).touch()
        raise MemoryError
    time.sleep(settings.get("seconds", 0.0))
    output.write_text(f"{settings['text']} {os.environ.get('OMP_NUM_THREADS', '')}".strip(), "utf-8")


def threads(output: Path, _: Mapping[str, Any]) -> None:
    """Write with how many threads torch computes."""
    import torch

    output.write_text(str(torch.get_num_threads()), "utf-8")


def _kill(once: Path) -> None:
    if not once.exists():
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
