import json
from pathlib import Path

import pytest

from tests.transfer.without import hide

from .helpers import contents

SENTENCES = ("evaluate", "sentences")
RETRIEVAL = ("evaluate", "retrieval")
TOPICS = ("evaluate", "topics")
RANKING_KEYS = {"p@1", "p@5", "p@10", "recall@10", "mrr", "map", "ndcg@10", "interval", "n"}


@pytest.fixture
def texts(here) -> Path:
    """20 texts of two classes beside the alignment aa-bb, in which s7 and t7 are translations."""
    for code in "st":
        lines = [f"{code}{20 + 3 * i} {code}{21 + 3 * i} {code}{22 + 3 * i}" for i in range(20)]
        (here / f"{code}.txt").write_text("".join(f"{line}\n" for line in lines))
        (here / f"{code}.tsv").write_text("".join(f"{code}{i}\t{line}\n" for i, line in enumerate(lines)))
        topics = [
            f"{'odd' if i % 2 else 'even'}\t{code}{10 + i % 2} {line}\n" for i, line in enumerate(lines)
        ]
        (here / f"{code}.topics.tsv").write_text("".join(topics))
    (here / "relevance.tsv").write_text("".join(f"s{i}\tt{i}\n" for i in range(20)))
    return here


class TestSentences:
    def test_json(self, isolex, texts):
        result = isolex(*SENTENCES, "aa-bb", "s.txt", "t.txt", "--json")
        result.warns(None)
        assert [row["direction"] for row in result.json] == ["forward", "backward"]
        for row in result.json:
            assert set(row) == {"direction", "weighting", "criterion"} | RANKING_KEYS
            assert (row["weighting"], row["criterion"], row["p@1"], row["n"]) == ("sif", "csls", 100, 20)

    @pytest.mark.parametrize("weighting", ["mean", "idf"])
    def test_settings(self, isolex, texts, weighting):
        arguments = ("--weighting", weighting, "--criterion", "nn", "--json")
        for row in isolex(*SENTENCES, "aa-bb", "s.tsv", "t.txt", *arguments).json:
            assert (row["weighting"], row["criterion"], row["p@10"]) == (weighting, "nn", 100)

    def test_sentences_in_a_wrong_order_are_not_found(self, isolex, texts):
        lines = (texts / "t.txt").read_text().splitlines(keepends=True)
        (texts / "turned.txt").write_text("".join(lines[1:] + lines[:1]))
        assert all(
            row["p@1"] == 0 for row in isolex(*SENTENCES, "aa-bb", "s.txt", "turned.txt", "--json").json
        )

    def test_text(self, isolex, texts):
        result = isolex(*SENTENCES, "aa-bb", "s.txt", "t.txt")
        result.warns(None)
        lines = [line.split() for line in result.out.splitlines()]
        assert lines[0] == ["direction", "P@1", "P@5", "P@10", "MRR", "sentences"]
        assert lines[1] == ["forward", "100.0", "100.0", "100.0", "1.000", "20"]
        assert lines[2][0] == "backward"


class TestRetrieval:
    def test_json(self, isolex, texts):
        result = isolex(*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "relevance.tsv", "--json")
        result.warns(None)
        report = result.json
        assert set(report) == {"documents", "rankings", "fusion_over"}
        assert report["documents"] == 20
        assert list(report["rankings"]) == ["fusion", "vectors", "translation"]
        for row in report["rankings"].values():
            assert set(row) == RANKING_KEYS
            assert (row["ndcg@10"], row["n"]) == (1, 20)
        same = {"ndcg@10": 0, "p_value": 1}
        assert report["fusion_over"] == {"vectors": same, "translation": same}

    def test_reverse(self, isolex, texts):
        (texts / "turned.tsv").write_text("".join(f"t{i} 0 s{i} 1\n" for i in range(20)))
        report = isolex(*RETRIEVAL, "aa-bb", "t.tsv", "s.tsv", "turned.tsv", "--reverse", "--json").json
        assert report["rankings"]["fusion"]["p@1"] == 100

    def test_queries_without_a_relevant_document_are_left_out(self, isolex, texts):
        (texts / "some.tsv").write_text("s3 t3\ns4 t5\ns4 t4\ns5 t5 0\n")
        rankings = isolex(*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "some.tsv", "--json").json["rankings"]
        assert {row["n"] for row in rankings.values()} == {2}

    def test_text(self, isolex, texts):
        result = isolex(*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "relevance.tsv")
        result.warns(None)
        lines = result.out.splitlines()
        assert lines[0].strip() == "20 queries, 20 documents"
        assert [line.split()[0] for line in lines[2:5]] == ["fusion", "vectors", "translation"]
        assert lines[3].endswith("+0.000 (p = 1.0000)")


