"""Comparisons that tests rely on. `test_comparisons.py` feeds each of them wrong values."""

import numpy as np
import torch
from torch import Tensor

from isolex.mapping import Mapping
from isolex.retrieval import TopK


def assert_close(found, expected, *, atol: float = 1e-5, rtol: float = 1e-5) -> None:
    """Finite, of the same shape, and the same to a tolerance."""
    found, expected = (np.asarray(values, dtype=np.float64) for values in (found, expected))
    assert found.shape == expected.shape
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(found, expected, atol=atol, rtol=rtol, equal_nan=False)


def assert_same(found: Tensor, expected: Tensor) -> None:
    """The same shape, dtype and values to the last bit."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    assert torch.equal(found, expected)


def assert_orthonormal(matrix: Tensor, *, atol: float = 1e-5) -> None:
    """Orthonormal columns, or rows if there are fewer rows."""
    tall = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
    assert_close(tall.T @ tall, np.eye(tall.shape[1]), atol=atol)


def assert_same_scores(
    found: Mapping, expected: Mapping, x: Tensor, z: Tensor, *, atol: float = 1e-4
) -> None:
    """Two mappings that give every pair of rows the same cosine, whatever the turn of their shared spaces."""
    (found_x, found_z), (expected_x, expected_z) = found.apply(x, z), expected.apply(x, z)
    assert_close(found_x @ found_z.T, expected_x @ expected_z.T, atol=atol)


def assert_best(found: TopK, table: np.ndarray, k: int, *, atol: float = 1e-4) -> None:
    """The k best keys by a table of scores; where scores are nearer than `atol` either key will do."""
    wide = min(k, table.shape[1])
    assert found.indices.dtype == torch.int64
    assert found.scores.dtype == torch.float32
    assert found.indices.shape == found.scores.shape == (table.shape[0], wide)
    ids = found.indices.numpy()
    kept = np.take_along_axis(table, ids, axis=1)
    assert_close(found.scores, kept, atol=atol)
    assert (np.diff(found.scores.numpy(), axis=1) <= 0).all()
    for row, row_kept, row_ids in zip(table, kept, ids, strict=True):
        assert len(set(row_ids.tolist())) == wide
        left_out = np.delete(row, row_ids)
        assert left_out.size == 0 or left_out.max() <= row_kept.min() + atol


def assert_translates(mapping: Mapping, x: Tensor, z: Tensor, pairs: Tensor, *, least: float = 1.0) -> None:
    """At least this share of the pairs are nearest neighbours in the shared space."""
    mapped_x, mapped_z = mapping.apply(x, z)
    nearest = (mapped_x[pairs[:, 0]] @ mapped_z.T).argmax(dim=1)
    assert float((nearest == pairs[:, 1]).double().mean()) >= least
