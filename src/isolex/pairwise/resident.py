"""The space that a worker has in memory, from one job to the next."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from isolex.alignment import Space, load_space
from isolex.evaluation import WordGraph


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
    space = _resident(path).space
    space.release(*languages)
    return space


def resident_graph(path: str) -> WordGraph:
    """The training pairs of all languages of a saved space, read once.

    Args:
        path: The folder.

    Raises:
        InputError: There is no such folder.
        FormatError: It is no space, or damaged.
    """
    return _resident(path).graph


@dataclass(frozen=True, eq=False)
class _Resident:
    space: Space

    @cached_property
    def graph(self) -> WordGraph:
        return WordGraph({pair: link.seeds for pair, link in self.space.links()})


def _resident(path: str) -> _Resident:
    card = Path(path, "card.json")
    return _loaded(path, card.stat().st_mtime_ns if card.exists() else 0)


@lru_cache(maxsize=1)
def _loaded(path: str, _changed: int) -> _Resident:
    return _Resident(load_space(path, device="cpu"))
