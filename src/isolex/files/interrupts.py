"""Steps that a signal must not cut in two."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Delay Ctrl-C and the signal to terminate until the block is over; the block should be short."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python handles signals in the main thread only
        return
    pending: list[int] = []
    before = {number: signal.getsignal(number) for number in SIGNALS}
    # What is ignored, or handled by other than Python, stays so.
    changed = [n for n, handler in before.items() if handler not in (None, signal.SIG_IGN)]
    for number in changed:
        signal.signal(number, lambda number, _frame: pending.append(number))
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, before[number])
        if pending:
            signal.raise_signal(pending[0])
