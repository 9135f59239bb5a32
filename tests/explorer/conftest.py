import shutil
import time
from collections.abc import Callable
from typing import Any

import pytest

from isolex.explorer import Explorer
from tests.review.conftest import place, review, saved, unlearned  # noqa: F401 - the same fixtures here


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch) -> None:
    """What is counted is never old."""
    monkeypatch.setattr("isolex.explorer.reviewing._SOON", float("inf"))


@pytest.fixture(scope="session")
def explorer(saved, tmp_path_factory) -> Explorer:  # noqa: F811
    """Of the alignment alone; a copy, since the map is kept beside it."""
    return Explorer(shutil.copytree(saved, tmp_path_factory.mktemp("explorer") / "aa-bb"))


def made_at_last(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is made by another thread, once it is there."""
    for _ in range(3_000):
        if "pending" not in (found := ask()):
            return found
        time.sleep(0.02)
    raise AssertionError("it is not there after a minute")
