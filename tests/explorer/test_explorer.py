import json
import time

import pytest

from isolex import align_space
from isolex.alignment import load
from isolex.errors import FormatError, InputError
from isolex.explorer import Explorer
from isolex.explorer import explorer as module
from isolex.review import Generation
from isolex.vectors import Vectors
from tests.reranking.hand_made import over
from tests.review.made import planted_answers
from tests.spaces import alignment_of, gaussian, planted_languages, true_pairs

from .conftest import made_at_last


class TestAbout:
    def test_an_alignment(self, explorer):
        assert explorer.about() == {
            "title": "aa-bb",
            "status": "unchecked",
            "reason": load(explorer.path).card.reason,
            "languages": [
                {"code": "aa", "name": "Afar", "words": 300, "direction": "ltr"},
                {"code": "bb", "name": "bb", "words": 300, "direction": "ltr"},
            ],
            "pairs": [["aa", "bb"], ["bb", "aa"]],
            "confidences": [["aa", "bb"]],
        }

    def test_its_name_wherever_one_stands(self, saved, monkeypatch):
        monkeypatch.chdir(saved)
        assert Explorer(".").about()["title"] == "aa-bb"

    def test_without_confidences(self, place):
        (place / "confidence.json").unlink()
        assert Explorer(place).about()["confidences"] == []

    def test_languages_that_are_not_known(self, tmp_path):
        sides = [Vectors([f"{side}{n}" for n in range(9)], gaussian(9, 3, 0)) for side in "st"]
        alignment_of(*sides).save(tmp_path / "made")
        assert Explorer(tmp_path / "made").languages == ("source", "target")

    def test_languages_that_are_the_same(self, tmp_path):
        sides = [Vectors([f"{side}{n}" for n in range(9)], gaussian(9, 3, 0), language="en") for side in "st"]
        alignment_of(*sides).save(tmp_path / "made")
        made = Explorer(tmp_path / "made")
        assert made.languages == ("en (source)", "en (target)")
        assert made.word(*made.languages, "s1")["answers"][0]["word"] == "t1"
        assert made.word(*made.languages[::-1], "t1")["answers"][0]["word"] == "s1"

    @pytest.mark.parametrize(
        ("words", "direction"),
        [
            (["אבג", "ש", "12"], "rtl"),
            (["ابج", "2"], "rtl"),
            (["abc", "אב", "def"], "ltr"),
            (["1", "!"], "ltr"),
        ],
    )
    def test_direction_of_writing(self, tmp_path, words, direction):
        source = Vectors(words, gaussian(len(words), 3, 0), language="en")
        alignment_of(source, Vectors(["a", "b"], gaussian(2, 3, 0), language="es")).save(tmp_path / "made")
        assert [one["direction"] for one in Explorer(tmp_path / "made").about()["languages"]] == [
            direction,
            "ltr",
        ]

    def test_nothing_there(self, tmp_path):
        with pytest.raises(InputError, match="there is no such"):
            Explorer(tmp_path / "none")
        (tmp_path / "card.json").write_text("[]")
        with pytest.raises(FormatError):
            Explorer(tmp_path)


class TestAsking:
    def test_completion(self, explorer):
        vectors = explorer.vectors("aa")
        expected = [word for word in vectors.words if word.startswith("s1")]
        found = explorer.complete("aa", "s1", limit=5)["words"]
        assert [one["word"] for one in found] == expected[:5]
        assert [one["rank"] for one in found] == [vectors.id(one["word"]) + 1 for one in found]
        assert len(explorer.complete("aa", "")["words"]) == 12
        assert len(explorer.complete("aa", "", limit=10_000)["words"]) == 50

    def test_both_directions(self, explorer):
        there, back = explorer.word("aa", "bb", "s150"), explorer.word("bb", "aa", "t150")
        assert (there["source"], there["target"]) == ("aa", "bb")
        assert (there["answers"][0]["word"], back["answers"][0]["word"]) == ("t150", "s150")
        assert (there["answers"][0]["confidence"], back["answers"][0]["confidence"]) == (0.5, None)

    @pytest.mark.parametrize(
        "ask",
        [
            lambda explorer: explorer.complete("xx", "s"),
            lambda explorer: explorer.word("aa", "xx", "s1"),
            lambda explorer: explorer.map("xx", "bb"),
            lambda explorer: explorer.health("aa", "x" * 1000),
        ],
    )
    def test_a_language_that_is_none(self, explorer, ask):
        with pytest.raises(InputError, match=r"got the language 'x+', expected one of aa, bb"):
            ask(explorer)

    @pytest.mark.parametrize("name", ["word", "map", "health"])
    def test_one_language(self, explorer, name):
        with pytest.raises(InputError, match="got aa twice, expected two languages"):
            getattr(explorer, name)("aa", "aa", *(["s1"] if name == "word" else []))

    @pytest.mark.parametrize("limit", [0, -1])
    def test_no_completions(self, explorer, limit):
        with pytest.raises(InputError, match="limit"):
            explorer.complete("aa", "s", limit=limit)


