import shutil
from pathlib import Path

import pytest

from benchmarks.transfer import PARTS, TransferBenchmark, run_transfer
from isolex.errors import FormatError, InputError
from isolex.scoring import task
from tests.transfer.collection import edit, write_collection


@pytest.fixture(scope="module")
def collection(tmp_path_factory) -> Path:
    """Not to be written to."""
    return write_collection(tmp_path_factory.mktemp("collection"))


@pytest.fixture
def own(collection, tmp_path) -> Path:
    return shutil.copytree(collection, tmp_path / "data")


@pytest.fixture(scope="module")
def rows(collection):
    return run_transfer(collection)


def test_every_part_in_turn(rows):
    assert tuple(rows) == PARTS


def test_similarity(rows):
    assert [(row["set"], row["languages"]) for row in rows["similarity"]] == [
        ("SemEval-2017", "en"),
        ("MC-30", "en"),
        ("SemEval-2017", "es"),
        ("SemEval-2017", "en-es"),
    ]
    across = rows["similarity"][3]
    assert across["harmonic_mean"] > 0.9
    assert (across["n"], across["coverage"]) == (40, 100)
    lower = min(row["harmonic_mean"] for row in rows["similarity"][:3])
    assert across["of_lower"] == pytest.approx(across["harmonic_mean"] / lower, abs=2e-4)


def test_sentences(rows):
    names = [(row["source"], row["target"], row["weighting"], row["criterion"]) for row in rows["sentences"]]
    ways = [(weighting, criterion) for weighting in ("mean", "idf", "sif") for criterion in ("nn", "csls")]
    assert names == [(*pair, *way) for pair in (("en", "es"), ("es", "en")) for way in ways]
    for row in rows["sentences"]:
        assert row["n"] == 30
        assert row["p@1"] > 90
        assert set(row["over_mean_nn"]) == {"points", "p_value"}
    plain = [row for row in rows["sentences"] if (row["weighting"], row["criterion"]) == ("mean", "nn")]
    assert all(row["over_mean_nn"] == {"points": 0, "p_value": 1} for row in plain)
    for row in rows["sentences"]:
        base = next(one for one in plain if one["source"] == row["source"])
        assert row["over_mean_nn"]["points"] == pytest.approx(row["p@1"] - base["p@1"], abs=0.02)


def test_topics(rows):
    assert [(row["source"], row["target"]) for row in rows["topics"]] == [("en", "es"), ("es", "en")]
    for row in rows["topics"]:
        assert set(row) == {"source", "target", "accuracy", "ceiling", "majority", "n"}
        assert min(row["accuracy"], row["ceiling"]) >= 0.8
        assert (row["majority"], row["n"]) == (0.5, 10)


def test_retrieval(rows):
    assert [(row["source"], row["target"]) for row in rows["retrieval"]] == [("en", "es"), ("es", "en")]
    for row in rows["retrieval"]:
        assert {"p_over_vectors", "p_over_translation", "ndcg_reciprocal_ranks"} < set(row)
        assert (row["queries"], row["documents"]) == (20, 20)
        for way in ("vectors", "translation", "fusion"):
            assert row[f"ndcg_{way}"] > 0.7
        assert row["fusion"]["ndcg@10"] == row["ndcg_fusion"]


def test_answers_in_the_wrong_sentence_are_seen(own):
    """So the figures above are no accident: every question is answered by the sentence after its own."""
    edit(
        own / "retrieval" / "xquad-r" / "es.json", lambda text: text.replace("t6", "t16").replace("t7", "t17")
    )
    (row, _) = TransferBenchmark(own).retrieval()
    assert row["ndcg_fusion"] < 0.95


def test_an_alignment_is_made_once_for_each_pair(collection, monkeypatch):
    made, real = [], task.align
    monkeypatch.setattr(task, "align", lambda *a, **b: made.append(b["method"]) or real(*a, **b))
    run_transfer(collection, parts=["topics", "similarity"], method="procrustes")
    assert made == ["procrustes"]


def test_an_unknown_part(tmp_path):
    with pytest.raises(InputError, match="unknown part 'topic'; did you mean 'topics'"):
        run_transfer(tmp_path, parts=["topic"])


DAMAGE = {
    "similarity": ("similarity/semeval17-2/es.test.txt", "es.test.txt"),
    "sentences": ("topics/sib-200/spa_Latn/dev.tsv", "dev.tsv"),
    "topics": ("topics/sib-200/eng_Latn/test.tsv", "test.tsv"),
    "retrieval": ("retrieval/xquad-r/en.json", "en.json"),
}


@pytest.mark.parametrize("part", DAMAGE)
def test_what_is_missing_is_named(own, part):
    (own / DAMAGE[part][0]).unlink()
    with pytest.raises(InputError, match=DAMAGE[part][1]) as caught:
        run_transfer(own, parts=[part], method="procrustes")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"data": 3}', '{"data": [{}]}', '{"data": [{"paragraphs": [{}]}]}']
)
def test_what_is_no_xquad(own, text):
    (own / "retrieval" / "xquad-r" / "en.json").write_text(text)
    with pytest.raises(FormatError, match=r"en\.json: is not of XQuAD-R's layout"):
        run_transfer(own, parts=["retrieval"], method="procrustes")


def test_sentences_that_are_not_parallel(own):
    edit(own / "topics/sib-200/spa_Latn/dev.tsv", lambda text: text.replace("\n17\t", "\n99\t"))
    with pytest.raises(FormatError, match="SIB-200, en-es: has other ids in the two languages"):
        run_transfer(own, parts=["sentences"], method="procrustes")


def test_a_folder_without_any_of_the_pairs(own):
    for path in (own / "dictionaries" / "muse").iterdir():
        path.rename(path.with_name(path.name.replace("en-es", "es-en")))
    with pytest.raises(InputError, match=r"unknown language pair of .*'en-es'; .*es-en"):
        run_transfer(own, parts=["topics"])
