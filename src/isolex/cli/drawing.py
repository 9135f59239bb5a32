"""What the command line draws by rich: pages, tables and progress bars. Imported where something is drawn."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
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
from rich.text import Text

from isolex.cli.console import LINE_END, printable
from isolex.progress import listening

_WIDE = 10_000


class Page(Console):
    """A console of rich that shows text as `printable` does, line ends aside; it knows no mark-up.

    Args:
        aside: On stderr, since stdout is for something else.
    """

    def __init__(self, *, aside: bool) -> None:
        # What goes into a file or a pipe is not wrapped at some terminal's width, and words and paths such as
        # "[b]" and ":cat:" are no mark-up.
        stream = sys.stderr if aside else sys.stdout
        width = None if stream.isatty() else _WIDE
        super().__init__(highlight=False, markup=False, emoji=False, width=width, stderr=aside)

    def print(self, *objects: Any, **settings: Any) -> None:
        """As of rich."""
        shown = (printable(item, keep=LINE_END) if isinstance(item, str) else item for item in objects)
        super().print(*shown, **settings)


@dataclass(frozen=True)
class Rows:
    """A table, or where the terminal is too narrow for its words and figures a line for each cell.

    Attributes:
        title: Above it.
        columns: Their heads.
        rows: The cells of each.
        text_columns: How many of the first hold text; the others are numbers, which stand to the right.
    """

    title: str | None
    columns: list[str]
    rows: list[list[str]]
    text_columns: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table, unlimited = self._table(), options.update(width=_WIDE)
        if Measurement.get(console, unlimited, table).minimum <= options.max_width:
            yield table
            return
        if self.title:
            yield Text(self.title, "italic")
        for number, row in enumerate(self.rows):
            if number:
                yield Text()
            for column, cell in zip(self.columns, row, strict=True):
                if cell:  # of rows that go on from the one before, cells are left empty
                    yield Text(f"{column}: {cell}" if column else cell)

    def _table(self) -> Table:
        table = Table(title=self.title, title_justify="left", box=None, header_style="bold", pad_edge=False)
        for number, head in enumerate(self.columns):
            # An ellipsis would hide the ends of words.
            table.add_column(head, justify="left" if number < self.text_columns else "right", overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        return table


class Bars:
    """Draws the library's long loops as progress bars on stderr.

    Args:
        progress: Where they are drawn.
        whole: What is being done, which has a bar without an end.
    """

    def __init__(self, progress: Progress, whole: str) -> None:
        self._progress, self._whole = progress, whole
        self._bar = progress.add_task(whole, total=None, note="")

    def start(self, label: str, total: int) -> object:
        """A new bar; a loop that is what the whole is called fills the bar of that."""
        if label in self._whole:
            self._progress.update(self._bar, total=total, completed=0)
            return self._bar
        return self._progress.add_task(printable(label), total=total, note="")

    def advance(self, loop: object) -> None:
        """One step on."""
        self._progress.advance(TaskID(int(str(loop))))

    def note(self, loop: object, text: str) -> None:
        """A few words behind the bar."""
        self._progress.update(TaskID(int(str(loop))), note=printable(text))

    def finish(self, loop: object) -> None:
        """The bar goes, unless it is that of the whole."""
        if loop == self._bar:
            self._progress.update(self._bar, total=None, note="")
            return
        self._progress.remove_task(TaskID(int(str(loop))))


@contextmanager
def bars(label: str, console: Console) -> Iterator[None]:
    """Show on a terminal that something is being done, with the bars of the long loops inside."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as progress, listening(Bars(progress, label)):
        yield
