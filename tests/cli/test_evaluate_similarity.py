import pytest

from .helpers import contents
from .malformed import UNUSABLE

SIMILARITY_KEYS = {
    *("set", "side", "unknown", "pearson", "spearman", "harmonic_mean", "interval", "n", "pairs"),
    *("coverage", "dropped", "filled", "forms"),
}
ANALOGY_KEYS = {
    *("set", "side", "method", "accuracy", "interval", "n", "questions", "coverage", "by_section")
}
SIMILARITY = ("evaluate", "similarity")
ANALOGY = ("evaluate", "analogy")


@pytest.fixture
def sets(here):
    """Sets beside the alignment aa-bb, in which s7 and t7 are translations."""
    (here / "cross.tsv").write_text(
        "".join(f"s{i}\tt{i + i % 2}\t{4 - 3 * (i % 2)}\n" for i in range(10, 40))
    )
    (here / "own.tsv").write_text("".join(f"S{i}\ts{i + i % 2}\t{4 - 3 * (i % 2)}\n" for i in range(10, 40)))
    (here / "some.tsv").write_text("s7\tt7\t4\ns8\tt9\t1\ns9\tt8\t0\ns8\tt8\t3\nnonsuch\tt9\t2\n")
    (here / "four.txt").write_text(": same\ns7 s8 s7 s8\ns10 s11 s10 s11\n: gone\na b c d\n")
    (here / "cross.txt").write_text("s7 s8 t7 t8\ns10 s11 t10 t11\n")
    return here


class TestSimilarity:
    def test_one_row_a_set(self, isolex, sets):
        result = isolex(*SIMILARITY, "aa-bb", "cross.tsv", "some.tsv", "--json")
        result.warns(None)
        cross, some = result.json
        assert set(cross) == set(some) == SIMILARITY_KEYS
        assert (cross["set"], cross["side"], cross["unknown"]) == ("cross.tsv", "cross", "drop")
        assert cross["pearson"] > 0.9
        assert (cross["n"], cross["coverage"]) == (30, 100)
        assert (some["n"], some["pairs"], some["coverage"], some["dropped"]) == (4, 5, 80, 1)

    def test_unknown(self, isolex, sets):
        (row,) = isolex(*SIMILARITY, "aa-bb", "some.tsv", "--unknown", "midpoint", "--json").json
        assert (row["unknown"], row["n"], row["filled"]) == ("midpoint", 5, 1)

    def test_sides(self, isolex, sets):
        (own,) = isolex(*SIMILARITY, "aa.vec", "own.tsv", "--json").json
        (source,) = isolex(*SIMILARITY, "aa-bb", "own.tsv", "--side", "source", "--json").json
        assert (own["side"], source["side"]) == (None, "source")
        assert own["n"] == source["n"] == 30
        assert (own["forms"]["exact"], own["forms"]["lower"]) == (30, 30)

    def test_reverse(self, isolex, sets):
        lines = [line.split("\t") for line in (sets / "cross.tsv").read_text().splitlines()]
        (sets / "turned.tsv").write_text("".join(f"{b}\t{a}\t{score}\n" for a, b, score in lines))
        (straight,) = isolex(*SIMILARITY, "aa-bb", "cross.tsv", "--json").json
        (turned,) = isolex(*SIMILARITY, "aa-bb", "turned.tsv", "--reverse", "--json").json
        assert turned == straight | {"set": "turned.tsv"}
        isolex(*SIMILARITY, "aa-bb", "turned.tsv").fails(r"30 would be if they are turned round \(--reverse")

    def test_vocab(self, isolex, sets):
        (row,) = isolex(*SIMILARITY, "aa.vec", "own.tsv", "--vocab", "20", "--json").json
        assert row["n"] == 9
        (row,) = isolex(*SIMILARITY, "aa-bb", "own.tsv", "--side", "source", "--vocab", "20", "--json").json
        assert row["n"] == 9

    def test_other_vectors(self, isolex, sets):
        result = isolex(
            *SIMILARITY, "aa-bb", "cross.tsv", "--source", "aa.vec", "--target", "bb.vec", "--json"
        )
        result.warns(None)
        assert result.json == isolex(*SIMILARITY, "aa-bb", "cross.tsv", "--json").json

    def test_text(self, isolex, sets):
        result = isolex(*SIMILARITY, "aa-bb", "cross.tsv", "some.tsv")
        result.warns(None)
        lines = result.out.splitlines()
        assert lines[0] == "first words in the source language, second words in the target language"
        assert [line.split()[0] for line in lines[1:4]] == ["set", "cross.tsv", "some.tsv"]
        assert lines[3].endswith("80.0")
        assert lines[4] == "coverage: percent of the pairs with both words known; the others are left out"
        filled = isolex(*SIMILARITY, "aa.vec", "own.tsv", "--unknown", "midpoint").out
        assert filled.split()[0] == "set"
        assert "; the others have the mean cosine of" in filled
        own = isolex(*SIMILARITY, "aa-bb", "own.tsv", "--side", "source").out
        assert own.splitlines()[0].rstrip() == "all words in the source language"

    def test_undefined_figures(self, isolex, sets):
        (sets / "one.tsv").write_text("s7\tt7\t1\n")
        (row,) = isolex(*SIMILARITY, "aa-bb", "one.tsv", "--json").json
        assert (row["pearson"], row["interval"]) == (None, [None, None])
        assert isolex(*SIMILARITY, "aa-bb", "one.tsv").out.splitlines()[2].split()[1:5] == ["–"] * 4


