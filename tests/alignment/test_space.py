"""Many languages in one space: asking it, reading it, and letting another language join."""

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from isolex import align_space, load_space
from isolex.alignment import Space, is_joint
from isolex.errors import FormatError, InputError, IsolexWarning, UnknownWordError
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors

from ..spaces import alignment_of, planted, planted_languages, true_pairs
from .test_artefact import make as make_alignment

CODES = ("en", "es", "fr")
LANGUAGES = planted_languages([*CODES, "pt", "gl"])
ASKED = range(300, 340)  # in no lexicon


def lexicon(source: str, target: str) -> Lexicon:
    return true_pairs(source, target, range(260))


def right(space: Space, source: str, target: str) -> float:
    """Share of words outside all lexicons that are translated rightly."""
    found = space.pair(source, target).translate([f"{source}{i}" for i in ASKED], k=1)
    answers = [answer for ((answer, _),) in found]
    return sum(answer == f"{target}{i}" for answer, i in zip(answers, ASKED, strict=True)) / len(ASKED)


@pytest.fixture(scope="module")
def space() -> Space:
    vectors = {code: LANGUAGES[code] for code in CODES}
    return align_space(vectors, {("en", code): lexicon("en", code) for code in ("es", "fr")})


@pytest.fixture(scope="module")
def folder(space, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("space") / "made"
    space.save(path)
    return path


@pytest.fixture(scope="module")
def larger(space) -> Space:
    return space.add({"pt": LANGUAGES["pt"]}, {("es", "pt"): lexicon("es", "pt")})


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """Names of the files of vectors that are read."""
    read, done = Vectors.read, []

    def noted(path, *arguments, **keywords):
        done.append(Path(path).name)
        return read(path, *arguments, **keywords)

    monkeypatch.setattr(Vectors, "read", noted)
    return done


class TestAsking:
    def test_every_pair_translates_words_that_no_lexicon_has(self, space):
        assert {pair: right(space, *pair) for pair in permutations(CODES, 2)} == dict.fromkeys(
            permutations(CODES, 2), 1.0
        )

    def test_a_pair_is_made_once_for_both_directions(self, space):
        there, back = space.pair("es", "fr"), space.pair("fr", "es")
        assert space.pair("es", "fr") is there
        assert there.shared[0] is back.shared[1]
        assert back.source.language == "fr"
        assert back.card.source.language == "fr"

    def test_a_pair_knows_its_verdict_and_its_lexicon(self, space):
        card = space.pair("fr", "en").card
        assert card.status == "aligned"
        assert "held-out" in card.reason
        assert len(space.pair("fr", "en").seeds) == 260
        assert space.pair("fr", "en").seeds.sources[0].startswith("fr")
        assert len(space.pair("es", "fr").seeds) == 0

    def test_one_target_language_or_several_or_all(self, space):
        assert set(space.translate("en300", "en", "es")) == {"es"}
        assert list(space.translate("en300", "en", ["fr", "es"])) == ["fr", "es"]
        every = space.translate("en300", "en", k=1)
        assert {language: answers[0][0] for language, answers in every.items()} == {
            "es": "es300",
            "fr": "fr300",
        }

    def test_several_words_are_lists_of_answers(self, space):
        found = space.translate(["en300", "en301"], "en", k=1)
        assert [[word for word, _ in answers] for answers in found["fr"]] == [["fr300"], ["fr301"]]

    def test_nearest_looks_into_all_other_languages(self, space):
        found = space.nearest("es305", "es", k=2)
        assert {(language, word) for language, word, _ in found} == {("en", "en305"), ("fr", "fr305")}
        scores = [score for *_, score in space.nearest("es305", "es", k=10)]
        assert len(scores) == 10
        assert scores == sorted(scores, reverse=True)

    @pytest.mark.parametrize(
        "ask",
        [
            lambda space: space.pair("en", "fre"),
            lambda space: space.translate("en1", "en", "fre"),
            lambda space: space.translate("fr1", "fre"),
            lambda space: space.nearest("fr1", "fre"),
        ],
    )
    def test_an_unknown_language_is_refused_with_the_nearest_one(self, space, ask):
        with pytest.raises(InputError, match="'fre'; did you mean 'fr'\\? choose from en, es, fr"):
            ask(space)

    def test_a_language_with_itself_is_refused(self, space):
        with pytest.raises(InputError, match="got en twice"):
            space.pair("en", "en")

    def test_an_unknown_word_is_refused(self, space):
        with pytest.raises(UnknownWordError, match="en9999"):
            space.translate("en9999", "en")

    def test_it_is_shown_in_a_line(self, space):
        assert repr(space) == "Space(en, es, fr; joint)"
        assert len(space) == 3


class TestReading:
    def test_opening_reads_no_vectors_and_a_question_those_of_its_languages(self, folder, reads):
        opened = load_space(folder)
        assert (opened.languages, reads) == (CODES, [])
        opened.translate("en300", "en", "fr")
        assert sorted(reads) == ["en.vectors.safetensors", "fr.vectors.safetensors"]
        opened.translate("fr300", "fr", "en")
        assert len(reads) == 2

    def test_what_is_loaded_answers_the_same(self, space, folder):
        opened = load_space(folder)
        for code in CODES:
            assert opened.translate(f"{code}310", code) == space.translate(f"{code}310", code)

    def test_threads_share_what_is_read_and_made(self, folder, reads):
        opened, together = load_space(folder), threading.Barrier(8)

        def ask(number: int):
            together.wait()
            source, target = ("en", "es") if number % 2 else ("es", "en")
            return opened.pair(source, target).shared[number % 2 - 1]

        with ThreadPoolExecutor(8) as threads:
            rows = list(threads.map(ask, range(8)))
        assert len({id(one) for one in rows}) == 1
        assert sorted(reads) == ["en.vectors.safetensors", "es.vectors.safetensors"]


class TestJoining:
    def test_the_new_language_is_translated_to_and_from_all(self, larger):
        assert larger.languages == (*CODES, "pt")
        for code in CODES:
            assert right(larger, "pt", code) > 0.9
            assert right(larger, code, "pt") > 0.9

    def test_the_card_says_who_brought_it_in(self, space, larger):
        joined = larger.card.languages["pt"]
        assert (joined.by, joined.status) == ("es", "aligned")
        assert larger.card.pair("pt", "es").seeds == 260
        assert space.languages == CODES

    def test_the_others_answer_as_before(self, space, larger):
        for source, target in permutations(CODES, 2):
            words = [f"{source}{i}" for i in ASKED]
            assert larger.pair(source, target).translate(words) == space.pair(source, target).translate(words)

    def test_the_files_of_the_others_stay_bit_by_bit(self, folder, tmp_path):
        joined = load_space(folder).add({"pt": LANGUAGES["pt"]}, {("pt", "fr"): lexicon("pt", "fr")})
        joined.save(tmp_path / "joined")
        before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "card.json"}
        after = {path.name: path.read_bytes() for path in (tmp_path / "joined").iterdir()}
        assert {name: after[name] == data for name, data in before.items()} == dict.fromkeys(before, True)
        new = after.keys() - before.keys() - {"card.json"}
        assert {"pt.vectors.safetensors", "pt.map.safetensors", "fr--pt.seeds.tsv"} <= new
        assert all("pt" in name for name in new)

    def test_a_space_can_be_saved_where_it_was_read(self, space, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        space.save("made")
        load_space("made").add({"pt": LANGUAGES["pt"]}, {("en", "pt"): lexicon("en", "pt")}).save("made")
        assert load_space("made").languages == (*CODES, "pt")
        assert right(load_space("made"), "es", "fr") == right(space, "es", "fr")

    def test_languages_join_one_after_the_other(self, larger):
        twice = larger.add({"gl": LANGUAGES["gl"]}, {("pt", "gl"): lexicon("pt", "gl")})
        assert twice.languages == (*CODES, "pt", "gl")
        assert right(twice, "gl", "en") > 0.9

    def test_a_language_may_come_in_by_one_that_joins_with_it(self, space):
        joined = space.add(
            {"gl": LANGUAGES["gl"], "pt": LANGUAGES["pt"]},
            {("gl", "pt"): lexicon("gl", "pt"), ("pt", "en"): lexicon("pt", "en")},
        )
        # Portuguese is tied to the space, so it comes first.
        assert joined.languages == (*CODES, "pt", "gl")
        assert (joined.card.languages["pt"].by, joined.card.languages["gl"].by) == ("en", "pt")
        assert right(joined, "gl", "fr") > 0.9

    def test_it_joins_nearly_where_a_joint_solution_has_it(self, space):
        joined = space.add({"pt": LANGUAGES["pt"]}, {("en", "pt"): lexicon("en", "pt")})
        every = align_space(
            {code: LANGUAGES[code] for code in (*CODES, "pt")},
            {("en", code): lexicon("en", code) for code in ("es", "fr", "pt")},
        )
        for code in CODES:
            assert right(joined, "pt", code) == pytest.approx(right(every, "pt", code), abs=0.03)

    def test_unchecked_lexicons_count_alike(self, space):
        joined = space.add(
            {"pt": LANGUAGES["pt"]},
            {("en", "pt"): lexicon("en", "pt"), ("es", "pt"): lexicon("es", "pt")},
            check=False,
        )
        cards = [joined.card.pair(code, "pt") for code in ("en", "es")]
        assert [(card.status, card.weight) for card in cards] == [("unchecked", 1.0)] * 2
        assert right(joined, "pt", "fr") > 0.9

    def test_a_wrong_lexicon_is_told_by_the_verdict(self, space):
        wrong = Lexicon((f"en{i}", f"pt{(i * 7 + 3) % 260}") for i in range(260))
        joined = space.add({"pt": LANGUAGES["pt"]}, {("en", "pt"): wrong})
        assert joined.card.languages["pt"].status == "failed"

    @pytest.mark.parametrize(
        ("vectors", "lexicons", "said"),
        [
            (["en"], [("es", "en")], "got en, but en is in the space already"),
            (["PT", "pt"], [("en", "pt")], "PT and pt, which are one code"),
            (["pt"], [("pt", "xx")], "got no vectors of xx, only of en, es, fr, pt"),
            (["pt"], [], "no lexicon between pt and a language of the space; give one with en, es, fr"),
            (["pt", "gl"], [("pt", "gl")], "no lexicon between pt and a language of the space"),
            (["pt"], [("en", "pt"), ("es", "fr")], "lexicon es-fr: is between es and fr, which are in"),
            (["pt"], [("pt", "pt")], "of one language with itself"),
        ],
    )
    def test_what_cannot_join_is_refused(self, space, vectors, lexicons, said):
        given = {code: LANGUAGES.get(code, LANGUAGES["pt"]) for code in vectors}
        with pytest.raises(InputError, match=said):
            space.add(given, {pair: lexicon(*pair) for pair in lexicons})
        assert space.languages == CODES

    @pytest.mark.parametrize("settings", [{}, {"solver": {"name": "Joint", "sweep": 3}}, {"solver": "Joint"}])
    def test_a_space_of_unknown_settings_takes_in_no_language(self, space, settings):

        other = Space(space.sides, {}, replace(space.card, settings=settings), joint=space.joint)
        with pytest.raises(FormatError, match="is damaged"):
            other.add({"pt": LANGUAGES["pt"]}, {("en", "pt"): lexicon("en", "pt")})
        with pytest.raises(FormatError, match="is damaged"):
            is_joint(other)


def test_a_pair_that_failed_is_told_once(space, tmp_path):
    failed = replace(space.card.pair("en", "es"), status="failed", reason="chance alone")
    card = replace(space.card, pairs={**space.card.pairs, ("en", "es"): failed})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Space(space.sides, dict(space.links()), card, joint=space.joint).save(tmp_path / "space")
    loaded = load_space(tmp_path / "space")
    with pytest.warns(IsolexWarning, match=r"en of the space failed \(chance alone\)"):
        loaded.pair("es", "en")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded.pair("en", "es")
        loaded.pair("en", "fr")


class TestOfAnAlignment:
    def test_its_pair_is_the_alignment(self):
        alignment = make_alignment()
        space = Space.of(alignment)
        assert space.languages == ("aa", "bb")
        assert space.pair("aa", "bb") is alignment
        assert space.translate("s5", "aa") == {"bb": alignment.translate("s5")}
        assert space.translate("t5", "bb") == {"aa": alignment.reversed().translate("t5")}
        assert space.card.pair("aa", "bb").seeds == 60

    def test_saved_as_a_space_it_answers_the_same(self, tmp_path):
        alignment = make_alignment()
        Space.of(alignment).save(tmp_path / "space")
        opened = load_space(tmp_path / "space")
        assert opened.pair("bb", "aa").translate("t7") == alignment.reversed().translate("t7")
        assert opened.pair("aa", "bb").seeds == alignment.seeds
        assert opened.card.method == alignment.card.method

    def test_a_saved_alignment_is_a_space(self, tmp_path):
        alignment = make_alignment()
        alignment.save(tmp_path / "alignment")
        opened = load_space(tmp_path / "alignment")
        assert opened.languages == ("aa", "bb")
        assert opened.pair("aa", "bb").translate("s5") == alignment.translate("s5")

    @pytest.mark.parametrize(
        ("languages", "codes"),
        [((None, None), ("source", "target")), (("en", "en"), ("source", "target")), ((None, "es"), None)],
    )
    def test_languages_without_a_name_of_their_own(self, languages, codes):
        source, target, _ = planted(50, 6)
        sides = (
            Vectors(side.words, side.matrix, language=language)
            for side, language in zip((source, target), languages, strict=True)
        )
        assert Space.of(alignment_of(*sides)).languages == (codes or ("source", "es"))

    def test_no_language_can_join_it(self):
        space = Space.of(make_alignment())
        with pytest.raises(InputError, match="is an alignment of two languages"):
            space.add({"cc": planted(50, 20)[0]}, {("aa", "cc"): Lexicon([("s1", "s1")])})


def test_different_dimensions_share_a_space():
    languages = planted_languages(("en", "es"), dimensions={"es": 16})
    space = align_space(languages, {("en", "es"): lexicon("en", "es")})
    assert [tuple(side.matrix.shape) for side in space.sides.values()] == [(12, 16), (16, 16)]
    assert right(space, "en", "es") > 0.9
