"""A task gives each method what it begins with."""

from dataclasses import replace

import pytest

from isolex.datasets import DataFolder
from isolex.errors import InputError
from isolex.mapping import Procrustes
from isolex.scoring import BLITask
from tests.shaped import write_data


@pytest.fixture(scope="module")
def task(tmp_path_factory) -> BLITask:
    return BLITask.of(DataFolder(write_data(tmp_path_factory.mktemp("task") / "data")), "xx-yy")


def test_what_is_in_the_folder(task) -> None:
    assert (task.pair, len(task.source), len(task.target)) == ("xx-yy", 300, 300)
    assert (task.source.language, len(task.train), len(task.test)) == ("xx", 200, 100)


def test_a_smaller_vocabulary(task, tmp_path) -> None:
    cut = BLITask.of(DataFolder(write_data(tmp_path / "data")), "xx-yy", vocabulary=250)
    assert cut.source.words == task.source.words[:250]
    assert cut.target.words == task.target.words[:250]


@pytest.mark.parametrize("method", ["procrustes", Procrustes()])
def test_methods_that_learn_from_pairs_get_them(task, method) -> None:
    alignment = task.align(method)
    assert (alignment.card.scores["seed_pairs"], alignment.card.status) == (200, "unchecked")
    assert task.evaluate(alignment).precision(1) > 90


def test_methods_without_pairs_get_none(task) -> None:
    assert task.align("vecmap-identical-cpu").card.scores["seed_pairs"] == 30


def test_no_pairs_for_a_method_that_needs_some(task) -> None:
    with pytest.raises(InputError, match="method procrustes: needs seed pairs, got none"):
        replace(task, train=None).align("procrustes")


def test_an_unknown_method(task) -> None:
    with pytest.raises(InputError, match="unknown method 'vecmop'; did you mean 'vecmap'"):
        task.align("vecmop")
