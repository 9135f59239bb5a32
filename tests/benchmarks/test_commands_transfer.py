import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import COMMANDS
from isolex.cli.app import run
from isolex.cli.lazy import LazyGroup
from tests.cli.helpers import Result
from tests.transfer.collection import write_collection
from tests.transfer.without import hide

BENCH = ("transfer", "--method", "procrustes", "--data")
# What each row of a part has at least.
ROWS = {
    "similarity": {"set", "languages", "pearson", "spearman", "harmonic_mean", "coverage"},
    "sentences": {"source", "target", "weighting", "criterion", "p@1", "p@5", "p@10", "over_mean_nn"},
    "topics": {"source", "target", "accuracy", "ceiling", "majority"},
    "retrieval": {"source", "target", "ndcg_vectors", "ndcg_translation", "ndcg_fusion"},
}


@pytest.fixture(scope="module")
def collection(tmp_path_factory) -> Path:
    return write_collection(tmp_path_factory.mktemp("collection"))


def test_json(lab, collection):
    result = lab(*BENCH, collection, "--json")
    result.warns(None)
    report = result.json
    assert set(report) == {"benchmark", "method", *ROWS, "versions", "seconds"}
    assert (report["benchmark"], report["method"]) == ("transfer", "procrustes")
    for part, keys in ROWS.items():
        assert report[part]
        assert all(keys <= set(row) for row in report[part])


def test_parts(lab, collection):
    report = lab(*BENCH, collection, "--parts", "topics, similarity", "--json").json
    assert set(report) & set(ROWS) == {"topics", "similarity"}


def test_text(lab, collection):
    result = lab(*BENCH, collection)
    result.warns(None)
    titles = ("word similarity", "sentences, SIB-200", "topics, SIB-200", "documents, XQuAD-R")
    places = [result.out.index(title) for title in titles]
    assert places == sorted(places)
    lines = [line.split() for line in result.out.splitlines()]
    assert ["en-es", "mean", "nn"] in [line[:3] for line in lines]
    assert [line[:2] for line in lines if line[:1] == ["SemEval-2017"]] == [
        ["SemEval-2017", languages] for languages in ("en", "es", "en-es")
    ]
    assert sum(line[:1] == ["es-en"] for line in lines) == 6 + 1 + 1


def test_the_small_sample_has_topics(lab, made_sample):
    rows = lab(*BENCH, made_sample / "data", "--parts", "topics", "--json").json["topics"]
    assert [(row["source"], row["target"], row["n"]) for row in rows] == [("en", "es", 8), ("es", "en", 8)]


def test_bad_input(lab, collection, tmp_path):
    lab(*BENCH, tmp_path).fails("holds no vectors/xx.vec.gz with dictionaries/muse")
    lab(*BENCH, collection, "--parts", "topic").fails("unknown part 'topic'; did you mean 'topics'")
    lab(*BENCH, collection, "--parts", ",").fails("got a list without names")
    lab(*BENCH[:1], "--data", collection, "--method", "procustes").fails("did you mean 'procrustes'")
    lab(*BENCH[:-1]).fails("Missing option '--data'")


def test_a_missing_test_set(lab, made_sample):
    lab(*BENCH, made_sample / "data", "--parts", "retrieval", "--json").fails(r"en\.json|es\.json")


def test_without_scikit_learn(collection, monkeypatch, capsys):
    hide(monkeypatch, "sklearn")
    for module in ("benchmarks.transfer", "benchmarks.commands.transfer"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    # The command must be imported anew.
    status = run([*BENCH, str(collection)], LazyGroup(lazy=COMMANDS))
    Result(status, *capsys.readouterr()).fails(
        r"needs the package scikit-learn; run: pip install 'isolex\[transfer\]'"
    )
