"""Runs on planted languages: from downloads and from a folder, interrupted, gone on with, changed."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from isolex.datasets import DataFolder, Downloads, get_dataset
from isolex.errors import FormatError, InputError, IsolexWarning
from isolex.fleet import HereExecutor, LocalExecutor, run_jobs
from isolex.lexicon import Lexicon
from isolex.scoring import (
    MethodScore,
    ResultsFile,
    chosen_pairs,
    directed,
    gather_scores,
    method_jobs,
    runner,
    score_methods,
)
from isolex.scoring import task as module
from isolex.vectors import Vectors
from tests.datasets.serving import Site, serving_planted, take_as_mirror
from tests.shaped import make_annealing_quick, write_data

METHODS = ("procrustes", "vecmap")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    with serving_planted(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def online(site, monkeypatch) -> Site:
    return take_as_mirror(site, monkeypatch)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> DataFolder:
    return DataFolder(write_data(tmp_path_factory.mktemp("folder") / "data", ("en", "fr")))


@pytest.fixture
def output(tmp_path) -> Path:
    return tmp_path / "results.json"


def run(folder, output, pairs=("en-fr",), methods=METHODS, **options) -> list[MethodScore]:
    return list(score_methods(folder, pairs, methods=methods, kept=ResultsFile(output), **options))


@pytest.fixture
def measured(monkeypatch) -> list[tuple[str, str]]:
    """Method and first source word of everything that is aligned from now on."""
    seen, align = [], module.align

    def noted(source, target, lexicon, **options):
        seen.append((options["method"], source.language))
        return align(source, target, lexicon, **options)

    monkeypatch.setattr(module, "align", noted)
    return seen


class TestRows:
    def test_every_method_on_every_pair(self, folder, output) -> None:
        rows = run(folder, output, ("en-fr", "fr-en"))
        assert [(row.cell.pair, row.cell.method) for row in rows] == [
            (pair, method) for pair in ("en-fr", "fr-en") for method in METHODS
        ]
        for row in rows:
            assert (row.begins_with, row.train_pairs) == ("pairs", 200)
            assert list(row.results) == ["nn", "csls"]
            assert all(
                result["p@1"] > 90 and result["n"] == 100 and result["protocol"] == "muse"
                for result in row.results.values()
            )

    def test_methods_without_a_dictionary_get_none(self, folder, output, monkeypatch) -> None:
        make_annealing_quick(monkeypatch)
        rows = run(folder, output, methods=("unsupervised", "vecmap-identical-cpu"))
        assert [(row.begins_with, row.train_pairs) for row in rows] == [
            ("words written alike", 0),
            ("identical", 30),
        ]

    def test_words_beyond_the_vocabulary_take_no_part(self, folder, output) -> None:
        (row,) = run(folder, output, methods=["procrustes"], vocabulary=250)
        assert row.results["csls"]["n"] == 50
        assert row.cell.vocabulary == 250

    def test_json_is_flat(self, folder, output) -> None:
        (row,) = run(folder, output, methods=["procrustes"])
        data = row.to_dict()
        assert json.loads(json.dumps(data)) == data
        assert (data["pair"], data["method"], data["seed"]) == ("en-fr", "procrustes", 0)

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            ({"pairs": ["en-fr", "en-fe"]}, "unknown language pair of .*'en-fe'; did you mean 'en-fr'"),
            ({"methods": ["procrustes", "vecmop"]}, "unknown method 'vecmop'; did you mean 'vecmap'"),
        ],
    )
    def test_names_are_checked_before_anything_is_measured(
        self, folder, output, measured, names, message
    ) -> None:
        with pytest.raises(InputError, match=message):
            run(folder, output, **names)
        assert (measured, output.exists()) == ([], False)


class TestResuming:
    def test_finished_cells_are_not_measured_again(self, folder, output, measured) -> None:
        first = run(folder, output)
        assert len(measured) == 2
        assert run(folder, output) == first
        assert len(measured) == 2

    def test_an_interrupted_run_keeps_what_it_has(self, folder, output, monkeypatch, measured) -> None:
        align = module.align

        def interrupted(source, target, lexicon, **options):
            if options["method"] == "vecmap":
                raise KeyboardInterrupt
            return align(source, target, lexicon, **options)

        monkeypatch.setattr(module, "align", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(folder, output)
        monkeypatch.setattr(module, "align", align)
        kept = ResultsFile(output)
        assert (len(kept), [cell.method for cell in kept.found]) == (1, ["procrustes"])
        assert [row.cell.method for row in run(folder, output)] == list(METHODS)
        assert [method for method, _ in measured] == ["procrustes", "vecmap"]

    def test_more_pairs_and_methods_are_added(self, folder, output, measured) -> None:
        run(folder, output, methods=["procrustes"])
        run(folder, output, ("en-fr", "fr-en"))
        assert measured == [
            ("procrustes", "en"),
            ("vecmap", "en"),
            ("procrustes", "fr"),
            ("vecmap", "fr"),
        ]
        assert len(ResultsFile(output).found) == 4

    @pytest.mark.parametrize("options", [{"seed": 1}, {"vocabulary": 250}])
    def test_other_settings_are_another_cell(self, folder, output, measured, options) -> None:
        run(folder, output, methods=["procrustes"])
        run(folder, output, methods=["procrustes"], **options)
        assert len(measured) == len(ResultsFile(output).found) == 2

    def test_another_version_of_isolex(self, folder, output, measured, monkeypatch) -> None:
        run(folder, output, methods=["procrustes"])
        monkeypatch.setattr(runner, "__version__", "9")
        run(folder, output, methods=["procrustes"])
        assert [cell.isolex for cell in ResultsFile(output).found].count("9") == 1
        assert len(measured) == 2

    def test_other_vectors(self, folder, output, measured) -> None:
        run(folder, output, methods=["procrustes"])
        changed = _Changed(folder.path)
        list(score_methods(changed, ["en-fr"], methods=["procrustes"], kept=ResultsFile(output)))
        assert len(measured) == 2

    @pytest.mark.parametrize("part", ["train", "test"])
    def test_another_dictionary(self, folder, output, measured, part) -> None:
        run(folder, output, methods=["procrustes"])
        changed = _Changed(folder.path, part)
        list(score_methods(changed, ["en-fr"], methods=["procrustes"], kept=ResultsFile(output)))
        assert len(measured) == 2


class _Changed(DataFolder):
    """Other target vectors, or one dictionary with a pair less."""

    def __init__(self, path: Path, part: str | None = None) -> None:
        super().__init__(path)
        self._part = part

    def vectors(self, pair):
        source, target = super().vectors(pair)
        if self._part is None:
            target = Vectors(target.words, np.float32(2) * target.matrix, language=target.language)
        return source, target

    def dictionary(self, pair, part):
        found = super().dictionary(pair, part)
        return Lexicon(found.pairs[1:]) if part == self._part else found


class TestResultsFile:
    def test_a_new_one_is_not_written_before_there_is_a_result(self, output) -> None:
        assert ResultsFile(output).found == frozenset()
        assert not output.exists()

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "my notes",
            "[]",
            "{}",
            '{"format": "isolex-bench-muse", "version": 2, "rows": []}',
            '{"format": "isolex-alignment", "version": 1, "rows": []}',
            '{"format": "isolex-bench-muse", "version": 1, "rows": [{"pair": "en-fr"}]}',
            '{"format": "isolex-bench-muse", "version": 1, "rows": [3]}',
            '{"format": "isolex-bench-muse", "version": 1, "rows": null}',
        ],
    )
    def test_somebody_elses_file_is_not_replaced(self, output, text) -> None:
        output.write_text(text)
        with pytest.raises(
            FormatError, match=r"results\.json: holds no results of this benchmark \(.*\); choose"
        ):
            ResultsFile(output)
        assert output.read_text() == text

    def test_a_row_with_a_field_too_many(self, folder, output) -> None:
        run(folder, output, methods=["procrustes"])
        data = json.loads(output.read_text())
        data["rows"][0]["more"] = 1
        output.write_text(json.dumps(data))
        with pytest.raises(FormatError, match="holds no results"):
            ResultsFile(output)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"seed": "0"}, 'rows.0.seed is "0", expected a whole number'),
            ({"seed": True}, "rows.0.seed is true"),
            ({"vocabulary": -1}, "rows.0.vocabulary is -1"),
            ({"pair": ["en", "fr"]}, "rows.0.pair is a list, expected text"),
            ({"seconds": None}, "rows.0.seconds is null, expected a number"),
            ({"seconds": float("nan")}, "holds NaN, which is no JSON"),
            ({"results": {"csls": 1}}, "rows.0.results.csls is 1, expected an object"),
            ({"results": {"csls": {"p@1": 50.0}}}, "rows.0.results.csls lacks 'n'"),
            ({"results": {"csls": {"p@1": "50", "n": 9}}}, 'rows.0.results.csls.p@1 is "50"'),
            ({"results": {"csls": {"p@1": 101, "n": 9}}}, "expected a number from 0 to 100"),
        ],
    )
    def test_a_row_that_does_not_hold(self, folder, output, change, why) -> None:
        run(folder, output, methods=["procrustes"])
        data = json.loads(output.read_text())
        data["rows"][0] |= change
        output.write_text(json.dumps(data))
        with pytest.raises(FormatError, match=rf"holds no results of this benchmark \(.*{why}"):
            ResultsFile(output)

    def test_a_place_that_cannot_be_written(self, tmp_path) -> None:
        with pytest.raises(InputError, match="is a folder, expected a file name"):
            ResultsFile(tmp_path)
        with pytest.raises(InputError, match=r"no/results\.json: cannot be written"):
            ResultsFile(tmp_path / "no" / "results.json")


class TestProtocols:
    def test_that_of_the_file_counts(self, folder, output) -> None:
        (score,) = score_methods(
            folder, ["en-fr"], methods=["procrustes"], kept=ResultsFile(output, protocol="xling")
        )
        assert {result["protocol"] for result in score.results.values()} == {"xling"}
        assert json.loads(output.read_text())["protocol"] == "xling"
        assert len(ResultsFile(output, protocol="xling")) == 1

    def test_results_of_another_one_are_not_mixed(self, folder, output) -> None:
        run(folder, output, methods=["procrustes"])
        before = output.read_bytes()
        with pytest.raises(FormatError, match='protocol is "muse", expected xling'):
            ResultsFile(output, protocol="xling")
        assert output.read_bytes() == before

    def test_without_a_file_nothing_is_kept(self, folder, tmp_path, measured) -> None:
        for _ in range(2):
            (score,) = score_methods(folder, ["en-fr"], methods=["procrustes"], protocol="strict")
        assert score.results["nn"]["protocol"] == "strict"
        assert score.cell.vocabulary == 300
        assert len(measured) == 2
        assert list(tmp_path.iterdir()) == []


class TestPairs:
    def test_directions(self) -> None:
        pairs = ["en-fr", "de-en"]
        assert directed(pairs, "forward") == pairs
        assert directed(pairs, "backward") == ["fr-en", "en-de"]
        assert directed(pairs, "both") == ["en-fr", "fr-en", "de-en", "en-de"]
        assert directed(["en-fr", "fr-en"], "both") == ["en-fr", "fr-en"]
        with pytest.raises(InputError, match="unknown direction 'forwards'"):
            directed(pairs, "forwards")

    def test_a_folder_has_its_own(self, folder) -> None:
        assert chosen_pairs((), "forward", folder) == ["en-fr", "fr-en"]
        assert chosen_pairs(["en-fr"], "both", folder) == ["en-fr", "fr-en"]
        with pytest.raises(InputError, match=r"unknown language pair of .*'en-de'"):
            chosen_pairs(["en-de"], "forward", folder)

    def test_downloads_have_to_be_named(self) -> None:
        assert chosen_pairs(["en-zh"], "backward", get_dataset("muse")) == ["zh-en"]
        with pytest.raises(InputError, match="got no language pairs; name some"):
            chosen_pairs((), "forward", get_dataset("muse"))
        with pytest.raises(InputError, match="unknown language pair of muse 'en-xx'"):
            chosen_pairs(["en-xx"], "forward", get_dataset("muse"))


class TestDownloads:
    def fetched(self, tmp_path, *pairs: str, **options) -> Downloads:
        with pytest.warns(
            IsolexWarning, match="muse: the licence, CC BY-NC 4.0, forbids commercial use"
        ) as told:
            made = Downloads(
                get_dataset("muse"), pairs, **{"vocabulary": 1000} | options, cache=tmp_path / "cache"
            )
        assert len(told) == 1
        return made

    def test_both_ways_from_one_set_of_vectors(self, online, tmp_path, folder, output) -> None:
        data = self.fetched(tmp_path, "en-fr", "fr-en")
        assert online.paths == [
            *("muse/en-fr.0-5000.txt", "muse/en-fr.5000-6500.txt"),
            *("muse/fr-en.0-5000.txt", "muse/fr-en.5000-6500.txt"),
            *("fasttext-wiki/wiki.en.vec", "fasttext-wiki/wiki.fr.vec"),
        ]
        # What was downloaded is what the folder holds, so every cell is the same.
        rows = run(data, output, ("en-fr", "fr-en"))
        assert run(folder, output, ("en-fr", "fr-en")) == rows

    def test_only_so_many_words_are_read(self, online, tmp_path) -> None:
        data = self.fetched(tmp_path, "en-fr", vocabulary=120)
        assert [len(side) for side in data.vectors("en-fr")] == [120, 120]
        assert [side.language for side in data.vectors("en-fr")] == ["en", "fr"]

    def test_offline_from_the_cache(self, online, tmp_path) -> None:
        self.fetched(tmp_path, "en-fr")
        count = len(online.seen)
        data = self.fetched(tmp_path, "en-fr", offline=True)
        assert len(data.dictionary("en-fr", "train")) == 200
        assert len(online.seen) == count

    @pytest.mark.filterwarnings("ignore::isolex.IsolexWarning")
    def test_offline_without_it(self, tmp_path) -> None:
        with pytest.raises(InputError, match=r"en-fr\.0-5000\.txt: is not in the cache"):
            Downloads(get_dataset("muse"), ["en-fr"], vocabulary=1000, cache=tmp_path, offline=True)

    def test_a_pair_that_was_not_fetched(self, online, tmp_path, output) -> None:
        data = self.fetched(tmp_path, "en-fr")
        with pytest.raises(InputError, match="unknown language pair 'fr-en'"):
            run(data, output, ["fr-en"])

    def test_a_pair_that_there_is_none_of(self, tmp_path) -> None:
        with pytest.raises(InputError, match="unknown language pair of muse 'en-xx'"):
            Downloads(get_dataset("muse"), ["en-xx"], vocabulary=1000, cache=tmp_path)


class TestJobs:
    def jobs(self, data, output, **options):
        kept = ResultsFile(output)
        return kept, method_jobs(data, ["en-fr"], methods=METHODS, kept=kept, vocabulary=500, **options)

    def figures(self, scores):
        return [(one.cell, one.begins_with, one.train_pairs, one.results) for one in scores]

    def test_the_same_as_one_after_the_other(self, folder, output, tmp_path):
        kept, jobs = self.jobs(folder, output)
        report = run_jobs(jobs.missing, tmp_path / "work", LocalExecutor(2, threads=1))
        assert report.made == ("en-fr.procrustes.json", "en-fr.vecmap.json")
        found = gather_scores(jobs, tmp_path / "work", kept)
        other = run(folder, tmp_path / "other.json", vocabulary=500)
        assert self.figures(found) == self.figures(other)
        assert self.figures(run(folder, output, vocabulary=500)) == self.figures(other)

    def test_what_is_measured_is_no_job(self, folder, output):
        run(folder, output, methods=METHODS[:1], vocabulary=500)
        jobs = self.jobs(folder, output)[1]
        assert len(jobs.cells) == 2
        assert [job.name for job in jobs.missing] == ["en-fr.vecmap.json"]
        assert len(self.jobs(folder, output, seed=1)[1].missing) == 2

    def test_of_downloads_by_the_cache(self, online, output, tmp_path):
        data = Downloads(get_dataset("muse"), ["en-fr"], vocabulary=500, cache=tmp_path / "cache")
        kept, jobs = self.jobs(data, output)
        report = run_jobs(jobs.missing, tmp_path / "work", HereExecutor(1))
        assert not report.failed
        assert len(gather_scores(jobs, tmp_path / "work", kept)) == 2
