import time
from threading import Barrier

import pytest

from isolex.progress import Rounds, listening, stop_wanted, stopping, together, track


class Recorder:
    def __init__(self) -> None:
        self.heard: list[tuple] = []

    def start(self, label: str, total: int) -> object:
        self.heard.append(("start", label, total))
        return label

    def advance(self, loop: object) -> None:
        self.heard.append(("advance", loop))

    def note(self, loop: object, text: str) -> None:
        self.heard.append(("note", loop, text))

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


class TestRounds:
    def test_without_a_listener_items_pass(self) -> None:
        rounds = Rounds([1, 2, 3], "loop")
        seen = []
        for item in rounds:
            rounds.note("a word to nobody")
            seen.append(item)
        assert seen == [1, 2, 3]
        assert not rounds.stopped

    def test_a_listener_hears_of_every_round_and_every_note(self) -> None:
        recorder = Recorder()
        with listening(recorder):
            rounds = Rounds("ab", "loop")
            for item in rounds:
                rounds.note(f"at {item}")
        assert recorder.heard == [
            ("start", "loop", 2),
            ("note", "loop", "at a"),
            ("advance", "loop"),
            ("note", "loop", "at b"),
            ("advance", "loop"),
            ("finish", "loop"),
        ]

    @pytest.mark.parametrize("items", [[], [1]])
    def test_a_single_round_may_be_long_and_is_told_too(self, items) -> None:
        recorder = Recorder()
        with listening(recorder):
            assert list(Rounds(items, "loop")) == items
        assert [what for what, *_ in recorder.heard] == ["start", *(["advance"] * len(items)), "finish"]

    def test_a_stop_ends_it_after_the_first_round(self) -> None:
        recorder = Recorder()
        with listening(recorder), stopping(lambda: True):
            rounds = Rounds([1, 2, 3], "loop")
            assert not rounds.stopped
            assert list(rounds) == [1]
        assert rounds.stopped
        assert recorder.heard == [("start", "loop", 3), ("advance", "loop"), ("finish", "loop")]

    def test_a_stop_may_be_wanted_later(self) -> None:
        seen: list[int] = []
        with stopping(lambda: len(seen) >= 2):
            rounds = Rounds([1, 2, 3, 4], "loop")
            for item in rounds:
                seen.append(item)
        assert seen == [1, 2]
        assert rounds.stopped

    def test_nothing_to_do_is_no_early_end(self) -> None:
        with stopping(lambda: True):
            rounds = Rounds([], "loop")
            assert list(rounds) == []
        assert not rounds.stopped

    def test_left_early_is_not_stopped(self) -> None:
        recorder = Recorder()
        with listening(recorder):
            rounds = Rounds([1, 2, 3], "loop")
            for _ in rounds:
                break
        assert not rounds.stopped

    @pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
    def test_an_interrupted_one_is_finished(self, stop) -> None:
        recorder = Recorder()

        def work() -> None:
            with listening(recorder):
                for item in Rounds([1, 2, 3], "loop"):
                    if item == 2:
                        raise stop

        with pytest.raises(stop):
            work()
        assert recorder.heard == [("start", "loop", 3), ("advance", "loop"), ("finish", "loop")]


class TestStopping:
    def test_nobody_wants_a_stop_by_default(self) -> None:
        assert stop_wanted() is False

    def test_it_is_asked_anew_every_time(self) -> None:
        answers = iter([False, True, False])
        with stopping(lambda: next(answers)):
            assert [stop_wanted() for _ in range(3)] == [False, True, False]

    def test_only_inside_the_block(self) -> None:
        with stopping(lambda: True):
            with stopping(lambda: False):
                assert not stop_wanted()
            assert stop_wanted()
        assert not stop_wanted()

    def test_the_wish_ends_with_the_block_however_it_is_left(self) -> None:
        with pytest.raises(RuntimeError), stopping(lambda: True):
            raise RuntimeError
        assert not stop_wanted()

    def test_loops_whose_results_are_worthless_before_their_end_go_on(self) -> None:
        with stopping(lambda: True):
            assert list(track([1, 2, 3], "loop")) == [1, 2, 3]


class TestTogether:
    def test_calls_run_side_by_side_and_listeners_hear_of_each(self) -> None:
        meeting = Barrier(2, timeout=30)

        def call(label: str) -> None:
            meeting.wait()  # nobody gets past it alone
            assert list(track([1, 2], label)) == [1, 2]

        recorder = Recorder()
        with listening(recorder):
            together([lambda: call("one"), lambda: call("two")])
        assert {heard[1] for heard in recorder.heard} == {"one", "two"}

    def test_when_one_fails_the_others_are_wanted_to_stop(self) -> None:
        stopped = []

        def patient() -> None:
            end = time.monotonic() + 30
            while not stop_wanted() and time.monotonic() < end:
                time.sleep(0.01)
            stopped.append(stop_wanted())

        def failing() -> None:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            together([patient, failing])
        assert stopped == [True]
        assert not stop_wanted()

    def test_nothing_to_do(self) -> None:
        together([])
