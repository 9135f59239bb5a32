"""Spaces to measure on: those of language pairs, as they are or worse, and spaces made of the sample."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.arrays import generator
from isolex.datasets import DataFolder
from isolex.judging import null_problem
from isolex.lexicon import Lexicon
from isolex.linalg import gram, polar_factor, root
from isolex.mapping import Problem
from isolex.normalize import Normalizer, unit_rows
from isolex.recipes import align
from isolex.samples import sample
from isolex.scoring import BLITask
from isolex.vectors import Vectors

NOISE = 0.02
PLANTED_COSINE = 0.9
PLANTED_MISSING = 0.2

VECTORS = {"novels": "vectors", "web": "vectors-web"}
"""Where a folder of data has each kind of vectors: trained on novels, or by others on the web."""

Change = Callable[[Tensor, int], Tensor]
"""What becomes of rows `[n, d]`, by a seed."""


def unchanged(rows: Tensor, seed: int) -> Tensor:  # noqa: ARG001
    """The rows."""
    return rows


@dataclass(frozen=True)
class SpacePair:
    """The spaces of a language pair, as they are or worse.

    Attributes:
        pair: `xx-yy`.
        name: What was done to them, in words.
        words: Most frequent words taken of either side; None for all.
        source: What becomes of the source rows.
        target: What becomes of the target rows.
        train_pairs: Training pairs that are taken, drawn at random; None for all.
    """

    pair: str
    name: str
    words: int | None = None
    source: Change = unchanged
    target: Change = unchanged
    train_pairs: int | None = None

    def task(self, folder: DataFolder) -> BLITask:
        """The spaces, with the training pairs that are in both vocabularies, and the test pairs."""
        task = BLITask.of(folder, self.pair, vocabulary=self.words)
        found = known_pairs(task)
        drawn = torch.randperm(len(found), generator=generator(0))[: self.train_pairs].sort().values
        return replace(
            task,
            source=_changed(task.source, self.source, 0),
            target=_changed(task.target, self.target, 1),
            train=Lexicon(found[place] for place in drawn.tolist()),
        )


def known_pairs(task: BLITask) -> list[tuple[str, str]]:
    """The training pairs whose words are in both vocabularies."""
    if task.train is None:
        return []
    pairs = task.train.index(task.source, task.target).pairs
    return [(task.source.words[row], task.target.words[key]) for row, key in pairs.tolist()]


def _changed(vectors: Vectors, change: Change, seed: int) -> Vectors:
    rows = change(vectors.tensor(), seed)
    return Vectors(vectors.words, rows.numpy(), language=vectors.language, unicode="keep")


def noisy(rows: Tensor, seed: int, *, cosine: float) -> Tensor:
    """Unit rows with isotropic noise, so that the mean cosine to the clean row is `cosine`."""
    rows = unit_rows(rows)
    noise = unit_rows(torch.randn(rows.shape, generator=generator(seed)))
    made: Tensor = cosine * rows + (1 - cosine**2) ** 0.5 * noise
    return made


def permuted(rows: Tensor, seed: int) -> Tensor:
    """Each column permuted on its own, see `null_problem`."""
    return null_problem(Problem(rows, rows), seed=seed + 1000).z


def gaussian_like(rows: Tensor, seed: int) -> Tensor:
    """Gaussian rows of the same mean and covariance."""
    mean = rows.mean(dim=0)
    spread = root(gram(rows - mean, rows - mean) / rows.shape[0], 0.5).float()
    made: Tensor = mean + torch.randn(rows.shape, generator=generator(seed)) @ spread
    return made


def shared_space(words: int) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
    """Both sides of the sample where VecMap takes them, repeated with noise."""
    given = sample()
    x, z = align(given.source, given.target, given.train, method="vecmap", check=False).shared
    return _repeated(x.cpu(), words, 1), _repeated(z.cpu(), words, 2)


def _repeated(rows: Float[Tensor, "s d"], count: int, seed: int) -> Float[Tensor, "n d"]:
    """The rows over and over, from the second time on with noise."""
    made = rows[torch.arange(count) % rows.shape[0]]
    noise = torch.randn(made.shape, generator=generator(seed))
    noise[: rows.shape[0]] = 0
    return unit_rows(made + NOISE * noise)


def planted(
    vectors: Vectors,
    words: int,
    seed: int,
    *,
    cosine: float = PLANTED_COSINE,
    missing: float = PLANTED_MISSING,
) -> tuple[Problem, Int[Tensor, "p 2"]]:
    """Both spaces, normalised, and the ids of the words that they share."""
    draws = generator(seed)
    x = vectors.head(words).tensor()
    turn = polar_factor(torch.randn(x.shape[1], x.shape[1], generator=draws)).float()
    z = noisy(x, seed + 1, cosine=cosine) @ turn
    there = [(torch.rand(x.shape[0], generator=draws) >= missing).nonzero()[:, 0] for _ in range(2)]
    there[1] = there[1][torch.randperm(there[1].numel(), generator=draws)]
    place = torch.full((x.shape[0],), -1)
    place[there[1]] = torch.arange(there[1].numel())
    own = (place[there[0]] >= 0).nonzero()[:, 0]
    shared = torch.stack([own, place[there[0][own]]], dim=1)
    source, target = (Normalizer().fit(rows).apply(rows) for rows in (x[there[0]], z[there[1]]))
    return Problem(source, target), shared
