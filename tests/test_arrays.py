import numpy as np
import pytest
import torch

from isolex.arrays import as_matrix, full_precision, generator, pick_device
from isolex.errors import InputError
from isolex.mapping import Mapping
from isolex.retrieval import log_sum_exp, top_k
from tests.comparisons import assert_close, assert_same
from tests.planted import gaussian, unit_gaussian


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_arrays_and_tensors_become_float32(dtype) -> None:
    array = np.arange(6, dtype=dtype).reshape(2, 3)
    expected = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    assert_same(as_matrix(array), expected)
    assert_same(as_matrix(torch.from_numpy(array)), expected)
    assert_same(as_matrix(array.T), expected.T)
    assert as_matrix(array.T).is_contiguous()


def test_rows_in_any_order() -> None:
    array = np.arange(6, dtype=np.float32).reshape(3, 2)
    for view in array[::-1], array[:, ::-1], array[::2], np.asfortranarray(array):
        assert_close(as_matrix(view), view)


def test_float32_is_not_copied() -> None:
    array = np.zeros((2, 3), dtype=np.float32)
    as_matrix(array)[0, 0] = 5
    assert array[0, 0] == 5


def test_memory_maps(tmp_path) -> None:
    stored = np.memmap(tmp_path / "rows", dtype=np.float16, mode="w+", shape=(3, 2))
    stored[:] = [[1, 2], [3, 4], [5, 6]]
    assert_close(as_matrix(stored), [[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_told_with_their_row(bad) -> None:
    array = np.zeros((5, 2))
    array[3, 1] = bad
    with pytest.raises(InputError, match="seeds: row 3 holds NaN or infinite"):
        as_matrix(array, name="seeds")


def test_infinities_that_cancel_are_seen() -> None:
    with pytest.raises(InputError, match="row 1"):
        as_matrix(np.array([[0, 0], [np.inf, -np.inf]]))


def test_float32_cannot_hold_it() -> None:
    with pytest.raises(InputError, match="row 0"):
        as_matrix(np.array([[1e300, 0.0]]))


@pytest.mark.parametrize("shape", [(), (3,), (1, 2, 3)])
def test_other_dimensions_are_refused(shape) -> None:
    with pytest.raises(InputError, match=f"got {len(shape)} dimensions"):
        as_matrix(np.zeros(shape))


def test_empty_matrices_are_fine() -> None:
    assert as_matrix(np.zeros((0, 3))).shape == (0, 3)


def test_devices() -> None:
    assert pick_device("cpu") == torch.device("cpu")
    assert pick_device(torch.device("cpu")) == torch.device("cpu")
    assert pick_device().type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("name", ["gpu", "", "cuda:99", "meta"])
def test_devices_that_are_not_there(name) -> None:
    with pytest.raises(InputError, match=r"is not (available|supported)"):
        pick_device(name)


def test_generators_are_their_own() -> None:
    state = torch.get_rng_state()
    first, second = torch.rand(5, generator=generator(3)), torch.rand(5, generator=generator(3))
    assert_same(first, second)
    assert not torch.equal(first, torch.rand(5, generator=generator(4)))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.fixture(params=["high", "medium"])
def rounded_products(request):
    """What a program may have set for all of torch."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(request.param)
    yield request.param
    torch.set_float32_matmul_precision(before)


class TestFullPrecision:
    def test_inside_and_after(self, rounded_products) -> None:
        with full_precision():
            assert torch.get_float32_matmul_precision() == "highest"
        assert torch.get_float32_matmul_precision() == rounded_products

    def test_blocks_that_overlap_in_threads(self, rounded_products) -> None:
        """The first to enter is the first to leave: the other is still inside then."""
        first, second = full_precision(), full_precision()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert torch.get_float32_matmul_precision() == "highest"
        second.__exit__(None, None, None)
        assert torch.get_float32_matmul_precision() == rounded_products

    def test_after_an_error(self, rounded_products) -> None:
        with pytest.raises(ZeroDivisionError), full_precision():
            _ = 1 / 0
        assert torch.get_float32_matmul_precision() == rounded_products

    def test_searches_and_maps_are_the_same(self, rounded_products) -> None:
        x, z = unit_gaussian(40, 300, seed=1), unit_gaussian(50, 300, seed=2)
        mapping = Mapping.one_sided(gaussian(300, 300, seed=3))

        def made():
            return *mapping.apply(x, z), top_k(x, z, 5).scores, log_sum_exp(x, z)

        rounded = made()
        torch.set_float32_matmul_precision("highest")
        for found, expected in zip(rounded, made(), strict=True):
            assert_same(found, expected)
