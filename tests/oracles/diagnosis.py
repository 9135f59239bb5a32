"""Measures of one space, two spaces and their answers. Rows of x and z are words."""

import math
from itertools import combinations, permutations

import numpy as np

from tests.oracles.linear import procrustes
from tests.oracles.normalize import unit


def nearest_graph(x, k):
    """Adjacency of the graph that joins i and j if either is among the k nearest of the other by cosine."""
    cosines = unit(x) @ unit(x).T
    adjacency = np.zeros(cosines.shape)
    for i, row in enumerate(cosines):
        others = sorted((j for j in range(len(x)) if j != i), key=lambda j: -row[j])
        for j in others[:k]:
            adjacency[i, j] = adjacency[j, i] = 1
    return adjacency


def eigenvector_similarity(x, z, k=10, *, ascending=False):
    """Σ_{i≤k} (λ_1i − λ_2i)², k = min_j min {k: Σ_{i≤k} λ_ji ≥ 0.9 Σ_i λ_ji} (Søgaard et al. 2018)."""
    spectra, enough = [], []
    for rows in (x, z):
        adjacency = nearest_graph(rows, k)
        values = np.linalg.eigvals(np.diag(adjacency.sum(axis=0)) - adjacency).real
        spectra.append(sorted(values, reverse=not ascending))
        # Shares that are nine tenths but for rounding are nine tenths.
        enough.append(next(i for i in range(len(x) + 1) if sum(spectra[-1][:i]) >= 0.9 * sum(values) - 1e-9))
    return sum((a - b) ** 2 for a, b in list(zip(*spectra, strict=True))[: min(enough)])


def deaths(x):
    """H0 of the Vietoris-Rips filtration: distances at which components merge, from all edges by length."""
    component = list(range(len(x)))
    found = []
    for i, j in sorted(
        combinations(range(len(x)), 2), key=lambda edge: np.linalg.norm(x[edge[0]] - x[edge[1]])
    ):
        one, other = component[i], component[j]
        if one != other:
            found.append(np.linalg.norm(x[i] - x[j]))
            component = [one if c == other else c for c in component]
    return found


def bottleneck(a, b):
    """Over all partial matchings the least of the largest cost: |a − b| if matched, else half the death."""
    if not a:
        return max((death / 2 for death in b), default=0.0)
    first, rest = a[0], a[1:]
    choices = [max(first / 2, bottleneck(rest, b))]
    for i, death in enumerate(b):
        choices.append(max(abs(first - death), bottleneck(rest, b[:i] + b[i + 1 :])))
    return min(choices)


def loops(x):
    """H1 of the Vietoris-Rips filtration as (birth, death): columns of boundaries reduced modulo 2."""

    def size(simplex):
        return max((np.linalg.norm(x[i] - x[j]) for i, j in combinations(simplex, 2)), default=0.0)

    simplices = [simplex for corners in (1, 2, 3) for simplex in combinations(range(len(x)), corners)]
    simplices.sort(key=lambda simplex: (size(simplex), len(simplex)))
    place = {simplex: i for i, simplex in enumerate(simplices)}
    reduced, found = {}, []
    for simplex in simplices:
        column = {place[face] for face in combinations(simplex, len(simplex) - 1) if face}
        while column and max(column) in reduced:
            column = column ^ reduced[max(column)]
        if column:
            reduced[max(column)] = column
            if len(simplex) == 3:
                found.append((size(simplices[max(column)]), size(simplex)))
    return [(birth, death) for birth, death in found if death > birth]


def bottleneck_of_points(a, b):
    """As `bottleneck`, of (birth, death): the larger difference if matched, else half the persistence."""
    if not a:
        return max(((death - birth) / 2 for birth, death in b), default=0.0)
    (birth, death), rest = a[0], a[1:]
    choices = [max((death - birth) / 2, bottleneck_of_points(rest, b))]
    for i, other in enumerate(b):
        cost = max(abs(birth - other[0]), abs(death - other[1]))
        choices.append(max(cost, bottleneck_of_points(rest, b[:i] + b[i + 1 :])))
    return min(choices)


def gromov_wasserstein(x, z):
    """½ √min_P Σ_ijkl (C_ik − C'_jl)² P_ij P_kl of unit rows, z with k times as many rows as x (Mémoli 2011).

    With Euclidean distances the sum is concave in P, so that a corner of the couplings is best: one that
    gives each row of x to k rows of z. Which is a permutation once each row of x stands there k times.
    """
    x = np.repeat(x, len(z) // len(x), axis=0)
    first, second = (np.linalg.norm(rows[:, None] - rows[None, :], axis=2) for rows in (unit(x), unit(z)))
    return (
        math.sqrt(
            min(((first - second[np.ix_(p, p)]) ** 2).mean() for p in map(list, permutations(range(len(z)))))
        )
        / 2
    )


def repeated_rows(x):
    """Rows that are not all zero, and equal to one before them."""
    return sum(bool(row.any()) and any((row == other).all() for other in x[:i]) for i, row in enumerate(x))


def relational_similarity(x, z):
    """Pearson's correlation of cos(x_i, x_j) with cos(z_i, z_j) over all i < j (Vulić et al. 2020)."""
    lists = [[unit(rows)[i] @ unit(rows)[j] for i, j in combinations(range(len(x)), 2)] for rows in (x, z)]
    return np.corrcoef(*lists)[0, 1]


def procrustes_residual(x, z):
    return ((x @ procrustes(x, z) - z) ** 2).sum() / (z**2).sum()


def singular_values(x):
    """Square roots of the eigenvalues of XᵀX that are not zero."""
    values = np.linalg.eigvalsh(x.T @ x)[::-1]
    return np.sqrt(values[values > 1e-12 * values[0]])


def singular_value_gap(x, z):
    """Σ_i (log σ_1i − log σ_2i)² of spaces of one shape (Dubossarsky et al. 2020)."""
    return ((np.log(singular_values(x)) - np.log(singular_values(z))) ** 2).sum()


def effective_condition_number(x):
    """σ_1 / σ_r, r = ⌊exp(−Σ p log p)⌋, p = σ / Σ σ (Dubossarsky et al. 2020; Roy & Vetterli 2007)."""
    values = singular_values(x)
    entropy = -sum(p * math.log(p) for p in values / values.sum())
    return values[0] / values[math.floor(math.exp(entropy)) - 1]


def isotropy(x):
    """min Z(c) / max Z(c), c the eigenvectors of XᵀX, of ±c that of larger Z (Mu & Viswanath 2018)."""
    totals = [
        max(sum(math.exp(sign * c @ row) for row in x) for sign in (1, -1))
        for c in np.linalg.eigh(x.T @ x)[1].T
    ]
    return min(totals) / max(totals)


def gini(counts):
    """Σ_ij |x_i − x_j| / (2 m² mean)."""
    counts = np.asarray(counts)
    return np.abs(counts[:, None] - counts[None, :]).sum() / (2 * len(counts) * counts.sum())


def robin_hood(counts):
    """What those above the mean have too much, as a share of everything."""
    mean = np.mean(counts)
    return sum(count - mean for count in counts if count > mean) / sum(counts)
