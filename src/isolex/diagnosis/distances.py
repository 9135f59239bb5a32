"""A lower bound on the Gromov-Hausdorff distance, from the way words join clusters and close loops."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from isolex.diagnosis.row_checks import require_rows
from isolex.errors import InputError, MissingExtraError
from isolex.normalize import unit_rows
from isolex.progress import track

# Rows whose distances fit into 200 MB.
_AT_ONCE = 5_000


def gromov_hausdorff_bound(x: Float[Tensor, "n d"], z: Float[Tensor, "m e"], *, homology: int = 0) -> float:
    """Half the bottleneck distance of the persistence diagrams (Patra et al. 2019); lower is closer.

    In the Vietoris-Rips filtration of the unit rows under Euclidean distance every component is born at 0 and
    dies at the length of an edge of the minimum spanning tree; one lives for ever. The bottleneck distance
    d_B of two of these diagrams, H0, is exact here (see `bottleneck_distance`), and the Gromov-Hausdorff
    distance of the spaces is at least d_B / 2. With homology=1 the loops of the filtration, H1, give a second
    bound (Chazal et al. 2014), and the larger of the two is returned. Homology above H1, which could only
    raise the bound, is left out.

    The bound is 0 for isometric spaces and never more than ½. The numbers of rows and columns may differ; the
    lengths and the order of rows do not matter. A single row far from all others can determine the figure.
    Cost: O(n² d) time, at most 200 MB beside the rows. H1, which ripser and persim compute, costs at worst
    O(n⁶) time, in practice under ten seconds for 1,000 words a side, and about twenty [n, n] matrices in
    float64, so use it for no more words than that.

    Args:
        x: `[n, d]`, the most frequent words of one side.
        z: `[m, e]`, those of the other.
        homology: 0 for H0 alone, 1 for the larger of H0 and H1.

    Raises:
        InputError: No rows, or homology other than 0 and 1.
        MissingExtraError: homology=1 without ripser and persim.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import gromov_hausdorff_bound
        >>> x = torch.eye(3)
        >>> round(gromov_hausdorff_bound(x, torch.tensor([[1.0, 0.0], [-1.0, 0.0]])), 6)  # √2, √2 and 2
        0.353553
    """
    where = "Gromov-Hausdorff bound"
    for rows in (x, z):
        require_rows(rows, where)
    if homology not in (0, 1):
        raise InputError(f"got homology {homology}, expected 0 or 1", where=where)
    first, second = unit_rows(x.double()), unit_rows(z.double())
    apart = bottleneck_distance(spanning_tree(first), spanning_tree(second))
    return max(apart, _loops_apart(first, second) if homology == 1 else 0.0) / 2


def spanning_tree(rows: Float[Tensor, "n d"]) -> Float[Tensor, "edges"]:
    """The n − 1 edge lengths of a minimum spanning tree under Euclidean distance (Prim 1957); float64.

    For up to about 5,000 rows, all distances are computed at once, which is several times as fast. For more
    rows, the distances from one row are computed at a time, in O(n) memory beside the rows. Every minimum
    spanning tree has the same lengths.
    """
    rows = rows.double()
    squares = rows.square().sum(dim=1)
    n = rows.shape[0]
    products = rows @ rows.T if n <= _AT_ONCE else None
    nearest = torch.full_like(squares, torch.inf)  # squared distance to the tree
    inside = torch.zeros_like(squares)  # infinite for rows of the tree
    lengths = squares.new_empty(max(n - 1, 0))
    newest = 0
    for step in track(range(lengths.numel()), "spanning tree"):
        inside[newest] = torch.inf
        product = rows @ rows[newest] if products is None else products[newest]
        nearest = torch.minimum(nearest, squares + squares[newest] - 2 * product)
        newest = int((nearest + inside).argmin())
        lengths[step] = nearest[newest]
    return lengths.clamp_(min=0).sqrt_()  # rounding takes the distance of equal rows under zero


def bottleneck_distance(first: Float[Tensor, "p"], second: Float[Tensor, "q"]) -> float:
    """The bottleneck distance of two diagrams whose points are (0, death), exactly, by one sort.

    Matching deaths a and b costs |a − b|, leaving one to the diagonal half of it; the distance is the least,
    over partial matchings, of the largest cost. Some best matching takes the k largest of both in order:

    * if a is matched with b but some a' > a is not matched, then either b ≥ a'/2, and a' may take the place
      of a: if b ≥ a' it is nearer to b than a is, else |a' − b| ≤ a'/2, which was paid for a' already; or
      b < a'/2, and a and b may both go to the diagonal, for no more than a'/2 each. Neither raises the
      largest cost, and repeating it ends with the largest matched;
    * numbers on a line that must be matched one to one are best matched in order.

    So it is min over k of max(max_{i≤k} |a_i − b_i|, a_{k+1}/2, b_{k+1}/2), deaths largest first.

    Args:
        first: `[p]` deaths ≥ 0.
        second: `[q]` deaths ≥ 0.
    """
    first, second = (deaths.double().sort(descending=True).values for deaths in (first, second))
    most = min(first.numel(), second.numel())
    none = first.new_zeros(1)
    matched = torch.cat([none, (first[:most] - second[:most]).abs()]).cummax(dim=0).values
    left = torch.maximum(torch.cat([first, none])[: most + 1], torch.cat([second, none])[: most + 1])
    return float(torch.maximum(matched, left / 2).min())


def _loops_apart(first: Float[Tensor, "n d"], second: Float[Tensor, "m e"]) -> float:
    """The bottleneck distance of the H1 diagrams, exactly, but for deaths and births rounded to float32."""
    try:
        from persim import bottleneck  # noqa: PLC0415 - optional
        from ripser import ripser  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("H1 of the Gromov-Hausdorff bound", "ripser", "topology") from error
    diagrams: list[np.ndarray] = []
    for rows in track((first, second), "loops"):
        # By differences: from products, distances of rows that are nearly equal would be all rounding.
        distances = torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist")
        diagrams.append(ripser(distances.cpu().numpy(), maxdim=1, distance_matrix=True)["dgms"][1])
    return float(bottleneck(*diagrams))
