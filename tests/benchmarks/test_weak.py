from dataclasses import replace

import pytest

from benchmarks.weak import (
    BothWays,
    WeakRun,
    run_semi_supervised,
    run_unsupervised,
    seed_lexicons,
)
from isolex.datasets import DataFolder
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.mapping import Procrustes
from isolex.scoring import BLITask

from .runs import weak_run


@pytest.fixture
def task(data) -> BLITask:
    return BLITask.of(DataFolder(data), "xx-yy")


class TestWeakRun:
    def test_ratio_is_of_both_directions_summed(self) -> None:
        run = weak_run(forward=30, backward=10, supervised_forward=60, supervised_backward=40)
        assert run.ratio == 0.4

    def test_ratio_where_supervision_finds_nothing(self) -> None:
        assert weak_run(forward=3, supervised_forward=0, supervised_backward=0).ratio == 0

    def test_ratio_may_be_over_one(self) -> None:
        assert weak_run(forward=90, backward=90, supervised_forward=80, supervised_backward=70).ratio == 1.2

    def test_json_has_all_fields_and_the_rounded_ratio(self) -> None:
        run = weak_run(forward=1, backward=1, supervised_forward=3, supervised_backward=3)
        data = run.to_dict()
        assert data.pop("ratio") == 0.333
        assert WeakRun(**data) == run


@pytest.mark.usefixtures("quick")
class TestUnsupervised:
    def test_a_planted_pair(self, data) -> None:
        (run,) = run_unsupervised(DataFolder(data), pairs=["xx-yy"])
        assert (run.pair, run.spaces, run.method) == ("xx-yy", "all words", "unsupervised")
        assert (run.supervision, run.seed, run.status) == ("none", 0, "aligned")
        assert min(run.forward, run.backward, run.supervised_forward, run.supervised_backward) > 95
        assert run.evidence["agreement"] > 95
        assert run.seconds >= 0
        assert run.peak_gib is None

    def test_each_pair_and_method_in_turn(self, data, monkeypatch) -> None:
        monkeypatch.setattr(BothWays, "run", lambda ways, method, seed: (ways.there.pair, method))
        methods = ["unsupervised", "gromov-wasserstein-cpu"]
        runs = run_unsupervised(DataFolder(data), pairs=["xx-yy", "yy-xx"], methods=methods)
        assert list(runs) == [(pair, method) for pair in ("xx-yy", "yy-xx") for method in methods]

    def test_three_seeds_where_one_run_says_little(self, data, monkeypatch) -> None:
        monkeypatch.setattr("benchmarks.weak.REPEATED_PAIRS", ("xx-yy",))
        monkeypatch.setattr(BothWays, "run", lambda spaces, method, seed: weak_run(seed=seed))
        assert [run.seed for run in run_unsupervised(DataFolder(data), pairs=["xx-yy", "yy-xx"])] == [
            0,
            1,
            2,
            0,
        ]

    def test_pairs_are_checked_before_anything_is_measured(self, data) -> None:
        with pytest.raises(InputError, match=r"unknown language pair .*'xx-zz'"):
            next(run_unsupervised(DataFolder(data), pairs=["xx-yy", "xx-zz"]))

    def test_a_method_that_needs_pairs(self, data) -> None:
        with pytest.raises(InputError, match="method procrustes: needs seed pairs, got none"):
            list(run_unsupervised(DataFolder(data), pairs=["xx-yy"], methods=["procrustes"]))


@pytest.mark.usefixtures("quick")
class TestSemiSupervised:
    def test_a_row_for_each_kind_of_seed(self, data) -> None:
        runs = list(run_semi_supervised(DataFolder(data), pairs=["xx-yy"]))
        assert [run.supervision for run in runs] == [
            *("25 pairs", "100 pairs", "all pairs"),
            *("30 identical strings", "20 numerals"),
        ]
        assert {(run.pair, run.method, run.status) for run in runs} == {
            ("xx-yy", "self-learning", "unchecked")
        }
        assert all(min(run.forward, run.backward) > 90 for run in runs)
        assert all(run.evidence == {} for run in runs)

    def test_without_shared_words_there_are_no_rows_for_them(self, task) -> None:
        assert [name for name, _ in seed_lexicons(without(task, 30), 0)][-1] == "all pairs"

    def test_only_numerals_are_shared(self, task) -> None:
        named = dict(seed_lexicons(without(task, 10), 0))
        assert set(named["20 numerals"].pairs) == {(str(year), str(year)) for year in range(1990, 2010)}

    def test_bigger_seeds_hold_the_smaller_ones(self, task) -> None:
        seeds, again, other = (dict(seed_lexicons(task, seed)) for seed in (0, 0, 1))
        assert [len(seeds[name]) for name in ("25 pairs", "100 pairs", "all pairs")] == [25, 100, 200]
        assert seeds["100 pairs"].pairs[:25] == seeds["25 pairs"].pairs
        assert set(seeds["all pairs"].pairs) == set(task.train.pairs)
        assert seeds["25 pairs"].pairs == again["25 pairs"].pairs != other["25 pairs"].pairs

    def test_a_method_that_needs_no_pairs(self, data) -> None:
        with pytest.raises(InputError, match="method unsupervised: works without seed pairs, got a lexicon"):
            list(run_semi_supervised(DataFolder(data), pairs=["xx-yy"], method="unsupervised"))


class TestBothWays:
    def test_each_direction_is_scored_with_its_own_dictionary(self, data, task) -> None:
        ways = BothWays.of(DataFolder(data), task)
        assert (ways.spaces, ways.back.pair) == ("all words", "yy-xx")
        assert (ways.back.source, ways.back.target) == (task.target, task.source)
        run = ways.run(Procrustes(), task.train, supervision="all pairs", check=False)
        assert (run.method, run.supervision) == ("Procrustes", "all pairs")
        assert min(run.forward, run.backward) > 95
        sources, targets = zip(*ways.back.test, strict=True)
        wrong = Lexicon(zip(sources, targets[1:] + targets[:1], strict=True))
        assert run.frequent == pytest.approx(100, abs=3)
        assert ways.frequent[0].pairs == (*task.train.pairs, *task.test.pairs)
        other = replace(ways, back=replace(ways.back, test=wrong)).run(Procrustes(), task.train, check=False)
        assert other.forward > 95
        assert other.backward == 0

    def test_no_test_word_in_the_vocabularies(self, data) -> None:
        folder = DataFolder(data)
        ways = BothWays.of(folder, BLITask.of(folder, "xx-yy", vocabulary=150), "150 words")
        assert ways.supervised == (0.0, 0.0)


def without(task: BLITask, words: int) -> BLITask:
    """A task without the most frequent words."""
    source, target = (side.subset(side.words[words:]) for side in (task.source, task.target))
    return replace(task, source=source, target=target)
