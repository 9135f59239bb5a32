import json
import math
import time

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from isolex.diagnosis import (
    condition_number,
    effective_condition_number,
    isotropy,
    mean_norm,
    singular_value_gap,
)
from isolex.diagnosis.health import PairHealth, SpaceHealth, pair_health, space_health
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.normalize import unit_rows
from isolex.vectors import Vectors
from tests.comparisons import assert_close
from tests.diagnosis.cases import clustered, order, turned
from tests.oracles import diagnosis as oracle
from tests.oracles.normalize import unit
from tests.planted import gaussian


def named(matrix) -> Vectors:
    return Vectors([f"w{i}" for i in range(len(matrix))], matrix)


def spelled(*words: str) -> Vectors:
    return Vectors(words, np.eye(len(words)))


class TestRows:
    def test_agrees_with_definitions(self) -> None:
        rows = torch.linspace(0.1, 9, 60)[:, None] * clustered()
        found = space_health(named(rows))
        x = unit(rows.double().numpy())
        assert (found.words, found.dimension) == (60, 8)
        lengths = sorted(math.sqrt(sum(value**2 for value in row)) for row in rows.tolist())
        assert_close(found.norms, [lengths[0], (lengths[29] + lengths[30]) / 2, lengths[-1]])
        assert_close(found.mean_norm, np.linalg.norm(x.mean(axis=0)))
        assert_close(found.isotropy, oracle.isotropy(x))
        values = oracle.singular_values(x)
        assert_close(found.spectrum, values / math.sqrt(60))
        assert_close(found.condition_number, values[0] / values[-1])
        assert_close(found.effective_condition_number, oracle.effective_condition_number(x))

    def test_agrees_with_the_measures_of_unit_rows(self) -> None:
        """Of more directions than the effective rank, and of fewer than there are dimensions."""
        rows = gaussian(90, 20) * torch.linspace(3, 0.01, 20) @ gaussian(20, 30, 1)
        found, x = space_health(named(rows)), unit_rows(rows)
        assert_close(found.mean_norm, mean_norm(x))
        assert_close(found.isotropy, isotropy(x))
        assert_close(found.condition_number, condition_number(x))
        assert_close(found.effective_condition_number, effective_condition_number(x))
        assert found.effective_condition_number < 0.5 * found.condition_number
        assert len(found.spectrum) == 20

    def test_squares_of_the_spectrum_sum_to_one(self) -> None:
        rows = 5 * clustered()
        rows[3] = 0
        found = space_health(named(rows)).spectrum
        assert_close(sum(value**2 for value in found), 1)
        assert list(found) == sorted(found, reverse=True)

    def test_zero_rows_change_nothing_but_their_count_and_the_norms(self) -> None:
        rows = clustered()
        damaged = torch.cat([rows[:20], torch.zeros(2, 8), rows[20:], torch.zeros(1, 8)])
        whole, found = space_health(named(rows)), space_health(named(damaged))
        assert (whole.zero_rows, found.zero_rows) == (0, 3)
        assert found.norms[0] == 0 < whole.norms[0]
        assert found.duplicate_rows == 0
        for name in ("mean_norm", "isotropy", "condition_number", "effective_condition_number", "spectrum"):
            assert_close(getattr(found, name), getattr(whole, name), atol=1e-6)

    def test_lengths_and_turns_change_nothing_but_the_norms(self) -> None:
        rows = clustered()
        longer = torch.linspace(2, 9, 60)[:, None] * turned(rows)
        whole, found = space_health(named(rows)), space_health(named(longer))
        for name in ("mean_norm", "isotropy", "condition_number", "effective_condition_number", "spectrum"):
            assert_close(getattr(found, name), getattr(whole, name), atol=1e-4, rtol=1e-4)
        assert_close(found.norms, [2, 5.5, 9])

    def test_a_space_that_crowds_along_one_direction(self) -> None:
        even, crowded = gaussian(200, 6), gaussian(200, 6, 1) + torch.tensor([4.0, 0, 0, 0, 0, 0])
        first, second = space_health(named(even)), space_health(named(crowded))
        assert first.mean_norm < 0.2
        assert second.mean_norm > 0.8
        assert first.isotropy > 1.5 * second.isotropy
        assert 2 * first.condition_number < second.condition_number
        assert 1.5 * first.spectrum[0] < second.spectrum[0]

    def test_spectra_are_those_that_spaces_are_compared_by(self) -> None:
        x, z = gaussian(50, 6), gaussian(70, 6, 1) * torch.linspace(2, 0.3, 6)
        spectra = [np.log(space_health(named(rows)).spectrum) for rows in (x, z)]
        expected = singular_value_gap(unit_rows(x), unit_rows(z))
        assert expected > 0.1
        assert_close(((spectra[0] - spectra[1]) ** 2).sum(), expected)

    def test_a_single_word(self) -> None:
        found = space_health(named(torch.tensor([[3.0, 4.0]])))
        assert (found.norms, found.duplicate_rows) == ((5, 5, 5), 0)
        assert_close([found.mean_norm, found.condition_number, found.effective_condition_number], [1, 1, 1])
        assert_close(found.spectrum, [1])

    def test_only_zero_rows(self) -> None:
        with pytest.raises(InputError, match=r"3 words × 2.*only zero rows"):
            space_health(named(torch.zeros(3, 2)))

    def test_float16_rows(self) -> None:
        rows = clustered().half()
        found, expected = space_health(named(rows)), space_health(named(rows.float()))
        assert found == expected


