"""Digests of what stands in files."""

import hashlib


def digest(*chunks: bytes | memoryview) -> str:
    """SHA-256 of the chunks, one after the other, as `sha256:<hex>`."""
    state = hashlib.sha256()
    for chunk in chunks:
        state.update(chunk)
    return f"sha256:{state.hexdigest()}"
