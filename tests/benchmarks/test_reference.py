import pytest

from benchmarks.induction_sets import with_seeds
from benchmarks.reference import SUPERVISED, run_reference
from isolex.datasets import DataFolder
from isolex.errors import InputError
from isolex.scoring import BLITask


@pytest.fixture
def folder(data) -> DataFolder:
    return DataFolder(data)


def figures(row):
    return {(one["method"], one["criterion"]): one["p@1"] for one in row.results}


class TestRows:
    def test_one_a_pair_with_every_method_and_criterion(self, folder) -> None:
        rows = list(run_reference(folder, ["xx-yy", "yy-xx"]))
        assert [(row.pair, row.seeds) for row in rows] == [("xx-yy", None), ("yy-xx", None)]
        for row in rows:
            assert (row.train_pairs, row.test_sources) == (200, 100)
            assert list(figures(row)) == [(name, one) for name in SUPERVISED for one in ("nn", "csls")]
            assert all(percent > 80 for percent in figures(row).values())

    def test_one_a_number_of_seed_pairs(self, folder) -> None:
        rows = list(run_reference(folder, ["xx-yy"], methods=["procrustes"], seeds=[10, 50, None]))
        assert [(row.seeds, row.train_pairs) for row in rows] == [(10, 10), (50, 50), (None, 200)]
        few, _, all_pairs = (figures(row)["procrustes", "csls"] for row in rows)
        assert few < all_pairs - 10

    def test_the_seed_pairs_are_drawn_as_for_induction(self, folder) -> None:
        (row,) = run_reference(folder, ["xx-yy"], methods=["procrustes"], seeds=[30], seed=3)
        task = with_seeds(BLITask.of(folder, "xx-yy"), 30, 3)
        expected = task.evaluate(task.align("procrustes")).to_dict()
        assert row.results[1] == {"method": "procrustes", "taken": "procrustes"} | expected

    @pytest.mark.usefixtures("quick_auto")
    @pytest.mark.parametrize("method", ["bilinear", "self-learning", "bootstrapping", "contrastive"])
    def test_methods_that_are_not_run_by_default(self, folder, method) -> None:
        (row,) = run_reference(folder, ["xx-yy"], methods=[method])
        assert {one["taken"] for one in row.results} == {method}
        assert figures(row)[method, "csls"] > 90

    def test_methods_without_a_dictionary(self, folder, quick) -> None:
        (row,) = run_reference(folder, ["xx-yy"], methods=["vecmap-identical-cpu"], seeds=[0])
        assert (row.seeds, row.train_pairs) == (0, 0)
        assert figures(row)["vecmap-identical-cpu", "csls"] > 90


@pytest.mark.usefixtures("quick_auto")
class TestAuto:
    def test_it_is_told_what_it_took(self, folder) -> None:
        few, some = run_reference(folder, ["xx-yy"], methods=["auto"], seeds=[100, None])
        assert {(one["method"], one["taken"]) for one in few.results} == {("auto", "self-learning")}
        (taken,) = {one["taken"] for one in some.results}
        assert taken in {"procrustes", "vecmap", "bilinear", "bootstrapping", "contrastive"}

    def test_without_seed_pairs(self, folder) -> None:
        (row,) = run_reference(folder, ["xx-yy"], methods=["auto"], seeds=[0])
        assert {one["taken"] for one in row.results} == {"unsupervised"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pairs": ["xx-yy", "xx-zz"]}, "unknown language pair of .*'xx-zz'; did you mean 'xx-yy'"),
        ({"methods": ["procrustes", "auta"]}, "unknown method 'auta'; did you mean 'auto'"),
        ({"seeds": [None, 0]}, "method least-squares: needs seed pairs, got none"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_measured(folder, monkeypatch, options, message) -> None:
    monkeypatch.setattr(BLITask, "align", lambda *_, **__: pytest.fail("something was measured"))
    with pytest.raises(InputError, match=message):
        list(run_reference(folder, **{"pairs": ["xx-yy"]} | options))
