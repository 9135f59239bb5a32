"""What the command line prints: results on stdout, everything else on stderr.

Words, documents, paths and answers of servers may hold characters that steer a terminal or change the order
of the text beside them. isolex escapes these on the terminal; files and JSON keep them.
"""

from __future__ import annotations

import re
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from isolex.cli.heartbeat import heartbeat
from isolex.errors import IsolexWarning
from isolex.progress import stopping
from isolex_command import message, told

if TYPE_CHECKING:
    from rich.console import Console, ConsoleRenderable

INTO_STANDARD_OUTPUT = "isolex.into_standard_output"
"""In the meta of click's context: the output itself goes to standard output, so the report must not."""

_BY_SIGNAL = 128

# C0, DEL, C1; separators of lines; overrides, embeddings and isolates of direction; surrogates.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LINE_END = "\n"


class Interrupted(Exception):  # noqa: N818 - it is no error
    """A command was ended by a signal; its cause is the `KeyboardInterrupt`."""


def printable(text: str, *, keep: str = "") -> str:
    r"""Text for people: characters that steer a terminal are shown as `\x1b` or `\u202e`.

    Args:
        text: What may hold some.
        keep: Those that stay.
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else _escaped(found[0]), text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def emit(as_json: bool, data: Any, render: Callable[[Console], None]) -> None:
    """Print the result: one JSON value and nothing else, or what `render` draws for people."""
    if as_json:
        click.echo(_json(data))
        return
    from isolex.cli.drawing import Page

    render(Page(aside=_output_on_standard_output()))


def _output_on_standard_output() -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(INTO_STANDARD_OUTPUT))


def _json(data: Any) -> str:
    from isolex.saved import json_text

    text = json_text(data, indent=2)
    # Such characters stand in strings only, and are the same when they are escaped.
    text = _UNSEEN.sub(lambda found: found[0] if found[0] == LINE_END else f"\\u{ord(found[0]):04x}", text)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json_text(data, indent=2, ascii=True)
    return text


def say(message: str) -> None:
    """One line for people on stderr; above the bars, where some are drawn."""
    line = f"isolex: {printable(message)}"
    if _drawing:
        _drawing[-1].print(line, markup=False, highlight=False, emoji=False, soft_wrap=True)
    else:
        click.echo(line, err=True)


_drawing: list[Console] = []
"""The console of the bars that are drawn now."""


def told_interrupt(error: BaseException, written: Sequence[Path]) -> int:
    """Tell what a signal ended, and the exit status that goes with it.

    Args:
        error: A `KeyboardInterrupt`, which may name the signal, or what was raised from one.
        written: Outputs that were in place before.
    """
    cause = error if isinstance(error, KeyboardInterrupt) else error.__cause__
    number = int(cause.args[0]) if cause is not None and cause.args else signal.SIGINT
    if sys.stderr.isatty():
        click.echo(err=True)  # the terminal shows ^C
    outputs = (
        f"written before that: {', '.join(map(str, written))}" if written else "output files are as they were"
    )
    told.append(number)
    say(f"{message(number)}; {outputs}")
    return _BY_SIGNAL + number


def table(
    title: str | None, columns: list[str], rows: list[list[str]], *, text_columns: int = 1
) -> ConsoleRenderable:
    """A plain table: the first columns hold text, the others numbers, which stand to the right."""
    from isolex.cli.drawing import Rows

    heads = [printable(column) for column in columns]
    cells = [[printable(cell) for cell in row] for row in rows]
    return Rows(title and printable(title), heads, cells, text_columns)


@contextmanager
def working(label: str) -> Iterator[None]:
    """Show that something is being done: by bars on a terminal, elsewhere by a line now and then."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        with heartbeat(label, say):
            yield
        return
    from isolex.cli.drawing import bars

    with bars(printable(label), console):
        _drawing.append(console)
        try:
            yield
        finally:
            _drawing.pop()


@contextmanager
def stage(label: str) -> Iterator[None]:
    """As `working`; without a terminal it prints the label as a line, so that nothing looks hung."""
    from rich.console import Console

    if not Console(stderr=True).is_terminal:
        say(f"{label} …")
    with working(label):
        yield


@contextmanager
def told_step(name: str) -> Iterator[None]:
    """As `working`; without a terminal it prints a line when the step has ended, with the time it took."""
    from rich.console import Console

    watch = Stopwatch()
    with working(name):
        yield
    if not Console(stderr=True).is_terminal:
        say(f"{name} ({watch.seconds} s)")


@contextmanager
def going_on_later(kept: Callable[[], Sequence[str]]) -> Iterator[None]:
    """If the block is interrupted, say which results are kept for the next run, if there are any."""
    try:
        yield
    except KeyboardInterrupt as error:
        found = kept()
        if not found:
            raise
        number = error.args[0] if error.args else signal.SIGINT
        again = "run the same command again to go on from there"
        say(f"{message(number)}; kept: {', '.join(found)}; {again}")
        raise click.exceptions.Exit(_BY_SIGNAL + number) from None


@contextmanager
def stopped_by_interrupt() -> Iterator[None]:
    """The first Ctrl-C inside the block asks loops to end with what they have; the second one interrupts."""
    asked = False

    def ask(_signal: int, _frame: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, before)
        say("stopping after this round with the best result so far; press Ctrl-C again to quit")

    before = signal.signal(signal.SIGINT, ask)
    try:
        with stopping(lambda: asked):
            yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def one_line_warnings() -> Iterator[None]:
    """Print each warning of isolex as one line on stderr, each text once; hide warnings of other packages."""
    told: set[str] = set()

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,  # noqa: ARG001
        lineno: int,  # noqa: ARG001
        file: TextIO | None = None,  # noqa: ARG001
        line: str | None = None,  # noqa: ARG001
    ) -> None:
        text = " ".join(str(message).split())
        if issubclass(category, IsolexWarning) and text not in told:
            told.add(text)
            say(f"warning: {text}")

    with warnings.catch_warnings():
        warnings.simplefilter("always", IsolexWarning)
        warnings.showwarning = show
        yield


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Elapsed time, in seconds."""
        return round(time.perf_counter() - self._start, 2)
