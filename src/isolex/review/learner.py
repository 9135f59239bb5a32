"""Fitting the next generation beside the work of reviewers."""

import time
from collections.abc import Callable
from threading import RLock, Thread
from typing import Literal, TypeAlias

from isolex.errors import IsolexError

Learning: TypeAlias = Literal["idle", "running", "failed", "interrupted"]


class Learner:
    """Runs one fit at a time in a thread, and knows how the last one went.

    Args:
        fit: Fits the next generation and puts it in the place of the present one; raises KeyboardInterrupt
            where Ctrl-C ended that.
        failed: Is called when it failed for another reason.
        lock: Held whenever the state changes.

    Attributes:
        state: Whether a fit runs, or the last one failed or was interrupted.
        told: Why it failed.
        started: When the last one began, in seconds of `time.monotonic`; None before any.
    """

    def __init__(self, fit: Callable[[], None], failed: Callable[[], None], lock: RLock) -> None:
        self._fit, self._failed, self._lock = fit, failed, lock
        self.state: Learning = "idle"
        self.told = ""
        self.started: float | None = None
        self.thread: Thread | None = None

    @property
    def seconds(self) -> int | None:
        """For how many whole seconds a fit has been running; None if none runs."""
        if self.state != "running" or self.started is None:
            return None
        return int(time.monotonic() - self.started)

    def start(self) -> None:
        """Begin, unless a fit runs."""
        with self._lock:
            if self.state != "running":
                self.state, self.told, self.started = "running", "", time.monotonic()
                self.thread = Thread(target=self._run, name="isolex-review-learning")
                self.thread.start()

    def wait(self) -> None:
        """Come back when no fit runs."""
        if self.thread is not None:
            self.thread.join()

    def _run(self) -> None:
        try:
            self._fit()
            with self._lock:
                self.state = "idle"
        except KeyboardInterrupt:
            with self._lock:
                self.state = "interrupted"
        except Exception as error:  # of any kind: else it would be said for ever that it is running
            known = isinstance(error, IsolexError | OSError)
            with self._lock:
                self.state = "failed"
                self.told = str(error) if known else f"learning: {type(error).__name__}: {error}"
                self._failed()
