"""The space that a worker has in memory, from one job to the next."""

from functools import lru_cache
from pathlib import Path

from isolex.alignment import Space, load_space


def resident_space(path: str, *languages: str) -> Space:
    """A saved space of which a worker keeps some languages in memory, and lets the others go.

    Jobs that stand together share a language, so that a worker reads one more for each.

    Args:
        path: The folder.
        languages: Those that the next job needs.

    Raises:
        InputError: There is no such folder.
        FormatError: It is no space, or damaged.
    """
    card = Path(path, "card.json")
    space = _loaded(path, card.stat().st_mtime_ns if card.exists() else 0)
    space.release(*languages)
    return space


@lru_cache(maxsize=1)
def _loaded(path: str, _changed: int) -> Space:
    return load_space(path, device="cpu")
