"""A lower bound on the Gromov-Hausdorff distance, from the way words join clusters."""

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.diagnosis.checks import require_rows
from isolex.normalize import unit_rows
from isolex.progress import track


def gromov_hausdorff_bound(x: Float[Tensor, "n d"], z: Float[Tensor, "m e"]) -> float:
    """Half the bottleneck distance of the H0 persistence diagrams (Patra et al. 2019); lower is closer.

    In the Vietoris-Rips filtration of the unit rows under Euclidean distance every component is born at 0 and
    dies at the length of an edge of the minimum spanning tree; one lives for ever. The bottleneck distance
    d_B of two such diagrams is exact here (see `bottleneck_distance`), and the Gromov-Hausdorff distance of
    the spaces is at least d_B / 2. It is a bound from H0 alone: loops and holes (H1 and up), which could
    only raise it, are left out.

    0 for isometric spaces, never more than ½. Numbers of rows and columns may differ; lengths and
    order of rows do not matter. One row far from all others can make the whole figure. Cost: O(n² d) time,
    O(n d) memory.

    Args:
        x: `[n, d]`, the most frequent words of one side.
        z: `[m, e]`, those of the other.

    Raises:
        InputError: No rows.

    Examples:
        >>> import torch
        >>> from isolex.diagnosis import gromov_hausdorff_bound
        >>> x = torch.eye(3)
        >>> round(gromov_hausdorff_bound(x, torch.tensor([[1.0, 0.0], [-1.0, 0.0]])), 6)  # √2, √2 and 2
        0.353553
    """
    for rows in (x, z):
        require_rows(rows, "Gromov-Hausdorff bound")
    return bottleneck_distance(spanning_tree(unit_rows(x.double())), spanning_tree(unit_rows(z.double()))) / 2


def spanning_tree(rows: Float[Tensor, "n d"]) -> Float[Tensor, "edges"]:
    """The n − 1 edge lengths of a minimum spanning tree under Euclidean distance (Prim 1957); float64.

    Distances from one row at a time, so O(n) memory beside the rows. Every minimum spanning tree has the
    same lengths.
    """
    rows = rows.double()
    squares = rows.square().sum(dim=1)
    nearest = torch.full_like(squares, torch.inf)  # squared distance to the tree
    inside = torch.zeros_like(squares)  # infinite for rows of the tree
    lengths = squares.new_empty(max(rows.shape[0] - 1, 0))
    newest = 0
    for step in track(range(lengths.numel()), "spanning tree"):
        inside[newest] = torch.inf
        nearest = torch.minimum(nearest, torch.addmv(squares, rows, rows[newest], alpha=-2) + squares[newest])
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
