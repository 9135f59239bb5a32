"""All pairs by each executor, and after kills, on a planted space."""

from benchmarks.fleet import run_executors, run_kills
from tests.pairwise.test_dictionaries import saved  # noqa: F401 - a fixture


def test_executors_give_the_same_bytes(saved) -> None:  # noqa: F811
    rows = list(run_executors(saved, ["local"]))
    assert [(row.executor, row.workers, row.jobs, row.same) for row in rows] == [
        ("loop", 1, 12, True),
        ("local", 2, 12, True),
    ]
    assert rows[0].overhead == 0
    assert rows[0].to_dict()["seconds"] >= 0


def test_killed_runs_end_with_the_same_bytes(saved) -> None:  # noqa: F811
    rows = list(run_kills(saved, kills=2))
    assert [row.killed for row in rows] == ["driver", "worker"]
    assert all(row.same for row in rows)
    assert all(row.twice <= 2 for row in rows)