class TestSlowOnes:
    def test_map(self, explorer):
        assert explorer.map("aa", "bb") == {"pending": True}
        found = made_at_last(lambda: explorer.map("aa", "bb"))
        for side, code in (("source", "aa"), ("target", "bb")):
            assert found[side]["words"] == list(explorer.vectors(code).words)
            for axis in "xy":
                assert len(found[side][axis]) == 300
                assert max(map(abs, found[side][axis])) <= 1
        assert json.dumps(found, allow_nan=False)
        assert explorer.map("aa", "bb") == found

    def test_health_counts_hubs_for_words(self, explorer):
        assert explorer.word("aa", "bb", "s150")["hub"] is None
        assert explorer.health("aa", "bb") == {"pending": True}
        found = made_at_last(lambda: explorer.health("aa", "bb"))
        assert [one["language"] for one in found["spaces"]] == ["aa", "bb"]
        assert explorer.word("aa", "bb", "s150")["hub"]["word"] == "t150"

    @pytest.mark.parametrize(
        ("error", "told"),
        [
            (InputError("no luck", where="here"), "here: no luck"),
            (ValueError("odd"), "health failed: ValueError: odd"),
        ],
    )
    def test_that_fail_say_so(self, saved, monkeypatch, error, told):
        def fails(_):
            raise error

        monkeypatch.setattr(module, "health_of", fails)
        made = Explorer(saved)
        made.health("aa", "bb")
        for _ in range(2):
            with pytest.raises(InputError, match=told):
                made_at_last(lambda: made.health("aa", "bb"))

    def test_are_made_once(self, saved, monkeypatch):
        asked = []
        monkeypatch.setattr(module, "health_of", lambda _: asked.append(time.sleep(0.05)) or {"status": "x"})
        made = Explorer(saved)
        for _ in range(9):
            made.health("aa", "bb")
        assert made_at_last(lambda: made.health("aa", "bb")) == {"status": "x"}
        assert len(asked) == 1
        assert made_at_last(lambda: made.health("bb", "aa")) == {"status": "x"}
        assert len(asked) == 2


class TestSpace:
    CODES = ("en", "es", "fr")

    @pytest.fixture(scope="class")
    @classmethod
    def space(cls, tmp_path_factory):
        vectors = planted_languages(cls.CODES)
        pairs = {("en", code): true_pairs("en", code, range(260)) for code in ("es", "fr")}
        align_space(vectors, pairs, check=False).save(folder := tmp_path_factory.mktemp("space") / "many")
        return Explorer(folder)

    def test_all_its_pairs(self, space):
        about = space.about()
        assert [(one["code"], one["name"]) for one in about["languages"]] == [
            ("en", "English"),
            ("es", "Spanish"),
            ("fr", "French"),
        ]
        assert about["pairs"] == [[a, b] for a in self.CODES for b in self.CODES if a != b]
        assert about["confidences"] == []

    @pytest.mark.parametrize("pair", [("en", "es"), ("es", "en"), ("es", "fr"), ("fr", "es")])
    def test_words(self, space, pair):
        source, target = pair
        answers = [space.word(source, target, f"{source}{n}")["answers"][0]["word"] for n in range(300, 320)]
        right = sum(word == f"{target}{n}" for n, word in enumerate(answers, 300))
        assert right >= 18

    def test_completion(self, space):
        assert {one["word"][:2] for one in space.complete("fr", "f")["words"]} == {"fr"}

    def test_map_is_not_kept_in_its_folder(self, space):
        before = sorted(space.path.rglob("*"))
        found = made_at_last(lambda: space.map("es", "fr"))
        assert len(found["source"]["words"]) == 400
        assert sorted(space.path.rglob("*")) == before


class TestWithReview:
    @pytest.fixture
    def made(self, review):
        return Explorer(review.path, review=review)

    def test_shows_the_present_generation(self, made, review):
        assert made.reviewed == ("aa", "bb")
        assert made.about()["confidences"] == [["aa", "bb"]]
        before = made.word("aa", "bb", "s150")
        answers = planted_answers(review.base)
        shifted = type(answers)(
            answers.rows,
            answers.keys[:, [1, 0, 2]].copy(),
            answers.confidence,
            answers.none_right,
            answers.spoken_for,
        )
        review._take(review._present_of(Generation(1, 0), over(review.base, shifted)))
        after = made.word("aa", "bb", "s150")
        assert [one["answers"][0]["word"] for one in (before, after)] == ["t150", "t151"]
        assert made.word("bb", "aa", "t150")["answers"][0]["word"] == "s150"

    def test_health_is_that_of_the_generation(self, made, review, monkeypatch):
        monkeypatch.setattr(module, "health_of", lambda _: {"status": str(review.generation.number)})
        assert made_at_last(lambda: made.health("aa", "bb")) == {"status": "0"}
        review._take(review._present_of(Generation(1, 0), review.proposals.dictionary))
        assert made_at_last(lambda: made.health("aa", "bb")) == {"status": "1"}

    def test_health_of_the_other_direction_is_measured_once(self, made, review, monkeypatch):
        asked = []
        monkeypatch.setattr(module, "health_of", lambda _: {"status": str(asked.append(1))})
        made_at_last(lambda: made.health("bb", "aa"))
        review._take(review._present_of(Generation(1, 0), review.proposals.dictionary))
        assert made.health("bb", "aa") == {"status": "None"}
        assert len(asked) == 1