class TestDuplicates:
    @pytest.mark.parametrize("seed", range(5))
    def test_agrees_with_every_row_against_all_before_it(self, seed) -> None:
        """Of three values a number, so that rows meet often; zero rows among them."""
        rows = gaussian(80, 3, seed).round().clamp(-1, 1)
        assert not rows.any(dim=1).all()
        expected = oracle.repeated_rows(rows.numpy())
        assert expected > 20
        assert space_health(named(rows)).duplicate_rows == expected

    def test_rows_of_one_direction_are_not_the_same(self) -> None:
        rows = torch.tensor([[1.0, 2.0], [2.0, 4.0], [1.0, 2.0], [-1.0, -2.0], [1.0, 2.0000002]])
        assert space_health(named(rows)).duplicate_rows == 1

    def test_zeros_of_either_sign_are_the_same(self) -> None:
        assert space_health(named(torch.tensor([[1.0, 0.0], [1.0, -0.0]]))).duplicate_rows == 1


class TestWords:
    def test_numerals(self) -> None:
        """Of any script, with separators inside; the same number in two scripts is two words."""
        found = space_health(spelled("3", "٣", "1,000.5", "cat", "3rd", "1.", "-1", "½"))
        assert found.numerals == 37.5
        assert space_health(spelled("cat")).numerals == 0

    @pytest.mark.parametrize(
        ("word", "script"),
        [
            ("naïve", "LATIN"),
            ("ＡＢＣ", "LATIN"),
            ("кот", "CYRILLIC"),
            ("γάτα", "GREEK"),
            ("قطة", "ARABIC"),
            ("ﻗﻄﺔ", "ARABIC"),
            ("बिल्ली", "DEVANAGARI"),
            ("猫", "HAN"),
            ("人々", "HAN"),
            ("ネコー", "KATAKANA"),
            ("고양이", "HANGUL"),
            ("ᐳᓯ", "CANADIAN"),
            ("ʻaʻ", "LATIN"),
            ("x2-ray!", "LATIN"),
            ("Tшири", "CYRILLIC"),
            ("aб", "LATIN"),
            ("бa", "CYRILLIC"),
            ("2024", "none"),
            ("'s", "LATIN"),
            ("...", "none"),
            ("ʼ", "none"),
            ("🐈", "none"),
        ],
    )
    def test_script_of_a_word(self, word, script) -> None:
        assert space_health(spelled(word)).scripts == {script: 100}

    def test_shares_of_scripts(self) -> None:
        """Largest first, equal ones by name, and what is under 0.05 % together at the end."""
        words = [f"a{i}" for i in range(3000)] + [f"{i}" for i in range(994)]
        words += ["γ", "γγ", "в", "вв", "ա", "ა"]
        found = space_health(Vectors(words, gaussian(4000, 2)))
        assert found.scripts == {
            "LATIN": 75,
            "none": 24.85,
            "CYRILLIC": pytest.approx(0.05),
            "GREEK": pytest.approx(0.05),
            "other": pytest.approx(0.05),
        }
        assert list(found.scripts) == ["LATIN", "none", "CYRILLIC", "GREEK", "other"]
        assert_close(sum(found.scripts.values()), 100)


