import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from isolex.evaluation.correlation import Correlation, correlate, harmonic_mean_interval

from ..comparisons import assert_close

few_values = st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), min_size=2, max_size=30)


@given(few_values)
def test_agrees_with_scipy_ties_and_all(pairs):
    first, second = np.array(pairs, dtype=float).T / 7
    found = correlate(first, second)
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert math.isnan(found.pearson)
        assert math.isnan(found.spearman)
    else:
        expected = stats.pearsonr(first, second)[0], stats.spearmanr(first, second)[0]
        assert_close([found.pearson, found.spearman], expected, atol=1e-9)


@pytest.mark.parametrize(
    ("pearson", "spearman", "mean"),
    [(0.5, 0.5, 0.5), (1, 0.5, 2 / 3), (0.5, 0, 0), (-0.5, 0.5, 0), (-1, -1, 0), (0, 0, 0)],
)
def test_harmonic_mean(pearson, spearman, mean):
    assert Correlation(pearson, spearman).harmonic_mean == pytest.approx(mean)
    assert Correlation(spearman, pearson).harmonic_mean == pytest.approx(mean)


def test_harmonic_mean_of_what_is_not_defined():
    assert math.isnan(Correlation(math.nan, 0.5).harmonic_mean)
    assert math.isnan(Correlation(-0.5, math.nan).harmonic_mean)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few(n):
    values = np.arange(n, dtype=float)
    assert math.isnan(correlate(values, values).pearson)
    assert all(math.isnan(end) for end in harmonic_mean_interval(values, values))


def test_nothing_correlates_with_a_constant():
    """0.1 minus the mean of many 0.1 is not quite 0."""
    assert math.isnan(correlate(np.full(7, 0.1), np.arange(7.0)).pearson)


def noisy(n, noise, seed=0):
    rng = np.random.default_rng(seed)
    first = rng.standard_normal(n)
    return first, first + noise * rng.standard_normal(n)


def test_interval_holds_the_figure_and_narrows_with_more_pairs():
    widths = []
    for n in (50, 800):
        values = noisy(n, 1.0)
        low, high = harmonic_mean_interval(*values)
        assert low < correlate(*values).harmonic_mean < high
        widths.append(high - low)
    assert 2.5 < widths[0] / widths[1] < 6.5  # about the root of 16


def test_interval_is_that_of_a_naive_bootstrap():
    first, second = noisy(60, 1.5)
    first = first.round(0)  # ties
    rng, means = np.random.default_rng(3), []
    for _ in range(2000):
        drawn = rng.integers(60, size=60)
        r, rho = (f(first[drawn], second[drawn])[0] for f in (stats.pearsonr, stats.spearmanr))
        means.append(2 * r * rho / (r + rho) if min(r, rho) > 0 else 0)
    assert_close(harmonic_mean_interval(first, second, seed=3), np.quantile(means, [0.025, 0.975]), atol=1e-9)


def test_interval_is_the_same_for_the_same_seed():
    values = noisy(40, 1.0)
    assert harmonic_mean_interval(*values) == harmonic_mean_interval(*values)
    assert harmonic_mean_interval(*values) != harmonic_mean_interval(*values, seed=1)
    low, high = harmonic_mean_interval(*values)
    inner_low, inner_high = harmonic_mean_interval(*values, level=0.5)
    assert low < inner_low < inner_high < high
