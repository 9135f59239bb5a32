import pytest

from .malformed import UNUSABLE, USABLE, ZERO_VECTOR


def test_vectors(isolex, here):
    result = isolex("info", "aa.vec", "--json")
    result.warns(None)
    fingerprint = result.json.pop("fingerprint")
    assert fingerprint.startswith("sha256:")
    assert {key: value for key, value in result.json.items() if key != "fingerprint"} == {
        "kind": "vectors",
        "format": "word2vec text",
        "words": 300,
        "dimension": 20,
        "dtype": "float32",
        "language": None,
        "zero_rows": 0,
        "skipped": {},
        "subwords": False,
        "first_words": ["été", "[bold]", "[/b]", ":cat:", "𐌰𐌹"],
    }


def test_an_alignment(isolex, here):
    result = isolex("info", "aa-bb", "--json")
    result.warns(None)
    report = result.json
    assert (report["kind"], report["method"], report["status"]) == ("alignment", "procrustes", "aligned")
    assert (report["source"]["language"], report["source"]["words"]) == ("aa", 300)
    assert report["confidences"] == "none"
    assert {"settings", "seed", "scores", "reasons", "trace", "versions", "created", "target"} <= set(report)


def test_a_lexicon(isolex, here):
    result = isolex("info", "test.tsv", "--json")
    result.warns(None)
    assert result.json == {
        "kind": "lexicon",
        "pairs": 100,
        "source_words": 100,
        "weighted": False,
        "first_pairs": [["été", "t0"], ["[bold]", "t1"], ["[/b]", "t2"], [":cat:", "t3"], ["𐌰𐌹", "t4"]],
    }


def test_text(isolex, here):
    vectors = isolex("info", "aa.vec")
    vectors.warns(None)
    assert "words: 300\n" in vectors.out
    assert "skipped: none\n" in vectors.out
    assert "first words: été; [bold]; [/b]; :cat:; 𐌰𐌹\n" in vectors.out
    alignment = isolex("info", "aa-bb")
    alignment.warns(None)
    assert "status: aligned\n" in alignment.out
    assert "trace: 0 steps\n" in alignment.out
    lexicon = isolex("info", "seeds.tsv")
    lexicon.warns(None)
    assert "pairs: 200\n" in lexicon.out


@pytest.mark.parametrize("kind", USABLE)
def test_usable_vectors(isolex, here, kind):
    change, message = USABLE[kind]
    (here / "aa.vec").write_bytes(b"\n".join(change((here / "aa.vec").read_bytes().splitlines())) + b"\n")
    result = isolex("info", "aa.vec", "--json")
    result.warns(f"aa.vec: .*{message}")
    if kind == "NaN":
        assert result.json["skipped"] == {"NaN or infinite": 1}
        assert "skipped: NaN or infinite 1\n" in isolex("info", "aa.vec").out


def test_zero_rows(isolex, here):
    lines = ZERO_VECTOR((here / "aa.vec").read_bytes().splitlines())
    (here / "aa.vec").write_bytes(b"\n".join(lines) + b"\n")
    assert isolex("info", "aa.vec", "--json").json["zero_rows"] == 1


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_files(isolex, here, kind):
    make, message = UNUSABLE[kind]
    make(here / "aa.vec")
    if kind == "lexicon":
        assert isolex("info", "bad.vec", "--json").json["kind"] == "lexicon"
    elif kind == "folder":
        isolex("info", "bad.vec", "--json").fails("bad.vec: is no alignment: it holds no card.json")
    else:
        isolex("info", "bad.vec", "--json").fails(message)
