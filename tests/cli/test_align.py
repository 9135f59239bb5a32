import json
import re

import pytest

from isolex import align, load
from isolex.errors import InputError
from isolex.recipes import METHODS, choosing
from isolex.vectors import Vectors
from tests.shaped import make_annealing_quick
from tests.spaces import gaussian, numbered

from .helpers import contents
from .malformed import NO_LEXICON, SOUND, UNUSABLE, USABLE, ZERO_VECTOR

ALIGN = ("align", "aa.vec", "bb.vec", "--lexicon", "seeds.tsv", "--method", "procrustes")


def write_unrelated(folder, seeds: int) -> None:
    """Two spaces that have nothing to do with each other, and some pairs."""
    for side, seed in (("x", 1), ("y", 2)):
        Vectors(numbered(side, 600), gaussian(600, 30, seed)).write(folder / f"{side}.vec")
    (folder / "xy.tsv").write_text("".join(f"x{i}\ty{i}\n" for i in range(seeds)))


UNRELATED = ("align", "x.vec", "y.vec", "--lexicon", "xy.tsv", "--method", "procrustes", "-o", "out")


# Those that are quick: the others are VecMap's self-learning, in three sizes of the same.
FROM_PAIRS = [name for name, method in METHODS.items() if method.needs == "pairs" and "semi" not in name]


@pytest.fixture
def quick_annealing(monkeypatch):
    make_annealing_quick(monkeypatch)


@pytest.mark.usefixtures("quick_annealing")
class TestReport:
    @pytest.mark.parametrize("method", FROM_PAIRS)
    def test_json(self, isolex, here, method):
        result = isolex(*ALIGN, "-o", "out", "--method", method, "--json", "--threads", 1)
        result.warns(None)
        report = result.json
        assert report["status"] == "aligned"
        assert report["method"] == method
        assert report["alignment"] == "out"
        assert 0 < report["seconds"] < 600
        assert report["source"] == {"words": 300, "dimension": 20, "zero_rows": 0}
        assert report["scores"]["seed_pairs"] == 200
        assert report["seed"] == 0
        assert load("out").card.method == method

    def test_text(self, isolex, here):
        result = isolex(*ALIGN, "-o", "out")
        result.warns(None)
        assert result.out.startswith("aligned by procrustes, 200 seed pairs (100.0 % of the lexicon), ")
        assert result.out.endswith("alignment: out\n")

    def test_auto_says_what_it_took_and_why(self, isolex, here, quick_auto):
        report = isolex(*ALIGN, "-o", "out", "--method", "auto", "--json").json
        assert set(report["scores"]["held_out_p@1"]) == {*choosing.COMPARED, *choosing.REFINED}
        assert report["method"] in report["scores"]["held_out_p@1"]
        told = rf"{report['method']}( \(.+\))? was taken for the best P@1"
        assert re.match(told, report["reasons"][1])

    def test_auto_learns_from_itself_where_pairs_are_few(self, isolex, here):
        pairs = (here / "seeds.tsv").read_text().splitlines(keepends=True)
        (here / "seeds.tsv").write_text("".join(pairs[:60]))
        result = isolex(*ALIGN, "-o", "out", "--method", "auto", "--json")
        result.warns(None)
        assert (result.json["method"], result.json["scores"]["seed_pairs"]) == ("self-learning", 60)
        assert result.json["scores"]["evidence"]["agreement"] > 90
        assert "restart gives the same first answer for" in result.json["reasons"][0]

    def test_the_options_reach_the_alignment(self, isolex, here):
        options = ("--normalize", "unit,center", "--vocab", 250, "--seed", 7, "--source-language", "qq")
        isolex(*ALIGN, "-o", "out", *options).warns(None)
        card = load("out").card
        assert card.settings["normalize"] == ["unit", "center"]
        assert (card.source.words, card.target.words) == (250, 250)
        assert (card.seed, card.source.language, card.target.language) == (7, "qq", None)

    def test_a_path_that_looks_like_mark_up(self, isolex, here):
        assert "alignment: out[bold]\n" in isolex(*ALIGN, "-o", "out[bold]").out

    def test_case(self, isolex, here):
        (here / "seeds.tsv").write_text((here / "seeds.tsv").read_text().replace("s", "S").replace("t", "T"))
        isolex(*ALIGN, "-o", "out").fails("not one pair is in both vocabularies")
        isolex(*ALIGN, "-o", "out", "--case", "fold").warns(None)


