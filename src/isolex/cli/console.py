"""What the command line prints: results on stdout, everything else on stderr."""

import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from isolex.errors import IsolexWarning
from isolex.progress import listening, stopping
from isolex.saved import json_text

EXIT_INTERRUPTED = 130
_WIDE = 10_000


def emit(as_json: bool, data: Any, render: Callable[[Console], None]) -> None:
    """Print the result: one JSON value and nothing else, or what `render` draws for people."""
    if as_json:
        click.echo(_json(data))
        return
    # Output that goes into a file or a pipe is not wrapped at some terminal's width, and words and paths such
    # as "[b]" and ":cat:" are no mark-up.
    width = None if sys.stdout.isatty() else _WIDE
    render(Console(highlight=False, markup=False, emoji=False, width=width))


def _json(data: Any) -> str:
    text = json_text(data, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # another encoding, or a word or path that is no proper Unicode
        return json_text(data, indent=2, ascii=True)
    return text


def say(message: str) -> None:
    """One line for people on stderr."""
    click.echo(f"isolex: {message}", err=True)


def table(title: str | None, columns: list[str], rows: list[list[str]], *, text_columns: int = 1) -> Table:
    """A plain table: the first columns hold text, the others numbers, which stand to the right."""
    made = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for number, column in enumerate(columns):
        made.add_column(column, justify="left" if number < text_columns else "right")
    for row in rows:
        made.add_row(*row)
    return made


class Bars:
    """Draws the library's long loops as progress bars on stderr."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def start(self, label: str, total: int) -> object:
        """A new bar."""
        return self._progress.add_task(label, total=total, note="")

    def advance(self, loop: object) -> None:
        """One step on."""
        self._progress.advance(TaskID(int(str(loop))))

    def note(self, loop: object, text: str) -> None:
        """A few words behind the bar."""
        self._progress.update(TaskID(int(str(loop))), note=text)

    def finish(self, loop: object) -> None:
        """The bar goes."""
        self._progress.remove_task(TaskID(int(str(loop))))


@contextmanager
def working(label: str) -> Iterator[None]:
    """Show on a terminal that something is being done, with the bars of the long loops inside."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress, listening(Bars(progress)):
        progress.add_task(label, total=None, note="")
        yield


@contextmanager
def stage(label: str) -> Iterator[None]:
    """As `working`; without a terminal to draw on the label is told in a line, so that nothing looks hung."""
    if not Console(stderr=True).is_terminal:
        say(f"{label} …")
    with working(label):
        yield


@contextmanager
def going_on_later(kept: Callable[[], Sequence[str]]) -> Iterator[None]:
    """If the block is interrupted, tell what is kept for another run; without anything, as elsewhere."""
    try:
        yield
    except KeyboardInterrupt:
        found = kept()
        if not found:
            raise
        say(f"interrupted; kept: {', '.join(found)}; run the same command again to go on from there")
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from None


@contextmanager
def stopped_by_interrupt() -> Iterator[None]:
    """The first Ctrl-C inside the block asks loops to end with what they have; the second one interrupts."""
    asked = False

    def ask(_signal: int, _frame: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, before)
        say("stopping after this round, with the best so far; Ctrl-C again to leave")

    before = signal.signal(signal.SIGINT, ask)
    try:
        with stopping(lambda: asked):
            yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def one_line_warnings() -> Iterator[None]:
    """Print each warning of isolex as one line on stderr, the same one once; other packages' not at all."""
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
