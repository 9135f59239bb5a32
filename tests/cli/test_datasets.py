from pathlib import Path

import pytest

from .helpers import NON_COMMERCIAL


def test_the_list(isolex) -> None:
    known = isolex("datasets", "--json").json
    assert {one["name"] for one in known} >= {"muse", "xling-eval", "sib-200", "tatoeba"}
    lines = isolex("datasets").out.splitlines()
    assert len(lines) == 1 + len(known)
    assert lines[0].split("  ")[0] == "name"


def test_one(isolex) -> None:
    one = isolex("datasets", "muse", "--json").json
    assert (one["licence"], one["non_commercial"], one["main_score"]) == ("CC BY-NC 4.0", True, "p@1")
    assert "en-zh" in one["pairs"]
    text = isolex("datasets", "muse").out
    assert "non commercial  yes" in text
    assert "checksums       unknown" in text
    assert max(map(len, text.splitlines())) <= 100
    assert " ".join(text.split()).count("en-zh, es-de") == 1
    assert "checksums       of 11 files" in isolex("datasets", "xquad-r").out


def test_fetch(isolex, site) -> None:
    result = isolex("datasets", "muse", "--fetch", "--pairs", "en-fr", "--parts", "test", "--json")
    assert (result.status, result.lines) == (0, [NON_COMMERCIAL])
    (file,) = result.json
    assert Path(file["path"]).read_bytes() == site.files["muse/en-fr.5000-6500.txt"]
    assert (file["unit"], file["verified"]) == ("en-fr", False)
    again = isolex("datasets", "muse", "--fetch", "--pairs", "en-fr", "--parts", "test", "--offline")
    assert again.out.splitlines()[1].split() == [file["path"], "unverified", file["sha256"]]


def test_an_interrupted_fetch(isolex, site, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("isolex.datasets.fetch", interrupted)
    result = isolex("datasets", "muse", "--fetch", "--pairs", "en-fr", "--json")
    assert (result.status, result.out) == (130, "")
    assert result.lines == [
        "isolex: interrupted; kept: downloads in the cache; run the same command again to go on from there"
    ]


def test_fetch_into_another_folder_from_another_mirror(isolex, site, monkeypatch) -> None:
    monkeypatch.setenv("ISOLEX_MIRROR", "http://127.0.0.1:9")
    arguments = ("--fetch", "--languages", "en", "--cache", "mine", "--mirror", site.url, "--json")
    (file,) = isolex("datasets", "fasttext-wiki", *arguments).json
    assert Path(file["path"]) == Path("mine/fasttext-wiki/wiki.en.vec")


def test_all_of_it(isolex, site) -> None:
    result = isolex("datasets", "muse", "--fetch", "--pairs", "all", "--json")
    # The mirror has two of the pairs; what comes first is not among them.
    assert f"{site.url}/muse/af-en.txt: the server says 404" in result.lines[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("musa",), "unknown dataset 'musa'; did you mean 'muse'"),
        (("--fetch",), "--fetch: got no dataset to fetch; name one, such as muse"),
        (("muse", "--pairs", "en-fr"), "--pairs, --languages and --parts go with --fetch"),
        (
            ("muse", "--fetch"),
            "--pairs: got no pairs or languages, and muse has files for 109; name some",
        ),
        (("sib-200", "--fetch", "--languages", "eng"), "unknown language of sib-200 'eng'"),
        (("muse", "--fetch", "--pairs", "en-fr", "--parts", "dev"), "unknown part of muse 'dev'"),
    ],
)
def test_bad_input(isolex, site, arguments, message) -> None:
    isolex("datasets", *arguments, "--json").fails(message)
    assert site.seen == []
