"""Progress of long loops and of steps, told to whoever listens, and the wish to end them early.

The library prints nothing by itself: the command line installs a listener that draws bars; a notebook or a
service can install its own. A loop that gets better with every round can be asked to stop: it then ends
as if it had run out of rounds, and what it found until then is the result.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from threading import Event
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")


class Listener(Protocol):
    """Hears of every loop of more than one round."""

    def start(self, label: str, total: int) -> object:
        """A loop of `total` rounds begins; the return value names it in the calls to come."""
        ...

    def advance(self, loop: object) -> None:
        """One round of the loop is done."""
        ...

    def note(self, loop: object, text: str) -> None:
        """How the loop is doing, in a few words: the value of its criterion."""
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
    """Run the steps that begin inside the block each in the context that `around` makes of its name."""
    token = _around_steps.set(around)
    try:
        yield
    finally:
        _around_steps.reset(token)


def step(name: str) -> AbstractContextManager[object]:
    """The context to run a step of a long way in, such as "2 of 5: training uk"."""
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
    """Whether loops are to end with what they have."""
    return _stop_wanted.get()()


class Rounds(Generic[Item]):
    """A loop whose result is of use after any round: it ends early, after its first, once a stop is wanted.

    Attributes:
        stopped: It was ended early.
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
    """The items, one by one, with the listener told about each."""
    return track_of(items, len(items), label)


def track_of(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """The same of items that come by and by, of which one only knows how many there will be."""
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
    """Make calls side by side, each in a thread, until all have returned.

    When one of them fails, or this is interrupted, the others are wanted to stop, and waited for.
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
