"""The closed-form maps, on the rows of the seed pairs."""

import numpy as np


def least_squares(x, z, weights=None, ridge=0.0):
    """argmin_W Σ_i w_i ‖x_i W − z_i‖² + ridge ‖W‖²; of many, the one of least norm (Mikolov et al. 2013)."""
    factor = np.sqrt(np.ones(len(x)) if weights is None else weights)[:, None]
    d, e = x.shape[1], z.shape[1]
    rows = np.vstack([factor * x, np.sqrt(ridge) * np.eye(d)])
    wanted = np.vstack([factor * z, np.zeros((d, e))])
    return np.linalg.lstsq(rows, wanted, rcond=1e-6)[0]


def procrustes(x, z, weights=None):
    """W = U Vᵀ, U Σ Vᵀ = SVD(Xᵀ diag(w) Z) (Xing et al. 2015)."""
    weights = np.ones(len(x)) if weights is None else weights
    u, _, vt = np.linalg.svd(x.T @ np.diag(weights) @ z, full_matrices=False)
    return u @ vt


def canonical_correlations(x, z):
    """Cosines of the principal angles between the column spaces of the centred rows (Björck & Golub 1973)."""
    bases = [np.linalg.qr(rows - rows.mean(axis=0))[0] for rows in (x, z)]
    return np.linalg.svd(bases[0].T @ bases[1], compute_uv=False)


def power_of_gram(x, power):
    """(XᵀX)^power from the SVD of X = P s Qᵀ: Q s^(2 power) Qᵀ."""
    _, s, qt = np.linalg.svd(x, full_matrices=False)
    return qt.T @ np.diag(s ** (2 * power)) @ qt


def vecmap(x, z, *, whiten, reweight, dewhiten, dimension):
    """The five steps of Artetxe et al. (2018a), section 2, for X and Z of full column rank.

    `reweight` and `dewhiten` are pairs, for source and target.
    """
    d = x.shape[1]
    w_x, w_z = np.eye(d), np.eye(d)
    if whiten:
        w_x, w_z = power_of_gram(x, -0.5), power_of_gram(z, -0.5)
    u, s, vt = np.linalg.svd((x @ w_x).T @ (z @ w_z))
    back = {None: np.eye(d)}
    back["source"] = u.T @ power_of_gram(x, 0.5) @ u
    back["target"] = vt @ power_of_gram(z, 0.5) @ vt.T
    source = w_x @ u @ np.diag(s ** reweight[0]) @ back[dewhiten[0]]
    target = w_z @ vt.T @ np.diag(s ** reweight[1]) @ back[dewhiten[1]]
    return source[:, :dimension], target[:, :dimension]
