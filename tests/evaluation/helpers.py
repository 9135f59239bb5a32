"""What the tests of the sets that come in files share."""

from pathlib import Path
from typing import TypeVar

from isolex.errors import FormatError
from isolex.evaluation.set_files import Readable

Kind = TypeVar("Kind", bound=Readable)


def read_or_told(kind: type[Kind], path: Path) -> Kind | None:
    """The set in a file, or None if it is none, which an error that names the file must say."""
    message, made = str(path), None
    try:
        made = kind.read(path)
    except FormatError as error:
        message = str(error)
    assert message.startswith(str(path))
    return made
