from functools import partial

import pytest

from benchmarks.spaces import SpacePair, permuted
from benchmarks.verdict import (
    ALIKE,
    ALONE,
    GIVEN,
    Calibration,
    calibrate,
    cases,
    fit_threshold,
    is_good,
    leave_one_pair_out,
    run_verdict,
)
from isolex.datasets import DataFolder

from .runs import evidence, weak_run

good = partial(weak_run, forward=40.0, backward=40.0)
bad = partial(weak_run, forward=5.0, backward=5.0)


@pytest.mark.usefixtures("quick")
class TestRuns:
    def test_the_verdict_tells_a_good_run_from_a_hopeless_one(self, data, monkeypatch) -> None:
        few = [
            SpacePair("xx-yy", "300 words, as they are", 300),
            SpacePair("yy-xx", "280 words, permuted", 280, target=permuted),
        ]
        monkeypatch.setattr("benchmarks.verdict.cases", lambda _: iter(few))
        runs = list(run_verdict(DataFolder(data)))
        assert [(run.pair, run.spaces) for run in runs] == [
            (case.pair, case.name) for case in few for _ in range(2)
        ]
        assert [run.supervision for run in runs] == 2 * [ALIKE, ALONE]
        for right in runs[:2]:
            assert right.status == "aligned"
            assert is_good(right)
            assert right.evidence["agreement"] > 90
            assert right.frequent is not None
            assert right.frequent > 90
        for wrong in runs[2:]:
            assert wrong.status != "aligned"
            assert wrong.forward + wrong.backward < 30
            assert wrong.evidence["agreement"] - wrong.evidence["null_agreement"] < 10

    def test_some_begin_with_few_pairs(self, data, monkeypatch) -> None:
        case = SpacePair("xx-yy", "3,000 words, as they are", 3_000)
        monkeypatch.setattr("benchmarks.verdict.cases", lambda _: iter([case]))
        runs = list(run_verdict(DataFolder(data)))
        assert [run.supervision for run in runs] == [ALIKE, ALONE, GIVEN]
        assert runs[2].status == "aligned"

    def test_each_case_is_another_one(self) -> None:
        found = [(case.pair, case.name) for case in cases()]
        assert len(found) == len(set(found)) > 30

    def test_of_the_web_other_pairs_are_made_worse_in_the_same_ways(self) -> None:
        names = {case.name for case in cases()}
        for pair in ("en-fr", "en-fi"):
            found = [case.name for case in cases("web") if case.pair == pair]
            assert set(found) == names
            assert len(found) == len(names)
        assert {case.pair for case in cases("web")} == {"en-fr", "en-fi"}


class TestGood:
    @pytest.mark.parametrize(
        ("percent", "supervised", "expected"),
        [(25.0, 50.0, True), (24.9, 50.0, False), (2.0, 2.0, True), (1.9, 1.9, False), (0.0, 0.0, False)],
    )
    def test_half_of_a_supervised_figure_that_means_something(self, percent, supervised, expected) -> None:
        sides = {"supervised_forward": supervised, "supervised_backward": supervised}
        assert is_good(weak_run(forward=percent, backward=percent, **sides)) is expected

    def test_both_directions_count_together(self) -> None:
        assert is_good(weak_run(forward=50.0, backward=0.0))
        assert not is_good(weak_run(forward=49.0, backward=0.0))


class TestThreshold:
    def test_halfway_between_the_best_bad_and_the_worst_good_run(self) -> None:
        runs = [bad(lead=5.0), bad(lead=10.0), good(lead=40.0), good(lead=60.0)]
        assert fit_threshold(runs) == 25

    def test_good_runs_under_a_bad_one_are_given_up(self) -> None:
        runs = [good(lead=20.0), bad(lead=30.0), good(lead=50.0)]
        assert fit_threshold(runs) == 40

    def test_one_good_run_in_twenty_may_be_denied(self) -> None:
        runs = [bad(lead=3.0), good(lead=8.0), good(lead=16.0), *[good(lead=50.0)] * 18]
        assert fit_threshold(runs) == 12
        assert fit_threshold(runs[:-2]) == 5.5

    def test_no_good_run(self) -> None:
        assert fit_threshold([bad(lead=10.0)]) == 55

    def test_no_good_run_over_the_bad_ones(self) -> None:
        assert fit_threshold([bad(lead=60.0), good(lead=60.0)]) == 80

    def test_no_bad_run(self) -> None:
        assert fit_threshold([good(lead=40.0), good(lead=70.0)]) == 20

    def test_it_is_the_lead_over_the_null_that_counts(self) -> None:
        run = good(evidence=evidence(90.0, 75.0))
        assert fit_threshold([run]) == 30
        assert calibrate([run], {"xx-yy": 60.0}).denied == 0
        assert calibrate([run], {"xx-yy": 60.1}).denied == 1

    def test_no_run(self) -> None:
        assert fit_threshold([]) == 50


class TestLeaveOnePairOut:
    def test_each_pair_is_judged_by_the_others(self) -> None:
        runs = [
            good(pair="aa-bb", lead=30.0),
            bad(pair="aa-bb", lead=10.0),
            good(pair="cc-dd", lead=80.0),
            bad(pair="cc-dd", lead=40.0),
        ]
        calibration, thresholds = leave_one_pair_out(runs)
        assert thresholds == {"aa-bb": 60, "cc-dd": 20}
        assert calibration == Calibration(good=2, denied=1, bad=2, false=1)

    def test_one_pair_has_no_others(self) -> None:
        runs = [good(lead=60.0), good(lead=40.0), bad(lead=10.0), bad(lead=70.0)]
        calibration, thresholds = leave_one_pair_out(runs)
        assert thresholds == {"xx-yy": 50}
        assert calibration == Calibration(good=2, denied=1, bad=2, false=1)

    def test_only_good_runs_and_only_bad_ones(self) -> None:
        for make, expected in ((good, Calibration(2, 0, 0, 0)), (bad, Calibration(0, 0, 2, 0))):
            runs = [make(pair=pair, lead=45.0) for pair in ("aa-bb", "cc-dd")]
            assert leave_one_pair_out(runs)[0] == expected

    def test_no_runs(self) -> None:
        assert leave_one_pair_out([]) == (Calibration(0, 0, 0, 0), {})

    def test_the_threshold_itself_is_enough(self) -> None:
        runs = [good(lead=30.0), good(lead=29.9), bad(lead=30.0), bad(lead=29.9)]
        assert calibrate(runs, {"xx-yy": 30.0}) == Calibration(good=2, denied=1, bad=2, false=1)
