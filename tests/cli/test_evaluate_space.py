import pytest

import isolex as library
from isolex.lexicon import Lexicon
from tests.spaces import planted

from .helpers import contents


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A space of two languages, and a folder of tests for both directions."""
    folder = tmp_path_factory.mktemp("space")
    source, target, pairs = planted()
    space = library.align_space(
        {"aa": source, "bb": target}, {("aa", "bb"): Lexicon(pairs.pairs[:200])}, check=False
    )
    space.save(folder / "space")
    (folder / "tests").mkdir()
    test = Lexicon(pairs.pairs[190:])
    test.write(folder / "tests" / "aa-bb.test.txt")
    test.reversed().write(folder / "tests" / "bb-aa.tsv")
    return folder


@pytest.fixture
def here(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    return tmp_path


def test_json_is_what_the_library_says(isolex, here):
    result = isolex("evaluate", "space", "space", "tests", "--json")
    result.warns(None)
    assert result.json == library.evaluate_space("space", "tests").to_dict()
    assert [(one["source"], one["n"], one["reached"]) for one in result.json["directions"]] == [
        ("aa", 110, {"1": 10}),
        ("bb", 110, {"1": 10}),
    ]


def test_text(isolex, here):
    result = isolex("evaluate", "space", "space", "tests", "--protocol", "xling", "--criterion", "nn")
    result.warns(None)
    told = library.evaluate_space("space", "tests", protocol="xling", criterion="nn")
    lines = result.out.splitlines()
    assert lines[0].strip() == "P@1 in percent"
    means = f"{told.mean():.1f}, of unreachable words {told.mean(unreachable=True):.1f}"
    assert f"xling, nn; mean P@1: {means}" in lines
    row = next(line for line in lines if line.startswith("aa-bb")).split()
    assert row[1] == f"{told.scores['aa', 'bb'].result.precision():.1f}"
    assert (row[3], row[6]) == ("110", "100")


def test_training_pairs_as_tests_are_told(isolex, folder, here):
    seeds = library.load_space(folder / "space").pair("aa", "bb").seeds
    (here / "known").mkdir()
    Lexicon(list(seeds)[:50]).write(here / "known" / "aa-bb.txt")
    result = isolex("evaluate", "space", "space", here / "known")
    result.warns("most test words of aa-bb have their answers in a training lexicon of the space")
    assert "nan" not in result.out
    assert "of unreachable words –\n" in result.out


def test_page(isolex, here):
    page = here / "space.html"
    isolex("evaluate", "space", "space", "tests", "--page", page, "--json").warns(None)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    before = contents(here)
    isolex("evaluate", "space", "space", "nowhere", "--page", page).fails("nowhere: holds no test lexicon")
    assert contents(here) == before


def test_steps_and_case(isolex, folder, here):
    (here / "tests").mkdir()
    pairs = Lexicon.read(folder / "tests" / "aa-bb.test.txt")
    Lexicon((s.upper(), t.upper()) for s, t in pairs).write(here / "tests" / "aa-bb.txt")
    result = isolex("evaluate", "space", "space", here / "tests", "--case", "lower", "--json")
    result.warns(None)
    assert result.json["directions"][0]["reached"] == {"1": 10}
    isolex("evaluate", "space", "space", here / "tests").fails(
        r"test lexicon aa-bb .*aa-bb\.txt: not one pair"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "tests"), "nowhere"),
        (("tests", "tests"), "tests"),
        (("space", "space"), "space: holds no test lexicon of two of the languages aa, bb"),
        (("space", "tests", "--steps", "0"), "0 is not in the range x>=1"),
        (("space", "tests", "--protocol", "all"), "'all' is not one of 'muse', 'strict', 'xling'"),
        (("space", "tests", "--page", "space"), "space"),
        (("space", "tests", "--page", "tests/aa-bb.test.txt"), "aa-bb.test.txt"),
        (("space",), "Missing argument 'FOLDER'"),
    ],
)
def test_bad_input(isolex, folder, here, arguments, message):
    before = contents(folder)
    isolex("evaluate", "space", *arguments, "--json").fails(message)
    assert contents(folder) == before


class TestJobs:
    def test_the_same_figures_and_kept(self, isolex, here):
        options = ("--work", here / "work", "--json")
        first = isolex("evaluate", "space", "space", "tests", *options).json
        assert first.pop("jobs") == {"made": 2, "kept": 0, "failed": {}, "retried": 0}
        assert first == library.evaluate_space("space", "tests").to_dict()
        again = isolex("evaluate", "space", "space", "tests", *options, "--workers", "2").json
        assert (again.pop("jobs")["kept"], again) == (2, first)

    def test_text_and_a_page(self, isolex, here):
        page = here / "page.html"
        result = isolex("evaluate", "space", "space", "tests", "--work", here / "work", "--page", page)
        assert "2 directions were scored, 0 were scored before, 0 failed" in result.out
        assert "all pairs of a space" in page.read_text("utf-8")

    def test_one_that_fails(self, isolex, here):
        (here / "tests").mkdir()
        (here / "tests" / "aa-bb.tsv").write_text("nobody\tknows\n", "utf-8")
        result = isolex("evaluate", "space", "space", here / "tests", "--work", here / "work", "--json")
        assert (result.status, set(result.json)) == (1, {"jobs"})
        assert "aa-bb.json: test lexicon aa-bb " in result.err
        assert "aa-bb.tsv: not one pair" in result.err

    def test_training_pairs_as_tests_are_told(self, isolex, folder, here):
        seeds = library.load_space(folder / "space").pair("aa", "bb").seeds
        (here / "known").mkdir()
        Lexicon(list(seeds)[:50]).write(here / "known" / "aa-bb.txt")
        result = isolex("evaluate", "space", "space", here / "known", "--work", here / "work")
        result.warns("most test words of aa-bb have their answers in a training lexicon of the space")

    def test_options_that_do_not_go_together(self, isolex, here):
        isolex("evaluate", "space", "space", "tests", "--workers", "2").fails("--workers goes with --work")
        isolex("evaluate", "space", "space", "tests", "--work", here / "work", "--device", "cpu").fails(
            "--device does not go with --work"
        )
        isolex("evaluate", "space", "space", "tests", "--work", "space").fails("space")
