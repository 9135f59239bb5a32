"""Bilingual lexicon induction on one language pair: what to align, what to learn from, what to score with."""

from dataclasses import dataclass

import torch

from isolex.alignment import Alignment, AlignmentLike
from isolex.datasets import BilingualData
from isolex.evaluation import BLIProtocol, BLIResult, evaluate
from isolex.lexicon import Lexicon
from isolex.mapping import Solver
from isolex.recipes import METHODS, align
from isolex.retrieval import Criterion
from isolex.vectors import Vectors


@dataclass(frozen=True, eq=False)
class BLITask:
    """Two spaces, and the dictionaries to align and to score them with.

    Attributes:
        pair: `xx-yy`.
        source: Source vectors.
        target: Target vectors.
        train: Training pairs; None for none.
        test: Test pairs.
    """

    pair: str
    source: Vectors
    target: Vectors
    train: Lexicon | None
    test: Lexicon

    @classmethod
    def of(cls, data: BilingualData, pair: str, *, vocabulary: int | None = None) -> "BLITask":
        """A language pair of a folder or of downloads.

        Args:
            data: Where vectors and dictionaries come from.
            pair: `xx-yy`.
            vocabulary: Most frequent words taken of either side; None for all.
        """
        source, target = data.vectors(pair)
        if vocabulary is not None:
            source, target = source.head(vocabulary), target.head(vocabulary)
        return cls(pair, source, target, data.dictionary(pair, "train"), data.dictionary(pair, "test"))

    def align(
        self,
        method: str | Solver,
        *,
        seed: int = 0,
        device: str | torch.device | None = None,
        check: bool = False,
    ) -> Alignment:
        """Align, without a verdict unless asked to `check`; named methods that need no pairs get none.

        Raises:
            InputError: As `isolex.align` does.
        """
        without = isinstance(method, str) and method in METHODS and METHODS[method].needs != "pairs"
        lexicon = None if without else self.train
        return align(self.source, self.target, lexicon, method=method, seed=seed, device=device, check=check)

    def evaluate(
        self,
        alignment: AlignmentLike,
        *,
        protocol: str | BLIProtocol = "muse",
        criterion: str | Criterion = "csls",
    ) -> BLIResult:
        """Score an alignment, or the one that is saved in a folder, on the test pairs."""
        return evaluate(alignment, self.test, protocol=protocol, criterion=criterion)
