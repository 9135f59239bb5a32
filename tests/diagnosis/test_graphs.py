import numpy as np
import pytest
import torch

from isolex.diagnosis import eigenvector_similarity, eigenvector_similarity_ascending
from isolex.diagnosis.graphs import _enough, laplacian_spectrum
from isolex.errors import InputError
from tests.comparisons import assert_close
from tests.diagnosis.cases import clustered, degraded, float64, increases, order, turned
from tests.oracles import diagnosis as oracle
from tests.planted import unit_gaussian

BOTH = pytest.mark.parametrize("measure", [eigenvector_similarity, eigenvector_similarity_ascending])


@pytest.mark.parametrize("neighbours", [1, 3, 10])
@pytest.mark.parametrize("e", [8, 3])
def test_agrees_with_the_paper(neighbours, e) -> None:
    x, z = clustered(40), unit_gaussian(40, e, 5)
    found = eigenvector_similarity(x, z, neighbours=neighbours)
    assert_close(found, oracle.eigenvector_similarity(*float64(x, z), neighbours), atol=1e-8)


@pytest.mark.parametrize("neighbours", [1, 3, 10])
def test_ascending_agrees_with_its_definition(neighbours) -> None:
    x, z = clustered(40), unit_gaussian(40, 8, 5)
    found = eigenvector_similarity_ascending(x, z, neighbours=neighbours)
    expected = oracle.eigenvector_similarity(*float64(x, z), neighbours, ascending=True)
    assert_close(found, expected, atol=1e-8)
    assert found != pytest.approx(eigenvector_similarity(x, z, neighbours=neighbours), rel=1e-3)


def test_the_default_is_ten_neighbours() -> None:
    x, z = clustered(), unit_gaussian(60, 8, 5)
    assert eigenvector_similarity(x, z) == eigenvector_similarity(x, z, neighbours=10)


@BOTH
class TestBoth:
    def test_isometric_spaces_are_at_zero(self, measure) -> None:
        x = clustered()
        assert measure(x, x) == 0
        assert_close(measure(x, turned(x)), 0, atol=1e-12)

    def test_noise_takes_spaces_apart(self, measure) -> None:
        assert increases(degraded(measure))

    def test_order_and_length_of_rows_do_not_matter(self, measure) -> None:
        x, z = clustered(), unit_gaussian(60, 8, 5)
        moved = 3 * x[order(60)], torch.linspace(0.1, 9, 60)[:, None] * z
        assert_close(measure(*moved), measure(x, z))

    def test_it_is_symmetric(self, measure) -> None:
        x, z = clustered(), unit_gaussian(60, 8, 5)
        assert_close(measure(x, z), measure(z, x))

    def test_different_numbers_of_rows(self, measure) -> None:
        with pytest.raises(InputError, match=r"got 60 and 59 rows.*take as many"):
            measure(clustered(), clustered()[:59])

    @pytest.mark.parametrize("shape", [(0, 3), (1, 3), (4, 0)])
    def test_nothing_to_compare(self, measure, shape) -> None:
        with pytest.raises(InputError, match="expected at least 2 x 1"):
            measure(torch.ones(shape), torch.ones(shape))

    @pytest.mark.parametrize("neighbours", [0, -1])
    def test_unusable_neighbours(self, measure, neighbours) -> None:
        with pytest.raises(InputError, match=f"got {neighbours} neighbours"):
            measure(clustered(), clustered(), neighbours=neighbours)

    def test_degenerate_rows_still_give_a_figure(self, measure) -> None:
        for rows in (torch.zeros(20, 3), torch.ones(20, 3), clustered(20, 40)):
            assert measure(rows, rows) == 0
            assert np.isfinite(measure(rows, unit_gaussian(20, 3)))


def test_fewer_words_than_neighbours_make_a_complete_graph() -> None:
    """Whose Laplacian has n, n - 1 times, and 0."""
    assert_close(laplacian_spectrum(unit_gaussian(6, 3), 10), [6, 6, 6, 6, 6, 0], atol=1e-9)


def test_the_spectrum_of_two_pairs_of_words() -> None:
    x = torch.tensor([[1.0, 0.0], [2.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    assert_close(laplacian_spectrum(x, 1), [2, 2, 0, 0], atol=1e-9)


def test_a_word_chosen_by_all_is_the_centre_of_a_star() -> None:
    """The three others each have it as their nearest; its own nearest is one of them."""
    x = torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert_close(laplacian_spectrum(x, 1), [4, 1, 1, 0], atol=1e-9)


def test_closed_form_of_a_star_against_two_pairs() -> None:
    """Both hold 90 % of their sums (of 6 and of 4) with all but the last: in three and in two eigenvalues."""
    star = torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    two = torch.tensor([[1.0, 0.0], [2.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    assert_close(eigenvector_similarity(star, two, neighbours=1), (4 - 2) ** 2 + (1 - 2) ** 2)
    # Ascending, 0 1 1 4 and 0 0 2 2 take all four.
    assert_close(eigenvector_similarity_ascending(star, two, neighbours=1), 0 + 1 + 1 + 4)


def test_no_word_is_its_own_neighbour_among_many_that_are_alike() -> None:
    """The first four are everybody's neighbours, nobody has a fifth: K_4 joined to 26 words without edges."""
    found = laplacian_spectrum(torch.ones(30, 3), 4)
    assert_close(found, [30] * 4 + [4] * 25 + [0], atol=1e-9)


@pytest.mark.parametrize(("values", "enough"), [([0.3] * 30, 27), ([5, 4, 1], 2), ([5, 3, 2], 3), ([1], 1)])
def test_how_many_eigenvalues_hold_nine_tenths(values, enough) -> None:
    assert _enough(torch.tensor(values, dtype=torch.float64)) == enough
