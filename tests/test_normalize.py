import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from isolex.errors import InputError, IsolexWarning
from isolex.normalize import (
    DEFAULT_STEPS,
    STEPS,
    FittedNormalizer,
    Normalizer,
    Operation,
    unit_rows,
)
from tests.comparisons import assert_close, assert_same
from tests.oracles import normalize as oracle
from tests.planted import gaussian
from tests.shapes import shapes_unchecked

ORACLES = {
    "unit": oracle.unit,
    "center": oracle.center,
    "unit-dim": oracle.unit_dim,
    "iterative": oracle.iterative,
}

chains = st.lists(st.sampled_from(STEPS), max_size=5).map(tuple)
# With many rows around it, every mean that a step takes away is far from every row.
clouds = st.tuples(st.integers(24, 40), st.integers(2, 4), st.integers(0, 2**31)).map(
    lambda made: gaussian(*made)
)
# Whole numbers: repeated, zero and constant rows and columns are frequent.
tables = hnp.arrays(np.int64, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.integers(-3, 3))


def fit_apply(steps: tuple[str, ...], matrix: torch.Tensor) -> torch.Tensor:
    return Normalizer(steps).fit(matrix).apply(matrix)


@given(chains, clouds)
def test_any_chain_agrees_with_its_definition(steps, matrix) -> None:
    expected = matrix.double().numpy()
    for step in steps:
        expected = ORACLES[step](expected)
    assert_close(fit_apply(steps, matrix), expected, atol=1e-4)


@pytest.mark.filterwarnings("ignore:iterative normalisation did not settle")
@given(chains, tables)
def test_the_last_step_holds_at_the_end_and_zero_rows_stay_zero(steps, table) -> None:
    matrix = torch.from_numpy(table).float()
    fitted = Normalizer(steps).fit(matrix)
    rows = fitted.apply(matrix)
    used = matrix.any(dim=1)
    assert fitted.zero_rows == int((~used).sum())
    assert not rows[~used].any()
    assert torch.isfinite(rows).all()
    last = steps[-1] if steps else None
    if last == "center" and used.any():
        assert_close(rows[used].double().mean(dim=0), np.zeros(rows.shape[1]), atol=1e-6)
    elif last in {"unit", "unit-dim", "iterative"}:
        lengths = torch.linalg.vector_norm(rows, dim=0 if last == "unit-dim" else 1)
        assert_close(lengths, (lengths > 0).double(), atol=1e-5)
    elif last is None:
        assert_same(rows, matrix)


@given(chains, clouds)
def test_unseen_rows_pass_through_the_fitted_constants(steps, matrix) -> None:
    fitted = Normalizer(steps).fit(matrix)
    new = gaussian(5, matrix.shape[1], 99)
    expected = new.double().numpy()
    for operation in fitted.operations:
        if operation.name == "unit":
            expected = oracle.unit(expected)
        elif operation.name == "subtract":
            expected = expected - operation.vector.double().numpy()
        else:
            expected = expected * operation.vector.double().numpy()
    assert_close(fitted.apply(new), expected, atol=1e-4)
    # Alone or among others, a row becomes the same.
    together = fitted.apply(torch.cat([matrix, new]))
    assert_close(together[-5:], fitted.apply(new))
    assert_close(together[:-5], fitted.apply(matrix))


@given(chains, clouds)
def test_order_of_rows_does_not_matter(steps, matrix) -> None:
    order = torch.randperm(matrix.shape[0], generator=torch.Generator().manual_seed(1))
    assert_close(fit_apply(steps, matrix[order]), fit_apply(steps, matrix)[order], atol=1e-4)


@pytest.mark.parametrize("steps", [DEFAULT_STEPS, STEPS, ("iterative",), ("unit-dim",), ()])
def test_the_input_is_not_modified(steps) -> None:
    matrix = gaussian(20, 3)
    before = matrix.clone()
    fitted = Normalizer(steps).fit(matrix)
    assert_same(matrix, before)
    result = fitted.apply(matrix)
    assert_same(matrix, before)
    result.fill_(7)
    assert_same(matrix, before)
    assert_same(fitted.apply(matrix), Normalizer(steps).fit(matrix).apply(matrix))


@pytest.mark.parametrize("n", [30, 300])
def test_iterative_makes_rows_unit_and_mean_zero_at_once(n) -> None:
    skewed = gaussian(n, 5) + torch.tensor([3.0, 0, 0, 0, -1])
    rows = fit_apply(("iterative",), skewed).double()
    assert_close(torch.linalg.vector_norm(rows, dim=1), np.ones(n), atol=1e-6)
    assert_close(rows.mean(dim=0), np.zeros(5), atol=2e-6)
    # One round is not enough for that.
    once = fit_apply(("unit", "center", "unit"), skewed).double()
    assert torch.linalg.vector_norm(once.mean(dim=0)) > 1e-3


