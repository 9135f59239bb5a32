"""Steps whose results are kept in a folder, each with a key of all that it came from.

A run makes only what is missing, or came from something else, so one that was killed goes on, and ends with
the same bytes.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from isolex._version import __version__
from isolex.errors import InputError
from isolex.files import atomic_file, digest
from isolex.progress import step as progress_step
from isolex.saved import json_text

_KEYS = "steps.json"


def key(*parts: Any) -> str:
    """What a result came from."""
    return digest(json.dumps([__version__, *parts], ensure_ascii=True).encode())


@dataclass(frozen=True)
class Step:
    """One of the steps.

    Attributes:
        name: In the folder.
        key: What its results come from.
        results: Their places.
        what: What the results are called.
    """

    name: str
    key: str
    results: tuple[Path, ...]
    what: str


@dataclass(frozen=True, eq=False)
class Work:
    """The folder, and what this run did there.

    Attributes:
        folder: Where results are.
        count: How many steps there are in all.
        done: Steps that this run made.
        kept: Steps whose results were there already.
    """

    folder: Path
    count: int
    done: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    _told: list[str] = field(default_factory=list)
    _noting: Lock = field(default_factory=Lock)

    @contextmanager
    def telling(self, name: str, steps: int = 1) -> Iterator[None]:
        """The context of the next steps, of which whoever follows is told."""
        numbers = [str(len(self._told) + i + 1) for i in range(steps)]
        self._told.extend(numbers)
        with progress_step(f"{' and '.join(numbers)} of {self.count}: {name}"):
            yield

    def found(self, name: str, what: str) -> None:
        """Note that the results of a step are there already."""
        self.kept.append(name)
        with self.telling(f"{what} of an earlier run"):
            pass

    def has(self, step: Step) -> bool:
        """Whether its results are there, and came from the same; they are noted then."""
        there = self._keys().get(step.name) == step.key and all(path.exists() for path in step.results)
        if there:
            self.found(step.name, step.what)
        return there

    @contextmanager
    def making(self, *steps: Step, doing: str) -> Iterator[None]:
        """The context in which steps are made.

        Args:
            steps: They are made here; each is `made` when its results are there.
            doing: What whoever follows is told meanwhile.
        """
        keys, names = self._keys(), {step.name for step in steps}
        others = {name: old for name, old in keys.items() if name not in names}
        if others != keys or not (self.folder / _KEYS).exists():
            # Should this be killed while it replaces results, the old keys must not stand beside new ones.
            self._note(others)
        with self.telling(doing, len(steps)):
            yield

    def made(self, step: Step) -> None:
        """Note that the results of a step are there; threads may do so at the same time."""
        with self._noting:
            self.done.append(step.name)
            self._note(self._keys() | {step.name: step.key})

    def check(self, names: set[str], results: tuple[str, ...]) -> None:
        """Raise `InputError` if what would be replaced is somebody else's.

        Args:
            names: Of all steps.
            results: Names of what they leave in the folder.
        """
        if not (self.folder / _KEYS).exists():
            foreign = [name for name in results if (self.folder / name).exists()]
        else:
            foreign = [] if self._keys().keys() <= names else [_KEYS]
        if foreign:
            raise InputError(
                f"holds other files ({', '.join(foreign)}), which are not replaced",
                where=self.folder,
                fix="choose an empty or a new folder",
            )

    def _note(self, keys: dict[str, str]) -> None:
        with atomic_file(self.folder / _KEYS) as file:
            file.write_text(json_text(dict(sorted(keys.items())), indent=2) + "\n", encoding="utf-8")

    def _keys(self) -> dict[str, str]:
        try:
            found = json.loads((self.folder / _KEYS).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
