"""Digests of the contents of files."""

import hashlib
from pathlib import Path

_CHUNK = 1 << 20


def digest(*chunks: bytes | memoryview) -> str:
    """SHA-256 of the chunks, one after the other, as `sha256:<hex>`."""
    state = hashlib.sha256()
    for chunk in chunks:
        state.update(chunk)
    return f"sha256:{state.hexdigest()}"


def file_digest(path: Path) -> str:
    """SHA-256 of the contents of a file, in hexadecimal digits.

    Raises:
        OSError: The file cannot be read.
    """
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()
