import shutil

import pytest

from .malformed import UNUSABLE

BENCH = ("bench", "reference", "--data", "data")


def test_json(isolex, here):
    result = isolex(*BENCH, "--methods", "procrustes, vecmap", "--json")
    result.warns(None)
    report = result.json
    assert (report["benchmark"], report["protocol"]) == ("reference", "muse")
    assert report["seconds"] > 0
    assert set(report["versions"]) == {"isolex", "torch", "numpy", "python"}
    (row,) = report["rows"]
    assert (row["pair"], row["train_pairs"], row["test_sources"]) == ("aa-bb", 200, 100)
    found = [(one["method"], one["criterion"]) for one in row["results"]]
    assert found == [(m, c) for m in ("procrustes", "vecmap") for c in ("nn", "csls")]
    assert all(one["p@1"] > 90 and one["n"] == 100 for one in row["results"])


def test_text(isolex, here):
    result = isolex(*BENCH, "--methods", "procrustes,procrustes", "--pairs", "aa-bb")
    result.warns(None)
    lines = result.out.splitlines()
    assert lines[1].split("  ")[-2:] == ["procrustes nn", "procrustes csls"]
    assert lines[2].split()[:5] == ["aa-bb", "200", "100", "of", "100"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--data", "nowhere"), "nowhere: holds no vectors/xx.vec.gz with dictionaries"),
        (("--data", "aa.vec"), "aa.vec: holds no vectors/xx.vec.gz with dictionaries"),
        (("--pairs", "aa-cc"), "unknown language pair of data 'aa-cc'; did you mean 'aa-bb'"),
        (("--methods", "vecmop"), "unknown method 'vecmop'; did you mean 'vecmap'"),
        (("--methods", ","), "--methods names no method"),
        (("--device", "quantum"), "device 'quantum' is not available"),
    ],
)
def test_bad_input(isolex, here, arguments, message):
    isolex(*BENCH, *arguments, "--json").fails(message)


def test_no_data(isolex, here):
    isolex("bench", "reference").fails("Missing option '--data'")


@pytest.mark.parametrize("kind", [kind for kind in UNUSABLE if kind not in ("missing", "folder")])
def test_unusable_vectors(isolex, here, kind):
    make, message = UNUSABLE[kind]
    make(here / "aa.vec")
    shutil.move(here / "bad.vec", here / "data" / "vectors" / "aa.vec.gz")
    isolex(*BENCH, "--methods", "procrustes", "--json").fails(message.replace("bad.vec", "aa.vec.gz"))
