import math
import sys
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching, minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

from isolex.diagnosis import gromov_hausdorff_bound
from isolex.diagnosis.distances import bottleneck_distance, spanning_tree
from isolex.errors import InputError, MissingExtraError
from isolex.normalize import unit_rows
from tests.comparisons import assert_close
from tests.diagnosis.cases import clustered, degraded, float64, increases, order, turned
from tests.oracles import diagnosis as oracle
from tests.planted import gaussian, unit_gaussian

# Few values, so that equal and nearly equal ones meet; and any.
DEATHS = st.lists(st.one_of(st.integers(0, 8).map(float), st.floats(0, 2)), max_size=5)

BOTH = pytest.mark.parametrize(
    "measure",
    [gromov_hausdorff_bound, partial(gromov_hausdorff_bound, homology=1)],
    ids=["components", "components and loops"],
)


def circle(n: int) -> torch.Tensor:
    """n points at equal steps, in order."""
    angles = 2 * math.pi / n * torch.arange(n)
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def diagram(deaths: list[float]) -> torch.Tensor:
    return torch.tensor(deaths, dtype=torch.float64)


class TestBottleneck:
    @given(DEATHS, DEATHS)
    @example([3.0, 2.0], [4.0])
    @example([1.0, 1.0, 1.0], [])
    def test_is_the_best_of_all_matchings(self, a, b) -> None:
        assert_close(bottleneck_distance(diagram(a), diagram(b)), oracle.bottleneck(a, b), atol=1e-12)

    @given(DEATHS, DEATHS)
    def test_is_a_symmetric_distance(self, a, b) -> None:
        there = bottleneck_distance(diagram(a), diagram(b))
        assert there == bottleneck_distance(diagram(b), diagram(a))
        assert bottleneck_distance(diagram(a), diagram(a[::-1])) == 0

    @pytest.mark.parametrize(
        ("a", "b", "expected"),
        [
            ([], [], 0),
            ([2], [], 1),
            ([2, 1], [2], 0.5),
            ([5], [4], 1),
            ([9], [1], 4.5),  # both to the diagonal
            ([9, 8], [8, 1], 4),  # 9 with 8 costs 1; 8 alone costs 4
            ([10, 6], [6], 4),  # 10 with 6, or 10 alone for 5
        ],
    )
    def test_by_hand(self, a, b, expected) -> None:
        assert bottleneck_distance(diagram(a), diagram(b)) == expected

    def test_long_diagrams_by_another_algorithm(self) -> None:
        """The least cost such that the matches no dearer than that can match everything."""
        rng = np.random.default_rng(0)
        for p, q in ((40, 40), (40, 25), (3, 50)):
            a, b = rng.gamma(2, size=p), rng.gamma(2.5, size=q)
            assert_close(bottleneck_distance(torch.tensor(a), torch.tensor(b)), by_flow(a, b), atol=1e-12)


def by_flow(a: np.ndarray, b: np.ndarray) -> float:
    """With a place on the diagonal for each death of the other side, among which all is free."""
    p, q = len(a), len(b)
    cost = np.zeros((p + q, q + p))
    cost[:p, :q] = np.abs(a[:, None] - b[None, :])
    cost[:p, q:] = a[:, None] / 2
    cost[p:, :q] = b[None, :] / 2
    for limit in np.unique(cost):
        if (maximum_bipartite_matching(csr_matrix(cost <= limit)) >= 0).all():
            return float(limit)
    raise AssertionError("the dearest matching allows everything")


@pytest.fixture(params=[5_000, 1], ids=["at once", "row by row"])
def distances(request, monkeypatch):
    monkeypatch.setattr("isolex.diagnosis.distances._AT_ONCE", request.param)


@pytest.mark.usefixtures("distances")
class TestSpanningTree:
    @pytest.mark.parametrize(("n", "d"), [(2, 1), (30, 3), (10, 40)])
    def test_agrees_with_kruskal_and_scipy(self, n, d) -> None:
        rows = gaussian(n, d).double()
        found = spanning_tree(rows).sort().values
        assert_close(found, oracle.deaths(rows.numpy()), atol=1e-7)
        assert_close(found, np.sort(minimum_spanning_tree(squareform(pdist(rows.numpy()))).data), atol=1e-7)

    @pytest.mark.parametrize("n", [0, 1])
    def test_no_edges(self, n) -> None:
        assert spanning_tree(torch.ones(n, 2)).shape == (0,)

    def test_rows_that_are_alike(self) -> None:
        assert_close(spanning_tree(torch.full((5, 3), 0.1)), np.zeros(4), atol=1e-7)
        twice = unit_gaussian(20, 7).repeat(2, 1)
        assert_close(spanning_tree(twice).sort().values[:20], np.zeros(20), atol=1e-7)

    def test_a_line(self) -> None:
        assert_close(spanning_tree(torch.tensor([[0.0], [7.0], [1.0], [3.0]])).sort().values, [1, 2, 4])


