"""Standard output as the destination of a file."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STANDARD_OUTPUT = Path("/dev/stdout")
_NAMES = {str(STANDARD_OUTPUT), "/dev/fd/1", "/proc/self/fd/1"}


def is_standard_output(path: str | Path) -> bool:
    """Whether a path is one of the names of standard output."""
    return str(path) in _NAMES


@contextmanager
def sent_to_standard_output() -> Iterator[Path]:
    """Yield a temporary file whose contents go to standard output when the block ends well."""
    with tempfile.TemporaryDirectory(prefix="isolex-") as folder:
        temporary = Path(folder) / "stdout"
        temporary.touch()
        yield temporary
        sys.stdout.flush()
        with temporary.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.flush()
