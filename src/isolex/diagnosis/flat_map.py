"""A flat map of two languages in their shared space."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.vectors import Vectors

_SHOWN_WORDS = 300
_PAIRED_WORDS = 2_000
_PAIRS = 60
# Shorter words are mostly function words, which crowd in the middle and tell a reader little.
_LETTERS = 4


@dataclass(frozen=True, eq=False)
class Places:
    """Coordinates of words of both sides in the plane.

    Attributes:
        source: Ids of the source words.
        target: Ids of the target words.
        at: `[s + t, 2]`, coordinates of the source words, then of the target words.
        pairs: Translations, as pairs of row numbers of `at`.
    """

    source: list[int]
    target: list[int]
    at: Float[Tensor, "w 2"]
    pairs: list[tuple[int, int]]


def places(
    x: Float[Tensor, "n d"],
    z: Float[Tensor, "m d"],
    pairs: Int[Tensor, "p 2"],
    words: tuple[Vectors, Vectors],
) -> Places:
    """Place frequent words of both sides along the two directions in which frequent translations vary most.

    Args:
        x: Source rows in the shared space.
        z: Target rows in the shared space.
        pairs: Ids of translations; may be empty.
        words: The vocabularies of both sides.
    """
    chosen = _frequent(pairs, words)
    rows = _shown([i for i, _ in chosen], x.shape[0]), _shown([j for _, j in chosen], z.shape[0])
    points = torch.cat([x[rows[0]], z[rows[1]]])
    joined = [(rows[0].index(i), len(rows[0]) + rows[1].index(j)) for i, j in chosen]
    # Where pairs are too few to span a plane, all points do.
    basis = points[[end for pair in joined for end in pair]] if len(joined) > 2 else points
    middle = basis.mean(dim=0)
    directions = torch.linalg.svd((basis - middle).double(), full_matrices=False).Vh[:2].T.to(points)
    return Places(*rows, (points - middle) @ directions, joined)


def _frequent(pairs: Int[Tensor, "p 2"], words: tuple[Vectors, Vectors]) -> list[tuple[int, int]]:
    """The most frequent pairs, each word once."""
    seen: tuple[set[int], set[int]] = (set(), set())
    chosen: list[tuple[int, int]] = []
    known = [(i, j) for i, j in pairs.tolist() if max(i, j) < _PAIRED_WORDS]
    for i, j in sorted(known, key=max):
        long = all(len(side.words[id_]) >= _LETTERS for side, id_ in zip(words, (i, j), strict=True))
        if long and i not in seen[0] and j not in seen[1] and len(chosen) < _PAIRS:
            chosen.append((i, j))
            seen[0].add(i)
            seen[1].add(j)
    return chosen


def _shown(chosen: list[int], count: int) -> list[int]:
    return list(dict.fromkeys([*chosen, *range(min(_SHOWN_WORDS, count))]))
