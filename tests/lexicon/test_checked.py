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
    with pytest.raises(InputError, match=r"seeds: got \w+, expected a Lexicon .*Lexicon\(pairs\)"):
        as_lexicon(given, what="seeds")


def test_a_lexicon_that_fits_is_indexed_in_silence(recwarn) -> None:
    indexed = index_checked(Lexicon([("cat", "gato"), ("no", "no")]), SOURCE, TARGET, what="seeds")
    assert indexed.pairs.tolist() == [[0, 0], [2, 2]]
    assert not recwarn.list


def test_one_the_wrong_way_round_is_told() -> None:
    turned = Lexicon([("gato", "cat"), ("perro", "dog"), ("no", "no")])
    with pytest.warns(IsolexWarning, match="seeds: it looks the wrong way round: 1 pairs are found, 3 if"):
        assert len(index_checked(turned, SOURCE, TARGET, what="seeds")) == 1
    with pytest.raises(InputError, match="wrong way round: 0 pairs are found, 1 if it is turned"):
        index_checked(Lexicon([("gato", "cat")]), SOURCE, TARGET, what="seeds")


def test_poor_coverage_is_told() -> None:
    strangers = [(f"a{number}", f"b{number}") for number in range(10)]
    with pytest.warns(IsolexWarning, match=r"seeds: 1 of 11 pairs \(9.1 %\)"):
        index_checked(Lexicon([("cat", "gato"), *strangers]), SOURCE, TARGET, what="seeds")
    with pytest.raises(InputError, match="not one pair is in both vocabularies; 0 of 10 pairs"):
        index_checked(Lexicon(strangers), SOURCE, TARGET, what="seeds")
