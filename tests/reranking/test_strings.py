import sys

import numpy as np
import pytest

from isolex.errors import MissingExtraError
from isolex.reranking.strings import StringIndex, decoded, latin_forms, look_alikes
from isolex.reranking.transducer import Spelling, Transducer

from .made_up import CIPHER, words


def test_forms_are_in_one_script():
    assert latin_forms(["Москва", "Élève", "東", "x-1"]) == ["moskva", "eleve", "dong", "x-1"]


class TestStringIndex:
    source, target = ("nation", "station", "hund"), ("nacion", "estacion", "perro", "nation")

    def test_nearest_are_those_of_the_highest_cosine(self):
        index = StringIndex.of(self.source, self.target)
        queries = index.vectors(self.source)
        cosines = (queries @ index.keys.T).toarray()
        rows, keys = index.nearest(queries, 2)
        for row in range(3):
            found = keys[rows == row]
            others = np.setdiff1d(np.arange(4), found)
            assert cosines[row, others].max() <= (cosines[row, found].min() if len(found) else 0)
        assert 3 in keys[rows == 0]

    def test_strings_with_nothing_in_common_are_no_neighbours(self):
        index = StringIndex.of(["abc"], ["xyz"])
        assert all(len(found) == 0 for found in index.nearest(index.vectors(["abc"]), 3))

    def test_cosines_of_pairs(self):
        index = StringIndex.of(self.source, self.target)
        queries = index.vectors(self.source)
        found = index.cosines(queries, np.array([0, 2]), np.array([3, 2]))
        assert found == pytest.approx([1, 0])

    def test_more_queries_than_are_searched_at_a_time(self, monkeypatch):
        index = StringIndex.of(self.source, self.target)
        queries = index.vectors(self.source)
        whole = index.nearest(queries, 2)
        monkeypatch.setattr("isolex.reranking.strings._ROWS", 1)
        assert [part.tolist() for part in index.nearest(queries, 2)] == [part.tolist() for part in whole]


def test_decoded_words_of_a_cipher_are_the_target_words():
    source = words(300, 0)
    target = [word.translate(CIPHER) for word in source]
    spellings = Spelling.of(source), Spelling.of(target)
    model = Transducer.fit(*spellings, look_alikes(*spellings, strength=1))
    assert decoded(*spellings, model) == target


class TestLookAlikes:
    def test_characters_with_the_same_latin_form(self):
        source, target = Spelling.of(["eee", "ttt"]), Spelling.of(["ééé", "ттт"])
        prior = look_alikes(source, target, strength=20)
        assert prior.sum() == pytest.approx(20)
        assert prior[1:, 1:].argmax(axis=1).tolist() == [0, 1]

    def test_nothing_looks_alike(self):
        source, target = Spelling.of(["aaa"]), Spelling.of(["zzz"])
        prior = look_alikes(source, target, strength=20)
        assert (prior > 0).all()


@pytest.mark.parametrize(
    ("module", "call"),
    [
        ("anyascii", lambda: latin_forms(["a"])),
        ("sklearn.feature_extraction.text", lambda: StringIndex.of(["a"], ["b"])),
    ],
)
def test_a_missing_package_is_named(monkeypatch, module, call):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"isolex\[rerank\]"):
        call()
