import shutil
from functools import partial

import pytest
from isolex.benchmark.verdict import Case, permuted

from isolex.mapping import Annealing
from tests.benchmark.runs import weak_run
from tests.shaped import make_annealing_quick, write_data

from .malformed import UNUSABLE

BENCH = ("bench", "reference", "--data", "data")


def test_json(isolex, here):
    result = isolex(*BENCH, "--methods", "procrustes, vecmap", "--json")
    result.warns(None)
    report = result.json
    assert (report["benchmark"], report["protocol"]) == ("reference", "muse")
    assert report["seconds"] > 0
    assert set(report["versions"]) == {"isolex", "torch", "numpy", "python"}
    (row,) = report["rows"]
    assert (row["pair"], row["train_pairs"], row["test_sources"]) == ("aa-bb", 200, 100)
    found = [(one["method"], one["criterion"]) for one in row["results"]]
    assert found == [(m, c) for m in ("procrustes", "vecmap") for c in ("nn", "csls")]
    assert all(one["p@1"] > 90 and one["n"] == 100 for one in row["results"])


def test_text(isolex, here):
    result = isolex(*BENCH, "--methods", "procrustes,procrustes", "--pairs", "aa-bb")
    result.warns(None)
    lines = result.out.splitlines()
    assert lines[1].split("  ")[-2:] == ["procrustes nn", "procrustes csls"]
    assert lines[2].split()[:5] == ["aa-bb", "200", "100", "of", "100"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--data", "nowhere"), "nowhere: holds no vectors/xx.vec.gz with dictionaries"),
        (("--data", "aa.vec"), "aa.vec: holds no vectors/xx.vec.gz with dictionaries"),
        (("--pairs", "aa-cc"), "unknown language pair of data 'aa-cc'; did you mean 'aa-bb'"),
        (("--methods", "vecmop"), "unknown method 'vecmop'; did you mean 'vecmap'"),
        (("--methods", ","), "got a list without names: ','; separate them by commas"),
        (("--device", "quantum"), "device 'quantum' is not available"),
    ],
)
def test_bad_input(isolex, here, arguments, message):
    isolex(*BENCH, *arguments, "--json").fails(message)


def test_no_data(isolex, here):
    isolex("bench", "reference").fails("Missing option '--data'")


@pytest.mark.parametrize("kind", [kind for kind in UNUSABLE if kind not in ("missing", "folder")])
def test_unusable_vectors(isolex, here, kind):
    make, message = UNUSABLE[kind]
    make(here / "aa.vec")
    shutil.move(here / "bad.vec", here / "data" / "vectors" / "aa.vec.gz")
    isolex(*BENCH, "--methods", "procrustes", "--json").fails(message.replace("bad.vec", "aa.vec.gz"))


RUN = {
    *(
        "pair",
        "spaces",
        "method",
        "supervision",
        "seed",
        "status",
        "seconds",
        "evidence",
        "peak_gib",
        "ratio",
    ),
    *("forward", "backward", "supervised_forward", "supervised_backward"),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("weak") / "data")


