import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from isolex.errors import InputError
from isolex.retrieval import TopK, log_sum_exp, mean_top_k, ranks, tiles, top_k
from tests.comparisons import assert_best, assert_close, assert_same
from tests.oracles import retrieval as oracle
from tests.planted import gaussian, unit_gaussian
from tests.shapes import shapes_unchecked

# Whole numbers this small are exact in float32, and equal scores are frequent.
small = st.integers(-2, 2)
ONE_ROW = 1


@st.composite
def searches(draw):
    n, m, d = draw(st.integers(0, 6)), draw(st.integers(1, 14)), draw(st.integers(1, 3))
    queries, keys = (draw(hnp.arrays(np.float32, (rows, d), elements=small)) for rows in (n, m))
    bias = draw(st.none() | hnp.arrays(np.float32, m, elements=small))
    return queries, keys, draw(st.sampled_from([1.0, 2.0, 0.5, -1.0])), bias


def tensors(queries, keys, bias):
    return torch.from_numpy(queries), torch.from_numpy(keys), None if bias is None else torch.from_numpy(bias)


@pytest.fixture
def small_tiles(monkeypatch):
    """Tiles of four keys, so that every search crosses their borders."""
    monkeypatch.setattr(tiles, "MAX_TILE_COLUMNS", 4)


class TestExactly:
    """On whole numbers the kernel agrees with the definitions to the last bit, ties included."""

    @given(searches(), st.integers(1, 16), st.integers(1, 7), st.sampled_from([ONE_ROW, 200, 2**20]))
    def test_top_k(self, search, k, columns, scratch) -> None:
        queries, keys, scale, bias = search
        table = oracle.scores(queries.astype(float), keys.astype(float), scale, bias)
        q, z, b = tensors(queries, keys, bias)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tiles, "MAX_TILE_COLUMNS", columns)
            found = top_k(q, z, k, scale=scale, bias=b, scratch_bytes=scratch)
        order = oracle.order(table)[:, :k]
        assert_same(found.indices, torch.from_numpy(order))
        assert_same(found.scores, torch.from_numpy(np.take_along_axis(table, order, axis=1)).float())

    @given(searches(), st.integers(1, 7), st.sampled_from([ONE_ROW, 200, 2**20]), st.data())
    def test_ranks(self, search, columns, scratch, data) -> None:
        queries, keys, scale, bias = search
        targets = data.draw(hnp.arrays(np.int64, len(queries), elements=st.integers(0, len(keys) - 1)))
        table = oracle.scores(queries.astype(float), keys.astype(float), scale, bias)
        q, z, b = tensors(queries, keys, bias)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tiles, "MAX_TILE_COLUMNS", columns)
            found = ranks(q, z, torch.from_numpy(targets), scale=scale, bias=b, scratch_bytes=scratch)
        assert found.dtype == torch.int64
        assert found.tolist() == oracle.ranks(table, targets).tolist()

    @given(searches(), st.integers(1, 7), st.sampled_from([ONE_ROW, 200, 2**20]))
    def test_log_sum_exp(self, search, columns, scratch) -> None:
        queries, keys, scale, bias = search
        q, z, b = tensors(queries, keys, bias)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tiles, "MAX_TILE_COLUMNS", columns)
            found = log_sum_exp(q, z, scale=scale, bias=b, scratch_bytes=scratch)
        assert_close(
            found, oracle.log_sum_exp(oracle.scores(queries.astype(float), keys.astype(float), scale, bias))
        )


class TestTies:
    def test_all_keys_alike(self, small_tiles) -> None:
        found = top_k(torch.ones(3, 2), torch.ones(11, 2), 6)
        assert found.indices.tolist() == [[0, 1, 2, 3, 4, 5]] * 3
        assert ranks(torch.ones(3, 2), torch.ones(11, 2), torch.tensor([0, 5, 10])).tolist() == [1, 6, 11]

    @pytest.mark.parametrize("k", range(1, 12))
    def test_across_the_border_of_a_tile(self, small_tiles, k) -> None:
        keys = torch.tensor([0, 1, 1, 2, 2, 1, 0, 2, 1, 1, 2.0])[:, None]
        expected = [3, 4, 7, 10, 1, 2, 5, 8, 9, 0, 6]
        assert top_k(torch.ones(1, 1), keys, k).indices.tolist() == [expected[:k]]

    def test_a_zero_query_is_as_near_to_everything(self, small_tiles) -> None:
        assert top_k(torch.zeros(1, 3), gaussian(9, 3), 5).indices.tolist() == [[0, 1, 2, 3, 4]]

    def test_plus_and_minus_zero_are_equal(self) -> None:
        keys = torch.tensor([[-0.0], [0.0], [-0.0]])
        assert top_k(torch.ones(1, 1), keys, 2).indices.tolist() == [[0, 1]]


