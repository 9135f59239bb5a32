"""`python -m benchmarks space` on planted languages, whose answers are known."""

from itertools import combinations, permutations
from pathlib import Path

import pytest

from benchmarks import languages
from benchmarks.pages import filling
from benchmarks.pages import space as page
from isolex.datasets import DataFolder
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors
from tests.spaces import gaussian, numbered, rotation

CODES = (*languages.LANGUAGES, *languages.DISTANT)
WORDS, TRAINED = 400, 300
PAIRS = [*combinations(languages.LANGUAGES, 2), *(("en", code) for code in languages.DISTANT)]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Six languages, alike but for rotations and noise; of each dictionary the last hundred words are tests.

    The tests of es-fr and of uk-en also have twenty words that are trained, elsewhere or the other way round.
    """
    folder = tmp_path_factory.mktemp("languages")
    (folder / "vectors").mkdir()
    muse = folder / "dictionaries" / "muse"
    muse.mkdir(parents=True)
    base = gaussian(WORDS, 16, 0)
    for at, code in enumerate(CODES):
        rows = base @ rotation(16, at) + 0.3 * gaussian(WORDS, 16, 50 + at)
        Vectors(numbered(code, WORDS), rows).write(folder / "vectors" / f"{code}.vec.gz")
    for source, target in permutations(CODES, 2):
        if {source, target} not in [set(pair) for pair in PAIRS]:
            continue
        first = TRAINED - 20 if (source, target) in (("es", "fr"), ("uk", "en")) else TRAINED
        skipped = {("es", "fr"): first}.get((source, target), TRAINED)
        for part, some in (("train", range(skipped)), ("test", range(first, WORDS))):
            lexicon = Lexicon((f"{source}{i}", f"{target}{i}") for i in some)
            lexicon.write(muse / f"{source}-{target}.{part}.txt")
    return folder


@pytest.fixture(scope="module")
def pairs(data):
    return languages.run_pairs(data, words=WORDS)


def test_pairs(pairs):
    assert [row["pair"] for row in pairs["rows"]] == ["-".join(pair) for pair in PAIRS[:6]]
    by_pair = {row["pair"]: row for row in pairs["rows"]}
    assert (by_pair["es-fr"]["n"], by_pair["es-fr"]["n_unreachable"]) == (120, 100)
    assert (by_pair["es-de"]["n"], by_pair["es-de"]["n_unreachable"]) == (100, 100)
    for name, row in by_pair.items():
        for system in ("direct_vecmap", "direct_unreachable", "joint", "joint_unreachable", "star"):
            assert row[system] > 90, system
        assert (row["pivot"] is None) == ("en" in name.split("-"))
        assert row["gain"] == pytest.approx(row["joint_unreachable"] - row["direct_unreachable"], abs=0.01)
        assert row["gain_interval"][0] <= row["gain"] <= row["gain_interval"][1]
    pivots = [row["pivot"] for row in pairs["rows"] if row["pivot"] is not None]
    assert min(pivots) > 80
    assert pairs["means"]["others"]["pivot"] == pytest.approx(sum(pivots) / 3, abs=0.01)
    assert pairs["pivot"] == max(
        languages.PIVOTS, key=lambda method: pairs["means"]["others"][f"pivot_{method}"]
    )


def test_systems_are_trained_on_what_they_say(data):
    read = languages.Languages.read(DataFolder(data), languages.LANGUAGES, PAIRS[:6], WORDS)
    star = read.space(star=True, method="procrustes")
    assert {pair for pair, link in star.links() if len(link.seeds)} == {("en", x) for x in ("es", "fr", "de")}
    part = read.space(["en", "es", "de"], method="procrustes")
    assert part.languages == ("en", "es", "de")
    assert {pair for pair, _ in part.links()} == {("en", "es"), ("en", "de"), ("es", "de")}
    direct = read.direct("fr", "es")
    assert (direct.source.words[0], direct.target.words[0]) == ("fr0", "es0")
    assert direct.translate("fr7", k=1)[0][0] == "es7"
    for method in languages.PIVOTS:
        assert read.pivot("es", "fr", method).translate("es7", k=1)[0][0] == "fr7"


def test_means_leave_out_what_is_missing():
    rows = [{"pair": "en-es", "joint": 10.0}, {"pair": "es-fr", "joint": 20.0, "pivot": None}]
    rows.append({"pair": "es-de", "joint": 30.0, "pivot": 8.0})
    found = languages.means(rows)
    assert found["english"] == {"joint": 10.0, "pivot": None}
    assert found["others"] == {"joint": 25.0, "pivot": 8.0}


def test_composed_test():
    first = Lexicon([("bank", "banco"), ("bank", "orilla"), ("cat", "gato"), ("dog", "perro")])
    second = Lexicon([("bank", "part"), ("cat", "macska"), ("rest", "maradék"), ("bank", "bank")])
    assert set(languages.composed_test(first, second)) == {
        ("banco", "part"),
        ("banco", "bank"),
        ("orilla", "part"),
        ("orilla", "bank"),
        ("gato", "macska"),
    }


@pytest.fixture(scope="module")
def more(data):
    return languages.run_more(data, words=WORDS)


def test_more(more):
    english = {row["pair"]: row for row in more["english"]}
    assert list(english) == ["hu-en", "en-hu", "uk-en", "en-uk"]
    # What stands the other way round in the training dictionary is given away, too.
    assert (english["uk-en"]["n"], english["uk-en"]["n_unreachable"]) == (120, 100)
    assert {row["pair"] for row in more["others"]} == {
        f"{a}-{b}"
        for near in ("es", "fr", "de")
        for far in ("hu", "uk")
        for a, b in ((near, far), (far, near))
    }
    assert all(row["joint"] > 90 for row in (*more["english"], *more["others"]))


def test_what_joins_later_changes_no_file(more):
    added = more["added"]
    assert added["changed"] == ["card.json"]
    assert added["files_after"] > added["files_before"] > 10
    assert [row["pair"] for row in added["rows"]] == ["en-fr", "es-fr", "fr-de"]
    assert all(row["added"] > 90 and row["joint"] > 90 for row in added["rows"])


def test_the_tables(lab, data, monkeypatch, pairs, more):
    monkeypatch.setattr("benchmarks.commands.space.run_pairs", lambda _, words: pairs | {"words": words})
    monkeypatch.setattr("benchmarks.commands.space.run_more", lambda _, words: more | {"words": words})
    result = lab("space", "--data", data, "--words", WORDS)
    result.warns(None)
    assert "mean, others" in result.out
    row = next(line for line in result.out.splitlines() if line.startswith("es-fr")).split()
    found = next(row for row in pairs["rows"] if row["pair"] == "es-fr")
    assert row[1] == f"{found['direct_vecmap']:.1f}"
    assert row[-1] == f"{found['joint_unreachable']:.1f}"
    assert lab("space", "--data", data, "--json").json["words"] == languages.WORDS
    result = lab("space", "--data", data, "--more")
    result.warns(None)
    assert "files of the others that changed: card.json" in result.out
    assert lab("space", "--data", data, "--more", "--json").json["added"] == more["added"]


def test_planted(lab):
    (run,) = lab("space", "--planted", "4", "--json").json["runs"]
    assert (run["languages"], run["words"], run["dimension"], run["pairs"]) == (4, 2000, 300, 2)
    assert run["recovered"] > 95
    assert run["peak_gib"] > 0.1
    assert run["seconds"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing option '--data'"),
        (("--data", "nowhere"), "nowhere: holds no vectors/xx.vec.gz"),
        (("--planted", "2"), "--planted takes numbers of at least 3, separated by commas, got '2'"),
        (("--planted", "many"), "--planted takes numbers of at least 3, separated by commas, got 'many'"),
        (("--planted", ","), "got a list without names"),
    ],
)
def test_bad_input(lab, arguments, message):
    lab("space", *arguments, "--json").fails(message)


def test_a_folder_without_the_languages(lab, data, tmp_path):
    (tmp_path / "vectors").mkdir()
    (tmp_path / "dictionaries" / "muse").mkdir(parents=True)
    for code in ("en", "es"):
        (tmp_path / "vectors" / f"{code}.vec.gz").symlink_to(data / "vectors" / f"{code}.vec.gz")
    for part in ("train", "test"):
        name = Path("dictionaries") / "muse" / f"en-es.{part}.txt"
        (tmp_path / name).symlink_to(data / name)
    lab("space", "--data", tmp_path, "--json").fails("unknown language pair of .* 'en-fr'")


def test_the_page_says_what_is_not_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(filling, "RESULTS", tmp_path)
    (text,) = page.made().values()
    assert text.count("No figures stand here yet") == 9
