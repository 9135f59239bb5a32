"""Where exports go: files that appear all together, folders that appear whole, and nothing lost for them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from isolex.alignment import Alignment
from isolex.files import atomic_file, atomic_folder, check_not_input, make_folder


def write_files(
    alignment: Alignment, folder: str | Path, files: Mapping[str, Callable[[Path], object]]
) -> tuple[Path, ...]:
    """Write files into a folder, beside what it holds; earlier ones are replaced when all are whole.

    Args:
        alignment: What is exported. The files that it was made from are never replaced.
        folder: Where to; made if it is missing.
        files: Each file's name, and what writes it to the path that it is given.

    Returns:
        The files, in that order.

    Raises:
        InputError: The folder or a file cannot be written, or a file is one that the alignment was made from.
    """
    folder = make_folder(folder)
    paths = tuple(folder / name for name in files)
    cards = (alignment.card.source, alignment.card.target)
    for path in paths:
        check_not_input(path, alignment.source.path, alignment.target.path, *(card.path for card in cards))
    # The vectors of one run with those of another would be two spaces, so no file stands without the others.
    with ExitStack() as stack:
        temporaries = [stack.enter_context(atomic_file(path)) for path in paths]
        for temporary, write in zip(temporaries, files.values(), strict=True):
            write(temporary)
    return paths


@contextmanager
def new_folder(path: str | Path) -> Iterator[Path]:
    """Yield a temporary folder that becomes `path` when the block ends well.

    People edit such folders (a model card, a pipeline), so none that holds anything is ever replaced.

    Raises:
        InputError: There is something at `path`, or it cannot be written.
    """
    path = Path(path)
    make_folder(path.parent)
    with atomic_folder(path, contents=()) as temporary:
        yield temporary
