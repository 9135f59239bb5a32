import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from isolex.explorer import Explorer
from isolex.review import Review
from tests.review.made import save_planted


@pytest.fixture(scope="session")
def saved(tmp_path_factory) -> Path:
    """The planted alignment, with confidences."""
    return save_planted(tmp_path_factory.mktemp("explored"))


@pytest.fixture
def place(saved, tmp_path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(saved, tmp_path / "aa-bb"))


@pytest.fixture(autouse=True)
def unlearned(monkeypatch) -> None:
    """No fit begins by itself, and what is counted is never old."""
    monkeypatch.setattr("isolex.review.review.LEARN_EVERY", 10**6)
    monkeypatch.setattr("isolex.explorer.reviewing._SOON", float("inf"))


@pytest.fixture
def review(place) -> Iterator[Review]:
    made = Review(place)
    yield made
    made.close()


@pytest.fixture(scope="session")
def explorer(saved, tmp_path_factory) -> Explorer:
    """Of the alignment alone; a copy, since the map is kept beside it."""
    return Explorer(shutil.copytree(saved, tmp_path_factory.mktemp("explorer") / "aa-bb"))


def made_at_last(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is made by another thread, once it is there."""
    for _ in range(3_000):
        if "pending" not in (found := ask()):
            return found
        time.sleep(0.02)
    raise AssertionError("it is not there after a minute")
