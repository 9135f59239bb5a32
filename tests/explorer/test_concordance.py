import sys
from itertools import pairwise

import numpy as np
import pytest

from isolex.errors import FormatError, InputError, MissingExtraError
from isolex.explorer import Concordance, concordance
from isolex.explorer.concordance import Example
from isolex.text import Segmenter
from isolex.vectors import Vectors
from tests.spaces import gaussian

WORDS = ("cat", "Sun", "l'eau", "naïve", "कुत्ता", "<b>", "2024", "aller-retour", "rare")


@pytest.fixture
def made(tmp_path):
    """The concordance of a text for the words above."""

    def make(*texts):
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
        return Concordance([tmp_path], Vectors(WORDS, gaussian(len(WORDS), 3, 0)))

    return make


def test_a_word_in_its_sentence(made):
    assert made("The cat sleeps.\nA dog barks.\n").of("cat") == [Example("The ", "cat", " sleeps.")]
    assert Example("a", "b", "c").to_dict() == {"before": "a", "word": "b", "after": "c"}


def test_as_it_is_written_there(made):
    found = made("CAT! the sun\n")
    assert [one.word for one in found.of("cat")] == ["CAT"]
    assert [one.word for one in found.of("Sun")] == ["sun"]
    assert found.of("CAT") == found.of("cat")


def test_whole_words_alone(made):
    assert made("Cats concatenate a catalogue.\n").of("cat") == []


@pytest.mark.parametrize("word", ["l'eau", "naïve", "कुत्ता", "2024", "aller-retour"])
def test_words_with_marks_and_signs(made, word):
    assert [one.word for one in made(f"x {word}, y\n").of(word)] == [word]


CHINESE, THAI = ("我", "喜欢", "猫"), ("แมว", "กิน", "ปลา")


@pytest.mark.parametrize(
    ("language", "words", "text", "word", "before", "after"),
    [
        ("zh", CHINESE, "我喜欢猫。", "喜欢", "我", "猫。"),
        ("th", THAI, "แมวกินปลา", "กิน", "แมว", "ปลา"),
        ("fr", ("eau", "l'"), "Dans l’eau claire", "eau", "Dans l’", " claire"),
        ("tr", ("ılık", "istanbul"), "Bu ILIK su", "ılık", "Bu ", " su"),
        (None, ("l’eau",), "Dans l'eau claire", "l’eau", "Dans ", " claire"),
        ("en", ("cat",), "猫 is a cat", "cat", "猫 is a ", ""),
    ],
)
def test_texts_are_cut_as_languages_are(tmp_path, language, words, text, word, before, after):  # noqa: PLR0917
    if language in ("zh", "th"):
        pytest.importorskip("icu4py", reason="needs icu4py, of the extra train")
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    vectors = Vectors(words, gaussian(len(words), 3, 0), language=language)
    (found,) = Concordance([tmp_path / "text.txt"], vectors).of(word)
    assert (found.before, found.after) == (before, after)
    assert before + found.word + after == text


def test_scripts_without_spaces_need_a_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "icu4py.breakers", None)
    (tmp_path / "text.txt").write_text("我喜欢猫 cat", encoding="utf-8")
    with pytest.raises(MissingExtraError, match="icu4py"):
        Concordance([tmp_path / "text.txt"], Vectors(CHINESE, gaussian(3, 3, 0), language="zh"))
    # Whose words are in another script does without.
    found = Concordance([tmp_path / "text.txt"], Vectors(["cat"], gaussian(1, 3, 0), language="en"))
    assert len(found.of("cat")) == 1


def test_three_places_in_all_files(made):
    texts = ["one cat\ntwo cat cat\n", "three cat\nfour cat\n"]
    found = made(*texts).of("cat")
    places = [("one ", "two ", "three ", "four ").index(one.before) for one in found]
    assert len(places) == 3
    assert places == sorted(set(places))
    assert made(*texts).of("cat") == found


def test_from_all_over_the_text(made):
    text = "".join(f"{number} cat{' Sun' * (number % 7 == 0)}\n" for number in range(1000)) + "rare\n"
    found = made(text)
    for word in ("cat", "Sun"):
        first, second, third = (int(one.before.split()[0]) for one in found.of(word))
        assert second - first > 100 < third - second
    assert len(found.of("rare")) == 1


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 1000])
def test_every_paragraph_is_looked_at_once(count):
    order = concordance._scattered(count)
    assert sorted(order) == list(range(count))