class TestJson:
    def test_keys_are_the_attributes_and_numbers_are_rounded(self) -> None:
        matrix = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
        told = space_health(Vectors(["a", "b", "в"], matrix)).to_dict()
        assert list(told) == list(SpaceHealth.__dataclass_fields__)
        assert json.loads(json.dumps(told)) == told
        assert told["norms"] == [1.0, 1.4142, 2.0]
        assert told["spectrum"] == [round(math.sqrt(2 / 3), 6), round(math.sqrt(1 / 3), 6)]
        assert told["scripts"] == {"LATIN": 66.6667, "CYRILLIC": 33.3333}
        assert told["condition_number"] == 1.4142
        assert (told["words"], told["zero_rows"], told["numerals"]) == (3, 0, 0)

    def test_of_a_pair(self) -> None:
        found = PairHealth(identical_strings=2, identical_share=200 / 3, rank_correlation=None)
        assert found.to_dict() == {
            "identical_strings": 2,
            "identical_share": 66.6667,
            "rank_correlation": None,
        }
        assert PairHealth(0, 0.0, 1 / 3).to_dict()["rank_correlation"] == 0.3333


class TestPairs:
    def test_identical_strings(self) -> None:
        source, target = spelled("the", "radio", "cat", "taxi", "1984"), spelled("radio", "gato", "1984", "a")
        for found in (pair_health(source, target), pair_health(target, source)):
            assert (found.identical_strings, found.identical_share) == (2, 50)
            assert found.rank_correlation is None
        nothing = pair_health(source, spelled("gato"))
        assert (nothing.identical_strings, nothing.identical_share) == (0, 0)

    @pytest.mark.parametrize("seed", range(5))
    def test_agrees_with_scipy_on_distinct_pairs(self, seed) -> None:
        """Words stand in several pairs, and so at equal ranks; and pairs are there several times."""
        rng = np.random.default_rng(seed)
        pairs = rng.integers(0, 12, size=(60, 2))
        pairs[:, 1] = (pairs[:, 0] + pairs[:, 1]) // 2
        distinct = np.array(sorted({tuple(pair) for pair in pairs.tolist()}))
        assert len(distinct) < 60
        found = pair_health(named(gaussian(12, 2)), named(gaussian(15, 3)), torch.from_numpy(pairs))
        expected = spearmanr(distinct[:, 0], distinct[:, 1]).statistic
        assert 0.3 < expected < 0.95
        assert_close(found.rank_correlation, expected, atol=1e-12)

    def test_only_the_order_counts(self) -> None:
        words = named(gaussian(1000, 2))
        ids = torch.tensor([0, 1, 5, 40, 999])
        alike = torch.stack([ids, torch.tensor([3, 4, 500, 501, 900])], dim=1)
        assert_close(pair_health(words, words, alike).rank_correlation, 1, atol=1e-12)
        reverse = torch.stack([ids, alike[:, 1].flip(0)], dim=1)
        assert_close(pair_health(words, words, reverse).rank_correlation, -1, atol=1e-12)
        moved = alike[order(5)]
        assert_close(pair_health(words, words, moved).rank_correlation, 1, atol=1e-12)

    def test_pairs_of_a_lexicon(self) -> None:
        source, target = spelled("a", "b", "c", "d"), spelled("w", "x", "y", "z")
        lexicon = Lexicon([("a", "x"), ("b", "w"), ("c", "z"), ("d", "y")])
        found = pair_health(source, target, torch.from_numpy(lexicon.index(source, target).pairs))
        assert_close(found.rank_correlation, 0.6)  # 1 − 6 (1 + 1 + 1 + 1) / (4 · 15)

    @pytest.mark.parametrize(
        "pairs",
        [
            [],
            [[0, 0], [1, 1]],
            [[0, 0], [1, 1], [0, 0], [1, 1]],
            [[0, 0], [0, 1], [0, 2]],
            [[0, 1], [1, 1], [2, 1]],
        ],
    )
    def test_nothing_to_correlate(self, pairs) -> None:
        ids = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2)
        assert pair_health(named(gaussian(5, 2)), named(gaussian(5, 2)), ids).rank_correlation is None

    @pytest.mark.parametrize("bad", [[0, 6], [5, 0], [-1, 0], [0, -1]])
    def test_ids_outside_the_vocabularies(self, bad) -> None:
        pairs = torch.tensor([[0, 0], [1, 1], bad])
        with pytest.raises(InputError, match=r"(source|target) ids from .* expected 0 to [45]"):
            pair_health(named(gaussian(5, 2)), named(gaussian(6, 2)), pairs)


def test_a_large_vocabulary_takes_seconds() -> None:
    words = [f"слово{i}" if i % 7 else f"{i}" for i in range(40_000)]
    vectors = Vectors(words, gaussian(40_000, 100))
    start = time.process_time()
    space_health(vectors)
    assert time.process_time() - start < 10
