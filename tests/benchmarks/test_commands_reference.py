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
    (row,) = report["rows"]
    assert (row["pair"], row["train_pairs"], row["test_sources"]) == ("aa-bb", 200, 100)
    found = [(one["method"], one["criterion"]) for one in row["results"]]
    assert found == [(m, c) for m in ("procrustes", "vecmap") for c in ("nn", "csls")]
    assert all(one["p@1"] > 90 and one["n"] == 100 for one in row["results"])


def test_text(lab, here):
    result = lab(*REFERENCE, "--methods", "procrustes,procrustes", "--pairs", "aa-bb")
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
        (("--methods", ","), "got a list without names: ','; separate them by commas"),
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
