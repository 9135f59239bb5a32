import math

import pytest
import torch

from isolex.diagnosis import (
    condition_harmonic_mean,
    condition_number,
    effective_condition_harmonic_mean,
    effective_condition_number,
    isotropy,
    mean_norm,
    singular_value_gap,
)
from isolex.diagnosis.spectra import singular_values
from isolex.errors import InputError
from tests.comparisons import assert_close
from tests.diagnosis.cases import clustered, degraded, float64, increases, order, turned
from tests.oracles import diagnosis as oracle
from tests.planted import gaussian, rotation, unit_gaussian

CONDITIONS = [condition_number, effective_condition_number]
ONE_SPACE = [*CONDITIONS, isotropy, mean_norm]
TWO_SPACES = [singular_value_gap, condition_harmonic_mean, effective_condition_harmonic_mean]
SPACES = [clustered(), 7 * clustered(), unit_gaussian(50, 3), gaussian(40, 10), gaussian(5, 20)]


def with_spectrum(values: list[float], n: int = 30) -> torch.Tensor:
    """Rows whose singular values are known."""
    left, _ = torch.linalg.qr(gaussian(n, len(values)))
    return left @ torch.diag(torch.tensor(values)) @ rotation(len(values), 4)


@pytest.mark.parametrize("x", SPACES)
class TestOracles:
    def test_singular_values(self, x) -> None:
        assert_close(singular_values(x), oracle.singular_values(*float64(x)))

    def test_condition_number(self, x) -> None:
        values = oracle.singular_values(*float64(x))
        assert_close(condition_number(x), values[0] / values[-1])

    def test_effective_condition_number(self, x) -> None:
        assert_close(effective_condition_number(x), oracle.effective_condition_number(*float64(x)))

    def test_isotropy(self, x) -> None:
        assert_close(isotropy(x), oracle.isotropy(*float64(x)))

    def test_mean_norm(self, x) -> None:
        """Its square is the mean cosine of all pairs."""
        rows = x.double() / x.double().norm(dim=1, keepdim=True)
        assert_close(mean_norm(x), float((rows @ rows.T).mean()) ** 0.5)

    def test_singular_value_gap(self, x) -> None:
        other = gaussian(*x.shape, seed=8)
        assert_close(singular_value_gap(x, other), oracle.singular_value_gap(*float64(x, other)))


@pytest.mark.parametrize("measure", ONE_SPACE)
class TestOneSpace:
    def test_a_turn_and_the_order_of_rows_do_not_matter(self, measure) -> None:
        x = 3 * clustered() + 0.2
        assert_close(measure(x[order(60)] @ rotation(8, 7)), measure(x), atol=1e-5)

    @pytest.mark.parametrize("shape", [(0, 3), (4, 0)])
    def test_nothing_to_measure(self, measure, shape) -> None:
        with pytest.raises(InputError, match="got a matrix of shape"):
            measure(torch.ones(shape))


@pytest.mark.parametrize("measure", CONDITIONS)
class TestConditionNumbers:
    def test_orthonormal_rows_or_columns_are_at_one(self, measure) -> None:
        for rows in (torch.eye(5), rotation(7), rotation(3, 1, 8), rotation(8, 2, 3), 9 * rotation(6)):
            assert_close(measure(rows), 1)

    def test_one_row_and_rows_that_are_alike(self, measure) -> None:
        assert_close(measure(gaussian(1, 5)), 1)
        assert_close(measure(gaussian(1, 5).repeat(4, 1)), 1)

    def test_length_and_repetition_of_all_rows_do_not_matter(self, measure) -> None:
        x = clustered()
        assert_close(measure(5 * x), measure(x))
        assert_close(measure(x.repeat(2, 1)), measure(x))

    def test_directions_without_variance_are_left_out(self, measure) -> None:
        x = gaussian(40, 3)
        assert_close(measure(x @ rotation(3, 1, 9)), measure(x))

    def test_only_zero_rows(self, measure) -> None:
        with pytest.raises(InputError, match="only zero rows"):
            measure(torch.zeros(3, 2))


def test_condition_number_of_a_known_spectrum() -> None:
    assert_close(condition_number(with_spectrum([8.0, 4.0, 0.5])), 16)


@pytest.mark.parametrize(
    ("spectrum", "expected"),
    [
        ([3.0, 3.0, 3.0], 1),
        ([4.0, 2.0, 1e-3], 1),  # e^H = 1.9
        ([5.0, 3.0, 2.0], 5 / 3),  # 2.8
        ([8.0, 4.0, 2.0, 1e-2], 2),  # 2.6
        ([2.0, 2.0, 1.0, 1.0], 2),  # 3.8
    ],
)
def test_effective_condition_number_of_a_known_spectrum(spectrum, expected) -> None:
    assert_close(effective_condition_number(with_spectrum(spectrum)), expected)


