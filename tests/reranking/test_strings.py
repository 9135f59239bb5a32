import sys

import numpy as np
import pytest

from isolex.errors import MissingExtraError
from isolex.reranking.strings import (
    MAX_LENGTH,
    Spelling,
    StringIndex,
    Transducer,
    decoded,
    look_alikes,
)

from .made_up import CIPHER, LETTERS, words
from .oracle import ratio


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


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(MissingExtraError, match=r"isolex\[rerank\]"):
        StringIndex.of(["a"], ["b"])


SOURCE = words(300, 0)
TARGET = [word.translate(CIPHER) for word in SOURCE]


def fitted(targets: list[str]) -> tuple[Spelling, Spelling, Transducer]:
    source, target = Spelling.of(SOURCE), Spelling.of(targets)
    prior = np.outer(source.shares, target.shares)
    return source, target, Transducer.fit(source, target, prior)


class TestSpelling:
    def test_codes_and_shares(self):
        spelling = Spelling.of(["aba", "ba", "xa"])
        assert spelling.characters == ("a",)
        assert spelling.codes[:, :3].tolist() == [[1, 0, 1], [0, 1, 0], [0, 1, 0]]
        assert spelling.lengths.tolist() == [3, 2, 2]
        assert spelling.shares.sum() == pytest.approx(1)

    def test_backwards(self):
        spelling = Spelling.of(["abc", "cab", "bca"])
        turned = Spelling.of(["cba", "bac", "acb"])
        ids = [spelling.characters.index(character) + 1 for character in turned.characters]
        renamed = np.array([0, *ids])[turned.codes]
        assert np.array_equal(spelling.backwards.codes, np.where(turned.codes > 0, renamed, 0))

    def test_long_words_are_cut(self):
        assert Spelling.of(["a" * 50]).lengths.tolist() == [MAX_LENGTH]


class TestTransducer:
    def test_agrees_with_the_oracle(self):
        source, target, model = fitted(TARGET)
        there, back = np.array([0, 1, 2, 3]), np.array([0, 5, 9, 3])
        found = model.ratios(source.chosen(there), target.chosen(back))
        for number, (i, j) in enumerate(zip(there, back, strict=True)):
            a, b = (side.codes[row, : side.lengths[row]].tolist() for side, row in ((source, i), (target, j)))
            wanted = ratio(a, b, model.both, model.source_only, model.target_only)
            assert found[number] == pytest.approx(np.log(wanted), rel=1e-9)

    def test_probabilities_of_the_operations_sum_to_one(self):
        source, target, model = fitted(TARGET)
        total = (model.both * np.outer(source.shares, target.shares)).sum()
        total += model.source_only @ source.shares + model.target_only @ target.shares
        assert total == pytest.approx(1)

    def test_finds_the_cipher(self):
        source, target, model = fitted(TARGET)
        found = dict(zip(source.characters, model.likeliest()[1:].tolist(), strict=True))
        letters = ("", *target.characters)
        assert {a: letters[b] for a, b in found.items()} == {a: a.translate(CIPHER) for a in LETTERS}

    def test_tells_cognates_from_others(self):
        source, target, model = fitted(TARGET)
        rows = np.arange(300)
        true = model.ratios(source, target)
        wrong = model.ratios(source, target.chosen(np.roll(rows, 1)))
        assert true.min() > 0
        assert (true > wrong).mean() > 0.99

    def test_renaming_the_letters_changes_nothing(self):
        renamed = [word.translate(CIPHER) for word in TARGET]
        (*_, one), (*_, other) = fitted(TARGET), fitted(renamed)
        assert np.allclose(one.both, other.both)

    def test_share_of_cognates(self):
        half = [*TARGET[:150], *words(300, 5)[150:]]
        assert fitted(TARGET)[2].cognates > 0.95
        assert 0.4 < fitted(half)[2].cognates < 0.6

    def test_learning_raises_the_likelihood(self):
        source, target = Spelling.of(SOURCE), Spelling.of(TARGET)
        prior = 1e-6 * np.outer(source.shares, target.shares)
        sums = [
            Transducer.fit(source, target, prior, rounds=rounds).ratios(source, target).sum()
            for rounds in (1, 2, 4, 8)
        ]
        assert sums == sorted(sums)