class TestGromovHausdorff:
    @pytest.mark.parametrize(("n", "m", "e"), [(6, 6, 4), (6, 4, 4), (5, 6, 2), (1, 4, 3)])
    def test_agrees_with_its_definition(self, n, m, e) -> None:
        x, z = unit_gaussian(n, 4), unit_gaussian(m, e, 1)
        expected = oracle.bottleneck(*(oracle.deaths(rows) for rows in float64(x, z))) / 2
        assert_close(gromov_hausdorff_bound(x, z), expected, atol=1e-7)

    @BOTH
    def test_isometric_spaces_are_at_zero(self, measure) -> None:
        x = clustered()
        assert measure(x, x) == 0
        assert_close(measure(x, turned(x)[order(60)]), 0, atol=1e-5)

    @BOTH
    def test_noise_takes_spaces_apart(self, measure) -> None:
        assert increases(degraded(measure))

    @BOTH
    def test_order_and_length_of_rows_do_not_matter(self, measure) -> None:
        x, z = clustered(), unit_gaussian(50, 3)
        moved = measure(3 * x[order(60)], torch.linspace(0.1, 9, 50)[:, None] * z)
        assert_close(moved, measure(x, z), atol=1e-6)

    @BOTH
    def test_it_is_below_the_distance_of_a_known_correspondence(self, measure) -> None:
        """Half the distortion of any pairing of all words bounds the Gromov-Hausdorff distance from above."""
        x = clustered()
        for noise in (0.05, 0.2, 1.0):
            z = turned(x, noise)
            distortion = (torch.cdist(x, x) - torch.cdist(z, z)).abs().max()
            assert measure(x, z) <= float(distortion) / 2 + 1e-6

    def test_orthonormal_rows_and_a_single_point(self) -> None:
        """Deaths √2, or none: the longest goes to the diagonal for half of it."""
        assert_close(gromov_hausdorff_bound(torch.eye(5), torch.ones(1, 2)), math.sqrt(2) / 4)
        assert gromov_hausdorff_bound(torch.ones(1, 3), torch.ones(1, 2)) == 0

    @BOTH
    def test_never_more_than_a_half(self, measure) -> None:
        opposite = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
        assert_close(measure(opposite, torch.ones(3, 2)), 0.5, atol=1e-7)

    @BOTH
    def test_degenerate_rows_still_give_a_figure(self, measure) -> None:
        for rows in (torch.zeros(4, 3), torch.ones(4, 3), torch.ones(1, 3)):
            assert_close(measure(rows, rows), 0, atol=1e-7)
            assert 0 < measure(rows, unit_rows(gaussian(4, 9))) <= 0.5

    @BOTH
    @pytest.mark.parametrize("shape", [(0, 3), (4, 0)])
    def test_nothing_to_compare(self, measure, shape) -> None:
        with pytest.raises(InputError, match="Gromov-Hausdorff bound: got a matrix of shape"):
            measure(torch.ones(4, 3), torch.ones(shape))


class TestLoops:
    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize(("n", "m", "e"), [(7, 7, 2), (8, 6, 2), (7, 8, 3)])
    def test_agrees_with_its_definition(self, n, m, e, seed) -> None:
        x, z = turned(circle(n), 0.3, seed), unit_gaussian(m, e, seed + 20)
        found = [(oracle.deaths(rows), oracle.loops(rows)) for rows in float64(x, z)]
        (deaths, loops), (other_deaths, other_loops) = found
        assert loops
        expected = max(
            oracle.bottleneck(deaths, other_deaths), oracle.bottleneck_of_points(loops, other_loops)
        )
        assert_close(gromov_hausdorff_bound(x, z, homology=1), expected / 2, atol=1e-6)

    def test_a_circle_and_an_arc(self) -> None:
        """Steps of one length, but the circle closes at it and is filled at the side of a triangle, √3."""
        step = 2 * math.sin(math.pi / 12)
        assert_close(gromov_hausdorff_bound(circle(12), circle(12)[:6]), step / 4)
        found = gromov_hausdorff_bound(circle(12), circle(12)[:6], homology=1)
        assert_close(found, (math.sqrt(3) - step) / 4)

    def test_a_circle_and_a_smaller_one(self) -> None:
        """At a constant height, so that rows stay of length 1: all distances shrink to 0.8."""
        smaller = torch.cat([0.8 * circle(12), torch.full((12, 1), 0.6)], dim=1)
        step = 2 * math.sin(math.pi / 12)
        assert_close(gromov_hausdorff_bound(circle(12), smaller), 0.2 * step / 2)
        assert_close(gromov_hausdorff_bound(circle(12), smaller, homology=1), 0.2 * math.sqrt(3) / 2)

    def test_it_is_never_the_lower_of_the_two(self) -> None:
        gains = []
        for seed in range(10):
            x, z = unit_gaussian(30, 2, seed), unit_gaussian(30, 4, seed + 20)
            gains.append(gromov_hausdorff_bound(x, z, homology=1) - gromov_hausdorff_bound(x, z))
        assert min(gains) >= 0
        assert max(gains) > 0.05

    @pytest.mark.parametrize("homology", [-1, 2])
    def test_no_other_homology(self, homology) -> None:
        with pytest.raises(InputError, match=f"got homology {homology}, expected 0 or 1"):
            gromov_hausdorff_bound(torch.eye(2), torch.eye(2), homology=homology)

    @pytest.mark.parametrize("package", ["ripser", "persim"])
    def test_without_the_libraries_the_pip_command_is_told(self, package, monkeypatch) -> None:
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(MissingExtraError, match=r"run: pip install 'isolex\[topology\]'"):
            gromov_hausdorff_bound(torch.eye(2), torch.eye(2), homology=1)
        assert gromov_hausdorff_bound(torch.eye(2), torch.eye(2)) == 0
