"""Work in a process of its own."""

import contextlib
import ctypes
import os
import signal
import sys

# Of Linux's prctl: the signal that a process gets when the thread that started it ends, however it ended.
_PARENT_DEATH_SIGNAL = 1


def command_of(module: str, *arguments: str, by_signal: bool = False) -> list[str]:
    """The command line that runs a module in another process of this Python, with this one's path.

    `python -m` would look for modules in the working directory first, where a stranger's file may be called
    as a library is.

    Args:
        module: Name of the module.
        arguments: What it gets.
        by_signal: Whether Ctrl-C ends the process by the signal itself, from its first moment and whatever
            library runs; otherwise by a KeyboardInterrupt, which some libraries turn into other errors.
    """
    run = f"import runpy; runpy.run_module({module!r}, None, '__main__', True)"
    ends = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); " if by_signal else ""
    start = f"{ends}import sys; sys.path[:] = {sys.path!r}; {run}"
    return [sys.executable, "-c", start, *arguments]


def end_with_parent(parent: int) -> None:
    """Have this process killed when its parent ends: nobody would wait for its result.

    Args:
        parent: The parent's number, as the parent itself knows it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it ended while this process was starting
            sys.exit(1)


def give_memory_back() -> None:
    """Return memory that is free in this process to the system, where glibc allocates it.

    Otherwise freed pieces between others stay with the process, and it grows from one job to the next.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def machine_memory() -> int | None:
    """Bytes of memory that this machine has; None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
