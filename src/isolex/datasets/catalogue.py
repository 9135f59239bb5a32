"""The datasets that isolex knows, and what has been published on them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from isolex.datasets.dataset import Dataset, read_dataset, read_json
from isolex.names import look_up

_FOLDER = Path(__file__).parent


@cache
def datasets() -> Mapping[str, Dataset]:
    """All of them by name."""
    known = [read_dataset(path) for path in (_FOLDER / "declarations").glob("*.json")]
    return {one.name: one for one in sorted(known, key=lambda one: one.name)}


def get_dataset(name: str) -> Dataset:
    """The one of this name.

    Raises:
        InputError: There is none; the message tells the nearest name.
    """
    return look_up(name, datasets(), "dataset")


def scored_dataset(name: str) -> Dataset:
    """The one of this name, if it has dictionaries by language pair to train and to test with.

    Raises:
        InputError: There is none; the message tells the nearest name.
    """
    known = {
        one.name: one for one in datasets().values() if one.pairs and {"train", "test"} <= one.files.keys()
    }
    return look_up(name, known, "dataset to score on")


@dataclass(frozen=True)
class Published:
    """The published figures of a system.

    Attributes:
        system: Its name there.
        begins_with: `pairs`, or `nothing` but vectors.
        data: What it was measured on.
        source: Who says so, in short.
        citation: In full; None for figures that are quoted without one.
        figures: P@1 in percent, by retrieval criterion (`nn`, `csls`, `not stated`) and language pair.
    """

    system: str
    begins_with: str
    data: str
    source: str
    citation: str | None
    figures: Mapping[str, Mapping[str, float]]

    def of(self, pair: str) -> dict[str, float]:
        """P@1 on one language pair, by criterion; empty if nothing is said of it."""
        return {criterion: by_pair[pair] for criterion, by_pair in self.figures.items() if pair in by_pair}

    def to_dict(self, pair: str) -> dict[str, Any]:
        """As plain JSON values, for one language pair."""
        values = asdict(self)
        del values["figures"]
        return {"pair": pair} | values | {"p@1": self.of(pair)}


@cache
def published() -> tuple[Published, ...]:
    """Every system, in the order of the file."""
    return tuple(Published(figures=row.pop("p@1"), **row) for row in read_json(_FOLDER / "published.json"))
