"""`Alignment`: two vocabularies in one shared space, and the questions that it answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import overload

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from isolex.alignment.artefact import Artefact, VectorsPolicy, check_vectors, save_artefact
from isolex.alignment.entries import InducedLexicon, LexiconDirection
from isolex.alignment.induce import induce
from isolex.alignment.shown import alignment_html
from isolex.alignment.side import SAVED, Pairing, Side
from isolex.arrays import ArrayLike
from isolex.cards import Card
from isolex.choices import CRITERIA
from isolex.errors import InputError
from isolex.fleet import Workplace
from isolex.given import as_words, whole_number
from isolex.lexicon import Lexicon
from isolex.mapping import Mapping
from isolex.names import look_up
from isolex.normalize import FittedNormalizer
from isolex.retrieval import CSLS, Criterion, Index, InvertedSoftmax, NearestNeighbour, TopK, search_in_shards
from isolex.vectors import Vectors, VectorsLike, as_vectors

Translations = list[tuple[str, float]]


class Alignment:
    """Two sides in one shared space, the seed pairs that it was made from, and a card that describes it.

    `align` and `load` make alignments; you can also make one from any two sides of one space. An alignment
    translates from source to target; `reversed()` gives the other direction.

    A word whose vector is zero counts as a word without a vector, so the vocabularies leave it out. Threads
    may share an alignment.

    Args:
        source: Source side.
        target: Target side.
        seeds: The training pairs found in both vocabularies.
        card: Method, settings, status, scores, fingerprints.
        neighbourhoods: The neighbourhoods of the source words and of the target words, see `neighbourhoods`;
            None if they are not known.

    Attributes:
        seeds: The training pairs.
        card: The card.

    Raises:
        InputError: The sides are not in one space, or not on one device.
    """

    def __init__(
        self,
        source: Side,
        target: Side,
        *,
        seeds: Lexicon,
        card: Card,
        neighbourhoods: tuple[Tensor, Tensor] | None = None,
    ) -> None:
        self._pairing, self._turned = Pairing(source, target, neighbourhoods), False
        self.seeds, self.card = seeds, card

    def __repr__(self) -> str:
        return f"Alignment({self.source!r} → {self.target!r}, {self.card.method}, {self.card.status})"

    def _repr_html_(self) -> str:
        return alignment_html(self)

    @property
    def sides(self) -> tuple[Side, Side]:
        """Source and target side."""
        first, second = self._pairing.sides
        return (second, first) if self._turned else (first, second)

    @property
    def source(self) -> Vectors:
        """Source vectors as they were given (not mapped), without the words that have no vector."""
        return self.sides[0].vectors

    @property
    def target(self) -> Vectors:
        """Target vectors as they were given (not mapped), without the words that have no vector."""
        return self.sides[1].vectors

    @property
    def normalizers(self) -> tuple[FittedNormalizer, FittedNormalizer]:
        """The fitted normalisers of the source and of the target vocabulary."""
        return self.sides[0].normalizer, self.sides[1].normalizer

    @property
    def mapping(self) -> Mapping:
        """The two maps into the shared space."""
        return Mapping(self.sides[0].matrix, self.sides[1].matrix, self.card.trace)

    @property
    def device(self) -> torch.device:
        """The device where the alignment computes."""
        return self.sides[0].device

    def reversed(self) -> "Alignment":
        """The same alignment in the other direction: source and target change places.

        The two alignments share everything that either of them has computed so far.
        """
        other = Alignment.__new__(Alignment)
        other._pairing, other._turned = self._pairing, not self._turned
        other.seeds, other.card = self.seeds.reversed(), self.card.reversed()
        return other

    def map(self, rows: ArrayLike) -> Float[Tensor, "n p"]:
        """Map rows of the source space into the shared space, after the normalisation of its vocabulary.

        Use it for vectors that were not there when the alignment was made: those of a bigger vocabulary of
        the same training run, or a vector made from subwords. For target rows use `reversed().map`.

        Args:
            rows: `[n, d]` in the units of the source file.

        Returns:
            `[n, p]` float32, of unit length (zero rows stay zero).

        Raises:
            InputError: The rows have another number of columns, or hold NaN or infinite values.
        """
        return self.sides[0].map(rows)

    @property
    def shared(self) -> tuple[Float[Tensor, "n p"], Float[Tensor, "m p"]]:
        """Both vocabularies in the shared space, as unit rows; computed once."""
        return self.sides[0].rows, self.sides[1].rows

    def index(self, criterion: str | Criterion = "csls") -> Index:
        """The target vocabulary, prepared for a search by a criterion; the most recent few indexes are kept.

        Args:
            criterion: `csls`, `nn`, `isf` (inverted softmax, with its temperature fitted on the seed pairs),
                or a criterion object of `isolex.retrieval`.

        Raises:
            InputError: No criterion has that name.
        """

        def make() -> Index:
            made = self._criterion(criterion)
            if made == SAVED:
                return SAVED.index_with(self.sides[1].rows, self.neighbourhoods)
            return made.index(*self.shared)

        return self._pairing.index((self._turned, criterion), make)

    @property
    def neighbourhoods(self) -> Float[Tensor, "m"]:
        """r_S of CSLS with k = 10: each target word's mean cosine with its nearest source words.

        This is the costly half of CSLS, a pass over all pairs of words. It is computed once, for both
        directions, and saved with the alignment.
        """
        return self._both_neighbourhoods[1]

    @property
    def known_neighbourhoods(self) -> tuple[Float[Tensor, "n"], Float[Tensor, "m"]] | None:
        """The neighbourhoods of the source and of the target words; None if they were not computed yet."""
        known = self._pairing.known_neighbourhoods
        return known if known is None or not self._turned else known[::-1]

    @overload
    def translate(  # type: ignore[overload-overlap]  # a str is a sequence of str, and is caught first
        self, words: str, *, k: int = 5, criterion: str | Criterion = "csls"
    ) -> Translations: ...
    @overload
    def translate(
        self, words: Sequence[str], *, k: int = 5, criterion: str | Criterion = "csls"
    ) -> list[Translations]: ...
    def translate(
        self, words: str | Sequence[str], *, k: int = 5, criterion: str | Criterion = "csls"
    ) -> Translations | list[Translations]:
        """The k best target words of a source word, with scores, best first; a list of these for several.

        A word outside the vocabulary is translated through its subwords if the vectors have subwords.

        Args:
            words: One word, or a sequence of words.
            k: Number of answers for each word.
            criterion: See `index`.

        Raises:
            UnknownWordError: A word is not in the vocabulary, or its vector is zero.
            InputError: No criterion has that name, or k is no whole number of at least 1.
        """
        k = whole_number(k, "k", where="translate")
        if isinstance(words, str):
            return self.translate([words], k=k, criterion=criterion)[0]
        words = as_words(words)
        if not words:
            return []
        found = self.index(criterion).search(self.map(np.stack([self.source.vector(w) for w in words])), k)
        return [
            [(self.target.words[key], score) for key, score in zip(keys, scores, strict=True)]
            for keys, scores in zip(found.indices.tolist(), found.scores.tolist(), strict=True)
        ]

    def induce(
        self,
        direction: LexiconDirection = "forward",
        *,
        k: int = 1,
        criterion: str | Criterion = "csls",
        workplace: Workplace | None = None,
        shards: int | None = None,
    ) -> InducedLexicon:
        """A dictionary of the whole vocabulary: the best translations of every word.

        Args:
            direction: `forward` answers every source word with its k best target words; `backward` every
                target word with its k best source words; `mutual` keeps the pairs that are each other's best
                answer.
            k: Number of answers for each word; must be 1 for `mutual`.
            criterion: See `index`.
            workplace: Where jobs search shards of the vocabularies and keep their results for the next run.
                The result is the same. By default this process searches, and nothing is kept.
            shards: Number of shards of each side; by default enough that none has more than 65,536 words.

        Raises:
            InputError: An unknown direction or criterion, k < 1, or k > 1 for `mutual`; or a criterion other
                than `csls` and `nn` for a workplace.
        """
        made = self._criterion(criterion)

        def search(k: int) -> tuple[TopK, TopK]:
            if workplace is not None:
                known = self.known_neighbourhoods if made == SAVED else None
                return search_in_shards(
                    *self.shared,
                    k,
                    criterion=made,
                    workplace=workplace,
                    shards=shards,
                    neighbourhoods=known,
                )
            if made == SAVED:
                return SAVED.both_with(*self.shared, k, self._both_neighbourhoods)
            return made.both(*self.shared, k)

        return induce(self.source.words, self.target.words, search, direction=direction, k=k)

    def head(self, n: int) -> "Alignment":
        """The alignment of the n most frequent words of each side; this one if there are no more words."""
        if max(len(self.source), len(self.target)) <= whole_number(n, "n", where="alignment"):
            return self
        return self._over(self.source.head(n), self.target.head(n))

    def bind(
        self,
        source: VectorsLike | None = None,
        target: VectorsLike | None = None,
        *,
        other_vectors: bool = False,
    ) -> "Alignment":
        """The same maps with other vectors, such as a bigger vocabulary of the same training run.

        The new vectors must begin with the same words and rows that the alignment was made from. Others are
        refused, because a map means nothing outside the space that it was fitted on.

        Args:
            source: New source vectors, or a file of them; None keeps the present ones.
            target: New target vectors, or a file of them; None keeps the present ones.
            other_vectors: Accept other vectors, because you know that they are in the same space.

        Raises:
            MismatchError: The vectors are not those that the alignment was made for.
        """
        x, z = (
            None if given is None else as_vectors(given, what=side)
            for given, side in ((source, "source"), (target, "target"))
        )
        for vectors, side, card in ((x, "source", self.card.source), (z, "target", self.card.target)):
            if vectors is not None:
                check_vectors(vectors, side, card, other_vectors=other_vectors)
        return self._over(x, z)

    def save(self, path: str | Path, *, vectors: VectorsPolicy = "copy") -> None:
        """Write the alignment as a folder of safetensors and a JSON card, atomically; nothing is pickled.

        Args:
            path: The folder. An alignment that is already there is replaced only when the new one is
                complete. The present vectors are saved, which may be those given to `bind`.
            vectors: `copy` stores both vocabularies in the folder, so that nothing else is needed to load it;
                `reference` only notes the files that they were read from.

        Raises:
            InputError: The folder holds something else or cannot be written, or the vectors to refer to were
                not read from a file.
        """
        save_artefact(
            Artefact(
                self.mapping,
                self.normalizers,
                self._both_neighbourhoods,
                self.seeds,
                self.card.over(self.source, self.target),
            ),
            path,
            self.source,
            self.target,
            vectors=vectors,
        )

    @property
    def _both_neighbourhoods(self) -> tuple[Tensor, Tensor]:
        first, second = self._pairing.neighbourhoods
        return (second, first) if self._turned else (first, second)

    def _over(self, source: Vectors | None, target: Vectors | None) -> "Alignment":
        """The same maps over other vectors, where some are given."""
        first, second = (
            side if vectors is None else side.over(vectors)
            for side, vectors in zip(self.sides, (source, target), strict=True)
        )
        return Alignment(first, second, seeds=self.seeds, card=self.card)

    def _criterion(self, name: str | Criterion) -> Criterion:
        if isinstance(name, Criterion):
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