class TestSeeds:
    def test_identical_strings_and_numerals(self, isolex, here):
        shared = [*numbered("s", 100), *(str(n) for n in range(100, 300))]
        vectors = Vectors.read("aa.vec")
        Vectors(shared, vectors.matrix).write("aa.vec")
        Vectors(shared, vectors.matrix[:, ::-1].copy()).write("bb.vec")
        for option, pairs in (("--identical", 300), ("--numerals", 200)):
            result = isolex(
                "align", "aa.vec", "bb.vec", option, "--method", "procrustes", "-o", "out", "--json"
            )
            result.warns(None)
            assert result.json["scores"]["seed_pairs"] == pairs

    @pytest.mark.parametrize(
        ("option", "what"), [("--identical", "identical strings"), ("--numerals", "numerals")]
    )
    def test_nothing_shared(self, isolex, here, option, what):
        before = contents(here)
        isolex("align", "aa.vec", "bb.vec", option, "-o", "aa-bb").fails(
            f"the two vocabularies share no {what}; give a lexicon by --lexicon, or --unsupervised"
        )
        assert contents(here) == before


class TestStatus:
    def test_a_failed_alignment_is_not_written(self, isolex, here):
        write_unrelated(here, seeds=400)
        before = contents(here)
        result = isolex(*UNRELATED[:-1], "aa-bb", "--json")
        assert result.status == 1
        assert result.json["status"] == "failed"
        assert result.json["alignment"] is None
        assert len(result.lines) == 1
        assert result.lines[0].startswith("isolex: failed, nothing written: P@1 on 240 held-out seed words")
        assert "--force" in result.lines[0]
        assert contents(here) == before

    def test_text_of_a_failed_alignment(self, isolex, here):
        write_unrelated(here, seeds=300)
        result = isolex(*UNRELATED)
        assert result.status == 1
        assert result.out.startswith("failed by procrustes")
        assert "alignment:" not in result.out
        assert not (here / "out").exists()

    def test_force_writes_it_and_warns(self, isolex, here):
        write_unrelated(here, seeds=300)
        result = isolex(*UNRELATED, "--force", "--json")
        result.warns(r"failed: P@1 on \d+ held-out seed words")
        assert (result.json["status"], result.json["alignment"]) == ("failed", "out")
        assert load("out").card.status == "failed"

    def test_a_doubtful_one_is_written_with_a_warning(self, isolex, here):
        write_unrelated(here, seeds=8)
        result = isolex(*UNRELATED, "--json")
        result.warns("doubtful: only 8 seed words")
        assert (result.json["status"], result.json["alignment"]) == ("doubtful", "out")
        assert load("out").card.status == "doubtful"


class TestMalformedVectors:
    @pytest.mark.parametrize("kind", USABLE)
    @pytest.mark.parametrize("side", ["aa.vec", "bb.vec"])
    def test_usable_files_align_with_one_warning(self, isolex, here, kind, side):
        change, message = USABLE[kind]
        (here / side).write_bytes(b"\n".join(change((here / side).read_bytes().splitlines())) + b"\n")
        result = isolex(*ALIGN, "-o", "out", "--json")
        result.warns(f"{side}: .*{message}")
        assert result.json["status"] == "aligned"

    @pytest.mark.parametrize("kind", SOUND)
    def test_odd_but_sound_files_align_without(self, isolex, here, kind):
        lines = SOUND[kind]((here / "aa.vec").read_bytes().splitlines())
        (here / "aa.vec").write_bytes(b"\n".join(lines) + b"\n")
        result = isolex(*ALIGN, "-o", "out", "--json")
        result.warns(None)
        assert result.json["source"]["words"] == 300

    def test_zero_vectors_are_reported_in_the_card(self, isolex, here):
        lines = ZERO_VECTOR((here / "aa.vec").read_bytes().splitlines())
        (here / "aa.vec").write_bytes(b"\n".join(lines) + b"\n")
        isolex(*ALIGN, "-o", "out")
        assert isolex("info", "out", "--json").json["source"]["zero_rows"] == 1

    @pytest.mark.parametrize("word", ["ice cream", "ice\u00a0cream"])
    def test_tokens_with_blanks_can_be_translated(self, isolex, here, word):
        kind = "token with spaces" if " " in word else "token with a no-break space"
        lines = SOUND[kind]((here / "aa.vec").read_bytes().splitlines())
        (here / "aa.vec").write_bytes(b"\n".join(lines) + b"\n")
        isolex(*ALIGN, "-o", "out")
        assert isolex("translate", "out", word, "--json").json["translations"][0]["known"]

    @pytest.mark.parametrize("kind", UNUSABLE)
    @pytest.mark.parametrize("side", [0, 1])
    def test_unusable_files_are_one_line_and_touch_nothing(self, isolex, here, kind, side):
        make, message = UNUSABLE[kind]
        make(here / "aa.vec")
        before = contents(here)
        paths = ("bad.vec", "bb.vec") if side == 0 else ("aa.vec", "bad.vec")
        isolex("align", *paths, "--lexicon", "seeds.tsv", "-o", "aa-bb", "--json").fails(message)
        assert contents(here) == before


