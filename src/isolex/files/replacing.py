"""Replace files and folders so that they are either the old version or the complete new one."""

import errno
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from isolex.errors import InputError, IsolexWarning
from isolex.files.exchange import exchange
from isolex.files.interrupts import uninterrupted
from isolex.files.output_places import check_outside_saved, followed
from isolex.files.standard_output import is_standard_output, sent_to_standard_output
from isolex.files.workshop import RETIRED, in_workshop, is_workshop_of, workshop

_Belongs: TypeAlias = Callable[[Path], bool]

_UNSYNCABLE = {errno.EINVAL, errno.ENOTSUP, errno.EROFS, errno.EBADF}
_TRIES = 5


@dataclass(frozen=True)
class Outputs:
    """The outputs of a run, and what was in their places before.

    Attributes:
        written: Files and folders that were put in place, in this order.
        found: Numbers of the files and folders that were there when the run first looked; None for nothing.
    """

    written: list[Path] = field(default_factory=list)
    found: dict[Path, int | None] = field(default_factory=dict)


_outputs: ContextVar[Outputs | None] = ContextVar("isolex_outputs", default=None)


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Yield a temporary file that replaces `path` when the block ends without an exception.

    After any exception, also an interrupt, the temporary file is removed and `path` stays as it was. A file
    for `/dev/stdout` goes to standard output.

    Raises:
        InputError: The folder of `path` is missing or cannot be written, or is one that isolex wrote, `path`
            is a folder or a device, or the block cannot write, for example because the disk is full.
    """
    if is_standard_output(path):
        with sent_to_standard_output() as temporary:
            yield temporary
        return
    path = _replaceable_file(path)
    with atomic_files(path.parent, [path.name]) as (temporary,):
        yield temporary


@contextmanager
def atomic_files(folder: Path, names: Sequence[str]) -> Iterator[tuple[Path, ...]]:
    """Yield temporary files that are put into `folder` together when the block ends without an exception.

    If there is a link in the place of a file, the link is replaced, and not the file that it points to.

    Raises:
        InputError: The folder is missing or cannot be written, one of the names is that of a folder or a
            device, or the block cannot write.
    """
    places = [folder / name for name in names]
    run = _looked_at(*places)
    with workshop(folder, names) as shop:
        made = tuple(shop / name for name in names)
        for temporary in made:
            temporary.touch()
        yield made
        _put_in_place(list(zip(made, places, strict=True)), _check_replaceable_file, run)


@contextmanager
def atomic_folder(
    path: str | Path, *, contents: Sequence[str], also: _Belongs | None = None
) -> Iterator[Path]:
    """Yield a temporary folder that replaces `path` when the block ends without an exception.

    An existing folder is replaced only if it is empty or an earlier output of the same kind. Other files are
    never removed, not even files that were added to an earlier output. At every moment there is either the
    old folder or the new one. Only on a system that cannot exchange names, a run may be killed between two
    renames; the next run that looks for the folder then restores the old one.

    Args:
        path: The folder.
        contents: Names of files that an output of this kind may hold; it must hold the first. Without any
            names, only an empty folder is replaced.
        also: Function that tells whether an entry of another name also belongs to this kind of output.

    Raises:
        InputError: `path` is a file, or a folder of something else, or in a folder that isolex wrote, its
            parent cannot be written, or the block cannot write.
    """
    check = partial(_check_replaceable_folder, contents=contents, also=also)
    path = _replaceable_folder(path, contents, also)
    run = _looked_at(path)
    with workshop(path.parent, [path.name]) as shop:
        made = shop / path.name
        made.mkdir()
        yield made
        _put_in_place([(made, path)], check, run)


def check_file(path: str | Path) -> None:
    """Raise `InputError` unless `atomic_file` can replace `path` now: ask before long work, not after."""
    if not is_standard_output(path):
        path = _replaceable_file(path)
        _looked_at(path)
        with workshop(path.parent, [path.name]):
            pass


def check_folder(path: str | Path, *, contents: Sequence[str], also: _Belongs | None = None) -> None:
    """Raise `InputError` unless `atomic_folder` can replace `path` now: ask before long work, not after."""
    path = _replaceable_folder(path, contents, also)
    _looked_at(path)
    with workshop(path.parent, [path.name]):
        pass


@contextmanager
def noting_outputs() -> Iterator[Outputs]:
    """Yield the record of the outputs that the block puts in place; the block counts as one run."""
    outputs = Outputs()
    token = _outputs.set(outputs)
    try:
        yield outputs
    finally:
        _outputs.reset(token)


def _put_in_place(moves: Sequence[tuple[Path, Path]], check: Callable[[Path], None], run: Outputs) -> None:
    """Let what was made take its places, all of it or, if one cannot, nothing."""
    places = [path for _, path in moves]
    inner = in_workshop(places[0])  # the outer one sees to the disk
    if not inner:
        for made, _ in moves:
            _sync_all(made)
    with uninterrupted():
        overtaken = [path for path in places if run.found.get(path) != _number(path)]
        undo: list[Callable[[], object]] = []
        try:
            for made, path in moves:
                undo.append(_move(made, path, check))
        except BaseException:
            for step in reversed(undo):
                step()
            raise
        if not inner:
            _sync(places[0].parent)
            run.written.extend(places)
        run.found.update((path, _number(path)) for path in places)
    for path in overtaken:
        warnings.warn(
            f"{path}: another run wrote there in the meantime; this run has replaced its output",
            IsolexWarning,
            stacklevel=2,
        )


def _looked_at(*places: Path) -> Outputs:
    """The notes of the run, with what stands in these places, unless the run has looked there before."""
    run = _outputs.get() or Outputs()
    for path in places:
        run.found.setdefault(path, _number(path))
    return run


def _number(path: Path) -> int | None:
    """Of a file or a folder, by which it is told from one that took its place; None if there is none."""
    try:
        return path.lstat().st_ino
    except OSError:
        return None


def _move(made: Path, path: Path, check: Callable[[Path], None]) -> Callable[[], object]:
    """Let `made` take the place of `path`; what takes it back again."""
    for _ in range(_TRIES):
        try:
            if not os.path.lexists(path):
                made.replace(path)
                return partial(path.replace, made)
            if exchange(made, path):
                break
            return _retire(made, path, check)
        except OSError as error:
            # Another run put something there, or took it away, between two of these steps.
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST) or not made.exists():
                raise
    else:
        raise InputError("changes all the time", where=path, fix="let one run at a time write there")
    try:
        check(made)  # which is now what stood there: whatever was put into it in the last moment stays, too
    except BaseException:
        exchange(made, path)
        raise
    return partial(exchange, made, path)


def _retire(made: Path, path: Path, check: Callable[[Path], None]) -> Callable[[], object]:
    """Replace where names cannot be exchanged."""
    check(path)
    if not made.is_dir():
        made.replace(path)
        return lambda: None
    retired = made.with_name(RETIRED)

    def put_back() -> None:
        if os.path.lexists(retired):
            if os.path.lexists(path):
                path.replace(made)
            retired.replace(path)

    try:
        path.replace(retired)
        made.replace(path)
    except BaseException:
        put_back()
        raise
    return put_back


def _replaceable_file(path: str | Path) -> Path:
    path = followed(path)
    _check_replaceable_file(path)
    check_outside_saved(path)
    return path


def _check_replaceable_file(path: Path) -> None:
    if path.is_symlink():
        return
    if path.is_dir():
        raise InputError("is a folder, expected a file name", where=path, fix="name a file inside it")
    if path.exists() and not path.is_file():
        raise InputError("is no regular file, so it is not replaced", where=path, fix="choose another file")


def _replaceable_folder(path: str | Path, contents: Sequence[str], also: _Belongs | None) -> Path:
    if is_standard_output(path):
        raise InputError("is standard output, expected a folder", where=path, fix="name a folder by -o")
    path = followed(path)
    if path.exists():
        _check_replaceable_folder(path, contents, also)
    check_outside_saved(path)
    if path.exists() and (os.path.ismount(path) or Path.cwd().is_relative_to(path.resolve())):
        raise InputError(
            "cannot be replaced: it is a mount point, or you are in it",
            where=path,
            fix="choose a new folder, for instance inside it",
        )
    return path


def _check_replaceable_folder(path: Path, contents: Sequence[str], also: _Belongs | None) -> None:
    if not path.is_dir():
        raise InputError("is a file, expected a folder", where=path, fix="choose another output folder")
    # What a killed run left in an output is no reason to keep that.
    found = {entry.name: entry for entry in path.iterdir() if not is_workshop_of(entry, contents)}
    foreign = set(found)
    if foreign >= set(contents[:1]):
        foreign = {name for name in foreign - set(contents) if also is None or not also(found[name])}
    if foreign:
        raise InputError(
            f"holds other files ({', '.join(sorted(foreign)[:3])}), so it is not replaced",
            where=path,
            fix="choose an empty or a new folder",
        )


def _sync_all(path: Path) -> None:
    """See to it that a file, or a folder with all that is in it, is on the disk."""
    for folder, _, files in os.walk(path):
        for name in files:
            _sync(Path(folder) / name)
        _sync(Path(folder))
    if not path.is_dir():
        _sync(path)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # not there: folders are no files
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return  # a link that leads nowhere, or a file that its owner may not read
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSYNCABLE:
            raise
    finally:
        os.close(descriptor)
