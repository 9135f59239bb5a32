"""The tests of the laboratory are marked, and share fixtures with those of the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.__main__ import app
from isolex.cli.app import run
from tests.cli.conftest import here, made, made_sample, quick_auto, small_sample
from tests.cli.helpers import Result
from tests.shaped import make_annealing_quick, write_data

__all__ = ["here", "made", "made_sample", "quick_auto", "small_sample"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("laboratory")


@pytest.fixture
def lab(capsys) -> Callable[..., Result]:
    """Run a command line of the laboratory in this process."""

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        status = run([str(argument) for argument in arguments], app, "python -m benchmarks")
        return Result(status, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """A folder with the language pairs xx-yy and yy-xx; not to be written to."""
    return write_data(tmp_path_factory.mktemp("benchmark") / "data")


@pytest.fixture(scope="session")
def web_data(tmp_path_factory) -> Path:
    """The same with vectors of the web, and none of novels; not to be written to."""
    folder = write_data(tmp_path_factory.mktemp("benchmark-web") / "data")
    (folder / "vectors").rename(folder / "vectors-web")
    return folder


@pytest.fixture
def quick(monkeypatch) -> None:
    make_annealing_quick(monkeypatch)
