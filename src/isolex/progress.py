"""Progress of long loops, told to whoever listens: the library prints nothing by itself.

The command line installs a listener that draws bars; a notebook or a service can install its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Listener(Protocol):
    """Hears of every loop of more than one round."""

    def start(self, label: str, total: int) -> object:
        """A loop of `total` rounds begins; the return value names it in the calls to come."""
        ...

    def advance(self, loop: object) -> None:
        """One round of the loop is done."""
        ...

    def finish(self, loop: object) -> None:
        """The loop is over, whether completed, left early or interrupted."""
        ...


_listener: ContextVar[Listener | None] = ContextVar("isolex_progress_listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell `listener` of the loops that run inside the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def track(items: Sequence[Item], label: str) -> Iterator[Item]:
    """The items, one by one, with the listener told about each."""
    listener = _listener.get()
    if listener is None or len(items) < 2:
        yield from items
        return
    loop = listener.start(label, len(items))
    try:
        for item in items:
            yield item
            listener.advance(loop)
    finally:
        listener.finish(loop)
