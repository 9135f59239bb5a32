"""Check the places of outputs: they must not replace an input, or lie in a folder that isolex wrote."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from isolex.errors import InputError
from isolex.files.workshop import in_workshop

# By what file a folder that isolex wrote is known, and the mark in it.
_ALIGNMENT, _INDEX, _EXPORT = "card.json", "index.json", "isolex-export.json"
_KINDS = (
    (_EXPORT, b'"files"', "an export"),
    (_ALIGNMENT, b'"isolex-alignment"', "an alignment"),
    (_ALIGNMENT, b'"isolex-space"', "a space"),
    (_INDEX, b'"isolex-index"', "an index of documents"),
)
_START = 4096  # bytes of such a file in which the mark stands


def check_not_input(output: str | Path, *inputs: str | Path | None, whole: bool = False) -> None:
    """Raise `InputError` if an output would replace one of its inputs.

    Symbolic and hard links are followed, and files that an input refers to are inputs, too, see
    `referred_to`.

    Args:
        output: File or folder that is to be written.
        inputs: Files and folders that are read; None stands for an input that was not given.
        whole: Whether the output is a folder that is replaced as a whole, with everything in it.
    """
    for given in (one for one in inputs if one is not None):
        for read in (Path(given), *referred_to(given)):
            what = "the input" if read == Path(given) else f"an input, to which {given} refers"
            if _same(Path(output), read):
                raise InputError(f"is {what}", where=output, fix="choose another output")
            if whole and _resolved(read).is_relative_to(_resolved(output)):
                raise InputError(f"holds {read}, {what}", where=output, fix="choose another output folder")


def check_outside_inputs(output: str | Path, *inputs: str | Path | None) -> None:
    """Raise `InputError` if an output would replace an input, or lie in a folder whose files are all read.

    In the folder, it would replace an input, or be read as an input the next time.
    """
    check_not_input(output, *inputs)
    for read in (Path(given) for given in inputs if given is not None):
        if read.is_dir() and _resolved(output).is_relative_to(_resolved(read)):
            raise InputError(
                f"lies in {read}, and all files in that folder are read",
                where=output,
                fix="choose a place outside of that folder",
            )


def check_outside_saved(path: str | Path) -> None:
    """Raise `InputError` if a place lies in a folder that isolex wrote; it is only replaced as a whole."""
    place = _resolved(path)
    for folder in () if in_workshop(place) else place.parents:
        kind = _kind(folder)
        if kind is not None:
            raise InputError(
                f"lies in {folder}, which is {kind} of isolex, so it is not written",
                where=path,
                fix="choose a place outside of that folder",
            )


def referred_to(path: str | Path) -> Iterator[Path]:
    """The files and folders that a saved alignment or index refers to."""
    folder = Path(path)
    for alignment in _noted(folder / _INDEX, lambda card: [card["alignment"]]):
        yield alignment
        yield from _noted(alignment / _ALIGNMENT, _vectors)
    yield from _noted(folder / _ALIGNMENT, _vectors)


def make_folder(path: str | Path) -> Path:
    """Make a folder, and those above it, where they are missing.

    Raises:
        InputError: It cannot be made, or is a file.
    """
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made ({error.strerror})", where=path, fix="choose another folder"
        ) from error
    return path


def followed(path: str | Path) -> Path:
    """The target of a symbolic link, so that the target is replaced and the link stays.

    Raises:
        InputError: The links lead in a circle.
    """
    path = Path(path)
    return _resolved(path) if path.is_symlink() else path


def _resolved(path: str | Path) -> Path:
    try:
        return Path(path).resolve()
    except (RuntimeError, OSError) as error:  # which of them depends on the release of Python
        raise InputError(
            "is a symbolic link that leads back to itself", where=path, fix="choose another place"
        ) from error


def _vectors(card: Any) -> list[Any]:
    return [card[side]["path"] for side in ("source", "target")]


def _noted(file: Path, places: Callable[[Any], list[Any]]) -> list[Path]:
    """The places that a card notes; none if it is damaged, which whoever reads the folder will say."""
    try:
        found = places(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    # Of vectors that were copied it keeps the name only.
    return [
        Path(one) for one in found if isinstance(one, str) and "\0" not in one and Path(one).is_absolute()
    ]


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one is not there
        return _resolved(one) == _resolved(other)


def _kind(folder: Path) -> str | None:
    """What isolex wrote there; None if it was somebody else."""
    for name, mark, kind in _KINDS:
        try:
            with (folder / name).open("rb") as stream:
                if mark in stream.read(_START):
                    return kind
        except OSError:
            continue
    return None
