import json
import shutil
from pathlib import Path

import pytest

from tests.transfer.without import hide

from .helpers import contents
from .test_app import disk_of

INDEX = ("index", "aa-bb", "documents.tsv", "-o", "out.index")
SEARCH = ("search", "out.index")


@pytest.fixture
def documents(here) -> Path:
    """Beside the alignment aa-bb, in which s7 and t7 are translations."""
    rows = [f"d{i}\tt{20 + 3 * i}, t{21 + 3 * i} and T{22 + 3 * i}.\n" for i in range(20)]
    (here / "documents.tsv").write_text("".join(rows))
    (here / "english.txt").write_text("s20 s21\ns23 s24\n" + "s26 " * 50 + "\n")
    return here


@pytest.fixture
def indexed(isolex, documents) -> Path:
    isolex(*INDEX).warns(None)
    return documents


class TestIndex:
    def test_json(self, isolex, documents):
        result = isolex(*INDEX, "--json")
        result.warns(None)
        counts = {"texts": 20, "texts_known": 20, "words": 80, "words_known": 60, "by_subwords": 0}
        coverage = {"documents": counts | {"percent": 75}}
        assert result.json == {"index": "out.index", "documents": 20, "coverage": coverage}

    def test_text(self, isolex, documents):
        result = isolex(*INDEX)
        result.warns(None)
        assert result.out.splitlines() == [
            "20 documents in out.index",
            "documents: 75.0 % of 80 words known; 20 of 20 texts with a known word",
        ]
        (documents / "one.txt").write_text("t5\n")
        assert isolex("index", "aa-bb", "one.txt", "-o", "one").out.startswith("1 document in one\n")

    def test_an_earlier_index_is_replaced(self, isolex, indexed):
        isolex("index", "aa-bb", "english.txt", "-o", "out.index", "--reverse").warns(None)
        assert isolex(*SEARCH, "t20", "-k", "1", "--json").json["hits"][0]["text"] == "s20 s21"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("index", "nowhere", "documents.tsv", "-o", "new"), "nowhere: there is no such alignment"),
            (("index", "aa-bb", "no.tsv", "-o", "new"), "no.tsv: "),
            (("index", "aa-bb", "documents.tsv"), "Missing option '-o'"),
            (
                ("index", "documents.tsv", "aa-bb", "-o", "new"),
                "aa-bb: is a folder, expected a file; check the path, and the order of the arguments",
            ),
            (("index", "aa-bb", "no.tsv", "-o", "new"), "no.tsv: there is no such file; check the path"),
            (
                ("index", "aa-bb", "english.txt", "-o", "new"),
                r"english\.txt: not one of its 54 words is in the vocabulary of bb \(.*--reverse",
            ),
            (("index", "aa-bb", "three.tsv", "-o", "new"), "three.tsv, line 1: has 3 columns, expected 2"),
            (
                ("index", "aa-bb", "twice.tsv", "-o", "new"),
                "twice.tsv, line 2: has the id '1' of line 1 again",
            ),
            (("index", "aa-bb", "seeds.txt", "-o", "new"), "seeds.txt: is empty"),
            (
                ("index", "aa-bb", "documents.tsv", "-o", "documents.tsv"),
                "documents.tsv: is a file, expected a folder",
            ),
            (("index", "aa-bb", "documents.tsv", "-o", "aa-bb"), "aa-bb: is the input"),
            (("index", "aa-bb", "documents.tsv", "-o", "data"), "data: holds other files"),
            (("index", "aa-bb", "documents.tsv", "-o", "aa.vec"), "aa.vec: is a file, expected a folder"),
            (("index", "aa-bb", "documents.tsv", "-o", "no/new"), "no/new: cannot be written"),
        ],
    )
    def test_bad_input(self, isolex, documents, arguments, message):
        (documents / "seeds.txt").write_text("\n")
        (documents / "three.tsv").write_text("1\tt5\tmore\n")
        (documents / "twice.tsv").write_text("1\tt5\n1\tt6\n")
        before = contents(documents)
        isolex(*arguments).fails(message)
        isolex(*arguments, "--json").fails(message)
        assert contents(documents) == before

    def test_a_full_disk(self, isolex, indexed):
        before = contents(indexed)
        with disk_of(1000):
            isolex(*INDEX).fails(r"out\.index.*: cannot be written \(.*File too large")
        assert contents(indexed) == before

    def test_an_interrupt(self, isolex, indexed, monkeypatch):
        def interrupted(*_):
            raise KeyboardInterrupt

        before = contents(indexed)
        monkeypatch.setattr("isolex.transfer.saved_index.save_terms", interrupted)
        result = isolex(*INDEX)
        assert (result.status, result.out) == (130, "")
        assert result.err.strip() == "isolex: interrupted; output files are as they were"
        assert contents(indexed) == before