class TestWeak:
    """The benchmarks of weak supervision, on a folder with dictionaries in both directions."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        make_annealing_quick(monkeypatch)
        few = [Case("xx-yy", 300, "as they are"), Case("yy-xx", 280, "permuted", target=permuted)]
        monkeypatch.setattr("isolex.benchmark.verdict.cases", lambda: iter(few))
        monkeypatch.setattr("isolex.benchmark.verdict.Annealing", partial(Annealing, rounds=1))

    def report(self, result, name):
        result.warns(None)
        report = result.json
        assert (report["benchmark"], report["protocol"], report["criterion"]) == (name, "muse", "csls")
        assert set(report["versions"]) == {"isolex", "torch", "numpy", "python"}
        assert report["seconds"] > 0
        assert all(set(run) == RUN for run in report["runs"])
        return report

    def test_unsupervised(self, isolex, data):
        command = ("bench", "unsupervised", "--data", data, "--pairs", "xx-yy, yy-xx,xx-yy")
        report = self.report(isolex(*command, "--json"), "unsupervised")
        assert [run["pair"] for run in report["runs"]] == ["xx-yy", "yy-xx"]
        assert all(run["status"] == "aligned" and run["ratio"] > 0.95 for run in report["runs"])
        result = isolex("bench", "unsupervised", "--data", data, "--pairs", "xx-yy")
        result.warns(None)
        title, columns, row = result.out.splitlines()
        assert title.strip() == "P@1 in percent"
        assert columns.split()[:3] == ["pair", "spaces", "method"]
        assert row.startswith("xx-yy  all words  unsupervised  none         aligned  ")

    def test_semi(self, isolex, data):
        command = ("bench", "semi", "--data", data, "--pairs", "xx-yy", "--method", "procrustes")
        report = self.report(isolex(*command, "--json"), "semi")
        assert [run["supervision"] for run in report["runs"]][-2:] == ["30 identical strings", "20 numerals"]
        assert {(run["method"], run["status"]) for run in report["runs"]} == {("procrustes", "unchecked")}
        result = isolex(*command)
        result.warns(None)
        assert len(result.out.splitlines()) == 2 + len(report["runs"])

    def test_systems(self, isolex, data):
        command = ("bench", "systems", "--data", data, "--pair", "xx-yy", "--methods", "procrustes")
        (run,) = self.report(isolex(*command, "--json"), "systems")["runs"]
        assert (run["method"], run["supervision"], run["evidence"]) == ("procrustes", "all pairs", {})
        assert run["peak_gib"] > 0.05

    def test_the_table_of_systems(self, isolex, data, monkeypatch):
        runs = [weak_run(method="vecmap", evidence={}, peak_gib=1.25, seconds=80.4)]
        monkeypatch.setattr("isolex.benchmark.run_systems", lambda *_, **__: iter(runs))
        result = isolex("bench", "systems", "--data", data, "--pair", "xx-yy")
        result.warns(None)
        row = result.out.splitlines()[-1].split()
        assert row[:2] == ["xx-yy", "all"]
        assert row[-1] == "80"

    def test_verdict(self, isolex, data):
        report = self.report(isolex("bench", "verdict", "--data", data, "--json"), "verdict")
        assert [run["status"] for run in report["runs"]] == ["aligned", "failed"]
        assert report["leave_one_pair_out"].keys() == {"good", "denied", "bad", "false"}
        assert report["thresholds"].keys() == {"xx-yy", "yy-xx"}
        # Each pair is judged by the other, which has only a bad or only a good run.
        good, bad = (
            run["evidence"]["agreement"] - run["evidence"]["null_agreement"] for run in report["runs"]
        )
        bad_alone = (bad + 100) / 2
        assert report["thresholds"]["xx-yy"] == pytest.approx(bad_alone)
        assert report["thresholds"]["yy-xx"] == pytest.approx(good / 2)
        result = isolex("bench", "verdict", "--data", data)
        result.warns(None)
        counts = report["leave_one_pair_out"]
        assert (counts["good"], counts["bad"]) == (1, 1)
        assert result.out.splitlines()[-1] == (
            f"thresholds from the other pairs: {counts['false']} of 1 bad runs called aligned, "
            f"{counts['denied']} of 1 good runs denied it"
        )

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("unsupervised", "--pairs", "xx-zz"), "unknown language pair of .*'xx-zz'"),
            (("unsupervised", "--pairs", "xx-yy", "--methods", "vecmop"), "unknown method 'vecmop'"),
            (("unsupervised", "--pairs", "xx-yy", "--methods", "vecmap"), "method vecmap: needs seed pairs"),
            (("semi", "--pairs", "xx-yy", "--method", "unsupervised"), "works without seed pairs"),
            (("systems", "--pair", "xx-zz"), "unknown language pair of .*'xx-zz'"),
            (("systems", "--pair", "xx-yy", "--methods", "vecmop"), "unknown method 'vecmop'"),
        ],
    )
    def test_bad_input(self, isolex, data, arguments, message):
        isolex("bench", *arguments, "--data", data, "--json").fails(message)

    @pytest.mark.parametrize("command", ["unsupervised", "semi", "systems", "verdict"])
    def test_no_data(self, isolex, command):
        isolex("bench", command).fails("Missing option '--data'")
        isolex("bench", command, "--data", "nowhere", "--json").fails("nowhere: holds no vectors/xx.vec.gz")

    def test_a_dictionary_of_the_way_back_is_missed(self, isolex, here):
        for dictionary in (here / "data" / "dictionaries" / "muse").glob("bb-aa.*"):
            dictionary.unlink()
        isolex("bench", "unsupervised", "--data", "data", "--pairs", "aa-bb").fails(
            "bb-aa.train.txt: there is no such file"
        )


class TestPlanted:
    PLANTED = ("bench", "planted", "--words", "300", "--methods", "gromov-wasserstein-cpu", "--json")

    def test_an_easy_one_is_recovered(self, isolex, here):
        report = isolex(*self.PLANTED, "--cosine", "1", "--missing", "0").json
        assert (report["cosine"], report["missing"]) == (1.0, 0.0)
        (run,) = report["runs"]
        assert (run["words"], run["shared"]) == (300, 300)
        assert run["recovered"] > 95

    def test_words_that_are_missing_are_not_counted(self, isolex, here):
        (run,) = isolex(*self.PLANTED, "--cosine", "1", "--missing", "0.5").json["runs"]
        assert 50 < run["shared"] < 100

    @pytest.mark.parametrize(
        ("option", "value"), [("--cosine", "0"), ("--cosine", "1.1"), ("--missing", "1")]
    )
    def test_out_of_range(self, isolex, here, option, value):
        isolex(*self.PLANTED, option, value).fails(option)
