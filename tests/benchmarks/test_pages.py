"""The pages of the documentation are those that the committed results make."""

import json

import pytest

from benchmarks.commands import pages as command
from benchmarks.pages import filling, induction, reference, results, transfer, weak
from isolex.errors import FormatError
from isolex.judging.estimate import FEATURES
from tests.benchmarks.runs import weak_run


def test_all_are_up_to_date(lab):
    result = lab("pages", "--check")
    assert (result.status, result.out) == (0, "all pages are up to date\n"), result.err


@pytest.fixture
def stale(tmp_path, monkeypatch):
    """A page of its own that is not what its maker makes."""

    class Maker:
        @staticmethod
        def made():
            return {tmp_path / "page.md": "new\n"}

    monkeypatch.setattr(command, "_MAKERS", (Maker,))
    monkeypatch.setattr(command, "ROOT", tmp_path)
    (tmp_path / "page.md").write_text("old\n")
    return tmp_path / "page.md"


def test_one_that_is_not_is_told(lab, stale):
    lab("pages", "--check").fails(r"page\.md: out of date; run: make docs")
    assert stale.read_text() == "old\n"


def test_it_is_written(lab, stale):
    assert lab("pages", "--json").json == {"written": ["page.md"]}
    assert stale.read_text() == "new\n"
    assert lab("pages").out == "all pages are up to date\n"


def test_one_that_is_missing_is_written(lab, stale):
    stale.unlink()
    lab("pages", "--check").fails("out of date")
    assert lab("pages").out == "written: page.md\n"


def test_figures_are_put_between_their_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a <!-- one -->old<!-- end --> b <!-- two --><!-- end --> c")
    assert filling.filled(page, {"one": "1", "two": "2"}) == (
        "a <!-- one -->1<!-- end --> b <!-- two -->2<!-- end --> c"
    )
    with pytest.raises(FormatError, match=r"page\.md: has 0 places for 'three'"):
        filling.filled(page, {"three": "3"})


def test_without_a_measurement_there_is_no_page(tmp_path, monkeypatch):
    monkeypatch.setattr(filling, "RESULTS", tmp_path)
    assert transfer.made() == {}


VERSIONS = {"isolex": "0.1.0", "python": "3.11"}
MACHINE = {"processor": "Abacus", "threads": 2, "cores": 2}
PAGES = {"reference": reference, "induction": induction, "weak": weak}


def scored(method: str, nn: float, csls: float, **more) -> list[dict]:
    """Of one method by both criteria, as `benchmarks reference` tells them."""
    shared = {"n": 400, "copy_baseline": 5.0, "interval": [csls - 3, csls + 3]} | more
    return [
        {"method": method, "criterion": criterion, "p@1": percent, "mrr": percent / 100} | shared
        for criterion, percent in (("nn", nn), ("csls", csls))
    ]


def reference_row(pair: str, start: float, **more) -> dict:
    """Early ones do not tell of vectors and seeds."""
    plain = [("least-squares", 0), ("procrustes", 2), ("vecmap", 4), ("rcsls", 3)]
    found = [one for name, gain in plain for one in scored(name, start + gain - 1, start + gain)]
    return {"pair": pair, "train_pairs": 5000, "test_sources": 1500, "results": found} | more


