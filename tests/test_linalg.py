import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from isolex.linalg import clip_spectrum, gram, polar_factor, root, svd
from tests.comparisons import assert_close, assert_orthonormal, assert_same
from tests.planted import gaussian, rotation

SHAPES = [(5, 5), (8, 3), (3, 8), (1, 4), (4, 1), (1, 1)]


def semidefinite(d: int, rank: int, seed: int = 0) -> torch.Tensor:
    rows = gaussian(rank, d, seed)
    return gram(rows, rows)


@pytest.mark.parametrize("shape", SHAPES)
def test_svd_multiplies_back(shape) -> None:
    matrix = gaussian(*shape)
    u, s, vt = svd(matrix)
    assert u.dtype == s.dtype == vt.dtype == torch.float64
    assert_close((u * s) @ vt, matrix, atol=1e-12)
    assert_orthonormal(u, atol=1e-12)
    assert_orthonormal(vt, atol=1e-12)
    assert (s.diff() <= 0).all()


def test_svd_where_lapack_does_not_converge(monkeypatch) -> None:
    """As some builds do not for a matrix of many equal singular values."""
    decompose, asked = torch.linalg.svd, []

    def failing_once(matrix, *arguments, **named):
        asked.append(matrix)
        if len(asked) == 1:
            raise torch.linalg.LinAlgError("failed to converge")
        return decompose(matrix, *arguments, **named)

    matrix = gaussian(8, 3) @ torch.diag(torch.tensor([3.0, 2.0, 1.0]))
    expected = svd(matrix)
    monkeypatch.setattr(torch.linalg, "svd", failing_once)
    for part, other in zip(svd(matrix), expected, strict=True):
        assert_close(part, other, atol=1e-12)
    assert len(asked) == 2


@given(st.integers(0, 2**31), st.lists(st.sampled_from([-1.0, 1.0]), min_size=4, max_size=4))
def test_svd_signs_do_not_depend_on_lapack(seed, signs) -> None:
    """Whatever signs LAPACK picks, the largest entry of each row of Vᵀ is positive."""
    flip = torch.tensor(signs)
    u, s, vt = svd(gaussian(6, 4, seed))
    largest = vt.gather(1, vt.abs().argmax(dim=1, keepdim=True))
    assert (largest > 0).all()
    # Flipping the rows of the matrix flips those of U and nothing else.
    flipped_u, flipped_s, flipped_vt = svd(gaussian(6, 4, seed) * torch.cat([flip, flip[:2]])[:, None])
    assert_close(flipped_vt, vt, atol=1e-9)
    assert_close(flipped_s, s, atol=1e-9)
    assert_close(flipped_u, u * torch.cat([flip, flip[:2]])[:, None], atol=1e-9)


def test_svd_of_zeros() -> None:
    u, s, vt = svd(torch.zeros(3, 2))
    assert_close(s, [0, 0])
    assert_orthonormal(u)
    assert_orthonormal(vt)


def test_gram_is_the_weighted_sum_of_outer_products() -> None:
    a, b, weights = gaussian(7, 3), gaussian(7, 4, 1), torch.tensor([0.0, 1, 2, 0.5, 3, 1, 1])
    expected = sum(
        w * np.outer(x, z)
        for w, x, z in zip(weights.tolist(), a.double().numpy(), b.double().numpy(), strict=True)
    )
    assert_close(gram(a, b, weights), expected, atol=1e-12)
    assert_same(gram(a, b), gram(a, b, torch.ones(7)))
    assert gram(a, b).dtype == torch.float64


@pytest.mark.parametrize("power", [-1, -0.5, 0.5, 1, 2])
def test_root_of_full_rank(power) -> None:
    matrix = semidefinite(4, 9)
    values, vectors = np.linalg.eigh(matrix.numpy())
    assert_close(root(matrix, power), vectors @ np.diag(values**power) @ vectors.T, atol=1e-10)


