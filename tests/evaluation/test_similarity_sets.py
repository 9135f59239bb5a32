import gzip
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError
from isolex.evaluation import SimilaritySet
from isolex.evaluation.set_files import as_set

from .helpers import read_or_told

PAIRS = (("cat", "dog", 2.5), ("ice cream", "sun", 0.5), ("müde", "Bär", 4.0))
SINGLE = (("cat", "dog", 2.5), ("cold", "sun", 0.5), ("müde", "Bär", 4.0))

LAYOUTS = {
    "tabs": ("cat\tdog\t2.5\nice cream\tsun\t0.5\nmüde\tBär\t4", PAIRS),
    "commas": ("cat,dog,2.5\r\nice cream,sun,0.5\r\nmüde,Bär,4\r\n", PAIRS),
    "commas and quotes": ('"cat","dog",2.5\n"ice cream", "sun", 0.5\nmüde,"Bär",4\n', PAIRS),
    "commas, header": (
        "Word1,Word2,1,2,Average Score\ncat,dog,2,3,2.5\nice cream,sun,0,1,0.50\nmüde,Bär,4,4,4.00\n",
        PAIRS,
    ),
    "commas, header without a known name": (
        "Word 1,Word 2,Human (mean)\ncat,dog,2.5\nice cream,sun,.5\nmüde,Bär,4\n",
        PAIRS,
    ),
    "tabs, header": (
        "word1\tword2\tPOS\tSimLex999\tconc\r\ncat\tdog\tN\t2.5\t1\r\nice cream\tsun\tN\t0.5\t2\r\n"
        "müde\tBär\tA\t4\t3\r\n",
        PAIRS,
    ),
    "colons": ("cat:dog:2.5\nice cream:sun:0.5\nmüde:Bär:4\n", PAIRS),
    "colons, header, parts of speech": (
        "#WORD1:WORD2:GOLD:POS1:POS2\ncat:dog:2.5:n:n\nice cream:sun:0.5:n:n\nmüde:Bär:4:a:n\n",
        PAIRS,
    ),
    "blanks": ("cat dog 2.5\ncold  sun 0.5\nmüde Bär 4\n", SINGLE),
    "blanks, parts of speech": ("cat-n dog-n 2.500000\ncold-j sun-n 0.5\nmüde-j Bär-n 4\n", SINGLE),
    "remarks and blank lines": (
        "# a set\n\n#\tfrom\tnowhere\ncat dog 2.5\n \ncold sun 0.5\nmüde Bär 4\n",
        SINGLE,
    ),
    "semicolons, decimal commas": ("cat;dog;2,5\nice cream;sun;0,5\nmüde;Bär;4\n", PAIRS),
    "semicolons, commas inside": ("cat;dog;2,5\nice cream;sun;0,5\nmüde;Bär;4,0\n", PAIRS),
    "tabs, decimal commas": ("cat\tdog\t2,5\ncold\tsun\t,5\nmüde\tBär\t4\n", SINGLE),
    "tabs, quotes": ('"cat"\t"dog"\t2.5\n"ice cream"\t"sun"\t0.5\n"müde"\t"Bär"\t4\n', PAIRS),
    "tabs, blanks at the ends": (
        "cat\u00a0\tdog\u200b\t2.5\u00a0\ncold\tsun\t0.5\nmüde\t\ufeffBär\t4\n",
        SINGLE,
    ),
    "R": ('"a" "b" "score"\n"1" "cat" "dog" 2.5\n"2" "ice cream" "sun" 0.5\n"3" "müde" "Bär" 4\n', PAIRS),
    "pandas": (",a,b,mean\n0,cat,dog,2.5\n1,ice cream,sun,0.5\n2,müde,Bär,4\n", PAIRS),
    "an empty column at the end": ("cat,dog,2.5,\nice cream,sun,0.5,\nmüde,Bär,4,\n", PAIRS),
    "byte-order mark": ("\ufeffcat\tdog\t2.5\ncold\tsun\t0.5\nmüde\tBär\t4", SINGLE),
    "old Macintosh": ("cat\tdog\t2.5\rcold\tsun\t0.5\rmüde\tBär\t4\r", SINGLE),
}


