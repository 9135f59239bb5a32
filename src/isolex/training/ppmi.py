"""Vectors from positive pointwise mutual information and a truncated singular value decomposition."""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.given import check_numbers, whole_number
from isolex.progress import track
from isolex.text import Corpus
from isolex.training.cooccurrence import cooccurrences
from isolex.vectors import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# Of the randomised decomposition: directions beside those that are kept, and passes over the matrix.
_BESIDE, _PASSES = 20, 4


@dataclass(frozen=True)
class PPMI:
    """Positive pointwise mutual information of words and contexts, and its strongest directions.

    With #(w, c) the weighted count of context c near word w, and #(c)^α smoothed counts of contexts,

    PPMI(w, c) = max(0, log( #(w, c) · Σ_c' #(c')^α / (#(w) · #(c)^α) ) − log k)

    is factorised as U diag(s) Vᵀ, and the vector of a word is its row of U diag(s)^p. It needs no gradient
    descent and no epochs, and the same corpus gives the same vectors.

    Attributes:
        dimension: Directions that are kept; fewer if there are fewer words.
        window: Largest distance of a context.
        shift: k, at least 1: the number of "negative samples".
        smoothing: α, over 0 and at most 1.
        power: p, from 0 to 1: how much strong directions count.
        contexts: Number of most frequent words that are used as contexts.
        seed: Seed of the first directions of the decomposition.

    Raises:
        InputError: A setting out of its range.

    References:
        Levy, Goldberg and Dagan 2015, Improving distributional similarity with lessons learned from word
        embeddings; Halko, Martinsson and Tropp 2011 (the decomposition).

    Examples:
        >>> from isolex.text import Corpus
        >>> from isolex.training import PPMI
        >>> corpus = Corpus.of([["the", "cat", "sleeps"], ["the", "dog", "sleeps"]] * 9)
        >>> PPMI(dimension=2).train(corpus).words
        ('the', 'sleeps', 'cat', 'dog')
    """

    dimension: int = 300
    window: int = 5
    shift: float = 1.0
    smoothing: float = 0.75
    power: float = 0.75
    contexts: int = 50_000
    seed: int = 0

    def __post_init__(self) -> None:
        check_numbers(self)
        for name in ("dimension", "window", "contexts"):
            whole_number(getattr(self, name), name, where="PPMI")
        if not self.shift >= 1:
            raise InputError(f"got a shift of {self.shift}, expected at least 1", where="PPMI")
        if not (0 < self.smoothing <= 1 and 0 <= self.power <= 1):
            raise InputError("smoothing and power must be at most 1, and not negative", where="PPMI")

    def train(self, corpus: Corpus, *, language: str | None = None) -> Vectors:
        """The vectors of all words of the corpus.

        Words without a positive association get a zero vector, which counts as no vector.

        Raises:
            InputError: No two words of the corpus occur together.
            MissingExtraError: scipy is not there.
        """
        counts = cooccurrences(corpus, window=self.window, contexts=self.contexts)
        information = _information(counts, shift=self.shift, smoothing=self.smoothing)
        if information.nnz == 0:
            raise InputError(
                f"the {corpus.tokens:,} tokens show no words that belong together",
                where="PPMI",
                fix="give more text",
            )
        width = min(self.dimension, *information.shape)
        u, s = _truncated(information, width, seed=self.seed)
        return Vectors(corpus.words, (u * s.pow(self.power)).numpy(), language=language, unicode="keep")


def _information(counts: "csr_matrix", *, shift: float, smoothing: float) -> "csr_matrix":
    """Positive pointwise mutual information, float32, without the zeros."""
    words = np.asarray(counts.sum(axis=1, dtype=np.float64)).ravel()
    contexts = np.asarray(counts.sum(axis=0, dtype=np.float64)).ravel() ** smoothing
    rows = np.repeat(words, np.diff(counts.indptr))
    joint = counts.data.astype(np.float64) * contexts.sum() / (rows * contexts[counts.indices])
    made = counts.copy()
    made.data = np.maximum(np.log(joint) - np.log(shift), 0).astype(np.float32)
    made.eliminate_zeros()
    return made


def _truncated(
    matrix: "csr_matrix", width: int, *, seed: int
) -> tuple[Float[Tensor, "n p"], Float[Tensor, "p"]]:
    """The strongest left singular vectors and values, by random projection and power iteration."""
    forward, back = _sparse(matrix), _sparse(matrix.T.tocsr())
    many = min(width + _BESIDE, *matrix.shape)
    basis = torch.linalg.qr(forward @ torch.randn(matrix.shape[1], many, generator=generator(seed)))[0]
    for _ in track(range(_PASSES), "decomposing"):
        basis = torch.linalg.qr(forward @ torch.linalg.qr(back @ basis)[0])[0]
    u, s, vt = torch.linalg.svd((back @ basis).T, full_matrices=False)
    # Signs are free: that of the strongest context is positive.
    strongest = vt.abs().argmax(dim=1, keepdim=True)
    signs = torch.where(vt.gather(1, strongest) < 0, -1.0, 1.0)[:, 0]
    return ((basis @ u) * signs)[:, :width], s[:width]


def _sparse(matrix: "csr_matrix") -> Tensor:
    parts = (torch.from_numpy(part) for part in (matrix.indptr, matrix.indices, matrix.data))
    indptr, indices, values = parts
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            indptr.long(), indices.long(), values, size=matrix.shape, check_invariants=False
        )
