"""Steps whose results are kept in a folder."""

import pytest

from isolex.dictionary.work import Step, Work, key
from isolex.progress import following


@pytest.fixture
def step(tmp_path):
    return Step("one", key("text", 1), (tmp_path / "one.txt",), "one")


def make(work: Work, step: Step) -> None:
    with work.making(step, doing="making one"):
        step.results[0].write_text("one")
        work.made(step)


def test_what_was_made_is_there_for_the_next_run(tmp_path, step):
    first = Work(tmp_path, 2)
    assert not first.has(step)
    make(first, step)
    assert first.done == ["one"]
    second = Work(tmp_path, 2)
    assert second.has(step)
    assert (second.done, second.kept) == ([], ["one"])


@pytest.mark.parametrize("change", ["key", "result"])
def test_what_came_from_something_else_or_is_gone_is_not_there(tmp_path, step, change):
    make(Work(tmp_path, 2), step)
    if change == "key":
        step = Step(step.name, key("text", 2), step.results, step.what)
    else:
        step.results[0].unlink()
    assert not Work(tmp_path, 2).has(step)


def test_an_interrupted_step_is_not_there_even_if_it_was_before(tmp_path, step):
    make(Work(tmp_path, 2), step)
    with pytest.raises(KeyboardInterrupt), Work(tmp_path, 2).making(step, doing="making one"):
        raise KeyboardInterrupt
    assert not Work(tmp_path, 2).has(step)


def test_steps_are_counted_and_told(tmp_path, step):
    told = []

    class Around:
        def __init__(self, name):
            told.append(name)

        def __enter__(self):
            return None

        def __exit__(self, *_):
            return None

    other = Step("two", key("text", 2), (tmp_path / "two.txt",), "two")
    with following(Around):
        work = Work(tmp_path, 3)
        with work.making(step, other, doing="making both"):
            pass
        work.found("three", "three")
    assert told == ["1 and 2 of 3: making both", "3 of 3: three of an earlier run"]


def test_keys_tell_parts_apart():
    assert key("a", "b") != key("ab")
    assert key(1) != key("1")
