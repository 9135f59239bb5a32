"""Small spaces, lexicons and alignments made by hand, so that a test knows what must come out."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch

from isolex.alignment import Alignment, Card, Side, SideCard
from isolex.lexicon import Lexicon
from isolex.normalize import Normalizer
from isolex.vectors import Vectors


def numbered(prefix: str, n: int) -> list[str]:
    return [f"{prefix}{i}" for i in range(n)]


def gaussian(n: int, d: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)


def rotation(d: int, seed: int) -> np.ndarray:
    q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))
    return q.astype(np.float32)


def planted(
    n: int = 300, d: int = 20, *, noise: float = 0.1, seed: int = 0
) -> tuple[Vectors, Vectors, Lexicon]:
    """Two spaces that are the same up to a rotation, an order of words and some noise, and all true pairs."""
    rng = np.random.default_rng(seed)
    x, order = gaussian(n, d, seed), rng.permutation(n)
    z = (x @ rotation(d, seed) + noise * rng.standard_normal((n, d)))[order]
    source = Vectors(numbered("s", n), x, language="aa")
    target = Vectors([f"t{i}" for i in order], z, language="bb")
    return source, target, Lexicon((f"s{i}", f"t{i}") for i in range(n))


def planted_languages(
    codes: Iterable[str],
    n: int = 400,
    d: int = 12,
    *,
    noise: float = 0.1,
    dimensions: Mapping[str, int] | None = None,
    seed: int = 0,
) -> dict[str, Vectors]:
    """One meaning, turned another way in each language: en7, es7 and fr7 translate each other."""
    meaning, made = gaussian(n, d, seed), {}
    for place, code in enumerate(codes, start=seed + 1):
        e = (dimensions or {}).get(code, d)
        rows = meaning @ rotation(max(d, e), place)[:d, :e] + noise * gaussian(n, e, 100 + place)
        order = np.random.default_rng(place).permutation(n)
        made[code] = Vectors([f"{code}{i}" for i in order], rows[order], language=code)
    return made


def true_pairs(source: str, target: str, ids: Iterable[int]) -> Lexicon:
    """Words of two of the planted languages that translate each other."""
    return Lexicon((f"{source}{i}", f"{target}{i}") for i in ids)


def alignment_of(
    source: Vectors,
    target: Vectors,
    *,
    seeds: Lexicon | None = None,
    maps: tuple[np.ndarray, np.ndarray] | None = None,
    steps: tuple[str, ...] = ("unit", "center", "unit"),
) -> Alignment:
    """An alignment by given maps; without any, the rows stay where normalisation leaves them."""
    source_map, target_map = maps or (np.eye(source.dimension), np.eye(target.dimension))
    sides = (Side.fitted(vectors, Normalizer(steps)) for vectors in (source, target))
    mapped = (
        side.mapped(torch.from_numpy(matrix).float())
        for side, matrix in zip(sides, (source_map, target_map), strict=True)
    )
    return Alignment(
        *mapped,
        seeds=Lexicon(()) if seeds is None else seeds,
        card=Card("by hand", {"solver": {"name": "none"}}, SideCard.of(source), SideCard.of(target)),
    )


def one_hot(words: Sequence[str], columns: Sequence[int], d: int) -> Vectors:
    """Words on the axes, so that every cosine is exactly 0 or 1."""
    return Vectors(words, np.eye(d, dtype=np.float32)[list(columns)], unicode="keep")
