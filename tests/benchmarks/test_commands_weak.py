import shutil

import pytest

from benchmarks.spaces import SpacePair, permuted
from benchmarks.weak import UNORDERED_PAIRS
from isolex.judging import Evidence
from tests.benchmarks.runs import weak_run
from tests.shaped import make_annealing_quick

RUN = {
    *(
        "vectors",
        "pair",
        "spaces",
        "method",
        "supervision",
        "seed",
        "status",
        "seconds",
        "evidence",
        "frequent",
        "peak_gib",
        "ratio",
    ),
    *("forward", "backward", "supervised_forward", "supervised_backward"),
}


class TestWeak:
    """The benchmarks of weak supervision, on a folder with dictionaries in both directions."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        make_annealing_quick(monkeypatch)
        few = [SpacePair("xx-yy", "as they are", 300), SpacePair("yy-xx", "permuted", 280, target=permuted)]
        monkeypatch.setattr("benchmarks.verdict.cases", lambda _: iter(few))

    @pytest.fixture
    def both_kinds(self, data, tmp_path):
        folder = shutil.copytree(data, tmp_path / "data")
        (folder / "vectors-web").symlink_to(folder / "vectors")
        return folder

    def report(self, result, name):
        result.warns(None)
        report = result.json
        assert (report["benchmark"], report["protocol"], report["criterion"]) == (name, "muse", "csls")
        assert set(report["versions"]) == {"isolex", "torch", "numpy", "python"}
        assert report["seconds"] > 0
        assert all(set(run) == RUN for run in report["runs"])
        return report

    def test_unsupervised(self, lab, data):
        command = ("unsupervised", "--data", data, "--pairs", "xx-yy, yy-xx,xx-yy")
        report = self.report(lab(*command, "--json"), "unsupervised")
        assert [run["pair"] for run in report["runs"]] == ["xx-yy", "yy-xx"]
        assert all(run["status"] == "aligned" and run["ratio"] > 0.95 for run in report["runs"])
        result = lab("unsupervised", "--data", data, "--pairs", "xx-yy")
        result.warns(None)
        title, columns, row = result.out.splitlines()
        assert title.strip() == "P@1 in percent"
        assert columns.split()[:3] == ["pair", "spaces", "method"]
        assert row.startswith("xx-yy  all words  unsupervised  none         aligned  ")

    def test_semi(self, lab, data):
        command = ("semi", "--data", data, "--pairs", "xx-yy", "--method", "procrustes")
        report = self.report(lab(*command, "--json"), "semi")
        assert [run["supervision"] for run in report["runs"]][-2:] == ["30 identical strings", "20 numerals"]
        assert {(run["method"], run["status"]) for run in report["runs"]} == {("procrustes", "unchecked")}
        result = lab(*command)
        result.warns(None)
        assert len(result.out.splitlines()) == 2 + len(report["runs"])

    def test_systems(self, lab, data):
        command = ("systems", "--data", data, "--pair", "xx-yy", "--methods", "procrustes")
        (run,) = self.report(lab(*command, "--json"), "systems")["runs"]
        assert (run["method"], run["supervision"], run["evidence"]) == ("procrustes", "all pairs", {})
        assert run["peak_gib"] > 0.05

    def test_the_table_of_systems(self, lab, data, monkeypatch):
        runs = [weak_run(method="vecmap", evidence={}, peak_gib=1.25, seconds=80.4)]
        monkeypatch.setattr("benchmarks.commands.weak.run_systems", lambda *_, **__: iter(runs))
        result = lab("systems", "--data", data, "--pair", "xx-yy")
        result.warns(None)
        row = result.out.splitlines()[-1].split()
        assert row[:2] == ["xx-yy", "all"]
        assert row[-1] == "80"

    def test_verdict(self, lab, data):
        report = self.report(lab("verdict", "--data", data, "--json"), "verdict")
        good, bad = report["runs"][:2], report["runs"][2:]
        assert [run["status"] for run in good] == ["aligned", "aligned"]
        assert len(bad) == 2
        assert "aligned" not in [run["status"] for run in bad]
        assert report["leave_one_pair_out"].keys() == {"good", "denied", "bad", "false"}
        # Each pair is judged by the other, which has only bad runs or only good ones.
        leads = [[Evidence(**run["evidence"]).lead for run in runs] for runs in (good, bad)]
        assert report["thresholds"]["xx-yy"] == pytest.approx((max(leads[1]) + 100) / 2)
        assert report["thresholds"]["yy-xx"] == pytest.approx(min(leads[0]) / 2)
        result = lab("verdict", "--data", data)
        result.warns(None)
        counts = report["leave_one_pair_out"]
        assert (counts["good"], counts["bad"]) == (2, 2)
        assert result.out.splitlines()[-1] == (
            f"thresholds from the other pairs: {counts['false']} of 2 bad runs called aligned, "
            f"{counts['denied']} of 2 good runs denied it"
        )

    def test_vectors_of_the_web(self, lab, web_data):
        options = ("--data", web_data, "--vectors", "web", "--json")
        for command in (
            ("unsupervised", "--pairs", "xx-yy"),
            ("semi", "--pairs", "xx-yy", "--method", "procrustes"),
            ("verdict",),
        ):
            report = self.report(lab(*command, *options), command[0])
            assert {run["vectors"] for run in report["runs"]} == {"web"}

    def test_of_novels_unless_told_otherwise(self, lab, data):
        command = ("semi", "--data", data, "--pairs", "xx-yy", "--method", "procrustes", "--json")
        report = self.report(lab(*command), "semi")
        assert {run["vectors"] for run in report["runs"]} == {"novels"}

    @pytest.mark.parametrize(
        ("name", "run"), [("unsupervised", "run_unsupervised"), ("semi", "run_semi_supervised")]
    )
    def test_default_pairs(self, lab, both_kinds, monkeypatch, name, run):
        seen = []
        monkeypatch.setattr(
            f"benchmarks.commands.weak.{run}", lambda _, **given: seen.append(given["pairs"]) or ()
        )
        for options in ((), ("--vectors", "web")):
            assert lab(name, "--data", both_kinds, *options, "--json").json["runs"] == []
        assert seen == [UNORDERED_PAIRS["novels"], ("en-fr", "en-fi")]

    def test_the_verdict_asks_for_the_cases_of_its_vectors(self, lab, web_data, monkeypatch):
        seen = []
        monkeypatch.setattr("benchmarks.verdict.cases", lambda vectors: seen.append(vectors) or ())
        assert lab("verdict", "--data", web_data, "--vectors", "web", "--json").json["runs"] == []
        assert seen == ["web"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("unsupervised", "--pairs", "xx-zz"), "unknown language pair of .*'xx-zz'"),
            (("unsupervised", "--pairs", "xx-yy", "--methods", "vecmop"), "unknown method 'vecmop'"),
            (("unsupervised", "--pairs", "xx-yy", "--methods", "vecmap"), "method vecmap: needs seed pairs"),
            (("semi", "--pairs", "xx-yy", "--method", "unsupervised"), "works without seed pairs"),
            (("unsupervised", "--vectors", "web"), "holds no vectors-web/xx.vec.gz with dictionaries"),
            (("semi", "--vectors", "web"), "holds no vectors-web/xx.vec.gz with dictionaries"),
            (("verdict", "--vectors", "web"), "holds no vectors-web/xx.vec.gz with dictionaries"),
            (("systems", "--pair", "xx-zz"), "unknown language pair of .*'xx-zz'"),
            (("systems", "--pair", "xx-yy", "--methods", "vecmop"), "unknown method 'vecmop'"),
        ],
    )
    def test_bad_input(self, lab, data, arguments, message):
        lab(*arguments, "--data", data, "--json").fails(message)

    @pytest.mark.parametrize("command", ["unsupervised", "semi", "systems", "verdict"])
    def test_no_data(self, lab, command):
        lab(command).fails("Missing option '--data'")
        lab(command, "--data", "nowhere", "--json").fails("nowhere: holds no vectors/xx.vec.gz")

    def test_a_dictionary_of_the_way_back_is_missed(self, lab, here):
        for dictionary in (here / "data" / "dictionaries" / "muse").glob("bb-aa.*"):
            dictionary.unlink()
        lab("unsupervised", "--data", "data", "--pairs", "aa-bb").fails(
            "bb-aa.train.txt: there is no such file"
        )


class TestPlanted:
    PLANTED = ("planted", "--words", "300", "--methods", "gromov-wasserstein-cpu", "--json")

    def test_an_easy_one_is_recovered(self, lab, here):
        report = lab(*self.PLANTED, "--cosine", "1", "--missing", "0").json
        assert (report["cosine"], report["missing"]) == (1.0, 0.0)
        (run,) = report["runs"]
        assert (run["words"], run["shared"]) == (300, 300)
        assert run["recovered"] > 95

    def test_words_that_are_missing_are_not_counted(self, lab, here):
        (run,) = lab(*self.PLANTED, "--cosine", "1", "--missing", "0.5").json["runs"]
        assert 50 < run["shared"] < 100

    @pytest.mark.parametrize(
        ("option", "value"), [("--cosine", "0"), ("--cosine", "1.1"), ("--missing", "1")]
    )
    def test_out_of_range(self, lab, here, option, value):
        lab(*self.PLANTED, option, value).fails(option)