class TestTopics:
    def test_json(self, isolex, texts):
        result = isolex(*TOPICS, "aa-bb", "s.topics.tsv", "t.topics.tsv", "--json")
        result.warns(None)
        assert set(result.json) == {"accuracy", "ceiling", "majority", "n"}
        assert result.json["accuracy"] > 0.9
        assert (result.json["ceiling"], result.json["majority"], result.json["n"]) == (None, 0.5, 20)

    @pytest.mark.parametrize("weighting", ["mean", "idf", "sif"])
    def test_own_texts(self, isolex, texts, weighting):
        arguments = ("--own", "s.topics.tsv", "--reverse", "--weighting", weighting, "--json")
        report = isolex(*TOPICS, "aa-bb", "t.topics.tsv", "s.topics.tsv", *arguments).json
        assert min(report["accuracy"], report["ceiling"]) > 0.8

    def test_text(self, isolex, texts):
        result = isolex(*TOPICS, "aa-bb", "s.topics.tsv", "t.topics.tsv", "--own", "t.topics.tsv")
        result.warns(None)
        title, figures = result.out.splitlines()
        assert title.split("  ")[0] == "accuracy"
        assert len(figures.split()) == 4
        assert figures.split()[2:] == ["50.0", "20"]


BAD = {
    (*SENTENCES, "nowhere", "s.txt", "t.txt"): "nowhere: there is no such alignment",
    (*SENTENCES, "aa-bb", "s.txt"): "Missing argument 'TARGET_TEXTS'",
    (*SENTENCES, "aa-bb", "s.txt", "no.txt"): "no.txt: ",
    (*SENTENCES, "aa-bb", "s.txt", "short.txt"): "short.txt: has 2 texts, expected the 20 of s.txt",
    (*SENTENCES, "aa-bb", "s.txt", "empty.txt"): "empty.txt: is empty",
    (*SENTENCES, "aa-bb", "s.txt", "t.txt", "--weighting", "tf"): "'tf' is not one of",
    (*SENTENCES, "aa-bb", "s.txt", "t.txt", "--criterion", "isf"): "'isf' is not one of",
    (*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "strange.tsv"): "t.tsv: no text has the id 't99'",
    (*RETRIEVAL, "aa-bb", "t.tsv", "t.tsv", "relevance.tsv"): r"t.tsv: no text has the id 's0' \(20 are",
    (*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "none.tsv"): "none.tsv: no query has a relevant document",
    (*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "broken.tsv"): "broken.tsv, line 2: has 1 columns",
    (*RETRIEVAL, "aa-bb", "s.tsv", "twice.tsv", "relevance.tsv"): "twice.tsv: has the id 'a' twice",
    (*TOPICS, "aa-bb", "s.txt", "t.topics.tsv"): "s.txt, line 1: has 1 columns, expected 2 or more",
    (*TOPICS, "aa-bb", "one.tsv", "t.topics.tsv"): "training texts: got 1 class, expected at least 2",
    (*TOPICS, "aa-bb", "s.topics.tsv", "t.topics.tsv", "--own", "one.tsv"): "got 1 class",
    (*TOPICS, "aa-bb", "s.topics.tsv", "empty.txt"): "empty.txt: is empty",
}


@pytest.mark.parametrize("arguments", BAD)
def test_bad_input(isolex, texts, arguments):
    for name, text in {
        "short.txt": "s1\ns2\n",
        "empty.txt": "",
        "strange.tsv": "s1\tt99\n",
        "none.tsv": "s1 0 t1 0\n",
        "broken.tsv": "s1 t1\ns2\n",
        "twice.tsv": "a\tt1\na\tt2\n",
        "one.tsv": "a\ts1\na\ts2\n",
    }.items():
        (texts / name).write_text(text)
    before = contents(texts)
    isolex(*arguments).fails(BAD[arguments])
    isolex(*arguments, "--json").fails(BAD[arguments])
    assert contents(texts) == before


@pytest.mark.parametrize(
    "arguments",
    [
        (*SENTENCES, "aa-bb", "s.txt", "t.txt"),
        (*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "relevance.tsv"),
        (*TOPICS, "aa-bb", "s.topics.tsv", "t.topics.tsv"),
    ],
)
def test_without_scikit_learn(isolex, texts, monkeypatch, arguments):
    hide(monkeypatch, "sklearn")
    isolex(*arguments).fails(r"needs the package scikit-learn; run: pip install 'isolex\[transfer\]'")
    assert json.loads(isolex("evaluate", "bli", "aa-bb", "test.tsv", "--json").out)["p@1"] > 90