@pytest.mark.parametrize("k", [1, 10, 30, 31, 100])
@pytest.mark.parametrize(("scale", "bias"), [(1.0, False), (2.0, True), (0.1, True), (-3.0, False)])
def test_real_numbers(small_tiles, k, scale, bias) -> None:
    queries, keys = unit_gaussian(17, 5), unit_gaussian(30, 5, 1)
    addend = gaussian(30, 1, 2)[:, 0] if bias else None
    table = oracle.scores(
        queries.double().numpy(), keys.double().numpy(), scale, None if addend is None else addend.numpy()
    )
    found = top_k(queries, keys, k, scale=scale, bias=addend, scratch_bytes=500)
    assert_best(found, table, k, atol=1e-5)
    targets = torch.arange(17)
    assert (
        ranks(queries, keys, targets, scale=scale, bias=addend).tolist()
        == oracle.ranks(table, targets).tolist()
    )
    assert_close(log_sum_exp(queries, keys, scale=scale, bias=addend), oracle.log_sum_exp(table))


def test_the_key_at_rank_r_is_the_r_th_found(small_tiles) -> None:
    queries, keys = unit_gaussian(8, 3), unit_gaussian(25, 3, 1)
    found = top_k(queries, keys, 25)
    for place in range(25):
        assert ranks(queries, keys, found.indices[:, place]).tolist() == [place + 1] * 8


def test_permuting_queries_and_keys(small_tiles) -> None:
    queries, keys = unit_gaussian(9, 4), unit_gaussian(21, 4, 1)
    q, z = (torch.randperm(n, generator=torch.Generator().manual_seed(n)) for n in (9, 21))
    found, permuted = top_k(queries, keys, 7), top_k(queries[q], keys[z], 7)
    assert_same(z[permuted.indices], found.indices[q])
    assert_close(permuted.scores, found.scores[q])


@pytest.mark.parametrize("k", [1, 4, 10, 99])
def test_mean_top_k(small_tiles, k) -> None:
    queries, keys = unit_gaussian(6, 3), unit_gaussian(10, 3, 1)
    table = queries.double().numpy() @ keys.double().numpy().T
    assert_close(mean_top_k(queries, keys, k), oracle.mean_of_best(table, k))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 300.0, 1e6, 1e30])
def test_log_sum_exp_does_not_overflow(small_tiles, scale) -> None:
    queries, keys = torch.tensor([[1.0, 0.0], [0.0, -1.0]]), torch.tensor([[1.0, 0.0]] * 5 + [[0.0, 1.0]])
    # Five keys at cosine 1 and one at 0; five at 0 and one at −1.
    expected = [scale + np.log(5 + np.exp(-scale)), np.log(5 + np.exp(-scale))]
    assert_close(log_sum_exp(queries, keys, scale=scale), expected)


def test_keys_of_no_weight_add_nothing() -> None:
    bias = torch.tensor([-torch.inf, 0.0, -torch.inf])
    assert_close(log_sum_exp(torch.ones(1, 1), torch.ones(3, 1), bias=bias), [1.0])
    assert top_k(torch.ones(1, 1), torch.ones(3, 1), 1, bias=bias).indices.tolist() == [[1]]
    nothing = log_sum_exp(torch.ones(1, 1), torch.ones(3, 1), bias=torch.full((3,), -torch.inf))
    assert nothing.tolist() == [-torch.inf]


def test_empty_queries() -> None:
    none, keys = torch.zeros(0, 3), gaussian(5, 3)
    found = top_k(none, keys, 2)
    assert found.indices.shape == found.scores.shape == (0, 2)
    assert mean_top_k(none, keys, 2).shape == (0,)
    assert log_sum_exp(none, keys).shape == (0,)
    assert ranks(none, keys, torch.zeros(0, dtype=torch.int64)).shape == (0,)