class TestAnalogy:
    @pytest.mark.parametrize("method", ["add", "mul"])
    def test_in_one_language(self, isolex, sets, method):
        result = isolex(*ANALOGY, "aa.vec", "four.txt", "--method", method, "--json")
        result.warns(None)
        report = result.json
        assert set(report) == ANALOGY_KEYS
        assert (report["set"], report["side"], report["method"]) == ("four.txt", None, method)
        assert (report["n"], report["questions"], report["coverage"]) == (2, 3, 66.67)
        assert report["by_section"][1] == {"section": "gone", "accuracy": None, "n": 0, "questions": 1}

    @pytest.mark.parametrize("method", ["add", "mul"])
    def test_across(self, isolex, sets, method):
        report = isolex(*ANALOGY, "aa-bb", "cross.txt", "--method", method, "--json").json
        assert (report["side"], report["accuracy"], report["n"]) == ("cross", 100, 2)

    def test_side(self, isolex, sets):
        report = isolex(*ANALOGY, "aa-bb", "four.txt", "--side", "source", "--json").json
        assert (report["side"], report["n"]) == ("source", 2)

    def test_text(self, isolex, sets):
        result = isolex(*ANALOGY, "aa-bb", "cross.txt")
        result.warns(None)
        lines = result.out.splitlines()
        assert lines[0] == "a and b in the source language, c and d in the target language"
        assert lines[1].rstrip() == "3CosAdd, accuracy in percent"
        assert lines[3].split() == ["all", "100.0", "100.0–100.0", "2", "2"]
        alone = isolex(*ANALOGY, "aa.vec", "four.txt", "--method", "mul").out.splitlines()
        assert alone[0].rstrip() == "3CosMul, accuracy in percent"
        sections = alone[2:5]
        assert [line.split()[0] for line in sections] == ["same", "gone", "all"]
        assert sections[1].split() == ["gone", "–", "0", "1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*SIMILARITY, "nowhere", "cross.tsv"), "nowhere: there is no such file or folder"),
        ((*SIMILARITY, "data", "cross.tsv"), "data: is no alignment"),
        ((*SIMILARITY, "aa-bb"), "Missing argument 'SET...'"),
        ((*SIMILARITY, "aa-bb", "no.tsv"), "no.tsv: there is no such file; check the path"),
        (
            (*SIMILARITY, "cross.tsv", "aa-bb"),
            "aa-bb: is a folder, expected a file; .* order of the arguments",
        ),
        ((*ANALOGY, "four.txt", "aa-bb"), "aa-bb: is a folder, expected a file; .* order of the arguments"),
        ((*SIMILARITY, "aa-bb", "cross.tsv", "test.tsv"), "test.tsv: is no similarity set"),
        ((*SIMILARITY, "aa-bb", "aa.vec"), "aa.vec: looks like a file of word vectors"),
        ((*SIMILARITY, "aa.vec", "cross.tsv"), "cross.tsv: 0 of 30 pairs are known"),
        (
            (*SIMILARITY, "aa.vec", "own.tsv", "--side", "cross"),
            "side: got 'cross' with vectors of one language",
        ),
        ((*SIMILARITY, "aa.vec", "own.tsv", "--source", "aa.vec"), "need an alignment; aa.vec is a file"),
        ((*SIMILARITY, "aa-bb", "cross.tsv", "--side", "both"), "'both' is not one of"),
        ((*SIMILARITY, "aa-bb", "cross.tsv", "--unknown", "zero"), "'zero' is not one of"),
        ((*ANALOGY, "nowhere", "four.txt"), "nowhere: there is no such file or folder"),
        ((*ANALOGY, "aa.vec", "no.txt"), "no.txt: there is no such file; check the path"),
        ((*ANALOGY, "aa.vec", "cross.tsv"), "cross.tsv, line 1: got 3 words, expected 4"),
        ((*ANALOGY, "bb.vec", "four.txt"), "four.txt: none of the 3 questions has"),
        ((*ANALOGY, "aa.vec", "four.txt", "--method", "sub"), "'sub' is not one of"),
    ],
)
def test_bad_input(isolex, sets, arguments, message):
    before = contents(sets)
    isolex(*arguments).fails(message)
    isolex(*arguments, "--json").fails(message)
    assert contents(sets) == before


@pytest.mark.parametrize("command", [(*SIMILARITY, "bad.vec", "own.tsv"), (*ANALOGY, "bad.vec", "four.txt")])
@pytest.mark.parametrize("kind", sorted(UNUSABLE.keys() - {"missing", "folder"}))
def test_unusable_vectors(isolex, sets, command, kind):
    make, message = UNUSABLE[kind]
    make(sets / "aa.vec")
    isolex(*command, "--json").fails(message)
