"""Where exports go: files that appear all together, folders that appear whole, and nothing lost for them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from isolex.alignment import SpaceCard
from isolex.errors import InputError
from isolex.files import (
    atomic_files,
    atomic_folder,
    check_not_input,
    check_outside_saved,
    digest,
    make_folder,
)
from isolex.interchange.sides import Exported, sides_of
from isolex.saved import json_text, read_json

MANIFEST = "isolex-export.json"
"""In an exported folder: its format, and the digests of its files, by which a later export knows its own."""


def write_files(
    exported: Exported, folder: str | Path, files: Mapping[str, Callable[[Path], object]]
) -> tuple[Path, ...]:
    """Write files into a folder, beside what it holds; earlier ones are replaced when all are whole.

    Args:
        exported: The files that it was made from are never replaced.
        folder: Where to; made if it is missing.
        files: Each file's name, and what writes it to the path that it is given.

    Returns:
        The files, in that order.

    Raises:
        InputError: The folder or a file cannot be written, or a file is one that it was made from.
    """
    paths = tuple(Path(folder) / name for name in files)
    for path in paths:
        check_not_input(path, *_inputs(exported))
        check_outside_saved(path)
    folder = _make_folder(Path(folder))
    # The vectors of one run with those of another would be two spaces, so no file stands without the others.
    with atomic_files(folder, tuple(files)) as temporaries:
        for temporary, write in zip(temporaries, files.values(), strict=True):
            write(temporary)
    return paths


@contextmanager
def export_folder(exported: Exported, path: str | Path, format: str) -> Iterator[Path]:
    """Yield a temporary folder that becomes `path` when the block ends well.

    It takes the place of an earlier export of the same format, of which the folder keeps the digests in
    `isolex-export.json`. People edit such folders (a model card, a pipeline), so one in which anything was
    added or changed is never replaced.

    Args:
        exported: The files that it was made from are never replaced.
        path: The folder; those above it are made if they are missing.
        format: What the export is called.

    Raises:
        InputError: There is something else at `path`, or it cannot be written.
    """
    path = Path(path)
    check_outside_saved(path)
    _make_folder(path.parent)
    earlier = _earlier_export(path, format)
    for given in _inputs(exported) if earlier else ():
        if given is not None and Path(given).resolve().is_relative_to(path.resolve()):
            raise InputError("is the input", where=given, fix="choose another output folder")
    with atomic_folder(path, contents=earlier) as temporary:
        yield temporary
        files = {name: digest(file.read_bytes()) for name, file in _files(temporary).items()}
        noted = json_text({"format": format, "files": files}, indent=2)
        (temporary / MANIFEST).write_text(f"{noted}\n", encoding="utf-8")


def _earlier_export(path: Path, format: str) -> tuple[str, ...]:
    """What stands in the folder, if it is an export of this format, and nothing but that."""
    try:
        noted = read_json(path / MANIFEST, "choose another folder")
        earlier, digests = noted["format"], dict(noted["files"])
    except (InputError, ValueError, KeyError, TypeError):
        return ()
    if earlier != format:
        _refuse(path, f"is an export in the format {earlier}")
    for name, file in _files(path).items():
        if name not in digests and name != MANIFEST:
            _refuse(path, f"holds other files ({name})")
        if name in digests and (not file.is_file() or digest(file.read_bytes()) != digests[name]):
            _refuse(path, f"holds {name}, which was changed since its export")
    return (MANIFEST, *{Path(name).parts[0] for name in digests})


def _refuse(path: Path, found: str) -> NoReturn:
    raise InputError(f"{found}, so it is not replaced", where=path, fix="choose an empty or a new folder")


def _files(folder: Path) -> dict[str, Path]:
    """All that is no folder, by its path inside."""
    found = (file for file in sorted(folder.rglob("*")) if file.is_symlink() or not file.is_dir())
    return {file.relative_to(folder).as_posix(): file for file in found}


def _inputs(exported: Exported) -> tuple[str | Path | None, ...]:
    """The files that it was made from, as far as they are known."""
    own = exported.card
    cards = (
        [one.vectors for one in own.languages.values()]
        if isinstance(own, SpaceCard)
        else [own.source, own.target]
    )
    sides = sides_of(exported).values()
    return (*(side.vectors.path for side in sides), *(card.path for card in cards))


def _make_folder(path: Path) -> Path:
    """Make a folder where it is missing; where a file stands in the way, the message names that."""
    nearest = next((place for place in (path, *path.parents) if place.exists()), path)
    if nearest.exists() and not nearest.is_dir():
        raise InputError("is a file, expected a folder", where=nearest, fix="choose another output folder")
    return make_folder(path)
