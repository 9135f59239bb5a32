"""The kernel's passes and the criteria, on the whole matrix of scores."""

import numpy as np


def scores(queries, keys, scale=1.0, bias=None):
    """scale <q, z> + bias[z]."""
    return scale * (queries @ keys.T) + (0.0 if bias is None else bias)


def order(table):
    """Key ids of each query by falling score, equal scores by id."""
    ids = np.arange(table.shape[1])
    return np.array([np.lexsort((ids, -row)) for row in table], dtype=int).reshape(table.shape)


def ranks(table, targets):
    """The place of one key in each query's order, from 1."""
    return np.array([list(row).index(key) + 1 for row, key in zip(order(table), targets, strict=True)])


def mean_of_best(table, k):
    return np.sort(table, axis=1)[:, ::-1][:, :k].mean(axis=1)


def log_sum_exp(table):
    highest = table.max(axis=1, keepdims=True)
    return np.log(np.exp(table - highest).sum(axis=1)) + highest[:, 0]


def csls(sources, keys, queries, k=10):
    """2 cos(q, z) − r_T(q) − r_S(z) (Conneau et al. 2018, equation 3)."""
    r_t = mean_of_best(queries @ keys.T, k)
    r_s = mean_of_best(keys @ sources.T, k)
    return 2 * queries @ keys.T - r_t[:, None] - r_s[None, :]


def inverted_softmax(sources, keys, queries, beta):
    """log of exp(β cos(q, z)) / (α_q Σ_q' exp(β cos(q', z))) (Smith et al. 2017); α_q makes it sum to 1."""
    shares = np.exp(beta * queries @ keys.T) / np.exp(beta * sources @ keys.T).sum(axis=0)
    return np.log(shares / shares.sum(axis=1, keepdims=True))
