import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from isolex.evaluation.metrics import (
    RANDOMISATIONS,
    bootstrap_interval,
    paired_difference,
    paired_test,
    sign_test,
)
from tests.oracles.ranking import sign_flips

SIMULATIONS = 200


def alone(n: int) -> np.ndarray:
    return np.arange(n)


def share_covered(intervals: list[tuple[float, float]], truth: float) -> float:
    return sum(low <= truth <= high for low, high in intervals) / len(intervals)


@pytest.mark.parametrize("truth", [0.4, 0.8])
def test_the_interval_covers_the_truth_as_often_as_it_says(truth):
    rng = np.random.default_rng(1)
    samples = [(rng.random(80) < truth).astype(float) for _ in range(SIMULATIONS)]
    covered = share_covered([bootstrap_interval(values, alone(80)) for values in samples], truth)
    # Of 200 intervals that cover with probability .94 between 181 and 195 do, in 99 cases of 100.
    assert 0.89 <= covered <= 0.99
    half = share_covered([bootstrap_interval(values, alone(80), level=0.5) for values in samples], truth)
    assert 0.38 <= half <= 0.62


def test_what_belongs_together_is_drawn_together():
    rng = np.random.default_rng(2)
    clusters = np.repeat(np.arange(40), 5)
    samples = [np.repeat((rng.random(40) < 0.5).astype(float), 5) for _ in range(SIMULATIONS)]
    together = [bootstrap_interval(values, clusters) for values in samples]
    apart = [bootstrap_interval(values, alone(200)) for values in samples]
    assert share_covered(together, 0.5) >= 0.88
    assert share_covered(apart, 0.5) <= 0.75
    widths = [np.mean([high - low for low, high in some]) for some in (together, apart)]
    assert widths[0] / widths[1] == pytest.approx(math.sqrt(5), rel=0.1)


def test_the_interval_is_the_quantiles_of_resampled_means():
    """Against the plain definition: draw clusters, put their values in a row, take the mean."""
    rng = np.random.default_rng(3)
    values, clusters = rng.random(30), np.sort(rng.integers(0, 8, 30))
    clusters = np.unique(clusters, return_inverse=True)[1]
    groups = [values[clusters == number] for number in range(clusters.max() + 1)]
    means = [
        np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))]).mean()
        for _ in range(5000)
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    assert bootstrap_interval(values, clusters) == pytest.approx((low, high), abs=0.015)


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(4).random(50)
    assert bootstrap_interval(values, alone(50)) == bootstrap_interval(values, alone(50))
    assert bootstrap_interval(values, alone(50), seed=1) != bootstrap_interval(values, alone(50), seed=2)


def test_global_random_numbers_are_left_alone():
    np.random.seed(5)
    before = np.random.get_state()[1].copy()
    bootstrap_interval(np.ones(5), alone(5))
    assert (np.random.get_state()[1] == before).all()


def test_intervals_at_the_edges():
    assert bootstrap_interval(np.ones(9), alone(9)) == (1, 1)
    assert bootstrap_interval(np.array([0.25]), alone(1)) == (0.25, 0.25)
    assert bootstrap_interval(np.array([0.0, 1.0]), np.zeros(2, dtype=np.int64)) == (0.5, 0.5)
    low, high = bootstrap_interval(np.array([]), np.array([], dtype=np.int64))
    assert math.isnan(low)
    assert math.isnan(high)


@pytest.mark.parametrize(("wins", "losses"), [(w, n) for w in range(12) for n in range(12) if w + n])
def test_the_sign_test_is_the_binomial_one(wins, losses):
    assert sign_test(wins, losses) == pytest.approx(binomtest(wins, wins + losses).pvalue, rel=1e-9)


@pytest.mark.parametrize(("wins", "losses"), [(1000, 900), (5000, 5200), (300, 0), (40, 4000)])
def test_the_sign_test_of_many(wins, losses):
    expected = binomtest(wins, wins + losses).pvalue
    assert sign_test(wins, losses) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_the_sign_test_of_none():
    assert sign_test(0, 0) == 1


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 4)), min_size=1, max_size=40))
def test_the_paired_test_is_symmetrical(units):
    first, second = (np.array([unit[side] for unit in units]) for side in (0, 1))
    clusters = np.unique([unit[2] for unit in units], return_inverse=True)[1]
    there, back = paired_test(first, second, clusters), paired_test(second, first, clusters)
    assert (there.n, there.wins, there.losses) == (len(units), back.losses, back.wins)
    assert there.p_value == back.p_value
    assert there.difference == pytest.approx(-back.difference)
    assert there.interval == pytest.approx((-back.interval[1], -back.interval[0]))
    assert there.difference == pytest.approx(100 * (first.mean() - second.mean()))


