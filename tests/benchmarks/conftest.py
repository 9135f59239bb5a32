from pathlib import Path

import pytest

from tests.shaped import make_annealing_quick, write_data


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """A folder with the language pairs xx-yy and yy-xx; not to be written to."""
    return write_data(tmp_path_factory.mktemp("benchmark") / "data")


@pytest.fixture
def quick(monkeypatch) -> None:
    make_annealing_quick(monkeypatch)
