"""Starts the command `isolex`, and sees to it that Ctrl-C ends it in one line, whenever it comes.

It stands beside the package, since importing anything inside imports the package first: Ctrl-C in that time
would show Python's traceback.
"""

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import Any

# Ctrl-C, the wish of the system or of another program that this one ends, and the end of the terminal.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_BAD_INPUT, _BY_SIGNAL = 2, 128

received: list[int] = []
"""Signals that were to interrupt the command: what fails then, fails since libraries make errors of that."""
told: list[int] = []
"""Those of which the command line has told, so that nobody tells again."""


def main() -> None:
    """Import the command line and run it; exit with its status."""
    _handle(_leave)
    _open_streams()
    from isolex.cli import main as run  # noqa: PLC0415

    sys.unraisablehook = _unraisable
    status: object = None
    try:
        try:
            _handle(_interrupt)
            run()
        except SystemExit as ended:
            status = ended.code
        finally:
            _handle(signal.SIG_IGN)
    except KeyboardInterrupt as interrupt:
        _handle(signal.SIG_IGN)
        received.clear()  # nothing was going on any more
        status = _tell(interrupt.args[0] if interrupt.args else signal.SIGINT)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    # Nothing of ours is left to do, and libraries that end their threads may still be interrupted.
    os._exit(status if isinstance(status, int) else 0)


def message(number: int) -> str:
    """What is said of a signal."""
    return "interrupted" if number == signal.SIGINT else "terminated"


def _handle(handler: Any) -> None:
    """Let a handler see to the signals that are not ignored, as those of a terminal are after `nohup`."""
    for number in _SIGNALS:
        if handler is signal.SIG_IGN or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    """At once: nothing was begun yet, or somebody does not want to wait until all is cleaned up."""
    os._exit(_tell(number))


def _interrupt(number: int, _frame: FrameType | None) -> None:
    """In an orderly way, so that outputs are as they were; the next signal does not wait for that."""
    _handle(_leave)
    received.append(number)
    raise KeyboardInterrupt(number)


def _unraisable(what: Any) -> None:
    """Where Python cannot raise the interrupt, as in a finaliser, it comes again a moment later."""
    if not issubclass(what.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(what)
        return
    _handle(_interrupt)
    number = what.exc_value.args[0] if what.exc_value and what.exc_value.args else signal.SIGINT
    again = threading.Timer(0.02, os.kill, (os.getpid(), number))
    again.daemon = True
    again.start()


def _tell(number: int) -> int:
    outcome = "left at once, without cleaning up" if received else "output files are as they were"
    if not told:
        with suppress(OSError):
            os.write(2, f"isolex: {message(number)}; {outcome}\n".encode())
    return _BY_SIGNAL + number


def _open_streams() -> None:
    """Without a standard stream, the next file that is opened would take its place, and get its output."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        os.write(2, b"isolex: error: standard output is closed; open it, or send it to /dev/null\n")
        os._exit(_BAD_INPUT)


if sys.argv[:1] == ["-m"] and "isolex" in sys.orig_argv:
    # As `python -m isolex`: the package is imported before `isolex.__main__` is.
    _handle(_leave)
