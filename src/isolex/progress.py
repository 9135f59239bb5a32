"""Report the progress of long loops and steps to a listener, and end loops early on request.

The library prints nothing: the command line installs a listener that draws bars, and a notebook or a service
can install its own. A loop that improves its result in every round can be asked to stop; it then ends as if
it had run out of rounds, with the result found so far.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from threading import Event
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")


class Listener(Protocol):
    """An object that is told about every loop of more than one round."""

    def start(self, label: str, total: int) -> object:
        """A loop of `total` rounds begins; the return value identifies it in later calls."""
        ...

    def advance(self, loop: object) -> None:
        """One round of the loop is done."""
        ...

    def note(self, loop: object, text: str) -> None:
        """A short note on the state of the loop, such as the value of its criterion."""
        ...

    def finish(self, loop: object) -> None:
        """The loop is over, whether completed, left early or interrupted."""
        ...


_listener: ContextVar[Listener | None] = ContextVar("isolex_progress_listener", default=None)
_around_steps: ContextVar[Callable[[str], AbstractContextManager[object]]] = ContextVar(
    "isolex_around_steps", default=nullcontext
)
_stop_wanted: ContextVar[Callable[[], bool]] = ContextVar("isolex_stop_wanted", default=lambda: False)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell `listener` of the loops that run inside the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def following(around: Callable[[str], AbstractContextManager[object]]) -> Iterator[None]:
    """Run each step that begins inside the block in the context that `around` makes from its name."""
    token = _around_steps.set(around)
    try:
        yield
    finally:
        _around_steps.reset(token)


def step(name: str) -> AbstractContextManager[object]:
    """The context for one step of a longer task, such as "2 of 5: training uk"."""
    return _around_steps.get()(name)


@contextmanager
def stopping(wanted: Callable[[], bool]) -> Iterator[None]:
    """End the `Rounds` that run inside the block as soon as `wanted()` says so."""
    token = _stop_wanted.set(wanted)
    try:
        yield
    finally:
        _stop_wanted.reset(token)


def stop_wanted() -> bool:
    """Whether loops should end now, with the result found so far."""
    return _stop_wanted.get()()


class Rounds(Generic[Item]):
    """A loop whose result is usable after any round; it ends early, after at least one round, on a stop.

    Attributes:
        stopped: Whether the loop was ended early.
    """

    def __init__(self, items: Sequence[Item], label: str) -> None:
        self._items, self._label = items, label
        self._listener = _listener.get()
        self._loop: object = None
        self.stopped = False

    def __iter__(self) -> Iterator[Item]:
        if self._listener is not None:
            self._loop = self._listener.start(self._label, len(self._items))
        try:
            for item in self._items:
                yield item
                if self._listener is not None:
                    self._listener.advance(self._loop)
                if stop_wanted():
                    self.stopped = True
                    return
        finally:
            if self._listener is not None:
                self._listener.finish(self._loop)

    def note(self, text: str) -> None:
        """Show a few words, such as the value of the criterion, beside the loop's progress."""
        if self._listener is not None:
            self._listener.note(self._loop, text)


def track(items: Sequence[Item], label: str) -> Iterator[Item]:
    """Yield the items one by one, and tell the listener about each."""
    return track_of(items, len(items), label)


def track_of(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """Like `track`, for an iterator whose number of items is known in advance."""
    listener = _listener.get()
    if listener is None or total < 2:
        yield from items
        return
    loop = listener.start(label, total)
    try:
        for item in items:
            yield item
            listener.advance(loop)
    finally:
        listener.finish(loop)


def together(calls: Sequence[Callable[[], object]]) -> None:
    """Run calls at the same time, each in a thread, until all have returned.

    If a call fails or the program is interrupted, the other calls are asked to stop, and isolex waits for
    them.
    """
    given_up, wanted = Event(), _stop_wanted.get()

    def run(call: Callable[[], object]) -> None:
        with stopping(lambda: given_up.is_set() or wanted()):
            call()

    with ThreadPoolExecutor(max(1, len(calls))) as threads:
        try:
            made = [threads.submit(copy_context().run, run, call) for call in calls]
            for each in as_completed(made):
                each.result()
        except BaseException:
            given_up.set()
            raise