def test_long_paragraphs_are_cut(made):
    (found,) = made(f"{'a' * 100} {'b' * 60} cat {'c' * 60} {'d' * 100}\n").of("cat")
    assert found.before == "…" + ("a" * 100 + " " + "b" * 60 + " ")[-70:]
    assert found.after == (" " + "c" * 60 + " " + "d" * 100)[:70] + "…"
    (found,) = made(f"{'a' * 69} cat {'c' * 69}\n").of("cat")
    assert (found.before[0], found.after[-1]) == ("a", "c")


def test_markup_stays_text(made):
    (found,) = made("<script>cat</script> \u202eabc\n").of("cat")
    assert (found.before, found.word, found.after) == ("<script>", "cat", "</script> \u202eabc")


def test_words_that_do_not_stand_there(made):
    found = made("The cat sleeps.\n")
    assert found.of("rare") == found.of("dog") == found.of("") == []


@pytest.mark.parametrize("most", [200, 1_000, 3_000, 100_000])
def test_of_long_texts_paragraphs_at_even_distances(monkeypatch, most):
    monkeypatch.setattr(concordance, "_MOST_KEPT", most)
    paragraphs = (f"{number:04}" for number in range(1000))
    kept = [int(paragraph) for paragraph in concordance._spread(paragraphs, lambda _: 54)]
    (step,) = {after - before for before, after in pairwise(kept)}
    assert (kept[0], kept[-1] + step >= 1000) == (0, True)
    assert min(most // 2 - 54, 54_000) <= 54 * len(kept) <= most


def test_of_long_texts_all_parts(made, monkeypatch):
    monkeypatch.setattr(concordance, "_MOST_KEPT", 10_000)
    found = made("".join(f"{number} cat\n" for number in range(2000)))
    places = [int(one.before) for one in found.of("cat")]
    assert len(places) == 3
    assert max(places) - min(places) > 1000


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("long", ["word " * 20_000, "w" * 100_000])
def test_a_long_paragraph_takes_no_others_away(made, monkeypatch, long, is_first):
    monkeypatch.setattr(concordance, "_MOST_KEPT", 50_000)
    others = "".join(f"{number} cat\n" for number in range(400))
    found = made(f"{long}\n{others}" if is_first else f"{others}{long}\n").of("cat")
    places = [int(one.before) for one in found]
    assert len(places) == 3
    assert max(places) - min(places) > 100


def test_in_long_paragraphs_words_stay_whole(made):
    text = "the cat sleeps " * 2000
    pieces = concordance._pieces(text)
    assert "".join(pieces) == text
    assert len(pieces) > 5
    assert {word for piece in pieces for word in piece.split()} == {"the", "cat", "sleeps"}
    assert len(made(text).of("cat")) == 3


def test_of_texts_without_spaces_less_is_kept(tmp_path, monkeypatch):
    pytest.importorskip("icu4py", reason="needs icu4py, of the extra train")
    monkeypatch.setattr(concordance, "_MOST_KEPT", 5_000)
    (tmp_path / "text.txt").write_text("我喜欢猫。\n" * 60, encoding="utf-8")
    vectors = Vectors(CHINESE, gaussian(len(CHINESE), 3, 0), language="zh")
    cut = []
    words = Segmenter.words
    monkeypatch.setattr(Segmenter, "words", lambda self, text: cut.append(text) or words(self, text))
    Concordance([tmp_path / "text.txt"], vectors)
    # Each counts for 87, and not for 55.
    assert len(cut) == 30


def test_a_paragraph_that_is_longer_than_what_is_kept(made, monkeypatch):
    monkeypatch.setattr(concordance, "_MOST_KEPT", 10)
    assert len(made(f"{'a' * 100} cat\n").of("cat")) == 1


def test_what_comes_after_the_end_is_not_read(made, monkeypatch):
    monkeypatch.setattr(concordance, "_MOST_READ", 10)
    found = made("no\nthe cat 1\nrare\n", "rare\n")
    assert len(found.of("cat")) == 1
    assert found.of("rare") == []


def test_no_file(tmp_path):
    with pytest.raises(InputError, match="none"):
        Concordance([tmp_path / "none.txt"], Vectors(WORDS, gaussian(len(WORDS), 3, 0)))


def test_vectors_are_no_text(tmp_path):
    path = tmp_path / "en.vec"
    path.write_text("the 0.1 0.2 0.3\nof 0.3 0.2 0.1\n")
    with pytest.raises(
        FormatError, match=r"en\.vec: is a file of word vectors .*, expected text; give a text"
    ):
        Concordance([path], Vectors(["the", "of"], np.eye(2, dtype=np.float32)))
