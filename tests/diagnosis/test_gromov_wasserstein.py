import math
import sys

import numpy as np
import ot
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import wasserstein_distance

from isolex.arrays import generator
from isolex.diagnosis.gromov_wasserstein import _profile_distances, gromov_wasserstein_distance
from isolex.errors import InputError, MissingExtraError
from tests.comparisons import assert_close
from tests.diagnosis.cases import clustered, degraded, float64, increases, order, turned
from tests.oracles import diagnosis as oracle
from tests.planted import rotation, unit_gaussian

SHAPES = pytest.mark.parametrize(("n", "m"), [(6, 6), (3, 6), (2, 6), (5, 5), (1, 6)])


def disturbed(n: int, m: int, noise: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """n unit rows, and each of them m / n times, turned, disturbed and in another order."""
    x = unit_gaussian(n, 3, seed)
    return x, turned(x.repeat(m // n, 1), noise, seed)[order(m, seed)]


class TestAgainstTheMinimum:
    @SHAPES
    @pytest.mark.parametrize("seed", range(5))
    def test_it_is_found_for_spaces_that_are_nearly_isometric(self, n, m, seed) -> None:
        x, z = disturbed(n, m, 0.1, seed)
        expected = oracle.gromov_wasserstein(*float64(x, z))
        assert expected > 0.005
        assert_close(gromov_wasserstein_distance(x, z), expected, atol=1e-7)

    @SHAPES
    @pytest.mark.parametrize("noise", [0.5, 2.0])
    def test_it_is_an_upper_bound(self, n, m, noise) -> None:
        for seed in range(5):
            x, z = disturbed(n, m, noise, seed)
            least = oracle.gromov_wasserstein(*float64(x, z))
            assert least - 1e-9 <= gromov_wasserstein_distance(x, z) <= 2.5 * least

    def test_the_better_of_two_starts(self) -> None:
        """Never worse than from the product coupling, often better, and at times that one is the better."""
        better = []
        for seed in range(10):
            x, z = disturbed(6, 6, 0.5, seed)
            tables = [cdist(rows, rows) for rows in float64(x, z)]
            product = math.sqrt(ot.gromov.gromov_wasserstein2(*tables, symmetric=True)) / 2
            better.append(product - gromov_wasserstein_distance(x, z))
        assert min(better) > -1e-6
        assert 2 <= sum(gain < 1e-6 for gain in better) <= 8

    def test_it_is_below_the_cost_of_a_known_match(self) -> None:
        x = clustered()
        for noise in (0.05, 0.1, 0.2):
            z = turned(x, noise)
            match = float((torch.cdist(x, x) - torch.cdist(z, z)).square().mean().sqrt()) / 2
            assert gromov_wasserstein_distance(x, z[order(60)]) <= 1.35 * match


class TestIsometricSpaces:
    @pytest.mark.parametrize("e", [8, 12])
    def test_turned_and_in_any_order_they_are_at_zero(self, e) -> None:
        x = clustered()
        assert_close(gromov_wasserstein_distance(x, x), 0, atol=1e-7)
        z = (x @ rotation(8, 1, e))[order(60)]
        assert_close(gromov_wasserstein_distance(x, z), 0, atol=1e-6)
        assert_close(gromov_wasserstein_distance(z, x), 0, atol=1e-6)

    def test_words_that_stand_there_several_times_weigh_more(self) -> None:
        """All of them twice is the same space; one of them twice is not."""
        x = clustered(20)
        assert_close(gromov_wasserstein_distance(x, x.repeat(2, 1)[order(40)]), 0, atol=1e-6)
        assert gromov_wasserstein_distance(x, torch.cat([x, x[:1]])) > 0.003

    def test_noise_takes_spaces_apart(self) -> None:
        values = degraded(lambda x, z: gromov_wasserstein_distance(x, z[order(60)]))
        assert values[0] < 1e-6
        assert increases(values)

    def test_so_do_words_that_are_missing(self) -> None:
        x = clustered()
        values = [gromov_wasserstein_distance(x, turned(x)[order(60)][:m]) for m in (60, 55, 40, 20)]
        assert increases(values)


class TestByHand:
    @pytest.mark.parametrize("seed", range(3))
    def test_a_single_word_has_one_coupling(self, seed) -> None:
        """½ √ of the mean squared distance, which is 2 − 2 ‖mean‖² for unit rows."""
        z = clustered(30, seed=seed).double()
        expected = math.sqrt(2 - 2 * float(z.mean(dim=0).square().sum())) / 2
        assert_close(gromov_wasserstein_distance(torch.ones(1, 2, dtype=torch.float64), z), expected)

    def test_orthonormal_rows(self) -> None:
        """Two of four words for each of two: √2 within such a pair, 4 of 16 cases, has no counterpart."""
        assert_close(gromov_wasserstein_distance(torch.eye(4), torch.eye(2)), math.sqrt(2 * 4 / 16) / 2)
        assert_close(gromov_wasserstein_distance(torch.eye(4), torch.eye(5)[1:]), 0, atol=1e-7)

    def test_opposite_words_and_one_place(self) -> None:
        opposite = torch.tensor([[3.0, 0.0], [-1.0, 0.0]])
        assert_close(gromov_wasserstein_distance(opposite, torch.ones(7, 3)), math.sqrt(4 / 2) / 2)

    def test_lengths_of_rows_do_not_matter(self) -> None:
        x, z = clustered(), unit_gaussian(50, 3)
        longer = torch.linspace(0.1, 9, 50)[:, None] * z
        assert_close(gromov_wasserstein_distance(3 * x, longer), gromov_wasserstein_distance(x, z), atol=1e-6)


class TestProfiles:
    def test_they_are_compared_as_samples(self) -> None:
        first, second = (torch.rand(6, 6, generator=generator(seed)).double() for seed in (0, 1))
        expected = [[wasserstein_distance(a, b) for b in second.numpy()] for a in first.numpy()]
        assert_close(_profile_distances(first, second), expected, atol=1e-12)

    def test_samples_of_different_sizes(self) -> None:
        """Exact where one size is a multiple of the other, and near it where it is not."""
        first, second, third = (
            torch.rand(size, size, generator=generator(size)).double() for size in (20, 60, 53)
        )
        for other, atol in ((second, 1e-12), (third, 0.01)):
            expected = np.array([[wasserstein_distance(a, b) for b in other.numpy()] for a in first.numpy()])
            assert_close(_profile_distances(first, other), expected, atol=atol)
            assert_close(_profile_distances(other, first), expected.T, atol=atol)


class TestDegenerateInput:
    def test_rows_that_are_all_alike(self) -> None:
        for rows in (torch.zeros(4, 3), torch.ones(5, 2), torch.full((3, 3), 0.1)):
            assert gromov_wasserstein_distance(rows, torch.ones(1, 2)) == 0
            assert gromov_wasserstein_distance(torch.zeros(6, 2), rows) == 0

    def test_a_zero_row_is_at_distance_one_from_the_rest(self) -> None:
        """½ √ of the mean of (0, 1, 1, 0)."""
        x = torch.tensor([[0.0, 0.0], [5.0, 0.0]])
        assert_close(gromov_wasserstein_distance(x, torch.ones(1, 2)), math.sqrt(0.5) / 2)

    def test_two_single_words(self) -> None:
        assert gromov_wasserstein_distance(torch.ones(1, 4), torch.ones(1, 2)) == 0

    @pytest.mark.parametrize("shape", [(0, 3), (4, 0)])
    def test_nothing_to_compare(self, shape) -> None:
        with pytest.raises(InputError, match="Gromov-Wasserstein distance: got a matrix of shape"):
            gromov_wasserstein_distance(torch.ones(shape), torch.ones(4, 3))

    def test_without_pot_the_pip_command_is_told(self, monkeypatch) -> None:
        monkeypatch.setitem(sys.modules, "ot", None)
        with pytest.raises(MissingExtraError, match=r"POT; run: pip install 'isolex\[transport\]'"):
            gromov_wasserstein_distance(torch.ones(2, 2), torch.ones(2, 2))
