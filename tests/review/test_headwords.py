import pytest

from isolex.review.headwords import is_headword

WORDS = {
    "en": "cat don't co-operate U.S. e.g. naïve v2 3D o'clock new_york New\u00a0York ﬁnd don’t",
    "it": "dell' c'è po' l'arte",
    "fr": "l' qu' aujourd'hui l'eau",
    "ca": "'m l' dona",
    "he": 'כלב צה"ל צה״ל',
    "fa": "خانه\u200cها کتاب",
    "hi": "कुत्ता नदी",
    "uk": "п'ять слово",
    "ja": "犬 ジョン・スミス たべる",
    "th": "กินข้าว แมว",
    "my": "ခွေး",
    "km": "ឆ្កែ",
    "lo": "ໝາ",
    "am": "ጓደኛ",
    "ka": "ძაღლი",
    "ko": "스페인",
    "got": "𐌰é",
    "haw": "ʻāina",
}
OTHERS = {
    "en": "don' don’ ' ... ! 1984 1,5 -ness co- 's cat. cat, (cat) http:// $ ½ – <img",
    "fr": "don' 's",
    "ca": "'x",
    "it": "don! -",
    "zh": "。 、 ！",
}


@pytest.mark.parametrize("language", WORDS)
def test_words_of_all_scripts(language):
    assert [word for word in WORDS[language].split(" ") if not is_headword(word, language)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_signs_numbers_and_pieces(language):
    assert [word for word in OTHERS[language].split(" ") if is_headword(word, language)] == []


@pytest.mark.parametrize("language", [None, "aa", "xx"])
def test_languages_that_nobody_knows(language):
    assert is_headword("l'eau", language)
    assert not is_headword("l'", language)
