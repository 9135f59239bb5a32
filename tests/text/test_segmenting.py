"""The sentences here are written for these tests (CC0)."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import InputError, MissingExtraError
from isolex.text import Segmenter
from isolex.text.word_patterns import plain_signs
from tests.transfer.without import hide

# What a reader of the language takes for the words, parted by blanks.
READ = [
    # Italian, French, Catalan: elided words are their own.
    (
        "it",
        "L’arte dell’Italia non è un po’ d’acqua: nell'Ottocento quell’uomo c'era.",
        "l' arte dell' italia non è un po' d' acqua nell' ottocento quell' uomo c' era",
    ),
    ("it", "Disse 'ciao' all'«amico», negli anni '80.", "disse ciao all' amico negli anni 80"),
    (
        "fr",
        "Aujourd’hui, quelqu'un m’a dit qu’il n'y a plus d'arc-en-ciel jusqu’à l’été.",
        "aujourd'hui quelqu'un m' a dit qu' il n' y a plus d' arc-en-ciel jusqu' à l' été",
    ),
    ("fr", "Le chef-d'œuvre de la presqu'île, lorsqu’on l’«aime».", None),
    (
        "ca",
        "L’home del col·legi paral.lel: dona’m l'aigua, ajuda'ls i n’hi haurà a l'il•lustre coŀlega.",
        "l' home del col·legi paral·lel dona 'm l' aigua ajuda 'ls i n' hi haurà a l' il·lustre col·lega",
    ),
    ("ga", "D'ól m’athair b'fhéidir.", "d' ól m' athair b' fhéidir"),
    # English, Ukrainian, Breton, Turkish and Uzbek have apostrophes inside words.
    ("en", "Don’t say it's the dogs' o'clock ‘now’.", "don't say it's the dogs o'clock now"),
    ("uk", "П’ять п'яних, ʼпʼятьʼ; з‘їв м'яту!", "п'ять п'яних ʼп'ятьʼ з'їв м'яту"),
    ("br", "Ur c’hoar am eus.", "ur c'hoar am eus"),
    ("uz", "O‘zbek tog‘ yo'l maʼno", "oʻzbek togʻ yoʻl ma'no"),
    ("haw", "Ka ʻāina ‘āina o Hawaiʻi, Hawai'i, Hawai’i.", "ka ʻāina ʻāina o hawaiʻi hawaiʻi hawaiʻi"),
    ("sm", "O le gagana fa’asāmoa ma le fa'asāmoa", "o le gagana faʻasāmoa ma le faʻasāmoa"),
    ("uk", "п`ять пам´ять `слово`", "п'ять пам'ять слово"),
    ("en", "It`s John´s `code`", "it's john's code"),
    ("hy", "Ինչպե՞ս եք։ Ո՛չ, հա՜յր", "ինչպես եք ոչ հայր"),
    # Letters in other shapes.
    ("en", "ﬁnd the oﬃce", "find the office"),
    ("nl", "ĳs en ijs, Ĳsland", "ijs en ijs ijsland"),
    ("ar", "ﻻ ﷲ ﻛﺘﺎﺏ", "لا الله كتاب"),
    ("ja", "Ｗｅｂ！２０２０年。ｺﾝﾋﾟｭｰﾀｰ", "web 2020 年 コンピューター"),
    # Scripts with marks and joiners inside words, and signs that nobody sees.
    ("fa", "می‌خواهم کتاب‌های تازه\u200c را بخوانم؛ خوب؟", "می‌خواهم کتاب‌های تازه را بخوانم خوب"),
    ("ar", "كَتَبَ الطــالب، ثم\u200f ذهب!", "كَتَبَ الطالب ثم ذهب"),
    ("hi", "मैं हिन्दी में किताबें पढ़ता हूँ। क्या तुम भी?", "मैं हिन्दी में किताबें पढ़ता हूँ क्या तुम भी"),
    ("ml", "അവന്\u200d വന്നു", "അവന്\u200d വന്നു"),
    (
        "he",
        "צה״ל הודיע: חז\"ל וגב' כהן גרים בבית־ספר; ג׳ירפה.",
        "צה\"ל הודיע חז\"ל וגב' כהן גרים בבית ספר ג'ירפה",
    ),
    ("he", "\"שָׁלוֹם\", אמר.", "שָׁלוֹם אמר"),
    # Numbers, hyphens, short forms.
    (
        "en",
        "1,000.5 in 1914-1918, COVID-19 -- well‑known – 2nd 12:30.",
        "1,000.5 in 1914 1918 covid-19 well-known 2nd 12 30",
    ),
    ("en", "The U.S. and e.g. the end.Next x_y", "the u.s and e.g the end next x y"),
    ("fi", "EU:n maat: S:t", "eu:n maat s:t"),
    ("en", "note:this", "note this"),
    ("de", "Straßen\u00adbahn", "straßenbahn"),
    ("ko", "나는 학교에 갔다.", "나는 학교에 갔다"),
    ("vi", "Tôi yêu Việt Nam.", "tôi yêu việt nam"),
    (None, "l’homme, 👍🏽 ❤️", "l'homme"),
    # Scripts without spaces, and mixtures.
    ("zh", "老师在教室里写汉字，2024年学生用iPad。", "老师 在 教室 里 写 汉字 2024 年 学生 用 ipad"),
    ("km", "ខ្ញុំចូលចិត្តអាន\u200bសៀវភៅ។", "ខ្ញុំ ចូលចិត្ត អាន សៀវភៅ"),
    ("lo", "ຂ້ອຍໄປຕະຫຼາດ", "ຂ້ອຍ ໄປ ຕະຫຼາດ"),
    ("my", "ကျွန်မစာအုပ်ဖတ်တယ်။", "ကျွန်မ စာအုပ် ဖတ် တယ်"),
    (None, "東京 Tokyo ตลาด", "東京 tokyo ตลาด"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "words"), [row for row in READ if row[2]])
def test_words_are_those_of_readers(language, text, words):
    assert Segmenter(language).words(text) == words.split(" ")


def test_french_words_with_an_apostrophe_of_their_own():
    found = Segmenter("fr").words(READ[3][1])
    assert found == ["le", "chef-d'œuvre", "de", "la", "presqu'île", "lorsqu'", "on", "l'", "aime"]


JAPANESE = (
    "古い駅の前に小さな本屋がある。店の主人は毎朝、コーヒーを飲みながら新聞を読みます。雨の日には、近所の子どもたちが絵本を買っていきました。",
    [
        "古い 駅 の 前 に 小さな 本屋 が ある",
        "店 の 主人 は 毎朝 コーヒー を 飲み ながら 新聞 を 読み ます",
        "雨 の 日 に は 近所 の 子ども たち が 絵本 を 買って いき ました",
    ],
)
THAI = (
    "ทุกเช้าฉันเดินไปตลาดกับแม่ เราซื้อข้าว ปลา และมะม่วง แล้วดื่มกาแฟที่ร้านของเพื่อน",
    ["ทุก เช้า ฉัน เดิน ไป ตลาด กับ แม่ เรา ซื้อ ข้าว ปลา และ มะม่วง แล้ว ดื่ม กาแฟ ที่ ร้าน ของ เพื่อน"],
)
TURKISH = (
    "IĞDIR'dan gelen İhtiyar, ILIK bir akşam İstanbul'a vardı. Kapıyı çaldı: \"Kimse yok mu?\" "
    "Işıklar yanıyordu; İÇERİDEN ince bir ses geldi.",
    [
        "ığdır'dan gelen ihtiyar ılık bir akşam istanbul'a vardı",
        "kapıyı çaldı kimse yok mu",
        "ışıklar yanıyordu içeriden ince bir ses geldi",
    ],
)


@pytest.mark.parametrize(
    ("language", "paragraph"), [("ja", JAPANESE), ("th", THAI), ("tr", TURKISH)], ids=["ja", "th", "tr"]
)
def test_paragraphs_are_segmented_and_cased_as_their_readers_would(language, paragraph):
    text, sentences = paragraph
    segmenter = Segmenter(language)
    assert [" ".join(words) for words in segmenter.sentences(text)] == sentences
    assert " ".join(segmenter.words(text)) == " ".join(sentences)


def test_turkish_is_cased_otherwise_than_the_rest():
    assert Segmenter("az").words("IŞIQ İş") == ["ışıq", "iş"]
    assert Segmenter("en").words("IŞIQ") == ["işiq"]


class TestSentences:
    @pytest.mark.parametrize(
        ("text", "sentences"),
        [
            ("One two. Three!  “Four?” Five… Six", ["one two", "three", "four", "five", "six"]),
            ("Mr. J. Smith met Dr. No. 5 times.", ["mr j smith met dr no 5 times"]),
            ("He left... and came. At 3.14 p.m. it rained", ["he left and came", "at 3.14 p.m it rained"]),
            ("Am 3. Mai war er da.", ["am 3 mai war er da"]),
            ("one\ntwo\r\n\n. . .\rthree", ["one", "two", "three"]),
            ("मैं हूँ। तुम हो॥", ["मैं हूँ", "तुम हो"]),
            ("هل؟ نعم. لا", ["هل", "نعم", "لا"]),
            ("", []),
        ],
    )
    def test_where_they_end(self, text, sentences):
        assert [" ".join(words) for words in Segmenter().sentences(text)] == sentences

    def test_wide_signs_end_them_without_a_blank(self):
        assert list(Segmenter("ja").sentences("ＡＢ！ＣＤ？ＥＦ")) == [["ab"], ["cd"], ["ef"]]

    def test_a_line_is_one_where_texts_are_segmented_already(self):
        sentences = Segmenter(tokens="whitespace").sentences("One . Two\nThree")
        assert list(sentences) == [["one", "two"], ["three"]]


class TestOptions:
    def test_case_is_kept(self):
        assert Segmenter("fr", case="keep").words("L’Été, QU’il D'Or") == [
            "L'",
            "Été",
            "QU'",
            "il",
            "D'",
            "Or",
        ]
        assert Segmenter("it", case="keep").words("Po’ Dell’Arte") == ["Po'", "Dell'", "Arte"]

    def test_numbers_are_dropped(self):
        text = "In 1914, 3.5 B2B 2nd ٣ ๓ 1,000"
        assert Segmenter(numbers=False).words(text) == ["in", "b2b", "2nd"]
        assert Segmenter().words(text) == ["in", "1914", "3.5", "b2b", "2nd", "٣", "๓", "1,000"]

    def test_punctuation_is_kept(self):
        segmenter = Segmenter(punctuation=True, numbers=False)
        assert segmenter.words('"Wait... -- no!" 100% €5') == [
            '"',
            "wait",
            "...",
            "--",
            "no",
            "!",
            '"',
            "%",
            "€",
        ]
        assert segmenter.words("東京。") == ["東京", "。"]

    def test_whitespace_alone_parts_tokens(self):
        text = "Ice_cream , don't -- 12\u00a0x"
        whitespace = Segmenter(tokens="whitespace")
        assert whitespace.words(text) == ["ice_cream", "don't", "12", "x"]
        keep_all = Segmenter(tokens="whitespace", punctuation=True, case="keep")
        assert keep_all.words(text) == ["Ice_cream", ",", "don't", "--", "12", "x"]
        some = Segmenter(tokens="whitespace", punctuation=True, numbers=False)
        assert some.words(text) == ["ice_cream", ",", "don't", "--", "x"]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"language": "ua"}, "did you mean 'uk'"),
            ({"tokens": "word"}, "unknown kind of tokens 'word'; did you mean 'words'"),
            ({"case": "fold"}, "unknown letter case 'fold'"),
            ({"numbers": "no"}, "numbers: got 'no', expected True or False"),
            ({"punctuation": 1}, "punctuation: got 1"),
        ],
    )
    def test_bad_ones(self, options, message):
        with pytest.raises(InputError, match=message):
            Segmenter(**options)

    def test_a_segmenter_travels_to_other_processes(self):
        segmenter = Segmenter("tr")
        assert segmenter.words("IŞIK") == ["ışık"]
        other = pickle.loads(pickle.dumps(segmenter))
        assert other == segmenter
        assert other.words("IŞIK") == ["ışık"]

    def test_they_are_told(self):
        assert Segmenter("fr", numbers=False).to_dict() == {
            "language": "fr",
            "tokens": "words",
            "case": "lower",
            "numbers": False,
            "punctuation": False,
        }


def test_without_icu_only_scripts_without_spaces_ask_for_it(monkeypatch):
    hide(monkeypatch, "icu4py")
    assert Segmenter("ja").words("Tokyo हिन्दी 서울") == ["tokyo", "हिन्दी", "서울"]
    with pytest.raises(
        MissingExtraError, match=r"needs the package icu4py; run: pip install 'isolex\[train\]'"
    ):
        Segmenter().words("Tokyo 東京")


TEXTS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("aIl'’-.·,\"1 \nא״ぁ中ไ\u200c\u0301_"))
)
LANGUAGES = st.sampled_from([None, "fr", "it", "ca", "tr", "he", "uz", "fi"])


@given(TEXTS, LANGUAGES, st.booleans(), st.booleans())
def test_any_text_has_words(text, language, numbers, punctuation):
    segmenter = Segmenter(language, case="keep", numbers=numbers, punctuation=punctuation)
    words = segmenter.words(text)
    place, plain = 0, segmenter._plain(text)
    for word in words:  # pieces of the text, in order, without blanks
        assert word
        assert not any(map(str.isspace, word))
        place = plain.index(word, place) + len(word)
    if not punctuation:
        assert all(any(map(str.isalnum, word)) for word in words)


@given(TEXTS, LANGUAGES)
def test_sentences_hold_the_words_of_the_text(text, language):
    segmenter = Segmenter(language)
    sentences = list(segmenter.sentences(text))
    assert all(sentences)
    assert [word for words in sentences for word in words] == [
        word for line in text.replace("\r", "\n").split("\n") for word in segmenter.words(line)
    ]


@given(TEXTS, LANGUAGES)
def test_plain_signs_stay_plain(text, language):
    once = plain_signs(text, language or "")
    assert plain_signs(once, language or "") == once