def written(tmp_path, text):
    path = tmp_path / "set.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read(tmp_path, layout):
    text, pairs = LAYOUTS[layout]
    read = SimilaritySet.read(written(tmp_path, text))
    assert read.pairs == pairs
    assert (len(read), list(read), read.name) == (len(pairs), list(pairs), "set.txt")


def test_compressed(tmp_path):
    assert SimilaritySet.read(written(tmp_path, gzip.compress(b"cat\tdog\t1\n"))).pairs == (
        ("cat", "dog", 1.0),
    )


@pytest.mark.parametrize(("unicode", "word"), [("nfc", "caf\u00e9"), ("keep", "cafe\u0301")])
def test_unicode_form(tmp_path, unicode, word):
    path = written(tmp_path, "cafe\u0301\ttea\t1\n")
    assert SimilaritySet.read(path, unicode=unicode).pairs[0][0] == word


@pytest.mark.parametrize(("unicode", "word"), [("nfc", "caf\u00e9"), ("keep", "cafe\u0301")])
def test_unicode_form_of_pairs(unicode, word):
    pairs = SimilaritySet([("cafe\u0301", "tea", 1)], unicode=unicode)
    assert pairs.pairs == pairs.reversed().reversed().pairs == ((word, "tea", 1.0),)
    with pytest.raises(InputError, match="unknown Unicode form 'nfd'"):
        SimilaritySet([("a", "b", 1)], unicode="nfd")


def test_odd_scripts_and_words(tmp_path):
    text = "кіт\tкошеня\t3\n猫\t犬\t2\nقط\tكلب\t2\n𐌰𐌹\t#tag\t1\n#tag\ta b\t0\nNew\u00a0York\tx-y\t1\n"
    words = [pair[:2] for pair in SimilaritySet.read(written(tmp_path, text))]
    assert words == [
        ("кіт", "кошеня"),
        ("猫", "犬"),
        ("قط", "كلب"),
        ("𐌰𐌹", "#tag"),
        ("#tag", "a b"),
        ("New\u00a0York", "x-y"),
    ]


