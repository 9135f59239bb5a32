"""`Alignment`: two vocabularies in one shared space, and what one asks of it."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from isolex.alignment.artefact import Artefact, VectorsPolicy, check_vectors, save_artefact
from isolex.alignment.card import Card
from isolex.alignment.entries import Direction, InducedLexicon
from isolex.alignment.induce import induce
from isolex.arrays import ArrayLike, as_matrix
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.mapping import Mapping
from isolex.names import look_up
from isolex.normalize import FittedNormalizer, unit_rows
from isolex.retrieval import CSLS, Criterion, Index, InvertedSoftmax, NearestNeighbour, TopK
from isolex.vectors import Vectors

CRITERIA = ("csls", "nn", "isf")

# The criterion whose neighbourhoods are kept, and saved with the alignment.
_SAVED = CSLS()

# At a time, so that big vocabularies are not held in several stages of the way.
_MAPPED_ROWS = 65_536

Translations = list[tuple[str, float]]


class Alignment:
    """Two vocabularies, a fitted normaliser and a linear map a side, and the card that tells their story.

    Made by `align` or `load`. It looks from source to target; `reversed()` looks the other way.

    Attributes:
        source: Source vectors, as they were given (not mapped).
        target: Target vectors.
        seeds: The training pairs found in both vocabularies.
        card: Method, settings, status, scores, fingerprints.
    """

    def __init__(
        self,
        source: Vectors,
        target: Vectors,
        *,
        normalizers: tuple[FittedNormalizer, FittedNormalizer],
        mapping: Mapping,
        seeds: Lexicon,
        card: Card,
        neighbourhoods: tuple[Tensor, Tensor] | None = None,
        device: str | torch.device = "cpu",
    ) -> None:
        self.source, self.target = source, target
        self.normalizers, self.mapping = normalizers, mapping
        self.seeds, self.card = seeds, card
        self.device = torch.device(device)
        self._indexes: dict[str | Criterion, Index] = {}
        if neighbourhoods is not None:
            self.__dict__["neighbourhoods"] = neighbourhoods[1].to(self.device)
            self._reversed.__dict__["neighbourhoods"] = neighbourhoods[0].to(self.device)

    def __repr__(self) -> str:
        return f"Alignment({self.source!r} → {self.target!r}, {self.card.method}, {self.card.status})"

    def reversed(self) -> "Alignment":
        """The same shared space, asked from the target side: what was source is target."""
        return self._reversed

    def map(self, rows: ArrayLike) -> Float[Tensor, "n p"]:
        """Rows of the source space, normalised as its vocabulary was, in the shared space.

        For vectors that were not there when the alignment was made: a bigger vocabulary of the same
        training run, or a vector made from subwords. For target rows use `reversed().map`.

        Args:
            rows: `[n, d]` in the units of the source file.

        Returns:
            `[n, p]` float32, of unit length (zero rows stay zero).

        Raises:
            InputError: Another number of columns, or NaN or infinite values.
        """
        tensor = as_matrix(rows, name="rows to map", device=self.device)
        source = self.mapping.source.to(self.device)
        made = tensor.new_empty(tensor.shape[0], source.shape[1])
        for block, mapped in zip(tensor.split(_MAPPED_ROWS), made.split(_MAPPED_ROWS), strict=True):
            mapped.copy_(unit_rows(self.normalizers[0].apply(block) @ source))
        return made

    @cached_property
    def shared(self) -> tuple[Float[Tensor, "n p"], Float[Tensor, "m p"]]:
        """Both vocabularies in the shared space, unit rows."""
        other = self.reversed()
        rows = self.map(self.source.matrix), other.map(self.target.matrix)
        other.__dict__["shared"] = rows[1], rows[0]
        return rows

    def index(self, criterion: str | Criterion = "csls") -> Index:
        """The target vocabulary ready to be searched by a criterion; made once, then kept.

        Args:
            criterion: `csls`, `nn`, `isf` (inverted softmax, its temperature fitted on the seed pairs), or a
                criterion object of `isolex.retrieval`.

        Raises:
            InputError: No criterion has that name.
        """
        if criterion not in self._indexes:
            made = self._criterion(criterion)
            if made == _SAVED:
                self._indexes[criterion] = _SAVED.index_with(self.shared[1], self.neighbourhoods)
            else:
                self._indexes[criterion] = made.index(*self.shared)
        return self._indexes[criterion]

    @cached_property
    def neighbourhoods(self) -> Float[Tensor, "m"]:
        """r_S of CSLS with k = 10: each target word's mean cosine with its nearest source words.

        The costly half of CSLS, a pass over all pairs of words; made for both directions at once, and saved
        with the alignment.
        """
        others, own = _SAVED.neighbourhoods(*self.shared)
        self.reversed().__dict__["neighbourhoods"] = others
        return own

    @overload
    def translate(  # type: ignore[overload-overlap]  # a str is a sequence of str, and is caught first
        self, words: str, k: int = 5, criterion: str | Criterion = "csls"
    ) -> Translations: ...
    @overload
    def translate(
        self, words: Sequence[str], k: int = 5, criterion: str | Criterion = "csls"
    ) -> list[Translations]: ...
    def translate(
        self, words: str | Sequence[str], k: int = 5, criterion: str | Criterion = "csls"
    ) -> Translations | list[Translations]:
        """The k best target words of a source word, with scores, best first; or that for each of several.

        A word outside the vocabulary is translated through its subwords where the vectors have them.

        Args:
            words: One word, or a sequence of them.
            k: Answers a word.
            criterion: See `index`.

        Raises:
            UnknownWordError: A word has no vector.
        """
        if isinstance(words, str):
            return self.translate([words], k, criterion)[0]
        if not words:
            return []
        found = self.index(criterion).search(self.map(np.stack([self.source.vector(w) for w in words])), k)
        return [
            [(self.target.words[key], score) for key, score in zip(keys, scores, strict=True)]
            for keys, scores in zip(found.indices.tolist(), found.scores.tolist(), strict=True)
        ]

    def induce(
        self, direction: Direction = "forward", k: int = 1, criterion: str | Criterion = "csls"
    ) -> InducedLexicon:
        """A dictionary of the whole vocabulary; see `isolex.alignment.induce`."""
        made = self._criterion(criterion)

        def search(k: int) -> tuple[TopK, TopK]:
            if made == _SAVED:
                return _SAVED.both_with(
                    *self.shared, k, (self.reversed().neighbourhoods, self.neighbourhoods)
                )
            return made.both(*self.shared, k)

        return induce(self.source.words, self.target.words, search, direction=direction, k=k)

    def head(self, n: int) -> "Alignment":
        """The alignment of the n most frequent words of either side; itself if there are no more."""
        if max(len(self.source), len(self.target)) <= n:
            return self
        return self._with(self.source.head(n), self.target.head(n))

    def bind(
        self, source: Vectors | None = None, target: Vectors | None = None, *, other_vectors: bool = False
    ) -> "Alignment":
        """The same maps over other vectors, such as a bigger vocabulary of the same training run.

        Vectors that begin with the very words and rows that the alignment was made from are taken; any
        others are refused, since a map means nothing outside the space it was fitted on.

        Args:
            source: New source vectors; None keeps the present ones.
            target: New target vectors; None keeps the present ones.
            other_vectors: Take other vectors all the same: you know that they are of the same space.

        Raises:
            MismatchError: Other vectors than the alignment was made for.
        """
        for vectors, side, card in (
            (source, "source", self.card.source),
            (target, "target", self.card.target),
        ):
            if vectors is not None:
                check_vectors(vectors, side, card, other_vectors=other_vectors)
        return self._with(
            self.source if source is None else source, self.target if target is None else target
        )

    def save(self, path: str | Path, *, vectors: VectorsPolicy = "copy") -> None:
        """Write the alignment as a folder of safetensors and a JSON card, atomically; nothing is pickled.

        Args:
            path: The folder; an alignment that stands there is replaced only when the new one is whole. It is
                the alignment of the vectors that this one is over now, which `bind` may have changed.
            vectors: `copy` stores both vocabularies with it, so that the folder is all one needs;
                `reference` notes the files they were read from.

        Raises:
            InputError: The folder holds something else or cannot be written, or there is no file to refer to.
        """
        save_artefact(
            Artefact(
                self.mapping,
                self.normalizers,
                (self.reversed().neighbourhoods, self.neighbourhoods),
                self.seeds,
                self.card.over(self.source, self.target),
            ),
            path,
            self.source,
            self.target,
            vectors=vectors,
        )

    @cached_property
    def _reversed(self) -> "Alignment":
        other = Alignment(
            self.target,
            self.source,
            normalizers=(self.normalizers[1], self.normalizers[0]),
            mapping=Mapping(self.mapping.target, self.mapping.source, self.mapping.trace),
            seeds=self.seeds.reversed(),
            card=self.card.reversed(),
            device=self.device,
        )
        other.__dict__["_reversed"] = self
        return other

    def _with(self, source: Vectors, target: Vectors) -> "Alignment":
        return Alignment(
            source,
            target,
            normalizers=self.normalizers,
            mapping=self.mapping,
            seeds=self.seeds,
            card=self.card,
            device=self.device,
        )

    def _criterion(self, name: str | Criterion) -> Criterion:
        if not isinstance(name, str):
            return name
        if look_up(name, dict.fromkeys(CRITERIA, name), "criterion") == "isf":
            return self._fitted_softmax()
        return CSLS() if name == "csls" else NearestNeighbour()

    def _fitted_softmax(self) -> InvertedSoftmax:
        pairs = torch.from_numpy(self.seeds.index(self.source, self.target).pairs).to(self.device)
        if pairs.shape[0] == 0:
            raise InputError(
                "the alignment has no seed pairs to fit the inverted softmax on",
                fix="use csls, or from Python InvertedSoftmax(temperature)",
            )
        return InvertedSoftmax.fitted(*self.shared, pairs)
