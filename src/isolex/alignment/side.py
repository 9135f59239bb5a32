"""`Side`: one language in a space; and `Pairing`: two sides in a shared space."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.arrays import ArrayLike, all_finite, as_matrix, pick_device
from isolex.errors import InputError
from isolex.normalize import FittedNormalizer, Normalizer, to_unit_length
from isolex.retrieval import CSLS, Index
from isolex.vectors import Vectors, VectorsLike, as_vectors

# The criterion whose neighbourhoods are kept, and saved with an alignment.
SAVED = CSLS()

# At a time, so that big vocabularies are not held in several stages of the way.
_MAPPED_ROWS = 8_192

# Each holds some numbers a word, or more for a criterion of one's own.
_KEPT_INDEXES = 4


class _Keeper:
    """Something that makes things once and keeps them. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()


class Side(_Keeper):
    """One language in a space of unit rows: its vectors, their normaliser, and its map into the space.

    A shared space of n languages consists of n sides whose maps lead into it. A side without a map is in its
    own space.

    Args:
        vectors: The words and their vectors, or a file of them; words without a vector are left out.
        normalizer: The normaliser of the vocabulary, applied before the map; None for no normalisation.
        matrix: The map, `[d, p]`; None for no map.
        device: Where to compute.

    Attributes:
        vectors: The words that have a vector, with the vectors as given (neither normalised nor mapped).
        normalizer: The normaliser of the vocabulary.
        matrix: The map, `[d, p]`, on the device; the identity if no map was given.

    Raises:
        InputError: No word has a vector, or the map or the normaliser has another dimension.

    Examples:
        >>> import isolex
        >>> en, es, train, test = isolex.sample()
        >>> alignment = isolex.align(en, es, train, method="vecmap", check=False)
        >>> english, spanish = alignment.sides
        >>> dog = english.map(en.vector("dog")[None])
        >>> spanish.vectors.words[int((dog @ spanish.rows.T).argmax())]
        'perro'
    """

    def __init__(
        self,
        vectors: VectorsLike,
        *,
        normalizer: FittedNormalizer | None = None,
        matrix: Float[Tensor, "d p"] | None = None,
        device: str | torch.device | None = "cpu",
    ) -> None:
        super().__init__()
        place = pick_device(device)
        self.vectors = as_vectors(vectors, what="vectors").without_zeros()
        d = self.vectors.dimension
        self.normalizer = FittedNormalizer((), (), d) if normalizer is None else normalizer
        self.matrix = torch.eye(d, device=place) if matrix is None else matrix.to(place)
        for what, dimension in (("normaliser", self.normalizer.dimension), ("map", self.matrix.shape[0])):
            if dimension != d:
                raise InputError(f"is of {dimension} dimensions, the vectors of {d}", where=what)
        # A product with it would change nothing, and one-sided methods have it.
        self._unmoved = matrix is None or _is_identity(self.matrix)
        self._rows: Tensor | None = None

    @classmethod
    def fitted(
        cls, vectors: VectorsLike, normalizer: Normalizer, *, device: str | torch.device | None = "cpu"
    ) -> "Side":
        """A language in its own space, with a normaliser fitted to those of its words that have a vector."""
        used = as_vectors(vectors, what="vectors").without_zeros()
        return cls(used, normalizer=normalizer.fit(used.tensor(device)), device=device)

    def __repr__(self) -> str:
        return f"Side({self.vectors!r}, in {self.matrix.shape[1]} dimensions)"

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.matrix.device

    @property
    def rows(self) -> Float[Tensor, "n p"]:
        """All words in the space, as unit rows; computed once."""
        with self._lock:
            if self._rows is None:
                self._rows = self._mapped(self._pieces(), len(self.vectors))
            return self._rows

    @property
    def has_rows(self) -> bool:
        """Whether `rows` are made already."""
        return self._rows is not None

    def aligned(self) -> Vectors:
        """The words with their rows in the space, as `Vectors`."""
        rows = self._rows if self._rows is not None else self._mapped(self._pieces(), len(self.vectors))
        return Vectors(self.vectors.words, rows.cpu().numpy(), language=self.vectors.language, unicode="keep")

    def map(self, rows: ArrayLike) -> Float[Tensor, "n p"]:
        """Map rows of this language's own space into the shared space.

        Args:
            rows: `[n, d]` in the units of the vectors.

        Returns:
            `[n, p]` float32, of unit length (zero rows stay zero).

        Raises:
            InputError: Another number of columns, or NaN or infinite values.
        """
        given = as_matrix(rows, name="rows to map", device=self.device)
        return self._mapped(given.split(_MAPPED_ROWS), given.shape[0])

    def normalized(self) -> Float[Tensor, "n d"]:
        """All words in their own space, normalised but not mapped; computed again at each call."""
        return self.normalizer.apply(self.vectors.tensor(self.device))

    def mapped(self, matrix: Float[Tensor, "d p"]) -> "Side":
        """The same language with another map."""
        return Side(self.vectors, normalizer=self.normalizer, matrix=matrix, device=self.device)

    def over(self, vectors: VectorsLike) -> "Side":
        """Other words of the same space, with the same map."""
        return Side(vectors, normalizer=self.normalizer, matrix=self.matrix, device=self.device)

    def _pieces(self) -> Iterator[Float[Tensor, "some d"]]:
        """The vectors, checked, as tensors."""
        return self.vectors.tensors(_MAPPED_ROWS, device=self.device)

    def _mapped(self, pieces: Iterable[Float[Tensor, "some d"]], count: int) -> Float[Tensor, "n p"]:
        made = self.matrix.new_empty(count, self.matrix.shape[1])
        start = 0
        for piece in pieces:
            rows = self.normalizer.apply(piece)
            block = made[start : start + len(piece)]
            block.copy_(to_unit_length(rows if self._unmoved else rows @ self.matrix))
            start += len(piece)
        if not all_finite(made):
            raise InputError(
                "the map takes rows out of the range of float32", where="alignment", fix="align again"
            )
        return made

    def __getstate__(self) -> dict[str, Any]:
        # They are as large as the vectors, and quickly made again.
        return super().__getstate__() | {"_rows": None}


