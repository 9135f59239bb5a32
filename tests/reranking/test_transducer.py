import numpy as np
import pytest

from isolex.reranking.transducer import MAX_LENGTH, Spelling, Transducer

from .made_up import CIPHER, LETTERS, words
from .oracle import ratio

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
