import pytest

from isolex.reranking import GROUPS
from tests.shaped import make_annealing_quick


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    make_annealing_quick(monkeypatch)


def test_json(lab, here):
    result = lab("induction", "--data", "data", "--pairs", "aa-bb", "--json")
    report = result.json
    assert report["benchmark"] == "induction"
    assert set(report["machine"]) == {"processor", "cores", "threads"}
    (row,) = report["rows"]
    assert (row["vectors"], row["set"], row["pair"], row["seeds"]) == ("novels", "muse", "aa-bb", None)
    wanted = {"best_base", "reranked", "best_base_no_identical", "reranked_no_identical", "ece"}
    assert wanted | {"precision_at_90", "candidates_recall", "seconds"} <= set(row)


def test_text(lab, here):
    result = lab("induction", "--data", "data", "--pairs", "aa-bb", "--ablation")
    assert "reranked" in result.out
    assert all(group in result.out for group in GROUPS if group != "triangulation")


def test_no_such_pair(lab, here):
    lab("induction", "--data", "data", "--pairs", "aa-cc").fails("unknown language pair")


def test_no_such_set(lab, here):
    lab("induction", "--data", "data", "--sets", "mouse").fails("unknown test set")


def test_vectors_of_the_web(lab, web_data):
    options = ("--data", web_data, "--vectors", "web", "--json")
    (row,) = lab("induction", *options, "--pairs", "xx-yy").json["rows"]
    assert (row["vectors"], row["set"], row["pair"]) == ("web", "muse", "xx-yy")
    # Which pairs are asked for by default is told by what is missing.
    lab("induction", *options).fails("unknown language pair of .*/data/vectors-web 'en-fr'")


def test_there_are_none_of_the_web(lab, here):
    lab("induction", "--data", "data", "--vectors", "web").fails("data: holds no vectors-web/xx.vec.gz")
