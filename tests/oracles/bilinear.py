"""Ridge regression of a lexicon on products of rows, as one large least-squares problem."""

import numpy as np


def regression(x, z, ridge, weights=None):
    """M that minimises ‖X M Zᵀ − 1‖² + λ‖M‖², 1 the identity over the pairs; small dimensions only.

    Rows take the square root of their pair's weight, and each side is scaled so that the eigenvalues of XᵀX
    have a mean of 1.
    """
    weights = np.ones(len(x)) if weights is None else weights
    x, z = (rows * np.sqrt(weights)[:, None] for rows in (x, z))
    x, z = (rows * np.sqrt(rows.shape[1] / (rows**2).sum()) for rows in (x, z))
    unknowns = x.shape[1] * z.shape[1]
    design = np.concatenate([np.kron(x, z), np.sqrt(ridge) * np.eye(unknowns)])
    wanted = np.concatenate([np.eye(len(x)).ravel(), np.zeros(unknowns)])
    return np.linalg.lstsq(design, wanted, rcond=None)[0].reshape(x.shape[1], z.shape[1])