def test_endings_are_parts_of_speech_only_if_every_word_has_one(tmp_path):
    tagged = SimilaritySet.read(written(tmp_path, "a-b-n c-v 1\nx-n y-n 2\n"))
    assert tagged.pairs == (("a-b", "c", 1.0), ("x", "y", 2.0))
    words = SimilaritySet.read(written(tmp_path, "t-v x-n 1\nx-n tea 2\n"))
    assert words.pairs == (("t-v", "x-n", 1.0), ("x-n", "tea", 2.0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cat\tdog\t2.5\ncat\tsun\n", "set.txt, line 2: does not hold two words and a score"),
        ("a\tb\t2\nc\td\t1\ncat\tsun\t3\tn\n", "line 3: has 4 fields, the first line has 3"),
        ("a\tb\t2\n\n# note\nc\t\t1\n", "line 4: has an empty word"),
        ("a\tb\t2\nc\td\tmany\n", "line 2: has 'many' for a score, expected a finite number"),
        ("a\tb\t2\nc\td\tnan\n", "line 2: has 'nan' for a score"),
        ("a\tb\t2.5\nc\td\t1,5\n", "line 2: has '1,5' for a score"),
        ("a b 2\nc d e 1\n", "line 2: does not hold two words and a score"),
        ("w1\tw2\tPOS\tSimLex999\na\tb\tN\t2\nc\td\tN\n", "line 3: has 3 fields, the first line has 4"),
        ("w1,w2,1,Average Score\na,b,2,3\nc,d,2,\n", "line 3: has '' for a score"),
        (b"a\tb\t2\nm\xfcde\tb\t1\n", "set.txt, line 2: is not UTF-8; convert it"),
        ("a\tb\t2\n".encode("utf-16"), "set.txt: is UTF-16 text"),
        (b"", "set.txt: is empty"),
        (b" \n\r\n\t\n", "set.txt: is empty"),
        ("cat gato\ndog perro\n", "set.txt: is no similarity set: most lines are not two words and a score"),
        (
            "2 4\ncat 1 2 3 4\ndog 1 2 3 4\n",
            "looks like a file of word vectors, expected pairs of words with sc",
        ),
        ("<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n", "is a web page"),
        ("\0\1\2", "is a binary file"),
        ("cat\tdog\tN\t1\n", "set.txt: holds a header and no pairs"),
        ("word1\tword2\tscore\n", "is no similarity set"),
        ('"a","b",1\n"c,d,2\n', "line 2: does not hold two words and a score"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path, text, message):
    with pytest.raises(FormatError, match=message):
        SimilaritySet.read(written(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "reason"), [("none.txt", "there is no such file"), ("", "is a folder, expected a file")]
)
def test_what_cannot_be_read_is_told(tmp_path, name, reason):
    with pytest.raises(InputError, match=f"{reason}; check the path, and the order of the arguments"):
        SimilaritySet.read(tmp_path / name)


def test_an_unknown_unicode_form_is_told(tmp_path):
    with pytest.raises(InputError, match="unknown Unicode form 'nfd'"):
        SimilaritySet.read(written(tmp_path, "a\tb\t1\n"), unicode="nfd")


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([], "holds no pairs"),
        ([("a", " ", 1)], "expected two words and a finite score"),
        ([("a", "b", math.inf)], "expected two words and a finite score"),
        ([("a", "b", 1), ("a", "b", "1")], r"got \('a', 'b', '1'\), expected two words"),
        ([("a", "b")], r"got \('a', 'b'\), expected two words"),
        ([("a", 1, 2)], r"got \('a', 1, 2\), expected two words"),
        (["abc"], "got 'abc', expected two words"),
    ],
)
def test_pairs_that_are_none(pairs, message):
    with pytest.raises(InputError, match=message):
        SimilaritySet(pairs)


def test_reversed():
    turned = SimilaritySet(PAIRS, "name").reversed()
    assert turned.pairs == tuple((b, a, score) for a, b, score in PAIRS)
    assert turned.reversed() == SimilaritySet(PAIRS, "name")


def test_a_set_or_its_file(tmp_path):
    made = SimilaritySet(PAIRS, "set.txt")
    path = written(tmp_path, LAYOUTS["tabs"][0])
    assert as_set(made, SimilaritySet) is made
    assert as_set(path, SimilaritySet) == as_set(str(path), SimilaritySet) == made
    with pytest.raises(InputError, match="got list, expected SimilaritySet or a path"):
        as_set(list(PAIRS), SimilaritySet)


letters = st.text(st.characters(categories=["L"]), min_size=1, max_size=8)
items = st.lists(letters, min_size=1, max_size=3).map(" ".join)
scores = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(items, items, scores), min_size=1), st.sampled_from(["\t", ",", ":"]))
def test_what_is_written_comes_back(tmp_path_factory, pairs, delimiter):
    path = tmp_path_factory.mktemp("sets") / "set.txt"
    path.write_text(
        "".join(f"{a}{delimiter}{b}{delimiter}{score!r}\n" for a, b, score in pairs), encoding="utf-8"
    )
    assert SimilaritySet.read(path, unicode="keep").pairs == tuple(pairs)


def assert_read_or_told(path):
    read = read_or_told(SimilaritySet, path)
    assert read is None or read.pairs
    assert all(a.strip() and b.strip() and math.isfinite(score) for a, b, score in read or ())


@given(st.binary())
def test_any_bytes_are_a_set_or_an_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("sets") / "set.txt"
    path.write_bytes(data)
    assert_read_or_told(path)


@given(st.text(st.sampled_from("ab12.-:,\t \n#\"'"), max_size=60))
def test_any_text_is_a_set_or_an_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("sets") / "set.txt"
    path.write_text(text)
    assert_read_or_told(path)