def test_roots_undo_each_other() -> None:
    matrix = semidefinite(5, 20)
    assert_close(root(matrix, 0.5) @ root(matrix, 0.5), matrix, atol=1e-10)
    assert_close(root(matrix, -0.5) @ matrix @ root(matrix, -0.5), np.eye(5), atol=1e-10)


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_root_leaves_out_directions_without_variance(rank) -> None:
    matrix = semidefinite(5, rank)
    assert_close(root(matrix, -1), np.linalg.pinv(matrix.numpy(), rcond=1e-10, hermitian=True), atol=1e-8)
    whitened = root(matrix, -0.5) @ matrix @ root(matrix, -0.5)
    assert_close(torch.linalg.eigvalsh(whitened), [0] * (5 - rank) + [1] * rank, atol=1e-8)


@pytest.mark.parametrize("d", [3, 5, 20, 60])
def test_root_takes_rounding_of_float32_rows_for_zero(d) -> None:
    """Rows of a plane, mapped in float32 now and then, vary a little in all other directions: no signal."""
    rows = gaussian(400, 2) @ gaussian(2, d, 1)
    for seed in range(3):
        rows = rows @ rotation(d, seed)
    values = torch.linalg.eigvalsh(root(gram(rows, rows), -1))
    assert int((values > 1e-12).sum()) == 2


@pytest.mark.parametrize("least", [1e-4, 1e-7, 1e-10])
def test_root_keeps_directions_of_little_variance(least) -> None:
    turn = rotation(4).double()
    matrix = (turn * torch.tensor([1, 1, 0.5, least], dtype=torch.float64)) @ turn.T
    assert_close(torch.linalg.eigvalsh(root(matrix, -1)), [1, 1, 2, 1 / least], rtol=1e-4)


@pytest.mark.parametrize("power", [-1, -0.5, 0.5])
def test_root_of_zeros_is_zeros(power) -> None:
    assert_close(root(torch.zeros(3, 3), power), np.zeros((3, 3)))


@pytest.mark.parametrize("shape", SHAPES)
def test_polar_factor_is_orthonormal_and_nearest(shape) -> None:
    matrix = gaussian(*shape)
    nearest = polar_factor(matrix)
    assert nearest.dtype == torch.float64
    assert_orthonormal(nearest, atol=1e-12)
    distance = torch.linalg.matrix_norm(matrix - nearest)
    for seed in range(20):
        other = rotation(shape[0], seed, shape[1])
        assert distance <= torch.linalg.matrix_norm(matrix - other) + 1e-6


def test_polar_factor_of_a_rotation_is_itself() -> None:
    turn = rotation(6)
    assert_close(polar_factor(3 * turn), turn)


@pytest.mark.parametrize("rank", [0, 1, 3])
def test_polar_factor_completes_what_the_matrix_leaves_open(rank) -> None:
    matrix = gaussian(5, rank) @ gaussian(rank, 5, 1)
    nearest = polar_factor(matrix)
    assert_orthonormal(nearest)
    # The best possible agreement with the matrix is the sum of its singular values.
    assert_close((nearest * matrix).sum(), torch.linalg.svdvals(matrix).sum())


@pytest.mark.parametrize("ceiling", [0.5, 1.0, 10.0])
def test_clip_spectrum(ceiling) -> None:
    matrix = gaussian(5, 4)
    u, s, vt = np.linalg.svd(matrix.double().numpy(), full_matrices=False)
    clipped = clip_spectrum(matrix, ceiling=ceiling)
    assert_close(clipped, u @ np.diag(np.minimum(s, ceiling)) @ vt)
    assert_close(clip_spectrum(clipped, ceiling=ceiling), clipped)


def test_clip_spectrum_changes_nothing_inside_the_ball() -> None:
    matrix = gaussian(5, 4)
    inside = 0.99 * matrix / torch.linalg.matrix_norm(matrix, 2)
    assert_close(clip_spectrum(inside), inside)
