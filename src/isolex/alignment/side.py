"""What an alignment is made of: its two sides, and what these are to each other."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.arrays import ArrayLike, as_matrix
from isolex.errors import InputError
from isolex.normalize import FittedNormalizer, to_unit_length
from isolex.retrieval import CSLS, Index
from isolex.vectors import Vectors

# The criterion whose neighbourhoods are kept, and saved with an alignment.
SAVED = CSLS()

# At a time, so that big vocabularies are not held in several stages of the way.
_MAPPED_ROWS = 65_536

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
    """One language in a shared space.

    Attributes:
        vectors: Its words that have a vector, as they were given (not mapped).
        normalizer: What its vocabulary passed through.
        matrix: Its map into the shared space, `[d, p]`, where it is computed with.
    """

    def __init__(
        self,
        vectors: Vectors,
        normalizer: FittedNormalizer,
        matrix: Float[Tensor, "d p"],
        device: torch.device,
    ) -> None:
        super().__init__()
        self.vectors = vectors.without_zeros()
        self.normalizer = normalizer
        self.matrix = matrix.to(device)
        self._rows: Tensor | None = None

    @property
    def rows(self) -> Float[Tensor, "n p"]:
        """All words in the shared space, unit rows; made once."""
        with self._lock:
            if self._rows is None:
                self._rows = self._mapped(self.vectors.tensor(self.matrix.device))
            return self._rows

    def map(self, rows: ArrayLike) -> Float[Tensor, "n p"]:
        """Any rows of this language's own space in the shared space; see `Alignment.map`."""
        return self._mapped(as_matrix(rows, name="rows to map", device=self.matrix.device))

    def _mapped(self, tensor: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]:
        made = tensor.new_empty(tensor.shape[0], self.matrix.shape[1])
        for block, mapped in zip(tensor.split(_MAPPED_ROWS), made.split(_MAPPED_ROWS), strict=True):
            mapped.copy_(to_unit_length(self.normalizer.apply(block) @ self.matrix))
        if not torch.isfinite(made.sum(dtype=torch.float64)):
            raise InputError(
                "the map takes rows out of the range of float32", where="alignment", fix="align again"
            )
        return made

    def over(self, vectors: Vectors) -> "Side":
        """The same map over other vectors."""
        return Side(vectors, self.normalizer, self.matrix, self.matrix.device)

    def __getstate__(self) -> dict[str, Any]:
        # They are as large as the vectors, and quickly made again.
        return super().__getstate__() | {"_rows": None}


class Pairing(_Keeper):
    """Two sides, and what is made once of both: neighbourhoods, and keys that are ready to be searched."""

    def __init__(
        self, first: Side, second: Side, neighbourhoods: tuple[Tensor, Tensor] | None = None
    ) -> None:
        super().__init__()
        self.sides = first, second
        sizes = len(first.vectors), len(second.vectors)
        if neighbourhoods is not None and tuple(map(len, neighbourhoods)) != sizes:
            neighbourhoods = None  # of words without a vector, too: such as earlier releases saved
        self._neighbourhoods = neighbourhoods
        self._indexes: OrderedDict[Hashable, Index] = OrderedDict()

    @property
    def neighbourhoods(self) -> tuple[Float[Tensor, "n"], Float[Tensor, "m"]]:
        """Of the words of either side the mean cosine with the 10 nearest of the other: r of CSLS."""
        with self._lock:
            if self._neighbourhoods is None:
                self._neighbourhoods = SAVED.neighbourhoods(*(side.rows for side in self.sides))
            return self._neighbourhoods

    def index(self, key: Hashable, make: Callable[[], Index]) -> Index:
        """The index under a key, made if need be; the few that were used last are kept."""
        with self._lock:
            if key not in self._indexes:
                self._indexes[key] = make()
            self._indexes.move_to_end(key)
            while len(self._indexes) > _KEPT_INDEXES:
                self._indexes.popitem(last=False)
            return self._indexes[key]

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"_indexes": OrderedDict()}