class TestLexicon:
    @pytest.mark.parametrize("kind", NO_LEXICON)
    def test_no_lexicon(self, isolex, here, kind):
        data, message = NO_LEXICON[kind]
        (here / "bad.tsv").write_bytes(data)
        before = contents(here)
        isolex("align", "aa.vec", "bb.vec", "--lexicon", "bad.tsv", "-o", "aa-bb").fails(message)
        assert contents(here) == before

    def test_the_wrong_way_round(self, isolex, here, monkeypatch):
        """Refused before anything is trained, as by `isolex.align`."""
        lines = [line.split("\t") for line in (here / "seeds.tsv").read_text().splitlines()]
        turned = [f"{target}\t{source}\n" for source, target in lines]
        straight = ["\t".join(line) + "\n" for line in lines]
        told = "lexicon seeds.tsv: looks the wrong way round: 10 of its 210 pairs are found, 200 if its c"
        (here / "seeds.tsv").write_text("".join(turned + straight[:10]))
        before = contents(here)
        with monkeypatch.context() as patch:
            patch.setattr("isolex.recipes.aligning.choose", too_late)
            isolex(*ALIGN, "-o", "aa-bb").fails(
                f"{told}olumns are exchanged; exchange its two columns, or source and target"
            )
            with pytest.raises(InputError, match=told):
                align("aa.vec", "bb.vec", "seeds.tsv", method="procrustes")
        assert contents(here) == before
        (here / "seeds.tsv").write_text("".join(turned[:100] + straight[:40]))
        isolex(*ALIGN, "-o", "out").warns(
            "40 of its 140 pairs are found, 100 if its columns are exchanged; exchange its two"
        )

    @pytest.mark.parametrize(("path", "message"), [("no.tsv", "there is no such"), ("data", "is a folder")])
    def test_no_file(self, isolex, here, path, message):
        isolex("align", "aa.vec", "bb.vec", "--lexicon", path, "-o", "out").fails(f"{path}: {message}")

    def test_weights_are_told_with_their_range(self, isolex, here):
        pairs = (here / "seeds.tsv").read_text().splitlines()
        (here / "seeds.tsv").write_text("".join(f"{p}\t0,{n % 9 + 1}\n" for n, p in enumerate(pairs)))
        result = isolex(*ALIGN, "-o", "out", "--json")
        assert result.json["scores"]["seed_pairs"] == 200
        assert result.lines == ["isolex: the lexicon is weighted, from 0.1 to 0.9; weights count in training"]

    def test_weights_that_look_like_ranks_are_told(self, isolex, here):
        pairs = (here / "seeds.tsv").read_text().splitlines()
        (here / "seeds.tsv").write_text("".join(f"{p}\t{n}\n" for n, p in enumerate(pairs, 1)))
        result = isolex(*ALIGN, "-o", "out")
        assert result.status == 0
        told, warned = result.lines
        assert "from 1 to 200" in told
        assert warned.startswith(
            "isolex: warning: lexicon: its weights look like ranks, from 1 to 200, so the last"
        )

    def test_a_header_of_languages_is_told(self, isolex, here):
        (here / "seeds.tsv").write_text("en\tes\n" + (here / "seeds.tsv").read_text())
        result = isolex(*ALIGN, "-o", "out", "--json")
        result.warns(r"seeds.tsv: line 1 \('en', 'es'\) is taken for a header; if it is a pair, write the")
        assert result.json["scores"]["lexicon_coverage"] == 100

    def test_a_name_in_the_place_of_a_code_is_told(self, isolex, here):
        result = isolex(
            *ALIGN, "-o", "out", "--source-language", "English", "--target-language", "de", "--json"
        )
        result.warns("'English' is the name of a language; TEI and TBX files need its code, 'en'")

    def test_letter_case_follows_the_language(self, isolex, here):
        words = ["ılık", "istanbul", *(f"s{n}" for n in range(2, 300))]
        vectors = Vectors.read("aa.vec")
        Vectors(words, vectors.matrix).write("aa.vec")
        pairs = ["ILIK\tt0", "İSTANBUL\tt1", *(f"S{n}\tT{n}" for n in range(2, 200))]
        (here / "seeds.tsv").write_text("\n".join(pairs))
        turkish = ("--source-language", "tr", "--target-language", "en")
        result = isolex(*ALIGN, "-o", "out", "--case", "lower", *turkish, "--json")
        result.warns(None)
        assert result.json["scores"]["seed_pairs"] == 200
        (here / "test.tsv").write_text("ILIK\tt0\nİSTANBUL\tT1\n")
        for case in ("lower", "fold"):
            scored = isolex("evaluate", "bli", "out", "test.tsv", "--case", case, "--json")
            scored.warns(None)
            assert scored.json["n"] == 2
        isolex(*ALIGN, "-o", "out", "--case", "lower").warns(
            "'İSTANBUL' holds the letter İ, .* language of the s"
        )

    def test_vocabularies_are_shown_where_nothing_fits(self, isolex, here):
        vectors = Vectors.read("aa.vec")
        Vectors([f"/c/aa/{word}" for word in vectors.words], vectors.matrix).write("aa.vec")
        isolex(*ALIGN, "-o", "out").fails(
            r"lexicon seeds\.tsv: not one pair is in both vocabularies; .* source vocabulary holds .*'/c/aa/s"
        )

    def test_bad_lines_are_one_warning(self, isolex, here):
        lines = (here / "seeds.tsv").read_text() + "alone\ns200\tt200\n\n"
        (here / "seeds.tsv").write_text(lines)
        isolex(*ALIGN, "-o", "out").warns(
            r"seeds.tsv: skipped 1 of 202 lines \(first line 201: .*1 repeated pair kept once"
        )


