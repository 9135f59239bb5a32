import shutil

import pytest

from tests.cli.malformed import UNUSABLE

REFERENCE = ("reference", "--data", "data")


def test_json(lab, here):
    result = lab(*REFERENCE, "--methods", "procrustes, vecmap", "--json")
    result.warns(None)
    report = result.json
    assert (report["benchmark"], report["protocol"]) == ("reference", "muse")
    assert report["seconds"] > 0
    assert set(report["versions"]) == {"isolex", "torch", "numpy", "python"}
    assert set(report["machine"]) == {"processor", "cores", "threads"}
    (row,) = report["rows"]
    assert (row["pair"], row["train_pairs"], row["test_sources"]) == ("aa-bb", 200, 100)
    assert (row["vectors"], row["seeds"]) == ("novels", None)
    found = [(one["method"], one["criterion"]) for one in row["results"]]
    assert found == [(m, c) for m in ("procrustes", "vecmap") for c in ("nn", "csls")]
    assert all(one["p@1"] > 90 and one["n"] == 100 for one in row["results"])
    assert all(one["taken"] == one["method"] for one in row["results"])


def test_text(lab, here):
    result = lab(*REFERENCE, "--methods", "procrustes,procrustes", "--pairs", "aa-bb")
    result.warns(None)
    lines = result.out.splitlines()
    assert lines[1].split("  ")[-2:] == ["procrustes nn", "procrustes csls"]
    assert lines[2].split()[:5] == ["aa-bb", "200", "100", "of", "100"]


def test_vectors_of_the_web(lab, here):
    (here / "data" / "vectors").rename(here / "data" / "vectors-web")
    (row,) = lab(*REFERENCE, "--vectors", "web", "--methods", "procrustes", "--json").json["rows"]
    assert (row["vectors"], row["pair"]) == ("web", "aa-bb")
    lab(*REFERENCE).fails("data: holds no vectors/xx.vec.gz with dictionaries")


def test_fewer_seed_pairs(lab, here):
    command = (*REFERENCE, "--methods", "procrustes", "--seeds", "20, 50,all")
    rows = lab(*command, "--json").json["rows"]
    assert [(row["pair"], row["seeds"], row["train_pairs"]) for row in rows] == [
        ("aa-bb", 20, 20),
        ("aa-bb", 50, 50),
        ("aa-bb", None, 200),
    ]
    assert [line.split()[:2] for line in lab(*command).out.splitlines()[2:]] == [
        ["aa-bb", "20"],
        ["aa-bb", "50"],
        ["aa-bb", "200"],
    ]


def test_what_auto_took(lab, here, quick_auto):
    command = (*REFERENCE, "--methods", "procrustes,auto", "--seeds", "50")
    (row,) = lab(*command, "--json").json["rows"]
    taken = [(one["method"], one["taken"]) for one in row["results"]]
    assert taken == 2 * [("procrustes", "procrustes")] + 2 * [("auto", "self-learning")]
    assert lab(*command).out.splitlines()[3:] == ["aa-bb, 50 pairs: auto took self-learning"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--data", "nowhere"), "nowhere: holds no vectors/xx.vec.gz with dictionaries"),
        (("--data", "aa.vec"), "aa.vec: holds no vectors/xx.vec.gz with dictionaries"),
        (("--pairs", "aa-cc"), "unknown language pair of data/vectors 'aa-cc'; did you mean 'aa-bb'"),
        (("--methods", "vecmop"), "unknown method 'vecmop'; did you mean 'vecmap'"),
        (("--methods", ","), "got a list without names: ','; separate names by commas"),
        (("--methods", "auta"), "unknown method 'auta'; did you mean 'auto'"),
        (("--seeds", "few"), "got 'few', expected numbers of pairs, or all"),
        (("--seeds", "100,0"), "method least-squares: needs seed pairs, got none"),
        (("--vectors", "wab"), "'wab' is not one of 'novels', 'web'"),
        (("--vectors", "web"), "data: holds no vectors-web/xx.vec.gz with dictionaries"),
        (("--device", "quantum"), "device 'quantum' is not available"),
    ],
)
def test_bad_input(lab, here, arguments, message):
    lab(*REFERENCE, *arguments, "--json").fails(message)


def test_no_data(lab, here):
    lab("reference").fails("Missing option '--data'")


@pytest.mark.parametrize("kind", [kind for kind in UNUSABLE if kind not in ("missing", "folder")])
def test_unusable_vectors(lab, here, kind):
    make, message = UNUSABLE[kind]
    make(here / "aa.vec")
    shutil.move(here / "bad.vec", here / "data" / "vectors" / "aa.vec.gz")
    lab(*REFERENCE, "--methods", "procrustes", "--json").fails(message.replace("bad.vec", "aa.vec.gz"))
