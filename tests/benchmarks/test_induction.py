from dataclasses import replace

import numpy as np
import pytest

from benchmarks.answers import calibration_error
from benchmarks.induction import run_induction
from benchmarks.induction_sets import (
    INDUCTION_PAIRS,
    ciphered,
    read_task,
    sets_and_pairs,
    with_seeds,
)
from isolex.datasets import DataFolder
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.reranking import GROUPS, RerankSettings

SETTINGS = RerankSettings(trees=10)


@pytest.fixture
def task(data):
    return read_task(DataFolder(data), "muse", "xx-yy")


class TestCipher:
    def test_every_letter_is_another_one(self, task):
        changed = ciphered(task)
        for before, after in zip(task.target.words, changed.target.words, strict=True):
            assert [a.isalpha() for a in before] == [a.isalpha() for a in after]
            assert all(a != b for a, b in zip(before, after, strict=True) if a.isalpha())
        assert len(set(changed.target.words)) == len(task.target.words)

    def test_dictionaries_go_with_the_words(self, task):
        changed = ciphered(task)
        for before, after in ((task.train, changed.train), (task.test, changed.test)):
            there = before.index(task.source, task.target)
            here = after.index(changed.source, changed.target)
            assert np.array_equal(there.pairs, here.pairs)

    def test_the_source_stays(self, task):
        assert ciphered(task).source is task.source


class TestSeeds:
    def test_so_many_pairs(self, task):
        fewer = with_seeds(task, 60, 0)
        assert len(fewer.train) == 60
        assert set(fewer.train.pairs) < set(task.train.pairs)
        assert fewer.train.pairs == with_seeds(task, 60, 0).train.pairs != with_seeds(task, 60, 1).train.pairs

    def test_all_pairs_of_a_word_together(self, task):
        twice = [pair for s, t in task.train for pair in ((s, t), (s, task.target.words[0]))]
        fewer = with_seeds(replace(task, train=Lexicon(twice)), 41, 0)
        assert len(fewer.train) in (41, 42)
        assert len(fewer.train.sources) == 21

    def test_none(self, task):
        assert with_seeds(task, 0, 0).train is None
        assert with_seeds(task, None, 0) is task


class TestCalibrationError:
    def test_of_what_is_always_true(self):
        assert calibration_error(np.ones(50), np.ones(50, dtype=bool)) == 0

    def test_is_the_mean_distance_over_bins(self):
        confidence = np.repeat([0.2, 0.8], 50)
        right = np.tile([True, False], 50)
        assert calibration_error(confidence, right) == pytest.approx(0.3)


@pytest.mark.usefixtures("quick")
class TestRun:
    def test_a_row(self, data):
        (row,) = run_induction(DataFolder(data), pairs=["xx-yy"], settings=SETTINGS)
        assert (row.set, row.pair, row.n, row.seeds) == ("muse", "xx-yy", 100, None)
        assert row.learnt
        assert {"vecmap", "rcsls", "procrustes"} == set(row.base)
        assert row.best_base == max(row.base.values()) > 90
        assert row.reranked > 90
        assert row.candidates_recall >= row.reranked
        assert 0 <= row.ece < 0.2
        assert row.seconds >= row.fit_seconds > 0
        assert len(row.curve) == 10
        assert row.curve[-1] == row.reranked
        assert row.without == {}

    def test_ablation(self, data):
        (row,) = run_induction(
            DataFolder(data), pairs=["xx-yy"], seeds=[100], ablation=True, settings=SETTINGS
        )
        assert row.seeds == 100
        assert {"vecmap", "rcsls", "procrustes", "self-learning"} == set(row.base)
        assert set(row.without) == set(GROUPS) - {"triangulation"}

    def test_too_few_seeds_to_learn_from(self, data, monkeypatch):
        monkeypatch.setattr("isolex.reranking.start.ENOUGH_WORDS", 1_000)
        (row,) = run_induction(DataFolder(data), pairs=["xx-yy"], seeds=[30], settings=SETTINGS)
        assert not row.learnt
        assert row.reranked == row.base["self-learning"]
        assert row.ece is row.auroc is row.precision_at_90 is row.candidates_recall is None

    def test_a_cipher(self, data):
        (row,) = run_induction(DataFolder(data), pairs=["xx-yy"], sets=["cipher"], settings=SETTINGS)
        assert row.reranked > 90


class TestSetsAndPairs:
    def test_by_default_all(self):
        wanted = sets_and_pairs()
        assert len(wanted) == len(set(wanted)) == 16
        assert [pair for name, pair in wanted if name == "xling"] == ["en-de", "en-fr", "de-fr"]

    def test_pairs_alone_are_taken_where_they_are(self):
        assert sets_and_pairs(pairs=["en-es", "xx-yy"]) == [
            ("muse", "en-es"),
            ("muse", "xx-yy"),
            ("cipher", "en-es"),
        ]

    def test_sets_alone(self):
        assert sets_and_pairs(["xling"]) == [("xling", pair) for pair in INDUCTION_PAIRS["novels"]["xling"]]

    def test_of_the_web_only_muse_unless_asked_for(self):
        assert sets_and_pairs(vectors="web") == [
            ("muse", pair) for pair in ("en-fr", "fr-en", "en-fi", "fi-en")
        ]
        assert sets_and_pairs(pairs=["en-fr"], vectors="web") == [("muse", "en-fr")]
        assert sets_and_pairs(["cipher", "xling"], vectors="web") == [("cipher", "en-fr"), ("xling", "en-fr")]

    def test_both(self):
        assert sets_and_pairs(["cipher", "xling"], ["xx-yy"]) == [("cipher", "xx-yy"), ("xling", "xx-yy")]


def test_unknown_names(data):
    with pytest.raises(InputError, match="unknown test set 'mouse'"):
        next(run_induction(DataFolder(data), pairs=["xx-yy"], sets=["mouse"]))
    with pytest.raises(InputError, match="unknown language pair"):
        next(run_induction(DataFolder(data), pairs=["xx-zz"]))


def test_xling_files_are_missing(data):
    with pytest.raises(InputError, match="xling"):
        next(run_induction(DataFolder(data), pairs=["xx-yy"], sets=["xling"]))


def test_xling_has_files_of_its_own(data, tmp_path):
    folder = tmp_path / "data"
    (folder / "dictionaries" / "xling").mkdir(parents=True)
    (folder / "vectors").symlink_to(data / "vectors")
    (folder / "dictionaries" / "muse").symlink_to(data / "dictionaries" / "muse")
    train, test = "s40\tt40\n", "s50\tt50\ns51\tt51\n"
    (folder / "dictionaries" / "xling" / "xx-yy.train.freq.5k.tsv").write_text(train)
    (folder / "dictionaries" / "xling" / "xx-yy.test.freq.2k.tsv").write_text(test)
    task = read_task(DataFolder(folder), "xling", "xx-yy")
    assert task.train.pairs == (("s40", "t40"),)
    assert len(task.test) == 2
