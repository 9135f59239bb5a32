import json

import pytest

from .helpers import contents
from .malformed import NO_LEXICON, UNUSABLE

KEYS = {
    *("protocol", "criterion", "direction", "p@1", "p@5", "p@10", "mrr", "n", "coverage"),
    *("without_vector", "copy_baseline", "p@1_without_identical", "interval", "by_frequency", "leaks"),
}
BLI = ("evaluate", "bli", "aa-bb", "test.tsv")


@pytest.mark.parametrize("protocol", ["muse", "strict", "xling"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_json(isolex, here, protocol, direction):
    result = isolex(*BLI, "--protocol", protocol, "--direction", direction, "--criterion", "nn", "--json")
    result.warns(None)
    report = result.json
    assert set(report) == KEYS
    assert (report["protocol"], report["criterion"], report["direction"]) == (protocol, "nn", direction)
    assert report["n"] == 100
    assert 90 <= report["p@1"] <= report["p@5"] <= report["p@10"] <= 100
    low, high = report["interval"]
    assert 80 <= low <= report["p@1"] <= high <= 100
    assert 0.9 < report["mrr"] <= 1
    assert (report["coverage"], report["copy_baseline"]) == (100, 0)
    assert report["leaks"] == {"pairs": 0, "reversed_pairs": 0, "source_words": 0}


def test_all_protocols_are_a_list(isolex, here):
    (here / "test.tsv").write_text((here / "test.tsv").read_text() + "nonsuch\tt1\ns7\tt99\n")
    reports = isolex(*BLI, "--protocol", "all", "--json").json
    assert {r["protocol"]: r["n"] for r in reports} == {"muse": 100, "strict": 101, "xling": 101}
    assert all(set(report) == KEYS for report in reports)


def test_text(isolex, here):
    result = isolex(*BLI, "--protocol", "all")
    result.warns(None)
    lines = result.out.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["muse", "strict", "xling"]
    assert "csls, forward; rates in percent" in result.out
    assert "no leaks" in result.out


def test_leaks(isolex, here):
    assert isolex(*BLI, "--train", "test.tsv", "--json").json["leaks"]["pairs"] == 100
    assert "100 of 100 test pairs are in the training lexicon" in isolex(*BLI, "--train", "test.tsv").out


def test_a_test_that_is_mostly_left_out_is_told(isolex, here):
    rows = (here / "test.tsv").read_text().splitlines()
    missing = [f"none{number}\tt1" for number in range(5 * len(rows))]
    (here / "test.tsv").write_text("\n".join([*rows, *missing]) + "\n")
    result = isolex(*BLI, "--json")
    result.warns("test lexicon test.tsv: 100 of 600 pairs .*")
    assert result.json["coverage"] < 20


def test_undefined_figures_are_null(isolex, here):
    """Here every test word is right when it is repeated, so none is left for the score without those."""
    isolex(*("align", "aa.vec", "aa.vec", "--identical", "--method", "procrustes", "-o", "same")).warns(None)
    (here / "same.tsv").write_text("s7\ts7\ns8\ts8\n")
    report = isolex("evaluate", "bli", "same", "same.tsv", "--json").json
    assert (report["copy_baseline"], report["p@1_without_identical"]) == (100, None)
    assert isolex("evaluate", "bli", "same", "same.tsv").status == 0


def test_answers(isolex, here):
    isolex(*BLI, "--answers", "answers.tsv").warns(None)
    rows = [line.split("\t") for line in (here / "answers.tsv").read_text().splitlines()]
    assert rows[0][:4] == ["source", "gold", "rank", "correct"]
    assert len(rows) == 101
    assert json.loads(rows[8][1]) == ["t7"]


class TestAgainst:
    def test_json(self, isolex, here):
        few = ("--lexicon", "few.tsv", "--method", "least-squares", "-o", "few", "--force")
        (here / "few.tsv").write_text("\n".join((here / "seeds.tsv").read_text().splitlines()[:3]))
        isolex("align", "aa.vec", "bb.vec", *few)
        result = isolex(*BLI, "--against", "few", "--json")
        result.warns(None)
        assert set(result.json) == {*KEYS, "paired"}
        paired = result.json["paired"]
        assert set(paired) == {"against", "n", "difference", "interval", "wins", "losses", "p_value"}
        assert (paired["against"], paired["n"]) == ("few", 100)
        assert paired["wins"] > paired["losses"]
        assert paired["p_value"] < 0.01
        text = isolex(*BLI, "--against", "few", "--protocol", "all").out
        assert text.count(f"{paired['wins']} wins, {paired['losses']} losses") == 3

    def test_itself(self, isolex, here):
        result = isolex(*BLI, "--against", "aa-bb", "--json")
        result.warns(None)
        assert (result.json["paired"]["difference"], result.json["paired"]["wins"]) == (0, 0)

    def test_on_a_terminal(self, isolex, here, monkeypatch):
        """Progress is drawn on stderr, one drawing at a time, and none of it on stdout."""
        monkeypatch.setenv("FORCE_COLOR", "1")
        result = isolex(*BLI, "--against", "aa-bb", "--json")
        assert result.status == 0
        assert "evaluating" in result.err
        assert result.json["paired"]["losses"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "test.tsv"), "nowhere: there is no such alignment folder"),
        (("aa-bb", "no.tsv"), "no.tsv: there is no such file"),
        (("aa-bb", "data"), "data: is a folder"),
        (("aa-bb", "aa.vec"), "aa.vec: looks like a file of word vectors, expected pairs of words"),
        (("aa-bb", "test.tsv", "--train", "no.tsv"), "no.tsv: there is no such file"),
        (("aa-bb", "test.tsv", "--against", "nowhere"), "nowhere: there is no such alignment folder"),
        (("aa-bb", "test.tsv", "--protocol", "mouse"), "'mouse' is not one of"),
        (("aa-bb", "test.tsv", "--direction", "mutual"), "'mutual' is not one of"),
        (("aa-bb", "test.tsv", "--answers", "data"), "data: is a folder, expected a file name"),
        (("aa-bb", "test.tsv", "--answers", "no/a.tsv"), "no/a.tsv: cannot be written"),
        (("aa-bb", "test.tsv", "--answers", "a.tsv", "--protocol", "all"), "--answers needs one protocol"),
    ],
)
def test_bad_input_is_told_before_the_work(isolex, here, monkeypatch, arguments, message):
    def too_late(*_, **__):
        raise AssertionError("the work was done first")

    monkeypatch.setattr("isolex.evaluation.evaluate", too_late)
    before = contents(here)
    isolex("evaluate", "bli", *arguments).fails(message)
    assert contents(here) == before


