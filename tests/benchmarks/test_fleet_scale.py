"""Costs, the plan made of them, and searches in shards, small."""

import pytest

from benchmarks.fleet_scale import Growth, TaskCost, plan, run_sharded, simulate


def costs(fixed: float, linear: float, square: float) -> list[TaskCost]:
    return [
        TaskCost(words, fixed + linear * words + square * words**2, 1.0, 0.1) for words in (10, 100, 1000)
    ]


def test_growth_is_found_again():
    found = Growth.of(costs(2.0, 0.01, 0.0003))
    assert (found.fixed, found.linear, found.square) == pytest.approx((2.0, 0.01, 0.0003))
    assert found.seconds(10_000) == pytest.approx(2 + 100 + 30_000)


def test_no_coefficient_is_below_zero():
    found = Growth.of([TaskCost(10, 1.0, 1, 1), TaskCost(100, 1.0, 1, 1), TaskCost(1000, 1.2, 1, 1)])
    assert min(found.fixed, found.linear, found.square) >= 0


@pytest.mark.parametrize(("workers", "hours"), [(1, 10.0), (3, 4.0), (10, 1.0), (20, 1.0)])
def test_without_losses_jobs_are_shared_out(workers, hours):
    row = simulate(3600, 10, workers, start=0)
    assert (row.hours, row.tries, row.unfinished) == (hours, 10, 0)


def test_lost_jobs_are_tried_three_times():
    row = simulate(3600, 10, 2, failures=1.0, start=0)
    assert (row.tries, row.unfinished, row.hours) == (30, 10, 7.5)
    some = simulate(3600, 1000, 2, failures=0.1, start=0)
    assert 1050 < some.tries < 1200
    assert some.hours > 520


def test_a_plan_is_quicker_with_more_workers():
    rows = plan(costs(2.0, 0.01, 0.0003), failures=(0.0,))
    assert [row.workers for row in rows] == [1, 16, 256]
    assert rows[0].hours / rows[1].hours == pytest.approx(16, rel=0.01)


def test_shards_find_the_same():
    run = run_sharded(1_000, shards=2, dimension=20, k=2)
    assert run.same
    assert 0 < run.gib < 2