class TestSearch:
    @pytest.mark.parametrize("by", ["fusion", "vectors", "translation"])
    def test_json(self, isolex, indexed, by):
        result = isolex(*SEARCH, "s32", "S34", "-k", "3", "--by", by, "--json")
        result.warns(None)
        assert (result.json["query"], result.json["by"]) == ("s32 S34", by)
        hits = result.json["hits"]
        assert [set(hit) for hit in hits] == [{"id", "score", "text"}] * (2 if by == "translation" else 3)
        assert (hits[0]["id"], hits[0]["text"]) == ("d4", "t32, t33 and T34.")
        assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)

    def test_text(self, isolex, indexed):
        result = isolex(*SEARCH, "s32 s34")
        result.warns(None)
        lines = result.out.splitlines()
        assert lines[0].split() == ["id", "document", "score"]
        assert lines[1].split()[:-1] == ["d4", "t32,", "t33", "and", "T34."]
        assert len(lines) == 11

    def test_long_documents_are_cut_on_the_page_but_not_in_json(self, isolex, indexed):
        isolex("index", "aa-bb", "english.txt", "-o", "long", "--reverse").warns(None)
        assert "…" in isolex("search", "long", "t26").out
        hits = isolex("search", "long", "t26", "--json").json["hits"]
        assert hits[0]["text"] == ("s26 " * 50).strip()

    @pytest.mark.parametrize("query", ["nothing", "?!", "ничего"])
    def test_unknown_words(self, isolex, indexed, query):
        result = isolex(*SEARCH, query, "--json")
        assert (result.status, result.json["hits"]) == (1, [])
        told = f"isolex: no word of the query {query!r} is known"
        assert result.lines == [f"{told}; write it in the other language than the documents"]
        assert isolex(*SEARCH, query).status == 1

    def test_known_words_that_no_document_translates(self, isolex, documents):
        (documents / "one.txt").write_text("t5\n")
        isolex("index", "aa-bb", "one.txt", "-o", "out.index")
        result = isolex(*SEARCH, "s200", "--by", "translation")
        assert (result.status, result.lines) == (
            1,
            ["isolex: no document holds a translation of a word of the query 's200'; try --by vectors"],
        )
        assert isolex(*SEARCH, "s200", "--by", "vectors").status == 0

    def test_a_moved_alignment(self, isolex, indexed):
        found = isolex(*SEARCH, "s32", "--json").json
        shutil.move("aa-bb", "moved")
        isolex(*SEARCH, "s32").fails(
            "out.index: its alignment is not at .*; give its new place by --alignment"
        )
        assert isolex(*SEARCH, "s32", "--alignment", "moved", "--json").json == found
        isolex(*SEARCH, "s32", "--alignment", "nowhere").fails("nowhere: there is no such alignment folder")

    def test_an_alignment_that_was_made_again(self, isolex, indexed):
        again = (
            "align",
            "aa.vec",
            "bb.vec",
            "--lexicon",
            "seeds.tsv",
            "--method",
            "procrustes",
            "-o",
            "aa-bb",
        )
        isolex(*again).warns(None)
        isolex(*SEARCH, "s32").fails("out.index: was made with another alignment .*; run isolex index again")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (
                ("search", "nowhere", "s5"),
                "nowhere: there is no such folder, expected an index of documents; give the folder that",
            ),
            (("search", "s5", "out.index"), "s5: there is no such folder, expected an index of documents"),
            (("search", "documents.tsv", "s5"), "documents.tsv: is a file, expected an index of documents"),
            (
                ("search", "aa-bb", "s5"),
                r"aa-bb: is no index of documents: it holds no index\.json; make one: isolex index DIR",
            ),
            (("search", "out.index"), "Missing argument 'QUERY...'"),
            ((*SEARCH, "s5", "-k", "0"), "0 is not in the range"),
            ((*SEARCH, "s5", "--by", "rank"), "'rank' is not one of"),
        ],
    )
    def test_bad_input(self, isolex, indexed, arguments, message):
        isolex(*arguments).fails(message)
        isolex(*arguments, "--json").fails(message)

    def test_a_damaged_index(self, isolex, indexed):
        card = indexed / "out.index" / "index.json"
        card.write_text(json.dumps(json.loads(card.read_text()) | {"documents": 3}))
        isolex(*SEARCH, "s5").fails("out.index: is damaged .*; run isolex index again")


@pytest.mark.parametrize("package", ["sklearn", "bm25s"])
def test_without_its_packages(isolex, indexed, monkeypatch, package):
    before = contents(indexed)
    hide(monkeypatch, package)
    for arguments in (INDEX, (*SEARCH, "s5")):
        isolex(*arguments).fails(r"needs the package .*; run: pip install 'isolex\[transfer\]'")
    assert contents(indexed) == before
    isolex("translate", "aa-bb", "s7").warns(None)
