import numpy as np
import pytest

from isolex.errors import FormatError
from isolex.text import ENOUGH_TOKENS, Corpus, Segmenter, TextCheck

ENGLISH = ["the", "of", "and", "to", "in", "was", "that", "he", "his", "with", "as", "it", "had", "for", "on"]
SPANISH = ["de", "que", "la", "el", "en", "los", "se", "un", "por", "con", "una", "su", "para", "es", "al"]
RARE = [f"w{number}" for number in range(2_000)]


def doubts(paragraphs, *, enough=True):
    """Kinds of doubts and the doubts, but for the size of the text."""
    check = TextCheck()
    corpus = Corpus.of(map(Segmenter().words, check.passing(paragraphs)))
    found = {doubt.kind: doubt for doubt in check.doubts(corpus)}
    assert ("tiny" in found) == (corpus.tokens < ENOUGH_TOKENS)
    return {kind: doubt for kind, doubt in found.items() if kind != "tiny" or not enough}


def written(words, lines, seed, length=12):
    """Lines of frequent words, and some that both languages could have."""
    draw = np.random.default_rng(seed)
    share = 1 / np.arange(2, len(words) + 2)
    return [
        " ".join([*draw.choice(words, length, p=share / share.sum()), *draw.choice(RARE, 4)])
        for _ in range(lines)
    ]


def test_plain_text_raises_no_doubt():
    assert doubts(written(ENGLISH, 8_000, 1), enough=False) == {}


def test_paragraphs_pass_unchanged():
    paragraphs = ["one <b>", "", "дві"]
    assert list(TextCheck().passing(iter(paragraphs))) == paragraphs


def test_no_words_are_an_error():
    check = TextCheck()
    corpus = Corpus.of(map(Segmenter().words, check.passing(["…", "!!!"])))
    with pytest.raises(FormatError, match="the text holds no words; check the files"):
        check.doubts(corpus)


def test_a_tiny_text():
    doubt = doubts(["one two"] * 500, enough=False)["tiny"]
    assert (doubt.count, doubt.share) == (1_000, 1_000 / ENOUGH_TOKENS)
    assert "the text has 1,000 tokens; fewer than about 100,000 make poor vectors" in doubt.message
    assert doubt.to_dict()["kind"] == "tiny"


class TestHTML:
    @pytest.mark.parametrize(
        "markup",
        ["<b>x</b>", "<br/>", '<a href="u">', "&nbsp;", "&#8217;", "&#x2019;", "<!-- x -->", "</P >"],
    )
    def test_tags_and_entities_are_counted(self, markup):
        doubt = doubts([f"text {markup} text"] * 20 + ["text"] * 60)["html"]
        assert doubt.count == (40 if markup == "<b>x</b>" else 20)
        assert doubt.share == 0.25
        assert "in 25.0 % of its lines" in doubt.message

    @pytest.mark.parametrize("line", ["a < b > c", "AT&T; R&D", "1 <2> 3", "x <- y", "x & y;"])
    def test_other_signs_are_none(self, line):
        assert "html" not in doubts([line] * 20)

    def test_a_few_are_nothing(self):
        assert "html" not in doubts(["<b>"] * 9 + ["text"] * 9)


class TestScripts:
    def test_a_mixture_inside_lines(self):
        doubt = doubts(["слово word друге second"] * 50)["scripts"]
        assert "a mixture of scripts (Cyrillic 50.0 %, Latin 50.0 % of the letters)" in doubt.message
        assert doubt.count == 500
        assert doubt.share == 0.5

    def test_lines_of_their_own_are_two_languages(self):
        doubt = doubts(["тільки слова"] * 60 + ["only words"] * 20)["languages"]
        assert (doubt.count, doubt.share) == (20, 0.25)
        assert (
            "the lines are in different scripts (Cyrillic 78.6 %, Latin 21.4 % of the letters)"
            in doubt.message
        )

    @pytest.mark.parametrize(
        "line", ["東京でコーヒーを飲む", "слова та ще слова, одне ok; і ще багато українських слів", "naïve"]
    )
    def test_one_way_of_writing(self, line):
        assert doubts([line] * 50) == {}

    def test_a_few_foreign_lines_are_nothing(self):
        assert doubts(["тільки слова"] * 500 + ["only words"] * 5) == {}


class TestLanguages:
    def test_words_that_never_meet_are_of_two_languages(self):
        lines = written(ENGLISH, 900, 1) + written(SPANISH, 100, 2)
        doubt = doubts(lines)["languages"]
        assert doubt.count == pytest.approx(100, abs=2)
        assert doubt.share == pytest.approx(0.1, abs=0.002)
        assert "10.0 % of the sentences have words such as 'de que la" in doubt.message
        assert "the others such as 'the of and" in doubt.message

    def test_one_language_is_one(self):
        for words in (ENGLISH, SPANISH, ENGLISH + SPANISH):
            assert doubts(written(words, 1_000, 3)) == {}

    def test_a_few_lines_are_nothing(self):
        assert doubts(written(ENGLISH, 990, 1) + written(SPANISH, 10, 2)) == {}

    def test_nor_are_lines_that_say_nothing(self):
        assert doubts(written(ENGLISH, 40, 1) + written(SPANISH, 40, 2)) == {}

    @pytest.mark.parametrize("length", [1, 2])
    def test_short_lines_of_one_language(self, length):
        draw = np.random.default_rng(4)
        assert doubts([" ".join(draw.choice(ENGLISH + SPANISH, length)) for _ in range(3_000)]) == {}


class TestOtherScript:
    @pytest.mark.parametrize(
        ("language", "text", "said"),
        [
            (
                "uk",
                "latin words only, and дві",
                "85.0 % of the letters are Latin, but uk is written in Cyrillic",
            ),
            (
                "ukr",
                "latin words",
                "100.0 % of the letters are Latin, but ukr is written in Cyrillic letters",
            ),
            ("pt_BR", "слова", "100.0 % of the letters are Cyrillic, but pt_BR is written in Latin letters"),
            ("zh", "слова", "but zh is written in Chinese or Japanese letters; check the text and the code"),
        ],
    )
    def test_is_told(self, language, text, said):
        (found,) = (doubt for doubt in self.doubts(language, text) if doubt.kind == "language")
        assert said in found.message
        assert found.count == 10 * sum(map(str.isalpha, text.removesuffix("дві")))

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("uk", "слова і words"),
            ("en", "words"),
            ("ja", "ひらがな 漢字"),
            ("uk-Latn", "slova"),
            ("sr", "slova"),
            (None, "slova"),
            ("xyz", "slova"),
            ("uk", "1 2 3"),
        ],
    )
    def test_is_not_told_of_others(self, language, text):
        assert "language" not in {doubt.kind for doubt in self.doubts(language, text)}

    def doubts(self, language, text):
        check = TextCheck(language)
        return check.doubts(Corpus.of(map(str.split, check.passing([text] * 10))))