def test_iterative_comes_to_an_end_where_no_solution_exists() -> None:
    """Most rows are one vector: no shift puts the mean of the directions at zero."""
    with pytest.warns(
        IsolexWarning, match="did not settle: after 100 rounds the mean row still has length 0.67"
    ):
        rows = fit_apply(("iterative",), torch.tensor([[1.0, 0]] * 5 + [[0.0, 1]]))
    assert_close(torch.linalg.vector_norm(rows, dim=1), np.ones(6))


def test_zero_rows_take_no_part_in_means() -> None:
    matrix = gaussian(9, 3)
    with_zeros = torch.cat([matrix, torch.zeros(20, 3)])
    fitted = Normalizer(STEPS).fit(with_zeros)
    assert fitted.zero_rows == 20
    assert_close(fitted.apply(matrix), fit_apply(STEPS, matrix))
    assert not fitted.apply(torch.zeros(2, 3)).any()


@pytest.mark.parametrize("steps", [DEFAULT_STEPS, STEPS])
def test_degenerate_matrices(steps) -> None:
    for matrix in torch.zeros(3, 2), torch.ones(1, 2), torch.ones(4, 2), torch.zeros(0, 2):
        rows = fit_apply(steps, matrix)
        assert rows.shape == matrix.shape
        assert torch.isfinite(rows).all()


def test_half_precision_rows_become_float32() -> None:
    half = gaussian(6, 3).half()
    rows = fit_apply(DEFAULT_STEPS, half)
    assert rows.dtype == torch.float32
    assert_same(rows, fit_apply(DEFAULT_STEPS, half.float()))


@pytest.mark.parametrize("steps", [("units",), ("unit", "centre"), ("",), ("unit", "unit_dim")])
def test_unknown_steps_are_refused_with_the_choices(steps) -> None:
    with pytest.raises(InputError, match="unknown normalisation step") as caught:
        Normalizer(steps)
    assert all(step in str(caught.value) for step in STEPS)


def test_parse() -> None:
    assert Normalizer.parse("unit,center,unit") == Normalizer()
    assert Normalizer.parse(" unit , unit-dim ").steps == ("unit", "unit-dim")
    assert Normalizer.parse("unit center  unit") == Normalizer()  # as VecMap has it
    assert Normalizer.parse("none").steps == ()
    with pytest.raises(InputError, match="centre"):
        Normalizer.parse("unit,centre")


def test_rows_of_another_dimension_are_refused() -> None:
    fitted = Normalizer().fit(gaussian(5, 3))
    with pytest.raises(InputError, match=r"\(2, 4\), expected \[n, 3\]"):
        fitted.apply(torch.ones(2, 4))
    with shapes_unchecked(), pytest.raises(InputError, match=r"\(3,\), expected"):
        fitted.apply(torch.ones(3))


@pytest.mark.parametrize(
    ("name", "vector", "message"),
    [
        ("subtract", None, "'subtract': has no fitted vector"),
        ("unit", torch.ones(2), "'unit': has a fitted vector"),
        ("substract", torch.ones(2), "did you mean 'subtract'"),
        ("divide", torch.ones(2), "divide"),
    ],
)
def test_an_operation_that_means_nothing_is_refused(name, vector, message) -> None:
    with pytest.raises(InputError, match=message):
        Operation(name, vector)


def test_an_operation_of_another_dimension_is_refused() -> None:
    with shapes_unchecked(), pytest.raises(InputError, match=r"vector of shape \(3,\), expected \[2\]"):
        FittedNormalizer(("center",), (Operation("subtract", torch.ones(3)),), dimension=2)


def test_unit_rows() -> None:
    rows = torch.tensor([[3.0, 4], [0, 0], [-2, 0]])
    assert_close(unit_rows(rows), [[0.6, 0.8], [0, 0], [-1, 0]])
    assert_close(rows, [[3, 4], [0, 0], [-2, 0]])


@pytest.mark.parametrize("scale", [1e38, 1e25, 1e16, 1e-16, 1e-30, 1e-38, 1e-44])
def test_the_direction_of_every_finite_row_survives(scale) -> None:
    rows = torch.tensor([[3.0, 1.0, 2.0], [-1, 0, 1]]).double()
    expected = oracle.unit((rows * scale).float().double().numpy())
    assert_close(unit_rows((rows * scale).float()), expected)


@pytest.mark.parametrize("steps", [("unit-dim",), ("unit", "center", "unit"), ("iterative",)])
def test_no_chain_makes_infinite_values_of_tiny_ones(steps) -> None:
    matrix = gaussian(30, 4, 0) * 1e-41
    assert torch.isfinite(fit_apply(steps, matrix)).all()