BAD_OPTIONS = [
    (
        ("--method", "procrusts"),
        r"unknown method 'procrusts'; did you mean 'procrustes'\? choose from auto, procr",
    ),
    (
        ("--normalize", "unit,centre"),
        "unknown normalisation step 'centre'; did you mean 'center'. choose from unit, center, unit-dim",
    ),
    (("--normalize", ""), "unknown normalisation step ''"),
    (("--vocab", "0"), "'--vocab': 0 is not in the range"),
    (("--vocab", "many"), "'--vocab': 'many' is not a valid integer"),
    (
        ("--identical",),
        "exactly one of --lexicon, --identical, --numerals and --unsupervised; see: isolex align --help",
    ),
    (("--device", "quantum"), "device 'quantum' is not available here; use 'cpu'"),
    (("--device", "meta"), "device 'meta' is not supported"),
    (("--threads", "0"), "'--threads': 0 is not in the range"),
    (("--seed", "-1"), "'--seed': -1 is not in the range"),
    (("--seed", "99999999999999999999"), "'--seed': 99999999999999999999 is not in the range"),
    (("--case", "upper"), "'--case': 'upper' is not one of"),
    (("--unicode", "nfd"), "'--unicode': 'nfd' is not one of"),
    (("--vectors", "none"), "'--vectors': 'none' is not one of"),
    (("--bogus",), "No such option '?--bogus"),
    (("surplus.vec",), r"unexpected extra argument \(surplus.vec\)"),
]


