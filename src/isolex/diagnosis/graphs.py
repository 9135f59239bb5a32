"""Eigenvector similarity: the spectra of two spaces' nearest-neighbour graphs."""

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.diagnosis.row_checks import require_rows
from isolex.errors import InputError
from isolex.normalize import unit_rows
from isolex.retrieval import top_k

_HELD = 0.9
# Of the sum: shares that are equal but for rounding, as in complete graphs, count as equal.
_ROUNDING = 1e-12


def eigenvector_similarity(
    x: Float[Tensor, "n d"], z: Float[Tensor, "m e"], *, neighbours: int = 10
) -> float:
    """Σ_{i≤k} (λ^x_i − λ^z_i)² over the largest Laplacian eigenvalues (Søgaard et al. 2018); lower is closer.

    λ are the eigenvalues, largest first, of L = D − A of the undirected graph that joins two words if either
    is among the nearest `neighbours` of the other by cosine; k_x and k_z are the fewest eigenvalues that hold
    90 % of their sum, and k = min(k_x, k_z). 0 for isometric spaces; there is no upper end, and it grows with
    n, so compare only figures for the same number of words.

    Both spaces need the same number of rows; the numbers of columns may differ. The lengths and the order of
    rows do not matter, except that of words with exactly the same cosine those with lower ids count as
    nearer.
    Cost: O(n² d) and O(n³), memory some four [n, n] matrices in float64: 1 GB for 5,000 words.

    Args:
        x: `[n, d]`, the most frequent words of one side.
        z: `[n, e]`, those of the other.
        neighbours: Number of neighbours of each word, ≥ 1; all other words if there are fewer.

    Raises:
        InputError: Different numbers of rows, fewer than two, or neighbours < 1.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import eigenvector_similarity
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> eigenvector_similarity(x, 2 * x.flip(1))
        0.0
    """
    first, second = laplacian_spectra(x, z, neighbours)
    return spectral_difference(first, second)


def eigenvector_similarity_ascending(
    x: Float[Tensor, "n d"], z: Float[Tensor, "m e"], *, neighbours: int = 10
) -> float:
    """As `eigenvector_similarity`, with the eigenvalues taken smallest first, as published code does.

    k_x and k_z are then the least numbers of smallest eigenvalues that hold 90 % of the sum; these are nearly
    all eigenvalues. The figures are not comparable with those of `eigenvector_similarity`; use this function
    to compare with papers that used such code. Lower is closer. Arguments, cost and errors are the same.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import eigenvector_similarity_ascending
        >>> x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
        >>> eigenvector_similarity_ascending(x, 2 * x.flip(1))
        0.0
    """
    first, second = laplacian_spectra(x, z, neighbours)
    return spectral_difference(first.flip(0), second.flip(0))


def laplacian_spectrum(x: Float[Tensor, "n d"], neighbours: int) -> Float[Tensor, "n"]:
    """Eigenvalues, largest first, of the Laplacian of the undirected nearest-neighbour graph; float64."""
    edges = _graph(x, neighbours)
    laplacian = torch.diag(edges.sum(dim=1)) - edges
    values: Tensor = torch.linalg.eigvalsh(laplacian)
    return values.flip(0)


def laplacian_spectra(
    x: Float[Tensor, "n d"], z: Float[Tensor, "m e"], neighbours: int = 10
) -> tuple[Float[Tensor, "n"], Float[Tensor, "m"]]:
    """`laplacian_spectrum` of both sides, checked to be comparable."""
    where = "eigenvector similarity"
    for rows in (x, z):
        require_rows(rows, where, least=2)
    if x.shape[0] != z.shape[0]:
        raise InputError(
            f"got {x.shape[0]} and {z.shape[0]} rows, expected as many on either side",
            where=where,
            fix="take as many of the most frequent words of both",
        )
    if neighbours < 1:
        raise InputError(f"got {neighbours} neighbours, expected at least 1", where=where)
    return laplacian_spectrum(x, neighbours), laplacian_spectrum(z, neighbours)


def _graph(x: Float[Tensor, "n d"], neighbours: int) -> Float[Tensor, "n n"]:
    """Symmetric adjacency: 1 where either is among the nearest neighbours of the other, 0 on the diagonal."""
    rows = unit_rows(x.double()).float()
    found = top_k(rows, rows, neighbours + 1).indices
    own = found == torch.arange(rows.shape[0], device=rows.device)[:, None]
    # Among many rows that are all alike a row may not find itself: its last answer is then one too many.
    own[~own.any(dim=1), -1] = True
    edges = torch.zeros(rows.shape[0], rows.shape[0], dtype=torch.float64, device=rows.device)
    edges.scatter_(1, found, (~own).double())
    return torch.maximum(edges, edges.T)


def spectral_difference(first: Float[Tensor, "n"], second: Float[Tensor, "n"]) -> float:
    """Summed squared differences of the first eigenvalues, as many as hold 90 % of the sum of one side."""
    k = min(_enough(first), _enough(second))
    return float((first[:k] - second[:k]).square().sum())


def _enough(values: Float[Tensor, "n"]) -> int:
    """How many of the first eigenvalues hold 90 % of the sum."""
    held = values.cumsum(dim=0)
    return 1 + int((held < (_HELD - _ROUNDING) * held[-1]).sum())
