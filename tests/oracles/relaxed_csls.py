"""The relaxed CSLS loss (Joulin et al. 2018), pair by pair."""

import numpy as np


def loss(w, x, z, pairs, *, k, weights=None):
    """Σ_i w_i [−2 x_i W z_iᵀ + mean of the k largest x_i W zᵀ + mean of the k largest x W z_iᵀ] / Σ_i w_i."""
    weights = np.ones(len(pairs)) if weights is None else weights
    total = 0.0
    for (i, j), weight in zip(pairs, weights, strict=True):
        to_targets = np.array([x[i] @ w @ row for row in z])
        to_sources = np.array([row @ w @ z[j] for row in x])
        near_targets, near_sources = np.sort(to_targets)[-k:], np.sort(to_sources)[-k:]
        total += weight * (-2 * to_targets[j] + near_targets.mean() + near_sources.mean())
    return total / sum(weights)


def gradient(w, x, z, pairs, *, k, weights=None, step=1e-6):
    """Central differences of the loss."""
    result = np.zeros_like(w)
    for place in np.ndindex(*w.shape):
        nudge = np.zeros_like(w)
        nudge[place] = step
        after = loss(w + nudge, x, z, pairs, k=k, weights=weights)
        before = loss(w - nudge, x, z, pairs, k=k, weights=weights)
        result[place] = (after - before) / (2 * step)
    return result
