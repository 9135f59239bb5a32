"""Both languages on a plane."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from isolex.alignment import Alignment
from isolex.retrieval import NearestNeighbour
from isolex.waiting import short_waits

# So many words of a side are placed by t-SNE, and others beside those of them that they are nearest to.
_ANCHORS = 2_000
_NEAREST = 5
_SHARPNESS = 20.0
_JITTER = 0.006


@dataclass(frozen=True, eq=False)
class FlatMap:
    """Two coordinates of every word, from −1 to 1.

    Attributes:
        source: Of the source words, by frequency.
        target: Of the target words.
    """

    source: Float[np.ndarray, "n 2"]
    target: Float[np.ndarray, "m 2"]


def flat_map(alignment: Alignment, *, words: int = 40_000, seed: int = 0) -> FlatMap:
    """Put both languages on a plane: the most frequent words by t-SNE, the others by these.

    So words that mean the same, or belong to one topic, stand together; directions mean nothing. Cost: half a
    minute.

    Args:
        alignment: The shared space.
        words: Most frequent words of either side.
        seed: Of everything random.

    References:
        van der Maaten & Hinton 2008, Visualizing data using t-SNE.
    """
    x, z = (rows[:words].cpu() for rows in alignment.shared)
    anchors = torch.cat([x[:_ANCHORS], z[:_ANCHORS]])
    placed = _by_tsne(anchors, seed)
    draws = np.random.default_rng(seed)
    made = [_beside(rows, anchors, placed, draws) for rows in (x, z)]
    made[0][: len(x[:_ANCHORS])] = placed[: len(x[:_ANCHORS])]
    made[1][: len(z[:_ANCHORS])] = placed[len(x[:_ANCHORS]) :]
    return FlatMap(*made)


def _by_tsne(rows: Float[Tensor, "a p"], seed: int) -> Float[np.ndarray, "a 2"]:
    with short_waits():
        from sklearn.manifold import TSNE  # noqa: PLC0415 - optional, and slow to import
    if len(rows) < _NEAREST:
        return np.zeros((len(rows), 2))
    perplexity = min(30.0, (len(rows) - 1) / 3)
    # The principal components as a start make the picture the same from run to run.
    tsne = TSNE(metric="cosine", init="random", perplexity=perplexity, random_state=seed, max_iter=500)
    placed = tsne.fit_transform(rows.numpy())
    middle = placed.mean(axis=0)
    made: np.ndarray = (placed - middle) / max(np.abs(placed - middle).max(), 1e-9)
    return made


def _beside(
    rows: Float[Tensor, "n p"],
    anchors: Float[Tensor, "a p"],
    placed: Float[np.ndarray, "a 2"],
    draws: np.random.Generator,
) -> Float[np.ndarray, "n 2"]:
    """The mean place of the nearest anchors, the near ones counting far more, a little apart from others."""
    k = min(_NEAREST, len(anchors))
    found = NearestNeighbour().index(rows, anchors).search(rows, k)
    weights = torch.softmax(_SHARPNESS * found.scores, dim=1).numpy()
    near: np.ndarray = (weights[:, :, None] * placed[found.indices.numpy()]).sum(axis=1)
    return near + _JITTER * draws.standard_normal(near.shape)
