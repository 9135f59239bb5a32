"""InfoNCE over two linear maps with the hardest negatives, word by word."""

import numpy as np


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def neighbourhoods(cosines, k):
    """Of each row, the mean of its k largest cosines."""
    return np.sort(cosines, axis=1)[:, -k:].mean(axis=1)


def hardest(source, target, x, z, pairs, *, k, negatives):
    """Of each pair the negatives of its two words, and the neighbourhoods of CSLS of z and of x."""
    cosines = unit(x @ source) @ unit(z @ target).T
    near_x, near_z = neighbourhoods(cosines, k), neighbourhoods(cosines.T, k)
    known = set(map(tuple, pairs))
    of_x, of_z = [], []
    for i, j in pairs:
        best_z = np.argsort(-(2 * cosines[i] - near_z), kind="stable")[:negatives]
        best_x = np.argsort(-(2 * cosines[:, j] - near_x), kind="stable")[:negatives]
        of_x.append([b for b in best_z if (i, b) not in known])
        of_z.append([a for a in best_x if (a, j) not in known])
    return of_x, of_z, near_z, near_x


def loss(maps, x, z, pairs, found, *, temperature, weights=None):
    """Mean over the pairs of the two cross-entropies, for negatives and neighbourhoods found before."""
    (source, target), (of_x, of_z, near_z, near_x) = maps, found
    cosines = unit(x @ source) @ unit(z @ target).T
    weights = np.ones(len(pairs)) if weights is None else weights
    total = 0.0
    for (i, j), wrong_z, wrong_x, weight in zip(pairs, of_x, of_z, weights, strict=True):
        there = np.array([2 * cosines[i, b] - near_z[b] for b in [j, *wrong_z]]) / temperature
        back = np.array([2 * cosines[a, j] - near_x[a] for a in [i, *wrong_x]]) / temperature
        for scores in (there, back):
            total += weight * (np.log(np.exp(scores).sum()) - scores[0])
    return total / len(pairs)


def gradient(maps, *rest, step=1e-6, **settings):
    """Central differences of the loss, for each of the two maps."""
    found = []
    for place in (0, 1):
        result = np.zeros_like(maps[place])
        for entry in np.ndindex(*result.shape):
            values = []
            for sign in (1, -1):
                nudged = [one.copy() for one in maps]
                nudged[place][entry] += sign * step
                values.append(loss(nudged, *rest, **settings))
            result[entry] = (values[0] - values[1]) / (2 * step)
        found.append(result)
    return found
