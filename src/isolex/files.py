"""Files that are either the old one or the whole new one, never half of it; and digests of contents."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from isolex.errors import InputError


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Yield a temporary sibling of `path` that takes its place when the block ends well.

    On any exception, an interrupt included, the temporary file goes and what stood at `path` stays.

    Raises:
        InputError: The folder of `path` is missing or cannot be written, `path` is a folder or a device, or
            the block cannot write, for example because the disk is full.
    """
    path = _replaceable_file(path)
    with _temporary(path, folder=False) as temporary:
        yield temporary
        temporary.replace(path)


@contextmanager
def atomic_folder(path: str | Path, *, contents: Sequence[str]) -> Iterator[Path]:
    """Yield a temporary sibling folder that takes the place of `path` when the block ends well.

    A folder that already stands there is replaced only if it is empty or an earlier output of the same kind:
    nobody's other files are ever removed, not even those that were put beside an earlier output.

    Args:
        path: The folder.
        contents: Names that an output of this kind may hold; the first it must hold. Without any, only an
            empty folder is replaced.

    Raises:
        InputError: `path` is a file, or a folder of something else, its parent cannot be written, or the
            block cannot write.
    """
    path = _replaceable_folder(path, contents)
    with _temporary(path, folder=True) as temporary:
        yield temporary
        if not path.exists():
            temporary.replace(path)
            return
        with _temporary(path, folder=True) as retired:
            try:
                path.replace(retired)
                temporary.replace(path)
            except BaseException:
                if not path.exists():
                    retired.replace(path)
                raise


def check_file(path: str | Path) -> None:
    """Raise `InputError` unless `atomic_file` can replace `path` now: ask before long work, not after."""
    with _temporary(_replaceable_file(path), folder=False):
        pass


def check_not_input(output: str | Path, *inputs: str | Path | None) -> None:
    """Raise `InputError` if an output would replace one of the files that it is made from."""
    for given in inputs:
        if given is not None and Path(output).resolve() == Path(given).resolve():
            raise InputError("is the input", where=output, fix="choose another output file")


def check_folder(path: str | Path, *, contents: Sequence[str]) -> None:
    """Raise `InputError` unless `atomic_folder` can replace `path` now: ask before long work, not after."""
    with _temporary(_replaceable_folder(path, contents), folder=True):
        pass


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


def _replaceable_file(path: str | Path) -> Path:
    path = _followed(path)
    if path.is_dir():
        raise InputError("is a folder, expected a file name", where=path, fix="name a file inside it")
    if path.exists() and not path.is_file():
        raise InputError("is no regular file, so it is not replaced", where=path, fix="choose another file")
    return path


def _replaceable_folder(path: str | Path, contents: Sequence[str]) -> Path:
    path = _followed(path)
    if not path.exists():
        return path
    if not path.is_dir():
        raise InputError("is a file, expected a folder", where=path, fix="choose another output folder")
    found = {entry.name for entry in path.iterdir()}
    foreign = sorted(found - set(contents) if found.issuperset(contents[:1]) else found)
    if foreign:
        raise InputError(
            f"holds other files ({', '.join(foreign[:3])}), so it is not replaced",
            where=path,
            fix="choose an empty or a new folder",
        )
    if os.path.ismount(path) or Path.cwd().is_relative_to(path.resolve()):
        raise InputError(
            "cannot be replaced: it is a mount point, or you are in it",
            where=path,
            fix="choose a new folder, for instance inside it",
        )
    return path


def _followed(path: str | Path) -> Path:
    """What a symbolic link points to, so that this is replaced and the link stays."""
    path = Path(path)
    return path.resolve() if path.is_symlink() else path


def digest(*chunks: bytes | memoryview) -> str:
    """SHA-256 of the chunks, one after the other, as `sha256:<hex>`."""
    state = hashlib.sha256()
    for chunk in chunks:
        state.update(chunk)
    return f"sha256:{state.hexdigest()}"


@contextmanager
def _temporary(path: Path, *, folder: bool) -> Iterator[Path]:
    try:
        if folder:
            name = tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.new-")
        else:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.new-")
            os.close(handle)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})",
            where=path,
            fix="create its folder or choose another place",
        ) from error
    temporary = Path(name)
    # mkstemp and mkdtemp make private entries; outputs get the permissions that open() and mkdir() give.
    temporary.chmod((0o777 if folder else 0o666) & ~_umask())
    try:
        yield temporary
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror or error})", where=path) from error
    except InputError as error:
        # Writers know the temporary name only; their users know the other.
        if error.where is None or not error.where.startswith(name):
            raise
        where = f"{path}{error.where.removeprefix(name)}"
        raise InputError(error.problem, where=where, fix=error.fix) from error
    finally:
        if folder:
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