@pytest.mark.parametrize("kind", NO_LEXICON)
def test_no_lexicon(isolex, here, kind):
    data, message = NO_LEXICON[kind]
    (here / "bad.tsv").write_bytes(data)
    (here / "answers.tsv").write_text("old")
    before = contents(here)
    isolex("evaluate", "bli", "aa-bb", "bad.tsv", "--answers", "answers.tsv", "--json").fails(message)
    assert contents(here) == before


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_vectors(isolex, here, kind):
    make, message = UNUSABLE[kind]
    make(here / "aa.vec")
    isolex(*BLI, "--source", "bad.vec", "--json").fails(message)


def test_answers_never_replace_the_test(isolex, here):
    before = (here / "test.tsv").read_bytes()
    isolex("evaluate", "bli", "aa-bb", "test.tsv", "--answers", "test.tsv").fails("test.tsv: is the input")
    assert (here / "test.tsv").read_bytes() == before


def test_a_test_the_wrong_way_round_is_told(isolex, here):
    pairs = [line.split("\t") for line in (here / "test.tsv").read_text().splitlines()]
    turned = "".join(f"{target}\t{source}\n" for source, target in pairs)
    (here / "turned.tsv").write_text(turned)
    bli = ("evaluate", "bli", "aa-bb", "turned.tsv")
    isolex(*bli).fails(
        "looks the wrong way round: 0 of its 100 pairs are found, 100 if its columns are exchanged; exchange"
    )
    straight = "".join("\t".join(pair) + "\n" for pair in pairs[:20])
    (here / "turned.tsv").write_text(turned + straight)
    isolex(*bli).warns(
        "looks the wrong way round: 20 of its 120 pairs are found, 100 if its columns are exchanged; exchange"
    )