def induction_row(pair: str, base: float, reranked: float, **more) -> dict:
    row = {
        "set": "muse",
        "pair": pair,
        "n": 400,
        "seeds": None,
        "base": {"vecmap": base, "rcsls": base - 1, "procrustes": base - 2},
        "best_base": base,
        "reranked": reranked,
        "best_base_no_identical": base,
        "reranked_no_identical": reranked,
        "candidates_recall": 90.0,
        "ece": 0.05,
        "brier": 0.1,
        "brier_constant": 0.2,
        "auroc": 0.9,
        "answers_at_90": 7,
        "precision_at_90": 95.0,
        "curve": [90.0, reranked],
        "without": {},
        "seconds": 60.0,
    }
    return row | more


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A function that keeps rows, or runs, as what was measured by a command of the laboratory."""
    monkeypatch.setattr(filling, "RESULTS", tmp_path)
    independent = {"pairs": {"en-fr": {"p@1": {"vecmap": {"csls": 34.0}}}}}
    (tmp_path / "independent.json").write_text(json.dumps(independent))

    def keep(name: str, rows: list, key: str = "rows") -> None:
        report = {"benchmark": name.removesuffix("-web"), key: rows, "seconds": 120.0}
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(report | {"versions": VERSIONS, "machine": MACHINE}))

    return keep


def made(name: str) -> str:
    """The text of the page."""
    return PAGES[name].made()[PAGES[name].PAGE]


def lines(text: str, start: str) -> list[list[str]]:
    """The cells of the table rows that begin so."""
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in text.splitlines()
        if line.startswith(f"| {start}")
    ]


class TestReference:
    def test_of_novels_alone_nothing_tells_of_kinds(self, measured) -> None:
        measured("reference", [reference_row("en-fr", 30.0), reference_row("en-de", 20.0)])
        text = made("reference")
        assert lines(text, "pair")[0][:2] == ["pair", "training pairs"]
        assert [row[0] for row in lines(text, "en-")] == ["en-fr", "en-de"]
        assert "| **28.0** | **29.0** | **27.0** | **28.0** |  |\n" in text
        assert "web" not in text
        assert "## More methods" not in text
        assert "## Fewer seed pairs" not in text
        assert "gives 1 of these figures" in text

    def test_both_kinds_stand_side_by_side(self, measured) -> None:
        measured("reference", [reference_row("en-fr", 30.0)])
        measured("reference-web", [reference_row("en-fr", 70.0, vectors="web", seeds=None)])
        text = made("reference")
        assert lines(text, "vectors")[0][:3] == ["vectors", "pair", "training pairs"]
        assert [row[:2] for row in lines(text, "novels")] == [["novels", "en-fr"], ["novels", "mean"]]
        assert [row[:2] for row in lines(text, "web")] == [["web", "en-fr"], ["web", "mean"]]
        assert "| web | mean |  |  |  | **69.0** | **70.0** |" in text
        assert "`en_core_web_md`" in text
        assert "The figures with vectors of the web were measured in 2 minutes on Abacus" in text
        assert "The difference with vectors of the web is +1.00 points in the mean" in text
        assert "differs from Procrustes on 1 of the 1 pairs" in text
        # Only vectors of novels are those of the independent figures.
        assert "gives 1 of these figures" in text
        assert "The largest difference is 0.00 points" in text

    def test_more_methods_from_rows_of_their_own(self, measured) -> None:
        more = scored("bilinear", 40.0, 41.0, taken="bilinear") + scored("auto", 42.0, 43.5, taken="rcsls")
        row = {"vectors": "novels", "seeds": None, "train_pairs": 5000, "test_sources": 1500, "results": more}
        measured(
            "reference", [reference_row("en-fr", 30.0), reference_row("en-de", 20.0), row | {"pair": "en-fr"}]
        )
        text = made("reference")
        assert lines(text, "pair")[1] == ["pair", "best above", "bilinear", "auto"]
        assert [row for row in lines(text, "en-fr") if len(row) == 4] == [
            ["en-fr", "34.0", "41.0", "43.5 (rcsls)"]
        ]
        assert len(lines(text, "en-de")) == 1

    def test_fewer_seed_pairs_stand_from_few_to_all(self, measured) -> None:
        fewer = [
            reference_row("en-fr", percent, vectors="web", seeds=count, train_pairs=count + 1)
            for count, percent in ((500, 60.0), (25, 10.0))
        ]
        whole = [reference_row(pair, 70.0, vectors="web", seeds=None) for pair in ("en-fr", "fr-en")]
        measured("reference", [reference_row("en-fr", 30.0)])
        measured("reference-web", [*whole, *fewer])
        _, _, table = made("reference").partition("## Fewer seed pairs")
        assert lines(table, "vectors")[0][:4] == ["vectors", "pair", "seed pairs", "least-squares"]
        assert [row[1:4] for row in lines(table, "web")] == [
            ["en-fr", "25", "10.0"],
            ["en-fr", "500", "60.0"],
            ["en-fr", "all (5,000)", "70.0"],
        ]
        assert lines(table, "novels") == []

    def test_without_results_of_novels_there_is_no_page(self, measured) -> None:
        measured("reference-web", [reference_row("en-fr", 70.0, vectors="web", seeds=None)])
        assert reference.made() == {}


class TestInduction:
    def test_of_novels_alone_nothing_tells_of_kinds(self, measured) -> None:
        measured("induction", [induction_row("en-fr", 30.0, 60.0)])
        text = made("induction")
        assert "rows of `web`" not in text
        assert "vectors of the web" not in text
        assert lines(text, "muse")[0][:4] == ["muse", "en-fr", "400", "28.0"]

    def test_both_kinds_stand_side_by_side(self, measured) -> None:
        novels = induction_row("en-fr", 34.0, 60.0)
        web = induction_row("en-fr", 74.0, 80.0, vectors="web", seconds=30.0)
        few = {"seeds": 100, "best_base": 50.0}
        measured("induction", [novels, novels | few])
        measured("induction-web", [web | {"without": {"strings": 79.0}}, web | few])
        measured("reference", [reference_row("en-fr", 30.0)])
        measured("reference-web", [reference_row("en-fr", 70.5, vectors="web", seeds=None)])
        text = made("induction")
        assert "Measured on Abacus" in text
        assert (
            "The rows of `web`, with vectors that [Benchmarks](supervised.md) tells of, were measured" in text
        )
        # Gains, confidence, its curve, seeds; and the one ablation.
        assert len(lines(text, "novels")) == 4
        assert len(lines(text, "web")) == 5
        assert lines(text, "web")[0][:5] == ["web", "muse", "en-fr", "400", "72.0"]
        assert lines(text, "web")[3][:4] == ["web", "en-fr", "100", "50.0"]
        assert lines(text, "web")[4] == ["web", "muse", "en-fr", "80.0", "-1.0"]
        assert "`muse`: +26.0 points over the best base method" in text
        assert "`muse` with vectors of the web: +6.0 points over the best base method" in text
        assert "on 1 pairs they differ by 0.00 points" in text
        assert "`muse` with vectors of the web are those of [Benchmarks](supervised.md): on 1 pairs" in text
        assert "they differ by 0.50 points" in text
        assert "it took 60 to 60 seconds, and 30 to 30 seconds with vectors of the web." in text

    def test_other_methods_are_no_base_methods(self, measured) -> None:
        row = reference_row("en-fr", 30.0)
        row["results"] += scored("contrastive", 80.0, 90.0)
        measured("reference", [row, reference_row("en-fr", 50.0, seeds=25)])
        measured("induction", [induction_row("en-fr", 34.0, 60.0)])
        assert "they differ by 0.00 points at the most" in made("induction")


class TestWeak:
    def runs(self, **more) -> list[dict]:
        """A good run and a bad one, as early results have them, unless told otherwise."""
        good = weak_run(pair="en-fr", forward=40.0)
        bad = weak_run(pair="en-es", forward=1.0, backward=1.0, lead=2.0)
        return [run.to_dict() | more for run in (good, bad)]

    def test_of_novels_alone_nothing_tells_of_kinds(self, measured) -> None:
        for name in ("unsupervised", "semi", "verdict"):
            measured(name, self.runs(), "runs")
        text = made("weak")
        assert "web" not in text
        assert [row[0] for row in lines(text, "en-fr")] == ["en-fr"] * 4
        assert "Of 4 runs, those on all words included, 2 are good" in text

    @pytest.mark.parametrize("name", ["unsupervised", "semi", "verdict"])
    def test_both_kinds_stand_side_by_side(self, measured, name) -> None:
        measured(name, self.runs(), "runs")
        measured(f"{name}-web", self.runs(vectors="web", forward=70.0)[:1], "runs")
        text = made("weak")
        assert (
            f"benchmarks {name} --data DATA\npython -m benchmarks {name} --data DATA --vectors web\n" in text
        )
        assert [row[1] for row in lines(text, "novels")][:2] == ["en-fr", "en-es"]
        (row, *_) = lines(text, "web")
        assert row[1] == "en-fr"
        assert any("70.0" in cell for cell in row)
        assert "Measured in 2 minutes with" in text
        assert "The runs of `web` were measured in 2 minutes with" in text

    def test_few_pairs_and_none_are_of_the_same_vectors(self, measured) -> None:
        for name in ("unsupervised", "semi"):
            measured(name, self.runs(), "runs")
            measured(f"{name}-web", self.runs(vectors="web", forward=70.0)[:1], "runs")
        _, _, text = made("weak").partition("## Few pairs")
        assert lines(text, "novels")[0][:4] == ["novels", "en-fr", "40.0 / 50.0", "40.0 / 50.0"]
        assert lines(text, "web")[0][:4] == ["web", "en-fr", "70.0 / 50.0", "70.0 / 50.0"]

    def test_the_verdict_is_judged_on_both_kinds_together(self, measured) -> None:
        measured("verdict", self.runs(), "runs")
        measured("verdict-web", self.runs(vectors="web")[:1], "runs")
        pages = weak.made()
        assert "isolex judged 2 good alignments" in pages[weak.VERDICT_PAGE]
        assert "Of 3 runs, those on all words included, 2 are good" in pages[weak.PAGE]
        assert weak.COEFFICIENTS not in pages

    def test_the_estimate_is_fitted_where_three_pairs_are_known(self, measured) -> None:
        runs = [
            weak_run(pair=pair, lead=lead, frequent=0.8 * lead).to_dict()
            for pair in ("en-fr", "en-es", "en-de")
            for lead in (0.5, 20.0, 40.0, 60.0, 80.0)
        ]
        measured("verdict", runs, "runs")
        pages = weak.made()
        assert "hold the truth in 100 % of 15 runs" in pages[weak.PAGE]
        fitted = json.loads(pages[weak.COEFFICIENTS])
        assert (fitted["cases"], fitted["features"]) == (15, list(FEATURES))
        assert fitted["weights"][0] > 0.2


class TestResults:
    def measure(self, measured) -> None:
        """Two pairs of novels, one of them with a cipher, and one of the web."""
        for name, pairs, more in (
            ("reference", {"es-fr": 30.0, "en-es": 20.0}, {}),
            ("reference-web", {"en-fr": 70.0}, {"vectors": "web", "seeds": None}),
        ):
            rows = [reference_row(pair, start, **more) for pair, start in pairs.items()]
            for row in rows:
                row["results"] += scored("auto", 0.0, row["results"][1]["p@1"] + 10, taken="rcsls")
            measured(name, rows)
        novels = [induction_row("es-fr", 34.0, 60.0), induction_row("en-es", 24.0, 50.0)]
        measured("induction", [*novels, induction_row("en-es", 24.0, 45.0, set="cipher")])
        measured("induction-web", [induction_row("en-fr", 74.0, 80.0, vectors="web")])

    def test_methods_stand_side_by_side_with_their_means(self, measured) -> None:
        self.measure(measured)
        text = results.made()[results.PAGE]
        assert lines(text, "novels") == [
            ["novels", "en-es", "22.0", "23.0", "24.0", "30.0", "50.0"],
            ["novels", "es-fr", "32.0", "33.0", "34.0", "40.0", "60.0"],
            ["novels", "mean of 2", "27.0", "28.0", "29.0", "35.0", "55.0"],
        ]
        assert lines(text, "web")[-1] == ["web", "mean of 1", "72.0", "73.0", "74.0", "80.0", "80.0"]
        assert "45.0 for en-es, where VecMap had 24.0" in text

    def test_systems_are_compared_in_the_readme(self, measured) -> None:
        self.measure(measured)
        runs = [
            {"pair": "es-fr", "method": name, "supervision": given, "forward": there, "backward": 40.0}
            | {"seconds": 30.0, "peak_gib": gib}
            for name, given, there, gib in (
                ("unsupervised", "none", 51.0, 1.25),
                ("vecmap-unsupervised-cpu", "none", 49.0, None),
                ("muse-supervised", "all pairs", 48.0, 1.0),
            )
        ]
        measured("systems", runs, "runs")
        pages = results.made()
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in pages[results.README].splitlines()
            if line.startswith("|") and line.count("|") == 6
        ]
        assert rows[0] == ["", "isolex", "MUSE", "VecMap", "fastText (RCSLS)"]
        table = dict(zip(rows[0], zip(*rows[2:7], strict=True), strict=True))
        assert table["isolex"] == (
            "**60.0** (40.0 without reranking)",
            "**55.0** (35.0 without reranking)",
            "**80.0** (80.0 without reranking)",
            "51.0 / 40.0",
            "0.5 min, 1.2 GiB",
        )
        assert table["MUSE"] == ("48.0", *["not measured"] * 4)
        assert table["VecMap"] == ("34.0", "29.0", "74.0", "49.0 / 40.0", "0.5 min")
        assert table["fastText (RCSLS)"] == ("33.0", "28.0", "73.0", "needs a dictionary", "")
        # Among pairs for one direction there are test pairs of the other.
        assert lines(pages[results.PAGE], "MUSE")[0][2:5] == ["all pairs", "48.0", ""]

    def test_what_was_not_measured_is_told(self, measured) -> None:
        text = results.made()[results.PAGE]
        assert text.count(filling.NOT_YET) == 4
        row = "novels, mean of 0 pairs | not measured | not measured | not measured | not measured |"
        assert row in results.made()[results.README]

    def test_no_pairs_and_few_are_counted_where_they_are_better_both_ways(self, measured) -> None:
        better = {"forward": 60.0, "backward": 60.0, "method": "unsupervised", "seed": 0}
        runs = [
            weak_run(pair="en-fr").to_dict() | better,
            weak_run(pair="en-es").to_dict() | better | {"backward": 1.0},
            weak_run(pair="en-es").to_dict() | better | {"seed": 1},
        ]
        measured("unsupervised", runs, "runs")
        measured("semi", [run | {"supervision": "25 pairs"} for run in runs[:1]], "runs")
        text = results.made()[results.PAGE]
        assert "in both directions, on 1 of 2 language pairs." in text
        assert "was better than VecMap with the whole dictionary on 1 of 1 language pairs" in text