def test_rows_without_columns() -> None:
    assert top_k(torch.zeros(2, 0), torch.zeros(3, 0), 2).indices.tolist() == [[0, 1], [0, 1]]


class TestMemory:
    @pytest.mark.parametrize("scratch", [ONE_ROW, 1_000, 10_000, 2**30])
    @pytest.mark.parametrize("columns", [7, 1000])
    def test_tiles_stay_inside_the_bound(self, monkeypatch, scratch, columns) -> None:
        n, m = 50, 40
        queries, keys = gaussian(n, 3), gaussian(m, 3, 1)
        made: list[tuple[int, int]] = []
        compute = tiles.Scores.tile

        def recorded(*args, **options):
            tile = compute(*args, **options)
            made.append(tuple(tile.shape))
            return tile

        monkeypatch.setattr(tiles.Scores, "tile", recorded)
        monkeypatch.setattr(tiles, "MAX_TILE_COLUMNS", columns)
        calls = {
            "top_k": lambda: top_k(queries, keys, 3, scratch_bytes=scratch),
            "log_sum_exp": lambda: log_sum_exp(queries, keys, scratch_bytes=scratch),
            "mean_top_k": lambda: mean_top_k(queries, keys, 3, scratch_bytes=scratch),
        }
        for name, call in calls.items():
            made.clear()
            call()
            # Every score is made once; a tile and something of its size fit, or a tile is one row.
            assert sum(rows * width for rows, width in made) == n * m
            assert all(2 * 4 * rows * width <= scratch or rows == 1 for rows, width in made)
            if name == "log_sum_exp":
                assert all(width <= columns for _, width in made)
                assert scratch < 2**30 or len(made) == -(-m // columns)

    def test_the_bound_changes_no_result(self) -> None:
        queries, keys = unit_gaussian(30, 4), unit_gaussian(40, 4, 1)
        wide = top_k(queries, keys, 5)
        narrow = top_k(queries, keys, 5, scratch_bytes=ONE_ROW)
        assert_same(narrow.indices, wide.indices)
        assert_close(narrow.scores, wide.scores, atol=1e-6)


class TestRefused:
    def test_no_keys(self) -> None:
        for call in (
            lambda: top_k(torch.ones(1, 2), torch.ones(0, 2), 1),
            lambda: mean_top_k(torch.ones(1, 2), torch.ones(0, 2), 1),
            lambda: log_sum_exp(torch.ones(1, 2), torch.ones(0, 2)),
            lambda: ranks(torch.ones(1, 2), torch.ones(0, 2), torch.zeros(1, dtype=torch.int64)),
        ):
            with pytest.raises(InputError, match="got no keys"):
                call()

    @pytest.mark.parametrize("k", [0, -1])
    def test_k(self, k) -> None:
        with pytest.raises(InputError, match=f"got k = {k}"):
            top_k(torch.ones(1, 2), torch.ones(1, 2), k)

    def test_arrays(self) -> None:
        with (
            shapes_unchecked(),
            pytest.raises(InputError, match=r"got ndarray and Tensor, .*torch\.from_numpy"),
        ):
            top_k(np.ones((1, 2), dtype=np.float32), torch.ones(1, 2), 1)

    def test_dimensions_that_differ(self) -> None:
        with shapes_unchecked(), pytest.raises(InputError, match="queries of 3 and keys of 2 columns"):
            top_k(torch.ones(1, 3), torch.ones(1, 2), 1)

    def test_bias_of_another_length(self) -> None:
        with shapes_unchecked(), pytest.raises(InputError, match="3 biases for 2 keys"):
            log_sum_exp(torch.ones(1, 2), torch.ones(2, 2), bias=torch.ones(3))

    @pytest.mark.parametrize("target", [-1, 2])
    def test_targets_that_are_not_there(self, target) -> None:
        with pytest.raises(InputError, match="expected 0 to 1"):
            ranks(torch.ones(2, 2), torch.ones(2, 2), torch.tensor([0, target]))


def test_results_are_compared_by_identity() -> None:
    """Tensors have no single truth value, so equality of what holds them would be an error."""
    found = TopK(torch.zeros(2, 2, dtype=torch.int64), torch.zeros(2, 2))
    assert found == found  # noqa: PLR0124
    assert found != TopK(found.indices, found.scores)
