import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from isolex.review import DecisionLog, Review

from .made import save_planted


@pytest.fixture(scope="session")
def saved(tmp_path_factory) -> Path:
    """The planted alignment, with confidences."""
    return save_planted(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture
def place(saved, tmp_path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(saved, tmp_path / "aa-bb"))


@pytest.fixture(autouse=True)
def unlearned(monkeypatch) -> None:
    """No fit begins by itself; it would take minutes."""
    monkeypatch.setattr("isolex.review.review.LEARN_EVERY", 10**6)


@pytest.fixture
def review(place) -> Iterator[Review]:
    made = Review(place)
    yield made
    made.close()


@pytest.fixture
def log(tmp_path) -> Iterator[DecisionLog]:
    with DecisionLog(tmp_path / "decisions.sqlite") as made:
        yield made