def _is_identity(matrix: Float[Tensor, "d p"]) -> bool:
    return matrix.shape[0] == matrix.shape[1] and torch.equal(matrix, torch.eye(*matrix.shape).to(matrix))


class Pairing(_Keeper):
    """Two sides, and what is computed once for both: their neighbourhoods, and indexes for the search.

    Raises:
        InputError: The two sides are not in one space, or not on one device.
    """

    def __init__(
        self, first: Side, second: Side, neighbourhoods: tuple[Tensor, Tensor] | None = None
    ) -> None:
        super().__init__()
        self.sides = first, second
        dimensions = [side.matrix.shape[1] for side in self.sides]
        if dimensions[0] != dimensions[1]:
            raise InputError(
                f"are in spaces of {dimensions[0]} and {dimensions[1]} dimensions, expected one space",
                where=f"{first!r} and {second!r}",
            )
        if first.device != second.device:
            raise InputError(
                f"are on {first.device} and {second.device}, expected one device",
                where=f"{first!r} and {second!r}",
            )
        sizes = len(first.vectors), len(second.vectors)
        if neighbourhoods is not None and tuple(map(len, neighbourhoods)) != sizes:
            neighbourhoods = None  # of words without a vector, too: such as earlier releases saved
        if neighbourhoods is not None:
            neighbourhoods = neighbourhoods[0].to(first.device), neighbourhoods[1].to(first.device)
        self._neighbourhoods = neighbourhoods
        self._indexes: OrderedDict[Hashable, Index] = OrderedDict()

    @property
    def neighbourhoods(self) -> tuple[Float[Tensor, "n"], Float[Tensor, "m"]]:
        """The mean cosine of the words of each side with the 10 nearest words of the other: r of CSLS."""
        with self._lock:
            if self._neighbourhoods is None:
                self._neighbourhoods = SAVED.neighbourhoods(*(side.rows for side in self.sides))
            return self._neighbourhoods

    @property
    def known_neighbourhoods(self) -> tuple[Float[Tensor, "n"], Float[Tensor, "m"]] | None:
        """The neighbourhoods if they are already computed, else None."""
        with self._lock:
            return self._neighbourhoods

    def index(self, key: Hashable, make: Callable[[], Index]) -> Index:
        """The index under a key, made if necessary; the most recent few indexes are kept."""
        with self._lock:
            if key not in self._indexes:
                self._indexes[key] = make()
            self._indexes.move_to_end(key)
            while len(self._indexes) > _KEPT_INDEXES:
                self._indexes.popitem(last=False)
            return self._indexes[key]

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"_indexes": OrderedDict()}
