"""`isolex space`, `isolex space add`, and a space wherever an alignment is taken."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from isolex import load_space
from isolex.cli.app import run
from isolex.cli.named_files import NamedFile, by_pair
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors
from tests.planted import gaussian, rotation

from .helpers import contents
from .test_start import HEAVY, run_without

N, D, SEEDS = 300, 12, 240
CODES = ("en", "es", "fr", "pt-br", "add")
PAIRS = ("en-es", "en-fr", "es-fr", "es-pt-br", "fr-pt-br", "en-add")
STAR = ("--lexicon", "en-es=en-es.tsv", "--lexicon", "en-fr=en-fr.tsv")
FILES = ("en=en.vec", "es=es.vec", "fr=fr.vec")
JOINS = ("pt-br=pt-br.vec", "--lexicon", "es-pt-br=es-pt-br.tsv")


@pytest.fixture(scope="module")
def planted_space(tmp_path_factory) -> Path:
    """Vectors of five languages, lexicons, a table of the first three, and the space `space` of them."""
    folder = tmp_path_factory.mktemp("languages")
    meaning = gaussian(N, D)
    for place, code in enumerate(CODES):
        rows = meaning @ rotation(D, 10 + place) + 0.1 * gaussian(N, D, 20 + place)
        Vectors([f"{code}{number}" for number in range(N)], rows.numpy()).write(folder / f"{code}.vec")
    for pair in PAIRS:
        source, target = pair.split("-", maxsplit=1)
        pairs = [(f"{source}{number}", f"{target}{number}") for number in range(N)]
        Lexicon(pairs[:SEEDS]).write(folder / f"{pair}.tsv")
        Lexicon(pairs[SEEDS:]).write(folder / f"{pair}.test.tsv")
    Lexicon((f"en{number}", f"fr{(7 * number) % SEEDS}") for number in range(SEEDS)).write(
        folder / "wrong.tsv"
    )
    (folder / "tables").mkdir()
    table = "".join(f'{code} = "../{code}.vec"\n' for code in CODES[:3])
    lexicons = "".join(f'{pair} = "../{pair}.tsv"\n' for pair in PAIRS[:2])
    (folder / "tables" / "space.toml").write_text(f"[vectors]\n{table}[lexicons]\n{lexicons}")
    files = (f"{code}={folder / f'{code}.vec'}" for code in CODES[:3])
    given = (f"--lexicon={pair}={folder / f'{pair}.tsv'}" for pair in PAIRS[:2])
    assert run(["space", *files, *given, "-o", str(folder / "space"), "--json"]) == 0
    return folder


@pytest.fixture
def languages(planted_space, tmp_path, monkeypatch) -> Path:
    """A copy of it, and the working directory."""
    shutil.copytree(planted_space, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestSpace:
    def test_json(self, isolex, languages):
        result = isolex("space", *FILES, *STAR, "-o", "made", "--json")
        result.warns(None)
        told = result.json
        assert (told["status"], told["space"], told["method"]) == ("aligned", "made", "joint")
        assert {code: one["by"] for code, one in told["languages"].items()} == {
            "en": None,
            "es": "en",
            "fr": "en",
        }
        assert {pair: (one["status"], one["seeds"]) for pair, one in told["pairs"].items()} == {
            "en--es": ("aligned", SEEDS),
            "en--fr": ("aligned", SEEDS),
            "es--fr": ("aligned", 0),
        }
        assert all(one["held_out"] > 90 for one in told["pairs"].values())
        assert load_space("made").pair("es", "fr").translate("es7", k=1)[0][0] == "fr7"
        assert load_space("made").sides["es"].vectors.language == "es"

    def test_text(self, isolex, languages):
        result = isolex("space", *FILES, *STAR, "-o", "made")
        result.warns(None)
        lines = [line.split() for line in result.out.splitlines()]
        assert lines[0][:4] == ["aligned", "by", "joint,", "3"]
        assert ["es", "aligned", "en", "300"] in lines
        given = next(line for line in lines if line[:1] == ["en-fr"])
        assert given[1:4] == ["aligned", "given", "240"]
        assert lines[-1] == ["space:", "made"]

    def test_a_table_of_files_is_the_same_space(self, isolex, languages):
        isolex("space", "--config", "tables/space.toml", "-o", "made").warns(None)
        there, made = load_space("space"), load_space("made")
        assert made.languages == there.languages
        for code in made.languages:
            np.testing.assert_array_equal(made.sides[code].matrix, there.sides[code].matrix)

    def test_a_table_and_more(self, isolex, languages):
        more = (*JOINS, "--lexicon", "fr-pt-br=fr-pt-br.tsv")
        isolex("space", "--config", "tables/space.toml", *more, "-o", "made").warns(None)
        assert load_space("made").languages == ("en", "es", "fr", "pt-br")

    def test_without_what_reads_toml(self, isolex, languages, monkeypatch):
        for name in ("tomllib", "tomli"):
            monkeypatch.setitem(sys.modules, name, None)
        isolex("space", "--config", "tables/space.toml", "-o", "made").fails(
            r"space\.toml: cannot be read: Python before 3\.11 does not know TOML; run: pip install tomli"
        )

    def test_options_reach_what_they_are_for(self, isolex, languages):
        arguments = ("--method", "procrustes", "--vocab", "260", "--seed", "3", "--normalize", "unit")
        told = isolex("space", *FILES, *STAR, "-o", "made", *arguments, "--no-check", "--json").json
        assert (told["method"], told["seed"]) == ("procrustes", 3)
        assert told["settings"]["normalize"] == ["unit"]
        assert {one["vectors"]["words"] for one in told["languages"].values()} == {260}
        assert {one["status"] for one in told["pairs"].values()} == {"unchecked"}

    def test_letter_case_of_lexicons(self, isolex, languages):
        upper = Lexicon((source.upper(), target) for source, target in Lexicon.read("en-es.tsv"))
        upper.write("upper.tsv")
        given = (*FILES[:2], "--lexicon", "en-es=upper.tsv", "-o", "made", "--no-check", "--json")
        isolex("space", *given).fails("not one pair is in both")
        assert isolex("space", *given, "--case", "lower").json["pairs"]["en--es"]["seeds"] == SEEDS

    def test_a_failed_language_is_not_written_unless_forced(self, isolex, languages):
        wrong = (*FILES, *STAR[:3], "en-fr=wrong.tsv", "-o", "made")
        before = contents(languages)
        refused = isolex("space", *wrong, "--json")
        assert (refused.status, refused.json["status"], refused.json["space"]) == (1, "failed", None)
        assert len(refused.lines) == 1
        assert "failed, nothing written: fr: " in refused.err
        assert contents(languages) == before
        forced = isolex("space", *wrong, "--force", "--json")
        assert (forced.status, forced.json["space"]) == (0, "made")
        assert "warning: en-fr failed: " in forced.err
        assert (languages / "made" / "card.json").exists()

    def test_a_space_is_replaced_and_nothing_else(self, isolex, languages):
        isolex("space", *FILES[:2], *STAR[:2], "-o", "space").warns(None)
        assert load_space("space").languages == ("en", "es")
        (languages / "space" / "notes.txt").write_text("mine")
        before = contents(languages)
        isolex("space", *FILES, *STAR, "-o", "space").fails("notes.txt")
        assert contents(languages) == before

    def test_languages_that_nobody_vouches_for_are_told(self, isolex, languages, monkeypatch):
        monkeypatch.setattr("isolex.recipes.pair_links.align", lambda *_, **__: _Failed)
        result = isolex("space", *FILES, *STAR[:2], "-o", "made")
        result.warns("fr is left out: no lexicon")
        assert "left out: fr" in result.out

    def test_what_was_aligned_is_kept(self, isolex, languages, monkeypatch):
        monkeypatch.setattr("isolex.recipes.pair_links.align", lambda *_, **__: _Failed)
        isolex("space", *FILES, *STAR[:2], "-o", "made", "--work", "pairs").warns("fr is left out")
        assert {path.name for path in (languages / "pairs").glob("*.json")} == {"en-fr.json", "es-fr.json"}
        monkeypatch.setattr("isolex.recipes.pair_links.align", None)
        isolex("space", *FILES, *STAR[:2], "-o", "made", "--work", "pairs").warns("fr is left out")
        isolex("space", *FILES, *STAR[:2], "-o", "made", "--workers", "2").fails("--workers goes with --work")


class _Failed:
    """The alignment of two languages that have nothing in common."""

    class card:
        status = "failed"
        reason = "no answer is right"


class TestAdd:
    def test_in_place_and_the_others_stay(self, isolex, languages):
        before = contents(languages / "space")
        result = isolex("space", "add", "space", *JOINS, "--json")
        result.warns(None)
        assert result.json["languages"]["pt-br"]["by"] == "es"
        after = contents(languages / "space")
        changed = {name for name, data in before.items() if after[name] != data}
        assert changed == {"card.json"}
        assert {"pt-br.vectors.safetensors", "es--pt-br.seeds.tsv"} <= after.keys() - before.keys()
        assert load_space("space").pair("fr", "pt-br").translate("fr7", k=1)[0][0] == "pt-br7"

    def test_into_another_folder(self, isolex, languages):
        before = contents(languages / "space")
        isolex("space", "add", "space", *JOINS, "-o", "bigger").warns(None)
        assert contents(languages / "space") == before
        assert load_space("bigger").languages == ("en", "es", "fr", "pt-br")

    def test_a_language_called_add(self, isolex, languages):
        isolex("space", "add=add.vec", "en=en.vec", "--lexicon", "en-add=en-add.tsv", "-o", "made").warns(
            None
        )
        assert load_space("made").languages == ("add", "en")
        isolex("space", "add", "space", "add=add.vec", "--lexicon", "en-add=en-add.tsv").warns(None)
        assert load_space("space").languages[-1] == "add"
        isolex("space", "add").fails(
            r"'DIR'; expected: isolex space add DIR LANGUAGE=FILE\.\.\.; see: isolex space add --help"
        )

    def test_a_failed_language_does_not_join(self, isolex, languages):
        isolex("space", *FILES[:2], *STAR[:2], "-o", "space").warns(None)
        before = contents(languages)
        refused = isolex("space", "add", "space", "fr=fr.vec", "--lexicon", "en-fr=wrong.tsv")
        assert refused.status == 1
        assert "failed, nothing written: fr: " in refused.err
        assert contents(languages) == before
        isolex("space", "add", "space", "fr=fr.vec", "--lexicon", "en-fr=wrong.tsv", "--force")
        assert load_space("space").languages == ("en", "es", "fr")

    def test_of_two_runs_the_later_one_does_not_undo_the_other(self, isolex, languages, monkeypatch):
        import isolex.alignment.space as room

        add = room.Space.add

        def meanwhile(*arguments, **settings):
            shutil.copytree("bigger", "space", dirs_exist_ok=True)
            return add(*arguments, **settings)

        isolex("space", "add", "space", *JOINS, "-o", "bigger").warns(None)
        monkeypatch.setattr(room.Space, "add", meanwhile)
        isolex("space", "add", "space", "add=add.vec", "--lexicon", "en-add=en-add.tsv").fails(
            "space: was replaced by another run meanwhile; run this again"
        )
        assert load_space("space").languages == ("en", "es", "fr", "pt-br")


BAD = {
    "twice": (("space", *FILES, "en=es.vec", *STAR), "got en twice; give each language once"),
    "twice, in a table": (("space", "--config", "tables/space.toml", "es=es.vec"), "got es twice"),
    "spelled in two ways": (
        ("space", *FILES, "pt_br=pt-br.vec", "pt-BR=pt-br.vec"),
        "got pt_br and pt-BR, which are one code",
    ),
    "no code": (("space", *FILES, "a/b=es.vec"), "got the language 'a/b', expected letters, digits"),
    "one language": (("space", "en=en.vec"), "got en, expected at least two languages"),
    "no language": (("space",), "got no languages; give LANGUAGE=FILE for each, or --config"),
    "no name": (("space", "en.vec", "es=es.vec"), "got 'en.vec', expected LANGUAGE=FILE"),
    "no file": (("space", "en=en.vec", "es=nowhere.vec"), "nowhere.vec: no such file"),
    "lexicon without name": (("space", *FILES, "--lexicon", "en-es.tsv"), "expected LANGUAGE-LANGUAGE=FILE"),
    "lexicon of none": (("space", *FILES, "--lexicon", "en-hu=en-es.tsv"), "en-hu: got no vectors of hu"),
    "lexicon of a code spelled otherwise": (
        ("space", *FILES, "--lexicon", "EN-es=en-es.tsv"),
        "lexicon EN-es: got no vectors of EN, only of en, es, fr",
    ),
    "lexicon of one": (("space", *FILES, "--lexicon", "en=en-es.tsv"), "lexicon en: does not name two of"),
    "lexicon with itself": (("space", *FILES, "--lexicon", "en-en=en-es.tsv"), "of one language with itself"),
    "lexicon twice": (
        ("space", *FILES, *STAR, "--lexicon", "en-es=en-fr.tsv"),
        r"lexicon en-es: got en-es\.tsv and en-fr\.tsv; give one file with all its pairs",
    ),
    "lexicon of others": (("space", *FILES, "--lexicon", "en-es=es-fr.tsv"), r"es-fr\.tsv: not one pair is"),
    "method": (("space", *FILES, "--method", "rcsls"), "'rcsls' is not one of 'joint', 'vecmap'"),
    "normalisation": (("space", *FILES, "--normalize", "size"), "'size'"),
    "output": (("space", *FILES, *STAR, "-o", "tables"), "tables: "),
    "add to an alignment": (
        ("space", "add", "alignment", *JOINS),
        "does not name two of the languages source, target",
    ),
    "add to nothing": (("space", "add", "nowhere", *JOINS), "nowhere: there is no such folder of a space"),
    "add what is there": (
        ("space", "add", "space", "es=es.vec", "--lexicon", "en-es=en-es.tsv"),
        "got es, but es is in the space already",
    ),
    "add what is there by another name": (
        ("space", "add", "space", "ES=es.vec", "--lexicon", "en-ES=en-es.tsv"),
        "got ES, but es is in the space already",
    ),
    "add without lexicon": (("space", "add", "space", "pt-br=pt-br.vec"), "got no lexicon between pt-br and"),
    "add another lexicon": (
        ("space", "add", "space", *JOINS, "--lexicon", "es-fr=es-fr.tsv"),
        "lexicon es-fr: is between es and fr, which are in the space already",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "told"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_changes_nothing(isolex, languages, arguments, told):
    isolex("align", "en.vec", "es.vec", "--lexicon", "en-es.tsv", "--method", "procrustes", "-o", "alignment")
    before = contents(languages)
    output = () if "-o" in arguments or "add" in arguments[:2] else ("-o", "made")
    isolex(*arguments, *output).fails(told)
    assert contents(languages) == before


TABLES = {
    "no TOML": ("vectors\n", "space.toml: is not TOML: "),
    "no UTF-8": (b'[vectors]\nen = "\xff"\n', "space.toml: is not TOML: "),
    "another table": ('[vector]\nen = "en.vec"\n', "'vector'; did you mean 'vectors'"),
    "no table": ('vectors = "en.vec"\n', r"holds vectors = …, expected a table; begin it with \[vectors\]"),
    "no file": ("[vectors]\nen = 3\n", r"holds en = 3 in \[vectors\], expected a file in quotes"),
    "a table within": ('[vectors.en]\nfile = "en.vec"\n', r"in \[vectors\], expected a file in quotes"),
    "nothing": ("", "got no languages"),
    "a file that is not there": (
        '[vectors]\nen = "no.vec"\nes = "no.vec"\n',
        r"tables/no\.vec: no such file",
    ),
}


@pytest.mark.parametrize(("table", "told"), TABLES.values(), ids=TABLES)
def test_tables_that_are_none(isolex, languages, table, told):
    (languages / "tables" / "space.toml").write_bytes(table if isinstance(table, bytes) else table.encode())
    isolex("space", "--config", "tables/space.toml", "-o", "made").fails(told)
    assert not (languages / "made").exists()


def test_a_table_that_is_not_there(isolex, languages):
    isolex("space", "--config", "no.toml", "-o", "made").fails("no.toml: there is no such file")
    isolex("space", "--config", "tables", "-o", "made").fails("tables: cannot be read")


@pytest.mark.parametrize(
    ("name", "codes", "pair"),
    [
        ("en-es", ("en", "es"), ("en", "es")),
        ("pt-br-en", ("en", "pt-br", "pt"), ("pt-br", "en")),
        ("en-pt-br", ("en", "pt-br", "br"), ("en", "pt-br")),
        ("zh-hans-zh-hant", ("zh-hant", "zh-hans"), ("zh-hans", "zh-hant")),
        ("a--b-c", ("a", "b-c", "a-b", "c"), ("a", "b-c")),
        ("a-b--c", ("a", "b-c", "a-b", "c"), ("a-b", "c")),
    ],
)
def test_names_of_lexicons_are_parted_by_the_codes_there_are(name, codes, pair):
    assert by_pair([NamedFile(name, Path("x"))], codes) == {pair: Path("x")}


def test_a_name_that_may_be_read_in_two_ways():
    with pytest.raises(
        InputError, match=r"a-b-c: may link a and b-c or a-b and c; put two hyphens .*: a--b-c"
    ):
        by_pair([NamedFile("a-b-c", Path("x"))], ("a", "b-c", "a-b", "c"))
    with pytest.raises(InputError, match="pt-br-hu: does not name two of the languages en, pt-br"):
        by_pair([NamedFile("pt-br-hu", Path("x"))], ("en", "pt-br"))


class TestAPairOfASpace:
    """Commands that take an alignment take two languages of a space."""

    PAIR = ("--from", "es", "--to", "fr")

    def test_translate(self, isolex, languages):
        result = isolex("translate", "space", "es7", *self.PAIR, "-k", "1", "--json")
        result.warns(None)
        ((word, score),) = load_space("space").pair("es", "fr").translate("es7", k=1)
        assert result.json["translations"] == [
            {
                "word": "es7",
                "known": True,
                "language": "fr",
                "answers": [{"word": word, "score": round(score, 4)}],
            }
        ]
        back = isolex("translate", "space", "fr7", *self.PAIR, "--reverse", "-k", "1", "--json").json
        assert back["translations"][0]["answers"][0]["word"] == "es7"
        assert back["translations"][0]["language"] == "es"

    def test_translate_to_all(self, isolex, languages):
        result = isolex(
            "translate", "space", "es7", "no", "es8", "--from", "es", "--to", "all", "-k", "1", "--json"
        )
        assert result.status == 1
        assert result.lines == ["isolex: unknown word 'no'"]
        assert [
            (one["word"], one.get("language"), [answer["word"] for answer in one["answers"]])
            for one in result.json["translations"]
        ] == [
            ("es7", "en", ["en7"]),
            ("es7", "fr", ["fr7"]),
            ("no", None, []),
            ("es8", "en", ["en8"]),
            ("es8", "fr", ["fr8"]),
        ]

    def test_translate_to_all_as_a_table(self, isolex, languages):
        result = isolex("translate", "space", "es7", "--from", "es", "--to", "all", "-k", "2")
        result.warns(None)
        head, *rows = (line.split() for line in result.out.splitlines())
        assert head == ["word", "language", "translation", "score"]
        assert [row[:3] for row in rows[::2]] == [["es7", "en", "en7"], ["es7", "fr", "fr7"]]
        assert [len(row) for row in rows] == [4, 2, 4, 2]

    def test_a_word_of_another_language_is_told_by_its_name(self, isolex, languages):
        result = isolex("translate", "space", "fr7", "--from", "es", "--to", "all")
        assert result.lines == ["isolex: unknown word 'fr7'; it is a word of fr: give --from fr"]

    def test_lexicon(self, isolex, languages):
        isolex("lexicon", "space", *self.PAIR, "-o", "made.tsv").warns(None)
        assert ("es7", "fr7") in Lexicon.read("made.tsv").pairs

    def test_evaluate(self, isolex, languages):
        isolex(
            "align", "es.vec", "fr.vec", "--lexicon", "es-fr.tsv", "--method", "procrustes", "-o", "direct"
        )
        arguments = ("evaluate", "bli", "space", "es-fr.test.tsv", *self.PAIR)
        result = isolex(*arguments, "--against", "direct", "--json")
        result.warns(None)
        assert result.json["p@1"] > 90
        assert result.json["paired"]["against"] == "direct"

    def test_diagnose(self, isolex, languages):
        arguments = ("diagnose", "es.vec", "fr.vec", "--words", "50", "--alignment", "space")
        assert isolex(*arguments, *self.PAIR, "--json").json["hubness"] is not None
        isolex(*arguments).fails("space: is a space of en, es, fr")

    def test_search(self, isolex, languages):
        rows = [f"d{number}\tfr{number} fr{number + 20}\n" for number in range(20)]
        (languages / "documents.tsv").write_text("".join(rows))
        isolex("index", "space", "documents.tsv", "-o", "index", *self.PAIR).warns(None)
        assert isolex("search", "index", "es7", "-k", "1", "--json").json["hits"][0]["id"] == "d7"
        # Another language may join meanwhile, and the space be elsewhere.
        isolex("space", "add", "space", *JOINS).warns(None)
        (languages / "space").rename("moved")
        isolex("search", "index", "es7").fails("its alignment is not at .*space any more")
        found = isolex("search", "index", "es7", "-k", "1", "--alignment", "moved", "--json")
        assert found.json["hits"][0]["id"] == "d7"

    def test_vectors_from_elsewhere(self, isolex, languages):
        given = ("translate", "space", "es7", *self.PAIR, "-k", "1", "--json", "--source")
        isolex(*given, "es.vec").warns(None)
        isolex(*given, "en.vec").fails("these are not the source vectors that the alignment was made for")

    def test_vectors_in_the_folder_that_are_others(self, isolex, languages):
        shutil.copy("space/en.vectors.safetensors", "space/es.vectors.safetensors")
        asked = isolex("translate", "space", "es7", *self.PAIR)
        asked.fails(r"es.vectors.safetensors: is damaged .* do not belong together")

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ((), "space: is a space of en, es, fr, and no two of them are named; say which: --from and --to"),
            (("--from", "es"), "--from and --to go together; give both"),
            (("--from", "es", "--to", "hu"), "unknown language of the space 'hu'; choose from en, es, fr"),
            (("--from", "es", "--to", "es"), "got es twice, expected two languages"),
            (("--from", "hu", "--to", "all"), "unknown language of the space 'hu'"),
            (("--from", "es", "--to", "all", "--reverse"), "do not go with --to all"),
            (("--from", "es", "--to", "all", "--source", "es.vec"), "do not go with --to all"),
        ],
    )
    def test_which_two_must_be_said(self, isolex, languages, arguments, told):
        isolex("translate", "space", "es7", *arguments).fails(told)

    def test_confidences_are_learnt_with_third_languages_and_not_kept(self, isolex, languages, monkeypatch):
        asked = []

        def rerank_pair(space, source, target):
            asked.append((space.languages, source, target))
            raise InputError("that is enough")

        monkeypatch.setattr("isolex.reranking.rerank_pair", rerank_pair)
        before = contents(languages)
        isolex(*self.CONFIDENT, "--from", "es", "--to", "en").fails("that is enough")
        assert asked == [(("en", "es", "fr"), "es", "en")]
        assert contents(languages) == before

    def test_two_languages_are_reranked_by_themselves(self, isolex, languages, monkeypatch):
        asked = []

        def rerank(alignment):
            asked.append((alignment.source.language, alignment.target.language, len(alignment.seeds)))
            raise InputError("that is enough")

        monkeypatch.setattr("isolex.reranking.rerank", rerank)
        isolex("space", *FILES[:2], "-o", "space", "--lexicon", "en-es=en-es.tsv", "--force").warns(None)
        isolex(*self.CONFIDENT, "--from", "en", "--to", "es").fails("that is enough")
        assert asked == [("en", "es", SEEDS)]

    CONFIDENT = ("lexicon", "space", "-o", "made.tsv", "--min-confidence", "0.5")


class TestExport:
    def test_one_file_a_language(self, isolex, languages):
        isolex("export", "space", "-o", "out").warns(None)
        space = load_space("space")
        for code in space.languages:
            exported = Vectors.read(f"out/{code}.aligned.vec")
            np.testing.assert_allclose(exported.matrix, space.sides[code].rows, atol=1e-5)

    def test_two_of_them(self, isolex, languages):
        isolex("export", "space", "--from", "en", "--to", "fr", "-o", "out", "--format", "numpy").warns(None)
        pair = load_space("space").pair("en", "fr")
        assert {path.name for path in (languages / "out").glob("*.npy")} == {
            "en.aligned.npy",
            "fr.aligned.npy",
        }
        np.testing.assert_allclose(np.load("out/fr.aligned.npy"), pair.shared[1], atol=1e-6)

    def test_one_pipeline_a_language(self, isolex, languages):
        result = isolex("export", "space", "-o", "out", "--format", "spacy", "--json")
        assert result.json["files"] == ["out/en", "out/es", "out/fr"]

    @pytest.mark.parametrize("format", ["sentence-transformers", "huggingface"])
    def test_formats_of_one_vocabulary_hold_two(self, isolex, languages, format):
        before = contents(languages)
        isolex("export", "space", "-o", "out", "--format", format).fails(
            f"format {format} holds two languages, not 3; choose two of them: --from and --to"
        )
        isolex("export", "space", "-o", "out", "--source", "en.vec").fails("need --from and --to")
        assert contents(languages) == before
        isolex("export", "space", "-o", "out", "--format", format, "--from", "en", "--to", "es").warns(None)

    def test_not_into_the_space(self, isolex, languages):
        isolex("export", "space", "-o", "space/out").fails("lies in .*space, which is a space of isolex")
        isolex("export", "space", "-o", "space").fails("which is a space of isolex|is the input")

    def test_a_language_that_failed_is_told(self, isolex, languages):
        isolex("space", *FILES, *STAR[:3], "en-fr=wrong.tsv", "-o", "made", "--force")
        isolex("export", "made", "-o", "out").warns("in the exported space fr is failed")


class TestInfo:
    def test_json_is_the_card(self, isolex, languages):
        result = isolex("info", "space", "--json")
        result.warns(None)
        assert result.json == {"kind": "space"} | load_space("space").card.to_dict()

    def test_text(self, isolex, languages):
        result = isolex("info", "space")
        result.warns(None)
        assert "kind: space" in result.out.splitlines()
        assert any(line.startswith("es-fr") for line in result.out.splitlines())

    def test_without_torch(self, languages):
        for status, out, err in run_without(HEAVY, [("info", "space", "--json"), ("info", "space")]):
            assert (status, err) == (0, "")
            assert "joint" in out

    def test_a_damaged_one(self, isolex, languages):
        card = languages / "space" / "card.json"
        card.write_text(card.read_text().replace('"aligned"', '"perfect"'))
        isolex("info", "space").fails("card.json: is damaged")


class TestAnAlignment:
    """It has two languages, so they need not be named, but may be."""

    @pytest.fixture
    def aligned(self, isolex, languages):
        given = ("align", "en.vec", "es.vec", "--lexicon", "en-es.tsv", "--method", "procrustes", "-o")
        isolex(*given, "known", "--source-language", "en", "--target-language", "es").warns(None)
        isolex(*given, "unknown").warns(None)

    @pytest.mark.parametrize("folder", ["known", "unknown"])
    def test_its_languages(self, isolex, aligned, folder):
        isolex("translate", folder, "en7", "--from", "en", "--to", "es").warns(None)

    def test_others(self, isolex, aligned):
        isolex("translate", "known", "en7", "--from", "es", "--to", "en").fails(
            "known: is an alignment of en and es, in this order; got es and en; leave out --from and --to"
        )
        (Path.cwd() / "pairs.tsv").write_text("en1\ten2\t3\n")
        isolex("evaluate", "similarity", "en.vec", "pairs.tsv", "--from", "en", "--to", "es").fails(
            "--from and --to need an alignment"
        )
