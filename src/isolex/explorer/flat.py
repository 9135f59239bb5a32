"""Both languages on a plane."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from safetensors.numpy import save
from torch import Tensor

from isolex.alignment import Alignment, Companion
from isolex.alignment.companion import fingerprint_of
from isolex.errors import IsolexError
from isolex.files import digest
from isolex.retrieval import NearestNeighbour
from isolex.saved import (
    CARD_BYTES,
    Array,
    UnsoundError,
    parse_arrays,
    parse_json,
    read_saved,
    record,
    text,
    whole,
)
from isolex.threads import short_waits

# So many words of a side are placed by t-SNE, and others beside those of them that they are nearest to.
_ANCHORS = 2_000
_NEAREST = 5
_SHARPNESS = 20.0
_JITTER = 0.006

_MAP = Companion("map", format="isolex-map", version=1, fix="open the page again, which makes it anew")
_ARRAYS = {"source": Array("n axes"), "target": Array("m axes")}
_CARD = record({"alignment": text, "places": text, "words": whole(1, 2**31)})


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
    return FlatMap(*(places.astype(np.float32) for places in made))


def kept_map(folder: str | Path, alignment: Alignment, words: int) -> FlatMap:
    """As `flat_map`; kept in the folder of the alignment, if that can be written.

    Args:
        folder: Of the alignment.
        alignment: What was loaded from it, or what was learnt from that.
        words: Most frequent words of either side.
    """
    known = _read(Path(folder), alignment, words)
    if known is not None:
        return known
    made = flat_map(alignment, words=words)
    with contextlib.suppress(IsolexError):
        data = save({"source": made.source, "target": made.target})
        _MAP.write(Path(folder), {"words": words, "places": digest(data)}, data)
    return made


def _read(folder: Path, alignment: Alignment, words: int) -> FlatMap | None:
    """The map that is kept; None where there is none that can be used."""
    card_file, arrays_file = (folder / name for name in _MAP.files)
    try:
        card = _CARD(parse_json(read_saved(card_file, _MAP.fix, most=CARD_BYTES)))
        data = read_saved(arrays_file, _MAP.fix)
        sizes = {"n": min(words, len(alignment.source)), "m": min(words, len(alignment.target)), "axes": 2}
        if (card["alignment"], card["words"], card["places"]) != (
            fingerprint_of(folder),
            words,
            digest(data),
        ):
            return None
        places = parse_arrays(data, _ARRAYS, sizes)
    except (IsolexError, UnsoundError, OSError):
        return None
    return FlatMap(places["source"], places["target"])


def _by_tsne(rows: Float[Tensor, "a p"], seed: int) -> Float[np.ndarray, "a 2"]:
    with short_waits():
        from sklearn.manifold import TSNE  # noqa: PLC0415 - optional, and slow to import
    if len(rows) < _NEAREST:
        return np.zeros((len(rows), 2))
    perplexity = min(30.0, (len(rows) - 1) / 3)
    # The principal components as a start make the picture the same from run to run.
    tsne = TSNE(metric="cosine", init="pca", perplexity=perplexity, random_state=seed, max_iter=500)
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
    made: np.ndarray = near + _JITTER * draws.standard_normal(near.shape)
    return made.clip(-1, 1)
