import pytest

DIAGNOSE = ("diagnose", "aa.vec", "bb.vec", "--words", "100")


def test_json(isolex, here):
    result = isolex(*DIAGNOSE, "--lexicon", "seeds.tsv", "--json")
    result.warns(None)
    report = result.json
    assert (report["source"]["name"], report["target"]["name"]) == ("aa", "bb")
    assert report["source"]["words"] == 300
    assert report["lexicon"]["pairs_in_vocabulary"] == 200
    assert (
        report["prediction"]["interval"][0]
        <= report["prediction"]["p@1"]
        <= report["prediction"]["interval"][1]
    )
    assert report["output"] is None


def test_text_without_a_lexicon(isolex, here):
    result = isolex(*DIAGNOSE)
    result.warns(None)
    assert result.out.startswith("• Find a seed lexicon")
    assert "eigenvector similarity" in result.out
    assert "held-out" not in result.out


def test_text_with_one(isolex, here):
    result = isolex(*DIAGNOSE, "--lexicon", "seeds.tsv")
    result.warns(None)
    for part in (
        "held-out seed words, by CSLS",
        "by the number of seed pairs",
        "hubs of vecmap",
        "robin hood",
    ):
        assert part in result.out


def test_a_page(isolex, here):
    result = isolex(*DIAGNOSE, "--lexicon", "seeds.tsv", "-o", "report.html")
    result.warns(None)
    assert result.out.endswith("wrote report.html\n")
    text = (here / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") or text.startswith("<!doctype html>")
    assert "aa → bb" in text


def test_an_alignment_s_hubs(isolex, here):
    result = isolex(*DIAGNOSE, "--alignment", "aa-bb", "--json")
    assert result.json["hubness"]["alignment"] == "the given alignment (procrustes, aligned)"


def test_only_frequent_words(isolex, here):
    assert isolex(*DIAGNOSE, "--vocab", "50", "--json").json["source"]["words"] == 50


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--lexicon", "nowhere.tsv"), "nowhere.tsv"),
        (("--alignment", "nowhere"), "nowhere"),
        (("-o", "aa.vec"), "aa.vec"),
        (("--words", "1"), "--words"),
        (("--device", "quantum"), "device 'quantum' is not available"),
    ],
)
def test_bad_input(isolex, here, arguments, message):
    isolex(*DIAGNOSE[:3], *arguments, "--json").fails(message)


def test_an_alignment_of_other_vectors(isolex, here):
    isolex("diagnose", "bb.vec", "aa.vec", "--alignment", "aa-bb").fails("not the source vectors")
