"""Normalisation steps on matrices without zero rows."""

import numpy as np


def unit(rows):
    return rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))


def center(rows):
    return rows - rows.mean(axis=0)


def unit_dim(rows):
    return rows / np.sqrt((rows**2).sum(axis=0, keepdims=True))


def iterative(rows):
    """Alternate both until the mean is zero (Zhang et al. 2019)."""
    rows = unit(rows)
    while np.linalg.norm(rows.mean(axis=0)) > 1e-7:
        rows = unit(center(rows))
    return rows