def test_the_effective_number_is_the_smaller() -> None:
    for x in SPACES:
        assert 1 <= effective_condition_number(x) <= condition_number(x)


@pytest.mark.parametrize(
    ("of_two", "of_one"), list(zip(TWO_SPACES[1:], CONDITIONS, strict=True)), ids=["cond", "econd"]
)
def test_harmonic_means(of_two, of_one) -> None:
    x, z = clustered(), gaussian(30, 5)
    a, b = of_one(x), of_one(z)
    assert_close(of_two(x, z), 2 * a * b / (a + b))
    assert_close(of_two(x, x), a)
    assert of_two(x, z) == of_two(z, x)


class TestSingularValueGap:
    def test_isometric_spaces_are_at_zero(self) -> None:
        x = clustered()
        assert singular_value_gap(x, x) == 0
        assert_close(singular_value_gap(x, turned(x)), 0, atol=1e-10)

    def test_noise_takes_spaces_apart(self) -> None:
        assert increases(degraded(singular_value_gap))

    def test_known_spectra(self) -> None:
        x, z = with_spectrum([8.0, 4.0]), with_spectrum([4.0, 4.0])
        assert_close(singular_value_gap(x, z), math.log(2) ** 2)
        assert_close(singular_value_gap(z, x), math.log(2) ** 2)

    def test_order_of_rows_does_not_matter(self) -> None:
        x, z = clustered(), gaussian(60, 8)
        assert_close(singular_value_gap(x[order(60)], z), singular_value_gap(x, z))

    def test_how_often_all_rows_are_repeated_does_not_matter(self) -> None:
        x, z = clustered(), gaussian(60, 8)
        assert_close(singular_value_gap(x.repeat(3, 1), z), singular_value_gap(x, z))

    def test_what_only_one_space_has_is_not_counted(self) -> None:
        x, z = with_spectrum([8.0, 4.0, 2.0, 1.0]), with_spectrum([8.0, 8.0])
        assert_close(singular_value_gap(x, z), math.log(2) ** 2)
        assert_close(singular_value_gap(x, z @ rotation(2, 1, 4)), math.log(2) ** 2)

    @pytest.mark.parametrize(
        ("rows", "message"), [(torch.zeros(3, 2), "only zero rows"), (torch.ones(0, 2), "got a matrix")]
    )
    def test_nothing_to_compare(self, rows, message) -> None:
        with pytest.raises(InputError, match=message):
            singular_value_gap(clustered(), rows)


class TestIsotropy:
    def test_the_axes_and_their_opposites_are_at_one(self) -> None:
        assert_close(isotropy(torch.cat([torch.eye(4), -torch.eye(4)])), 1)

    def test_one_direction(self) -> None:
        """Z is n e along it, n across it."""
        assert_close(isotropy(torch.tensor([[1.0, 0, 0]]).repeat(5, 1)), 1 / math.e)
        assert_close(isotropy(torch.tensor([[-2.0, 0, 0]])), math.exp(-2))

    def test_between_zero_and_one(self) -> None:
        for x in SPACES:
            assert 0 < isotropy(x) <= 1

    def test_long_rows_do_not_overflow(self) -> None:
        assert isotropy(1e4 * clustered()) == 0

    def test_zero_rows_are_alike_in_all_directions(self) -> None:
        assert_close(isotropy(torch.zeros(3, 4)), 1)

    def test_opposite_spaces_are_alike(self) -> None:
        assert_close(isotropy(-3 * clustered()), isotropy(3 * clustered()))

    def test_a_common_direction_lowers_it(self) -> None:
        x = gaussian(200, 5)
        shifted = [isotropy(x + shift * torch.tensor([1.0, 0, 0, 0, 0])) for shift in (0, 1, 2, 4)]
        assert increases(shifted[::-1])


class TestMeanNorm:
    def test_closed_forms(self) -> None:
        assert_close(mean_norm(torch.tensor([[3.0, 0.0], [0.0, 0.5]])), math.sqrt(0.5))
        assert_close(mean_norm(gaussian(1, 4)), 1)
        assert_close(mean_norm(torch.eye(9)), 1 / 3)
        x = gaussian(20, 3)
        assert_close(mean_norm(torch.cat([x, -2 * x])), 0)

    def test_zero_rows_do_not_take_part(self) -> None:
        x = clustered()
        assert_close(mean_norm(torch.cat([torch.zeros(7, 8), x])), mean_norm(x))
        with pytest.raises(InputError, match="only zero rows"):
            mean_norm(torch.zeros(3, 2))
