"""Options that several commands share, and what becomes of their values."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, reduce, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from isolex.choices import CRITERIA
from isolex.cli.console import working
from isolex.errors import InputError, IsolexWarning
from isolex.tables import TAB, Row, Unicode, check_utf8, numbered, read_lines, tidy, without_quotes
from isolex.threads import compute_with

if TYPE_CHECKING:
    from isolex.alignment import Alignment, Space

Function = Callable[..., Any]
Decorator = Callable[[Function], Function]

THREADS = "isolex.threads"
"""Where the context of a command keeps what --threads says."""

# What may not be read is told by `isolex.cli.outputs`, as whatever else keeps a path from being read.
PATH = click.Path(path_type=Path, readable=False)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON value on stdout, nothing else."
)
normalize_option = click.option(
    "--normalize",
    default="unit,center,unit",
    show_default=True,
    help="Steps, with commas: unit, center, unit-dim, iterative; or none.",
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Seed for random numbers.",
)
unicode_option = click.option(
    "--unicode",
    type=click.Choice(["nfc", "keep"]),
    default="nfc",
    show_default=True,
    help="Convert words to Unicode NFC, or keep them as they are.",
)
case_option = click.option(
    "--case",
    type=click.Choice(["keep", "lower", "fold"]),
    default="keep",
    show_default=True,
    help="Letter case of the lexicon: as it is, lower-cased, or matched without regard to case.",
)
criterion_option = click.option(
    "--criterion",
    type=click.Choice(CRITERIA),
    default="csls",
    show_default=True,
    help="csls (default), nn (plain cosine), or isf (inverted softmax).",
)
threads_option = click.option(
    "--threads",
    type=click.IntRange(min=1),
    expose_value=False,
    callback=lambda _context, _option, value: _use_threads(value),
    help="CPU threads, by default one a core; another number may change the last bits of a result.",
)
device_option = click.option(
    "--device",
    callback=lambda _context, _option, value: _check_device(value),
    help="cpu, cuda, cuda:1 …; by default a GPU if there is one.",
)


def was_given(option: str) -> bool:
    """Whether an option of the running command stands on the command line."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def first_given(options: Iterable[str]) -> str:
    """The first of some options that stands on the command line, as it is typed; else nothing."""
    return next((f"--{option.replace('_', '-')}" for option in options if was_given(option)), "")


def refuse_with(option: str, *others: str) -> None:
    """Raise `UsageError` if one of the other options stands on the command line beside an option."""
    if given := first_given(others):
        raise click.UsageError(f"{given} does not go with {option}; leave out one of them")


def compute_options(function: Function) -> Function:
    """--device, --threads and --json."""
    return _all(function, device_option, threads_option, json_option)


DOWNLOADS_KEPT = "downloads in the cache"
"""What an interrupted download leaves for the next run, for `going_on_later`."""


def download_options(function: Function) -> Function:
    """--cache, --mirror and --offline."""
    return _all(
        function,
        click.option(
            "--cache", type=PATH, help="Folder for downloads; by default ISOLEX_CACHE, or the user's cache."
        ),
        click.option(
            "--mirror",
            help="Address to download from instead of the owners'; by default ISOLEX_MIRROR.",
        ),
        click.option("--offline", is_flag=True, help="Take what is in the cache, download nothing."),
    )


alignment_argument = click.argument("alignment_dir", metavar="DIR", type=PATH)


@dataclass(frozen=True)
class AlignmentChoice:
    """Which alignment a command is to work on: what `alignment_argument` and `alignment_options` gather."""

    path: Path
    source: Path | None
    target: Path | None
    other_vectors: bool
    pair: tuple[str, str] | None
    device: str | None

    def open(self) -> Alignment:
        """Load it, or that of two languages of a space, with its own vectors or those given."""
        from isolex.alignment import load
        from isolex.cards import is_space_folder

        own_vectors = self.source is None and self.target is None
        with working(f"loading {self.path}"):
            if self.pair is not None and own_vectors and is_space_folder(self.path):
                return self.space.pair(*self.pair)
            return load(
                self.path,
                source=self.source,
                target=self.target,
                other_vectors=self.other_vectors,
                pair=self.pair,
                device=self.device,
            )

    @cached_property
    def space(self) -> Space:
        """The space that is saved there, loaded once."""
        from isolex.alignment import load_space

        return load_space(self.path, device=self.device)

    def elsewhere(self, path: Path) -> AlignmentChoice:
        """Another alignment, with its own vectors, of the same languages and on the same device."""
        return replace(self, path=path, source=None, target=None, other_vectors=False)


def pair_options(function: Function) -> Function:
    """--from and --to; a command gets the `pair` of languages, or None."""

    @wraps(function)
    def with_pair(*, from_language: str | None, to_language: str | None, **others: Any) -> Any:
        if (from_language is None) != (to_language is None):
            raise click.UsageError("--from and --to go together; give both")
        pair = None if from_language is None else (from_language, to_language)
        return function(pair=pair, **others)

    return _all(
        with_pair,
        click.option("--from", "from_language", metavar="LANGUAGE", help="Source language, of a space."),
        click.option("--to", "to_language", metavar="LANGUAGE", help="Target language, of a space."),
    )


def alignment_options(function: Function) -> Function:
    """Languages, vectors and compute options of an alignment; a command gets an `AlignmentChoice`."""

    @wraps(function)
    def with_choice(
        *,
        alignment_dir: Path,
        source: Path | None,
        target: Path | None,
        other_vectors: bool,
        pair: tuple[str, str] | None,
        device: str | None,
        **others: Any,
    ) -> Any:
        choice = AlignmentChoice(alignment_dir, source, target, other_vectors, pair, device)
        return function(choice=choice, **others)

    return _all(
        with_choice,
        pair_options,
        click.option("--source", type=PATH, help="Source vectors in another file: the same, or more words."),
        click.option("--target", type=PATH, help="Target vectors in another file."),
        click.option(
            "--other-vectors",
            is_flag=True,
            help="Accept --source and --target that DIR was not made from: same space, other words.",
        ),
        compute_options,
    )


def read_word_list(path: Path, unicode: Unicode) -> list[str]:
    """The words of a UTF-8 file, plain or compressed: one a line, or the first of several columns by tabs.

    Raises:
        InputError: There is no such file.
        FormatError: It is not UTF-8, empty, or something else.

    Warns:
        IsolexWarning: There are several columns.
    """
    lines = read_lines(path, expected="a list of words", fix="give one word a line")
    check_utf8(path, lines)
    rows = without_quotes([Row(number, TAB.split(line)) for number, line in numbered(lines)], TAB)
    if any(len(row.cells) > 1 for row in rows):
        warnings.warn(f"{path}: only its first column is read", IsolexWarning, stacklevel=2)
    return [word for row in rows if (word := tidy(row.cells[0], unicode))]


def names_in(text: str) -> list[str]:
    """The names in a comma-separated list, each once.

    Raises:
        InputError: There is none.
    """
    names = list(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))
    if not names:
        raise InputError(f"got a list without names: {text!r}", fix="separate names by commas")
    return names


def _use_threads(count: int | None) -> None:
    if count is not None:
        compute_with(count)
        click.get_current_context().meta[THREADS] = count


def _check_device(name: str | None) -> str | None:
    """The name again, if there is such a device: to be known before files are read."""
    if name is not None:
        from isolex.arrays import pick_device

        pick_device(name)
    return name


def _all(function: Function, *decorators: Decorator) -> Function:
    return reduce(lambda decorated, decorator: decorator(decorated), reversed(decorators), function)
