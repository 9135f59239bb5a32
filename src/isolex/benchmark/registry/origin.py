"""What is written down beside a downloaded file: where it came from, and what it was."""

import datetime
import hashlib
import json
from pathlib import Path

from isolex.files import atomic_file

_CHUNK = 1 << 20


def record(path: Path, address: str, sha256: str, *, verified: bool) -> None:
    """Write it down.

    Args:
        path: The file.
        address: Where it came from.
        sha256: Its digest.
        verified: It is the digest that was expected; else nobody knew which to expect.
    """
    origin = {
        "address": address,
        "sha256": sha256,
        "bytes": path.stat().st_size,
        "verified": verified,
        "received": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    }
    with atomic_file(_beside(path)) as temporary:
        temporary.write_text(json.dumps(origin, indent=2) + "\n", encoding="utf-8")


def recorded_digest(path: Path) -> str | None:
    """The digest written down; None if there is none."""
    try:
        digest = json.loads(_beside(path).read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return digest if isinstance(digest, str) else None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            state.update(chunk)
    return state.hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.origin.json")
