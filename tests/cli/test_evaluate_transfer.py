import json
from pathlib import Path

import pytest

from isolex import load
from isolex.transfer import RANKINGS, DocumentIndex, rank_scores, read_texts
from tests.transfer.without import hide

from .helpers import contents

SENTENCES = ("evaluate", "sentences")
RETRIEVAL = ("evaluate", "retrieval")
TOPICS = ("evaluate", "topics")
ALL = {"texts": 20, "texts_known": 20, "words": 60, "words_known": 60, "by_subwords": 0, "percent": 100}
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
            assert set(row) == {"direction", "weighting", "component", "criterion", "coverage"} | RANKING_KEYS
            assert (row["weighting"], row["component"], row["criterion"]) == ("sif", "texts", "csls")
            assert (row["p@1"], row["n"]) == (100, 20)
            assert row["coverage"] == {"source": ALL, "target": ALL}

    @pytest.mark.parametrize("weighting", ["mean", "idf"])
    def test_settings(self, isolex, texts, weighting):
        arguments = ("--weighting", weighting, "--criterion", "nn", "--json")
        for row in isolex(*SENTENCES, "aa-bb", "s.tsv", "t.txt", *arguments).json:
            assert (row["weighting"], row["component"], row["criterion"]) == (weighting, "none", "nn")
            assert row["p@10"] == 100

    @pytest.mark.parametrize(("weighting", "told"), [("sif", "3 sentences cannot show"), ("mean", None)])
    def test_few(self, isolex, texts, weighting, told):
        for name in ("s.txt", "t.txt"):
            (texts / name).write_text("".join((texts / name).read_text().splitlines(keepends=True)[:3]))
        result = isolex(*SENTENCES, "aa-bb", "s.txt", "t.txt", "--weighting", weighting, "--json")
        result.warns(told)
        assert "component=" not in result.err
        assert {row["component"] for row in result.json} == {"vocabulary" if told else "none"}
        assert {row["p@1"] for row in result.json} == {100}

    def test_coverage(self, isolex, texts):
        lines = (texts / "t.txt").read_text().splitlines()
        (texts / "t.txt").write_text("".join(f"{line} nothing\n" for line in [*lines[:-1], "qqq www eee"]))
        rows = isolex(*SENTENCES, "aa-bb", "s.txt", "t.txt", "--json").json
        counts = {"texts": 20, "texts_known": 19, "words": 80, "words_known": 57, "by_subwords": 0}
        assert (
            rows[0]["coverage"]
            == rows[1]["coverage"]
            == {"source": ALL, "target": counts | {"percent": 71.25}}
        )

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
        assert result.out.splitlines()[3:] == [
            f"{side}: 100.0 % of 60 words known; 20 of 20 texts with a known word"
            for side in ("source", "target")
        ]


class TestRetrieval:
    def test_json(self, isolex, texts):
        result = isolex(*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "relevance.tsv", "--json")
        result.warns(None)
        report = result.json
        assert set(report) == {"documents", "rankings", "fusion_over", "coverage"}
        assert report["coverage"] == {"queries": ALL, "documents": ALL}
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

    def test_half_of_the_queries_unknown_is_told_once(self, isolex, texts):
        (texts / "half.tsv").write_text("s1\ts23 s24\ns2\tnothing\n")
        (texts / "some.tsv").write_text("s1 t1\ns2 t2\n")
        result = isolex(*RETRIEVAL, "aa-bb", "half.tsv", "t.tsv", "some.tsv", "--json")
        result.warns(r"1 of the 2 texts has no word in the vocabulary of aa \(")
        assert result.json["coverage"]["queries"]["texts_known"] == 1

    def test_rankings_are_those_of_the_index(self, isolex, texts):
        """The fusion, above all, which the command makes out of both parts."""
        (texts / "hard.tsv").write_text("".join(f"s{i}\ts{20 + 3 * i} s{25 + 3 * i}\n" for i in range(19)))
        (texts / "some.tsv").write_text("".join(f"s{i} t{i + i % 2}\n" for i in range(19)))
        report = isolex(*RETRIEVAL, "aa-bb", "hard.tsv", "t.tsv", "some.tsv", "--json").json
        index = DocumentIndex(read_texts("t.tsv"), load("aa-bb"))
        queries = [query.text for query in read_texts("hard.tsv")]
        relevant = [[i + i % 2] for i in range(19)]
        for way in RANKINGS:
            expected = rank_scores(index.scores(queries, by=way), relevant).to_dict()
            assert report["rankings"][way] == expected

    def test_text(self, isolex, texts):
        result = isolex(*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "relevance.tsv")
        result.warns(None)
        lines = result.out.splitlines()
        assert lines[0].strip() == "20 queries, 20 documents"
        assert [line.split()[0] for line in lines[2:5]] == ["fusion", "vectors", "translation"]
        assert lines[3].endswith("+0.000 (p = 1.0000)")
        assert lines[5].startswith("queries: 100.0 % of 60 words known; ")
        assert lines[6].startswith("documents: 100.0 % of 60 words known; ")
        (texts / "one.tsv").write_text("s3 t3\n")
        assert isolex(*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "one.tsv").out.startswith(
            "1 query, 20 documents"
        )


