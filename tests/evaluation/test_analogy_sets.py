import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError
from isolex.evaluation import AnalogySet, Question
from isolex.evaluation.set_files import as_set

from .helpers import read_or_told

GOOGLE = """// a remark
: family
king queen man woman
boy  girl brother sister

: gram1 adverbs
calm calmly  quick quickly
"""
QUESTIONS = (
    Question("king", "queen", "man", "woman", "family"),
    Question("boy", "girl", "brother", "sister", "family"),
    Question("calm", "calmly", "quick", "quickly", "gram1 adverbs"),
)


def written(tmp_path, text):
    path = tmp_path / "questions.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_sections(tmp_path):
    read = AnalogySet.read(written(tmp_path, GOOGLE))
    assert read.questions == tuple(read) == QUESTIONS
    assert (len(read), read.name) == (3, "questions.txt")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b c d\r\nб в г ґ\r\n", [("a", "b", "c", "d"), ("б", "в", "г", "ґ")]),
        ("# four columns\nNew York\tUSA\tParis \tFrance\n", [("New York", "USA", "Paris", "France")]),
        ("#a #b #c #d", [("#a", "#b", "#c", "#d")]),
        (": s\n10,000 b c d\n", [("10,000", "b", "c", "d")]),
        (
            "New York;USA;Paris;France\na;b;c, d;e\n",
            [("New York", "USA", "Paris", "France"), ("a", "b", "c, d", "e")],
        ),
        ("New York,USA,Paris,France\n", [("New York", "USA", "Paris", "France")]),
        ('"a"\t"b"\t"c"\t"d"\n"e"\t"f"\t"g"\t"h"\n', [("a", "b", "c", "d"), ("e", "f", "g", "h")]),
        ("a b c d\u00a0\n\u200be f g h\n", [("a", "b", "c", "d"), ("e", "f", "g", "h")]),
    ],
)
def test_plain_columns(tmp_path, text, words):
    read = AnalogySet.read(written(tmp_path, text))
    assert [question[:4] for question in read] == words


@pytest.mark.parametrize(("unicode", "word"), [("nfc", "caf\u00e9"), ("keep", "cafe\u0301")])
def test_unicode_form(tmp_path, unicode, word):
    assert AnalogySet.read(written(tmp_path, "cafe\u0301 b c d"), unicode=unicode).questions[0].a == word


@pytest.mark.parametrize(("unicode", "word"), [("nfc", "caf\u00e9"), ("keep", "cafe\u0301")])
def test_unicode_form_of_questions(unicode, word):
    made = AnalogySet([("a", "b", "c", "cafe\u0301", "cafe\u0301")], unicode=unicode)
    assert made.questions == (Question("a", "b", "c", word, "cafe\u0301"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a b c d\n\n: more\na b c\n",
            "questions.txt, line 4: got 3 words, expected 4: a is to b as c is to d",
        ),
        ("a b c d e\n", "line 1: got 5 words"),
        ("alone\n", "line 1: got 1 word, expected 4"),
        ("a\tb\t\td\n", "line 1: got 4 words, expected 4"),
        (": family\n", "questions.txt: holds no questions"),
        (b"", "questions.txt: is empty"),
        (b"a b c d\n\xff b c d\n", "line 2: is not UTF-8"),
        ("cat\tdog\t2.5\n", "line 1: got 3 words"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path, text, message):
    with pytest.raises(FormatError, match=message):
        AnalogySet.read(written(tmp_path, text))


def test_a_set_or_its_file(tmp_path):
    path = written(tmp_path, GOOGLE)
    made = AnalogySet(QUESTIONS, "questions.txt")
    assert as_set(made, AnalogySet) is made
    assert as_set(path, AnalogySet) == as_set(str(path), AnalogySet) == made
    assert AnalogySet([tuple(question) for question in QUESTIONS]) == AnalogySet(QUESTIONS)
    with pytest.raises(InputError, match="got list, expected AnalogySet or a path"):
        as_set(list(QUESTIONS), AnalogySet)


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ([], "holds no questions"),
        ([("a", "b", "c")], r"got \('a', 'b', 'c'\), expected four words"),
        ([("a", "b", "c", 4)], "expected four words"),
        ([("a", "b", " ", "d")], "expected four words"),
        ([("a", "b", "c", "d", "section", "more")], "expected four words"),
        (["abcd"], "got 'abcd', expected four words"),
    ],
)
def test_questions_that_are_none(questions, message):
    with pytest.raises(InputError, match=message):
        AnalogySet(questions)


word = st.text(st.characters(categories=["L"]), min_size=1, max_size=6)


@given(st.lists(st.tuples(word, word, word, word), min_size=1), st.sampled_from(" \t"))
def test_what_is_written_comes_back(tmp_path_factory, questions, delimiter):
    path = tmp_path_factory.mktemp("sets") / "questions.txt"
    path.write_text("\n".join(map(delimiter.join, questions)), encoding="utf-8")
    assert AnalogySet.read(path, unicode="keep").questions == tuple(Question(*four) for four in questions)


@given(st.binary())
def test_any_bytes_are_a_set_or_an_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("sets") / "questions.txt"
    path.write_bytes(data)
    read = read_or_told(AnalogySet, path)
    assert read is None or all(all(question[:4]) for question in read.questions)
