"""Lines that say what a long command is doing, where stderr is no terminal and so no bars are drawn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from isolex.progress import listening

EVERY = 30.0
"""Seconds between two lines. A command that is shorter prints none."""


@dataclass(eq=False)
class _Loop:
    """How far a loop is, and the thread that runs it."""

    label: str
    total: int
    thread: int
    done: int = 0


@dataclass(eq=False)
class _Heart:
    """Listens to loops, and names those that run: of loops inside each other the innermost one.

    Attributes:
        label: What is being done.
        loops: Those that run by what `start` gave, the outermost first.
    """

    label: str
    loops: dict[object, _Loop] = field(default_factory=dict)

    def start(self, label: str, total: int) -> object:
        """A loop begins."""
        loop = _Loop(label, total, threading.get_ident())
        self.loops[loop] = loop
        return loop

    def advance(self, loop: object) -> None:
        """One round of it is done."""
        self.loops[loop].done += 1

    def note(self, loop: object, text: str) -> None:
        """The state of a criterion is left to the bars."""

    def finish(self, loop: object) -> None:
        """It is over."""
        self.loops.pop(loop)

    def line(self, seconds: float) -> str:
        """What is being done after so many seconds."""
        # Loops of one thread are inside each other; those of several threads are side by side.
        innermost = {loop.thread: loop for loop in list(self.loops.values())}
        if not innermost:
            return f"{self.label}: {seconds:.0f} s so far"
        told = "".join(
            f"{'' if loop.label in self.label else f', {loop.label}'}: {loop.done} of {loop.total}"
            for loop in innermost.values()
        )
        return f"{self.label}{told}, {seconds:.0f} s so far"


_beating: list[_Heart] = []


@contextmanager
def heartbeat(label: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Tell every 30 seconds what the block is doing; of blocks inside each other the innermost one tells.

    Args:
        label: What the block does.
        tell: Prints a line.
    """
    heart, over = _Heart(label), threading.Event()

    def beat() -> None:
        beats = 0
        while not over.wait(EVERY):
            beats += 1
            if _beating[-1] is heart:
                tell(heart.line(beats * EVERY))

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    _beating.append(heart)
    thread.start()
    try:
        with listening(heart):
            yield
    finally:
        over.set()
        thread.join()
        _beating.remove(heart)