def too_late(*_, **__):
    raise AssertionError("this should not be reached")


@pytest.fixture
def no_reading(monkeypatch):
    """Vectors may be gigabytes: what can be known before they are read is to be said before."""

    monkeypatch.setattr(Vectors, "read", too_late)


@pytest.mark.usefixtures("no_reading")
class TestBadOptions:
    @pytest.mark.parametrize(("options", "message"), BAD_OPTIONS, ids=lambda part: " ".join(part)[:30])
    def test_values(self, isolex, here, options, message):
        before = contents(here)
        isolex(*ALIGN, "-o", "aa-bb", *options).fails(message)
        assert contents(here) == before

    def test_no_seeds(self, isolex, here):
        isolex("align", "aa.vec", "bb.vec", "-o", "out").fails("give exactly one of --lexicon, --identical")

    def test_no_output(self, isolex, here):
        isolex("align", "aa.vec", "bb.vec", "--identical").fails("Missing option '-o' / '--output'")

    @pytest.mark.parametrize(
        ("output", "message"),
        [
            ("aa.vec", "aa.vec: is a file, expected a folder"),
            ("data", "data: holds other files .*choose an empty or a new folder"),
            ("no/out", r"no/out: cannot be written \(No such file or directory\); create its folder"),
            ("aa.vec/out", r"aa.vec/out: cannot be written \(Not a directory\)"),
        ],
    )
    def test_output(self, isolex, here, output, message):
        before = contents(here)
        isolex(*ALIGN, "-o", output).fails(message)
        assert contents(here) == before

    def test_output_where_one_may_not_write(self, isolex, here, monkeypatch):
        def forbidden(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.mkdtemp", forbidden)
        isolex(*ALIGN, "-o", "aa-bb").fails(r"aa-bb: cannot be written \(Permission denied\)")

    @pytest.mark.parametrize("output", [".", "../inside"])
    def test_output_that_one_is_in(self, isolex, here, monkeypatch, output):
        (here / "inside").mkdir()
        monkeypatch.chdir(here / "inside")
        paths = ("../aa.vec", "../bb.vec", "--lexicon", "../seeds.tsv")
        isolex("align", *paths, "-o", output).fails(f"{output}: cannot be replaced: .* you are in it")
        assert not list((here / "inside").iterdir())

    def test_a_lexicon_that_is_none(self, isolex, here):
        isolex("align", "aa.vec", "bb.vec", "--lexicon", "no", "-o", "out").fails("no: there is no such")


class TestOutput:
    def test_an_earlier_alignment_is_replaced(self, isolex, here):
        isolex(*ALIGN, "-o", "aa-bb", "--seed", 5).warns(None)
        assert json.loads((here / "aa-bb" / "card.json").read_text())["seed"] == 5

    def test_files_that_were_put_beside_an_alignment_are_kept(self, isolex, here):
        (here / "aa-bb" / "mine.tsv").write_text("kept")
        isolex(*ALIGN, "-o", "aa-bb").fails("aa-bb: holds other files .mine.tsv.")
        assert (here / "aa-bb" / "mine.tsv").read_text() == "kept"

    def test_a_link_stays_and_what_it_points_to_is_replaced(self, isolex, here):
        (here / "link").symlink_to("aa-bb")
        isolex(*ALIGN, "-o", "link", "--seed", 5).warns(None)
        assert (here / "link").is_symlink()
        assert load("aa-bb").card.seed == 5

    def test_vectors_by_reference(self, isolex, here, monkeypatch):
        isolex(*ALIGN, "-o", "out", "--vectors", "reference").warns(None)
        assert not (here / "out" / "source.safetensors").exists()
        monkeypatch.chdir("/")
        isolex("translate", here / "out", "s50").warns(
            r"out: its vectors are read from .*/aa\.vec and .*/bb\.vec$"
        )
        (here / "aa.vec").rename(here / "moved.vec")
        isolex("translate", here / "out", "s50").fails("source vectors are not here.*; give them by --source")
        isolex("translate", here / "out", "s50", "--source", here / "moved.vec").warns(r"from .*/bb\.vec$")