def test_the_paired_test_sees_what_two_intervals_do_not():
    """Two systems that err on the same words differ surely, though their own intervals overlap widely."""
    rng = np.random.default_rng(6)
    first = rng.random(300) < 0.5
    second = first.copy()
    second[np.flatnonzero(first)[:15]] = False
    result = paired_test(first, second, alone(300))
    assert (result.wins, result.losses, result.n) == (15, 0, 300)
    assert result.difference == pytest.approx(5)
    assert 0 < result.interval[0] < 5 < result.interval[1]
    assert result.p_value == pytest.approx(2**-14)
    own = [bootstrap_interval(values.astype(float), alone(300)) for values in (first, second)]
    assert own[1][1] > own[0][0]


def test_units_of_one_cluster_are_no_independent_evidence():
    """A system that gets all pairs of one word right has won once, not a hundred times."""
    first, second = np.ones(102, dtype=bool), np.zeros(102, dtype=bool)
    clusters = np.array([0] * 100 + [1, 2])
    result = paired_test(first, second, clusters)
    assert (result.n, result.wins, result.losses) == (102, 102, 0)
    assert result.p_value == pytest.approx(2 * 0.5**3)


def test_resampling_a_large_test_takes_little_memory():
    tracemalloc.start()
    bootstrap_interval(np.ones(50_000), alone(50_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * 2**20


def test_nothing_to_compare():
    none = np.array([], dtype=bool)
    result = paired_test(none, none, np.array([], dtype=np.int64))
    assert (result.n, result.wins, result.losses, result.p_value) == (0, 0, 0, 1)
    assert math.isnan(result.difference)


class TestPairedDifference:
    # Of 10,000 draws a share lies this near to its expectation, in 9,999 cases of 10,000.
    NEAR = 4 * math.sqrt(0.25 / RANDOMISATIONS)

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("shift", [0, 0.3, 1])
    def test_the_p_value_is_the_share_of_all_sign_flips(self, seed, shift):
        rng = np.random.default_rng(seed)
        first, second = rng.normal(size=10) + shift, rng.normal(size=10)
        expected = sign_flips((first - second).tolist())
        assert paired_difference(first, second).p_value == pytest.approx(expected, abs=self.NEAR)

    def test_a_wrong_p_value_would_be_seen(self):
        """One-sided shares are half as great, which is more than chance allows."""
        rng = np.random.default_rng(1)
        first, second = rng.normal(size=10), rng.normal(size=10)
        expected = sign_flips((first - second).tolist())
        assert expected > 0.1
        assert paired_difference(first, second).p_value != pytest.approx(expected / 2, abs=self.NEAR)

    def test_ties_of_sums_count_as_at_least_as_great(self):
        """Equal gains: only all signs alike are as great, 2 ways of 2⁶, however sums are rounded."""
        gains = np.full(6, 0.1)
        assert paired_difference(gains, np.zeros(6)).p_value == pytest.approx(2 / 64, abs=self.NEAR)

    def test_the_two_sides_are_alike(self):
        rng = np.random.default_rng(2)
        first, second = rng.random((2, 50))
        there, back = paired_difference(first, second), paired_difference(second, first)
        assert there.n == 50
        assert there.p_value == back.p_value
        assert there.difference == pytest.approx(first.mean() - second.mean()) == -back.difference
        assert there.interval == pytest.approx((-back.interval[1], -back.interval[0]))
        assert there.interval == bootstrap_interval(first - second, alone(50))

    def test_the_same_seed_gives_the_same_p_value(self):
        first, second = np.random.default_rng(3).random((2, 30))
        assert paired_difference(first, second) == paired_difference(first, second)
        others = {paired_difference(first, second, seed=seed).p_value for seed in range(5)}
        assert len(others) > 1

    def test_at_the_edges(self):
        scores = np.arange(5.0)
        assert paired_difference(scores, scores).p_value == 1
        certain = paired_difference(np.ones(200), np.zeros(200))
        assert certain.p_value == 1 / (1 + RANDOMISATIONS)
        assert certain.interval == (1, 1)
        nothing = paired_difference(np.array([]), np.array([]))
        assert (nothing.n, nothing.p_value) == (0, 1)
        assert math.isnan(nothing.difference)
