import re

import numpy as np
import pytest

from isolex.errors import InputError, IsolexWarning
from isolex.lexicon import Lexicon, as_lexicon, index_checked
from isolex.vectors import Vectors

SOURCE = Vectors(["cat", "dog", "no"], np.eye(3))
TARGET = Vectors(["gato", "perro", "no"], np.eye(3))


def test_a_lexicon_or_its_file_is_taken(tmp_path) -> None:
    lexicon = Lexicon([("cat", "gato")])
    lexicon.write(tmp_path / "pairs.tsv")
    assert as_lexicon(lexicon, what="seeds") is lexicon
    assert as_lexicon(str(tmp_path / "pairs.tsv"), what="seeds") == lexicon
    assert as_lexicon(tmp_path / "pairs.tsv", what="seeds") == lexicon


@pytest.mark.parametrize("given", [[("cat", "gato")], {"cat": "gato"}, None, 3])
def test_nothing_else_is(given) -> None:
    with pytest.raises(InputError, match=r"seeds: got \w+, expected Lexicon or a path; wrap its rows"):
        as_lexicon(given, what="seeds")


def test_a_lexicon_that_fits_is_indexed_in_silence(recwarn) -> None:
    indexed = index_checked(Lexicon([("cat", "gato"), ("no", "no")]), SOURCE, TARGET, what="seeds")
    assert indexed.pairs.tolist() == [[0, 0], [2, 2]]
    assert not recwarn.list


TURNED = [("gato", "cat"), ("perro", "dog"), ("no", "no")]


def test_one_the_wrong_way_round_is_told() -> None:
    told = (
        "seeds: looks the wrong way round: 1 of its 3 pairs is found, 3 if its columns are exchanged; "
        "exchange its two col"
    )
    with pytest.warns(IsolexWarning, match=told):
        assert len(index_checked(Lexicon(TURNED), SOURCE, TARGET, what="seeds")) == 1


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([("gato", "cat")], "0 of its 1 pair are found, 1 if its columns are exchanged"),
        # 1 of 11 is less than 10 %.
        (
            [*TURNED, *((f"a{n}", f"b{n}") for n in range(8))],
            "1 of its 11 pairs is found, 3 if its columns are exchanged",
        ),
    ],
)
def test_one_that_hardly_fits_but_turned_is_refused(pairs, told) -> None:
    with pytest.raises(
        InputError, match=f"seeds: looks the wrong way round: {told}; exchange its two columns"
    ):
        index_checked(Lexicon(pairs), SOURCE, TARGET, what="seeds")


def test_one_that_fits_no_way_is_not_refused() -> None:
    """Less than 10 %, and hardly more the other way: the direction is not what is wrong."""
    source, target = (Vectors([f"{side}{n}" for n in range(9)] + list("xyz"), np.eye(12)) for side in "ab")
    pairs = [(f"a{n}", f"b{n}") for n in range(2)] + [(f"b{n}", f"a{n}") for n in range(3)]
    strangers = [(f"c{n}", f"d{n}") for n in range(30)]
    with pytest.warns(IsolexWarning, match="2 of its 35 pairs are found, 3 if its columns are exchanged"):
        index_checked(Lexicon([*pairs, *strangers]), source, target, what="seeds")


def test_identical_strings_have_no_wrong_way_round(recwarn) -> None:
    words = [f"w{n}" for n in range(3)]
    source, target = Vectors([*words, "a"], np.eye(4)), Vectors([*words, "b"], np.eye(4))
    same = Lexicon.identical(source, target)
    assert len(index_checked(same, source, target, what="seeds")) == 3
    assert not recwarn.list
    with pytest.warns(IsolexWarning, match=r"seeds: 3 of 43 pairs \(7.0 %\)"):
        index_checked(
            Lexicon([*same, *((f"z{n}", f"z{n}") for n in range(40))]), source, target, what="seeds"
        )


def test_poor_coverage_is_told() -> None:
    strangers = [(f"a{number}", f"b{number}") for number in range(10)]
    with pytest.warns(IsolexWarning, match=r"seeds: 1 of 11 pairs \(9.1 %\)"):
        index_checked(Lexicon([("cat", "gato"), *strangers]), SOURCE, TARGET, what="seeds")
    with pytest.raises(InputError, match="not one pair is in both vocabularies; 0 of 10 pairs"):
        index_checked(Lexicon(strangers), SOURCE, TARGET, what="seeds")


@pytest.mark.parametrize(
    ("source", "pairs", "shown"),
    [
        (["/c/en/the", "/c/en/house"], [("house", "casa")], r"such as '/c/en/house', '/c/en/the'"),
        (["the", ".", "of", "and"], [("/c/en/house", "casa")], "such as 'the', 'of', 'and'"),
        (["<s>", '"dog"', '"cat"'], [("cat", "casa"), ("dog", "x")], """such as '"cat"', '"dog"', """),
        (["1", "2", "3", "4"], [("one", "casa")], "such as '1', '2', '3',"),
    ],
)  # fmt: skip
def test_a_lexicon_that_fits_nowhere_is_shown_beside_the_vocabularies(source, pairs, shown) -> None:
    vectors = Vectors(source, np.eye(len(source)))
    with pytest.raises(InputError, match=r"^seeds: not one pair is in both vocabularies; 0 of ") as caught:
        index_checked(Lexicon(pairs), vectors, TARGET, what="seeds")
    message = str(caught.value)
    assert re.search(f"source vocabulary holds words {shown}", message), message
    assert "the target vocabulary 'gato', 'perro', 'no'; check languages" in message
    assert f"source word such as {pairs[0][0]}" in message or f"source words such as {pairs[0][0]}" in message
    assert "\n" not in message


def test_the_letter_case_that_would_fit_is_named(tmp_path) -> None:
    path = tmp_path / "upper.tsv"
    path.write_text("CAT\tGATO\nDOG\tPERRO\nNOBODY\tNADIE\n")
    with pytest.raises(InputError) as caught:
        index_checked(Lexicon.read(path), SOURCE, TARGET, what="lexicon")
    message = str(caught.value)
    assert message.startswith(f"lexicon {path}: not one pair is in both vocabularies; 0 of 3 pairs")
    assert message.endswith("; letter case differs: take --case lower (case='lower'), which finds 2 pairs")
    upper = Vectors([word.upper() for word in SOURCE.words], SOURCE.matrix)
    with pytest.raises(InputError, match=r"take --case fold \(case='fold'\), which finds 1 pair$"):
        index_checked(Lexicon([("cat", "gato")]), upper, TARGET, what="lexicon")


def test_weights_that_are_all_zero_are_refused() -> None:
    vectors = Vectors(["a", "b"], np.eye(2))
    with pytest.raises(InputError, match="lexicon: the weights of all pairs in both vocabularies are 0"):
        index_checked(Lexicon([("a", "a"), ("b", "b")], [0, 0]), vectors, vectors, what="lexicon")
