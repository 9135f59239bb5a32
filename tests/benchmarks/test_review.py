from dataclasses import replace

import pytest

from benchmarks import review, review_server
from benchmarks.measuring import machine
from benchmarks.pages.review import curves, told
from benchmarks.review import Check, ReviewRow, run_review, summary
from benchmarks.review_server import run_server
from isolex.datasets import DataFolder
from isolex.errors import InputError
from isolex.samples import sample


def row(
    queue: str, p1: tuple[float, ...], accepted: tuple[int, ...], checks: tuple[Check, ...] = ()
) -> ReviewRow:
    return ReviewRow("en-es", "novels", queue, (0, 250, 500), p1, accepted, checks, (1.0, 2.0, 3.0))


def check(low: float | None, high: float | None, true: float) -> Check:
    return Check(50, 20, None if low is None else (low + (high or 0)) / 2, low, high, 5, true)


class TestSummary:
    def test_when_the_mixed_queue_is_as_good_as_the_random_one_in_the_end(self) -> None:
        checks = (check(None, None, 50), check(40, 60, 50), check(40, 60, 61), check(40, 60, 60))
        rows = [row("mixed", (30, 42, 50), (0, 150, 300), checks), row("random", (30, 35, 41), (0, 90, 200))]
        (found,) = summary(rows)
        assert found["reached_after"] == 250
        assert found["ratio"] == 1.5
        assert found["checks"] == 3
        assert found["covered"] == pytest.approx(66.7)
        assert "reaches that after 250" in told([{"summary": [found]}])

    def test_it_may_never_be(self) -> None:
        rows = [row("mixed", (30, 31, 32), (0, 1, 2)), row("random", (30, 35, 41), (0, 90, 200))]
        (found,) = summary(rows)
        assert found["reached_after"] is None
        assert found["covered"] is None
        assert "does not reach that" in told([{"summary": [found]}])

    def test_one_queue_alone_has_nothing_beside_it(self) -> None:
        assert summary([row("mixed", (30, 42, 50), (0, 150, 300))]) == []


def test_the_page_has_a_line_a_generation() -> None:
    one = row("mixed", (30.0, 42.0, 50.5), (0, 150, 1300)).to_dict()
    report = {"rows": [one], "summary": [], "versions": {"isolex": "1"}, "machine": machine()}
    page = curves([report])
    assert "| novels | en-es | mixed | 500 | 50.5 | 1,300 | 3 |" in page


@pytest.fixture(scope="module")
def rows(data) -> list[ReviewRow]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(review, "SEEDS", 60)
        patch.setattr(review, "CHECKED_EVERY", 5)
        return list(run_review(DataFolder(data), pairs=["xx-yy"], decisions=20, every=20, vocabulary=10_000))


class TestSimulation:
    def test_both_queues_learn_as_often(self, rows) -> None:
        assert [one.queue for one in rows] == ["mixed", "random"]
        for one in rows:
            assert one.decisions == (0, 20)
            assert len(one.p1) == len(one.accepted) == len(one.seconds) == 2
            assert one.accepted[0] == 0 < one.accepted[-1]
        assert rows[0].p1[0] == rows[1].p1[0]

    def test_the_estimate_of_the_mixed_queue_is_checked(self, rows) -> None:
        mixed, shuffled = rows
        assert [one.decisions for one in mixed.checks] == [5, 10, 15, 20]
        assert shuffled.checks == ()
        known = [one for one in mixed.checks if one.percent is not None]
        assert known
        assert all(one.low <= one.percent <= one.high for one in known)
        assert all(replace(one, low=one.true, high=one.true).holds for one in known)

    def test_an_unknown_pair(self, data) -> None:
        with pytest.raises(InputError, match="xx-zz"):
            next(run_review(DataFolder(data), pairs=["xx-zz"]))


def test_no_acknowledged_decision_is_lost_when_the_server_is_killed(monkeypatch) -> None:
    en, es, *lexicons = sample()
    monkeypatch.setattr(review_server, "sample", lambda: (en.head(2_000), es.head(2_000), *lexicons))
    learning, killed = run_server(clients=4, seconds=4, kills=1)
    for one in learning, killed:
        assert one.acknowledged > 0
        assert one.lost == one.doubled == 0
        assert one.decision_ms[0] > 0
    assert (learning.kills, killed.kills) == (0, 1)
