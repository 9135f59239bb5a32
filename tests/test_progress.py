import pytest

from isolex.progress import listening, track


class Recorder:
    def __init__(self) -> None:
        self.heard: list[tuple] = []

    def start(self, label: str, total: int) -> object:
        self.heard.append(("start", label, total))
        return label

    def advance(self, loop: object) -> None:
        self.heard.append(("advance", loop))

    def finish(self, loop: object) -> None:
        self.heard.append(("finish", loop))


def test_without_a_listener_items_pass() -> None:
    assert list(track([1, 2, 3], "loop")) == [1, 2, 3]


def test_a_listener_hears_of_every_round() -> None:
    recorder = Recorder()
    with listening(recorder):
        assert list(track("ab", "loop")) == ["a", "b"]
    assert recorder.heard == [
        ("start", "loop", 2),
        ("advance", "loop"),
        ("advance", "loop"),
        ("finish", "loop"),
    ]


def test_short_loops_are_not_worth_a_word() -> None:
    recorder = Recorder()
    with listening(recorder):
        assert list(track([], "none")) == []
        assert list(track([1], "one")) == [1]
    assert recorder.heard == []


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_loop_is_finished(stop) -> None:
    recorder = Recorder()

    def work() -> None:
        with listening(recorder):
            for item in track([1, 2, 3], "loop"):
                if item == 2:
                    raise stop

    with pytest.raises(stop):
        work()
    assert recorder.heard == [("start", "loop", 3), ("advance", "loop"), ("finish", "loop")]


def test_a_loop_left_early_is_finished() -> None:
    recorder = Recorder()
    with listening(recorder):
        for _ in track([1, 2, 3], "loop"):
            break
    assert recorder.heard == [("start", "loop", 3), ("finish", "loop")]


def test_after_the_block_the_listener_hears_nothing() -> None:
    outer, inner = Recorder(), Recorder()
    with listening(outer):
        with listening(inner):
            list(track([1, 2], "inner"))
        list(track([1, 2], "outer"))
    list(track([1, 2], "nobody"))
    assert {label for _, label, *_ in inner.heard} == {"inner"}
    assert {label for _, label, *_ in outer.heard} == {"outer"}