class TestTopics:
    def test_json(self, isolex, texts):
        result = isolex(*TOPICS, "aa-bb", "s.topics.tsv", "t.topics.tsv", "--json")
        result.warns(None)
        assert set(result.json) == {"accuracy", "ceiling", "majority", "n", "coverage"}
        assert {part: own["words"] for part, own in result.json["coverage"].items()} == {
            "train": 80,
            "test": 80,
        }
        assert result.json["accuracy"] > 0.9
        assert (result.json["ceiling"], result.json["majority"], result.json["n"]) == (None, 0.5, 20)

    @pytest.mark.parametrize("weighting", ["mean", "idf", "sif"])
    def test_own_texts(self, isolex, texts, weighting):
        arguments = ("--own", "s.topics.tsv", "--reverse", "--weighting", weighting, "--json")
        report = isolex(*TOPICS, "aa-bb", "t.topics.tsv", "s.topics.tsv", *arguments).json
        assert min(report["accuracy"], report["ceiling"]) > 0.8
        assert {part: own["percent"] for part, own in report["coverage"].items()} == {
            **{"train": 100, "test": 100, "own": 100}
        }

    def test_text(self, isolex, texts):
        result = isolex(*TOPICS, "aa-bb", "s.topics.tsv", "t.topics.tsv", "--own", "t.topics.tsv")
        result.warns(None)
        title, figures, *coverage = result.out.splitlines()
        assert title.split("  ")[0] == "accuracy"
        assert len(figures.split()) == 4
        assert figures.split()[2:] == ["50.0", "20"]
        assert coverage == [
            f"{part}: 100.0 % of 80 words known; 20 of 20 texts with a known word"
            for part in ("train", "test", "own")
        ]


BAD = {
    (*SENTENCES, "nowhere", "s.txt", "t.txt"): "nowhere: there is no such alignment",
    (*SENTENCES, "aa-bb", "s.txt"): "Missing argument 'TARGET_TEXTS'",
    (*SENTENCES, "aa-bb", "s.txt", "no.txt"): "no.txt: there is no such file; check the path",
    (
        *SENTENCES,
        "s.txt",
        "aa-bb",
        "t.txt",
    ): "s.txt: is a file, expected a folder with a saved alignment; give what isolex align wrote",
    (
        *SENTENCES,
        "aa-bb",
        "s.txt",
        "short.txt",
    ): "short.txt: has 2 texts, expected the 20 of s.txt; give every",
    (*SENTENCES, "aa-bb", "s.txt", "single.txt"): "single.txt: has 1 text, expected the 20 of s.txt",
    (*SENTENCES, "aa-bb", "s.txt", "empty.txt"): "empty.txt: is empty",
    (
        *SENTENCES,
        "aa-bb",
        "t.txt",
        "s.txt",
    ): r"t\.txt: not one of its 60 words is in the vocabulary of aa \(.*the source lan",
    (*SENTENCES, "aa-bb", "s.txt", "t.txt", "--weighting", "tf"): "'tf' is not one of",
    (*SENTENCES, "aa-bb", "s.txt", "t.txt", "--criterion", "isf"): "'isf' is not one of",
    (
        *RETRIEVAL,
        "aa-bb",
        "s.tsv",
        "t.tsv",
        "strange.tsv",
    ): "t.tsv: lacks 1 of the 1 id asked for, such as 't99'",
    (*RETRIEVAL, "aa-bb", "t.tsv", "s.tsv", "relevance.tsv"): "t.tsv: lacks 20 of the 20 ids asked for, such",
    (*RETRIEVAL, "aa-bb", "s.tsv", "s.tsv", "relevance.tsv"): "s.tsv: lacks 20 of the 20 ids asked for, such",
    (
        *RETRIEVAL,
        "aa-bb",
        "s.tsv",
        "relevance.tsv",
        "t.tsv",
    ): "lacks 20 of the 20 ids .* the order of the files",
    (
        *RETRIEVAL,
        "s.tsv",
        "aa-bb",
        "t.tsv",
        "relevance.tsv",
    ): "s.tsv: is a file, expected a folder with a saved alignment",
    (*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "none.tsv"): "none.tsv: no query has a relevant document",
    (
        *RETRIEVAL,
        "aa-bb",
        "s.tsv",
        "t.tsv",
        "broken.tsv",
    ): "broken.tsv, line 2: has 1 column, expected query and",
    (
        *RETRIEVAL,
        "aa-bb",
        "s.tsv",
        "twice.tsv",
        "relevance.tsv",
    ): "twice.tsv, line 2: has the id 'a' of line 1",
    (*RETRIEVAL, "aa-bb", "s.tsv", "t.tsv", "relevance.tsv", "--reverse"): r"s\.tsv: not one of .*--reverse",
    (
        *TOPICS,
        "aa-bb",
        "s.txt",
        "t.topics.tsv",
    ): "s.txt, line 1: has 1 column, expected 2, by tabs: label, text",
    (*TOPICS, "aa-bb", "one.tsv", "t.topics.tsv"): "one.tsv: has only the class 'a', expected at least 2",
    (*TOPICS, "aa-bb", "s.topics.tsv", "t.topics.tsv", "--own", "one.tsv"): "one.tsv: has only the class 'a'",
    (*TOPICS, "aa-bb", "s.topics.tsv", "empty.txt"): "empty.txt: is empty",
    (
        *TOPICS,
        "aa-bb",
        "s.topics.tsv",
        "s.topics.tsv",
    ): r"s\.topics\.tsv: not one of its 80 words is in the vocabulary of bb \(",
    (
        *TOPICS,
        "aa-bb",
        "t.topics.tsv",
        "s.topics.tsv",
    ): r"t\.topics\.tsv: not one of its 80 words is in the vocabulary .*--rev",
}


@pytest.mark.parametrize("arguments", BAD)
def test_bad_input(isolex, texts, arguments):
    for name, text in {
        "short.txt": "s1\ns2\n",
        "single.txt": "s1\n",
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
