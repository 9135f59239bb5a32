"""Approximate search by the graphs of other libraries, for vocabularies that are asked a few words at a time.

Every criterion ranks keys by `scale * <q, z> + bias[z]`. With scale > 0 that is the order of the inner
product of `[q, 1]` with `[z, bias[z] / scale]`, so one more column makes a library that knows inner products
serve every criterion. The library only names candidates; they are scored again here, in float32.

Both libraries search a navigable small world (Malkov & Yashunin 2020). Inverted lists were measured as well:
on 190,000 word vectors they took about twice the time for the same recall.
"""

import importlib
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.arrays import generator
from isolex.errors import InputError, MissingExtraError
from isolex.names import look_up
from isolex.progress import track
from isolex.retrieval.criteria import Index
from isolex.retrieval.tiles import Scores, TopK, best_first

# From `[n, d + 1]` float32 queries and k to the `[n, k]` int64 ids of keys; -1 where fewer were found.
Graph: TypeAlias = Callable[[np.ndarray, int], np.ndarray]

# Edges of a node, and candidates weighed for them when it is added.
_EDGES = 32
_CARE = 100
# Keys that a query is compared with for each candidate kept: 11 to 32 with Faiss on 4,000 to 16,000 words.
_COMPARED = 16
_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class ApproximateIndex:
    """An index that finds most of the best keys without looking at all of them; made by `of`.

    Scores are those of the exact index. Where there are at most 16 keys for each candidate, which a graph
    would compare with as well, the search is exact; so it is for queries that it finds too few keys for.

    Attributes:
        exact: The index that it stands for.
        library: What searches: "faiss" or "usearch".
        effort: How many candidates a search keeps: more find more, and take longer.
        recall: Share, from 0 to 1, of the exact top k that the approximate one holds, as a mean over a sample
            of the user's own queries. A key of equal score in place of another is not counted.
        sample: How many queries the recall was measured on.
        k: The k that it was measured for.
        graph: What finds candidates, or None where every search is exact.
    """

    exact: Index = field(repr=False)
    library: str
    effort: int
    recall: float
    sample: int
    k: int
    graph: Graph | None = field(repr=False)

    @classmethod
    def of(
        cls,
        index: Index,
        queries: Float[Tensor, "n d"],
        library: str = "faiss",
        *,
        k: int = 10,
        sample: int = 1000,
        effort: int = 256,
        seed: int = 0,
    ) -> "ApproximateIndex":
        """An approximate index for the same keys and criterion, its recall measured on some of the queries.

        Many queries at once are as fast or faster to search exactly; what gains are few at a time. The graph
        holds a copy of the keys. It is built on one thread: on several it would come out different each time.

        Args:
            index: Made by a criterion.
            queries: `[n, d]` unit rows, n ≥ 1, like those that will be asked.
            library: "faiss" or "usearch".
            k: How many keys of a query to measure the recall for, ≥ 1; all if there are fewer.
            sample: How many of the queries to measure it on, ≥ 1; all if there are fewer.
            effort: How many candidates a search keeps, ≥ 1. Raise it where the recall is too low.
            seed: Of the sample; the graph needs none.

        Raises:
            InputError: An unknown library, a scale that is not positive and finite, queries of another width
                than the keys, no queries, or k, sample or effort < 1.
            MissingExtraError: The library is not installed.
        """
        made_by = look_up(library, _LIBRARIES, "library for approximate search")
        for name, value in (("k", k), ("sample", sample), ("effort", effort), ("queries", len(queries))):
            if value < 1:
                raise InputError(f"got {value} for {name}, expected at least 1", where="approximate search")
        if not 0 < index.scale < math.inf:
            raise InputError(
                f"got an index of scale {index.scale}, expected a finite number over 0",
                where="approximate search",
                fix="search it exactly",
            )
        module = made_by.imported()
        picked = torch.randperm(len(queries), generator=generator(seed))[:sample].to(queries.device)
        asked, k = queries[picked], min(k, index.keys.shape[0])
        best = index.best(asked, k)
        graph = made_by.build(module, _rows(index), effort) if _pays(index, effort) else None
        found = _found(index, graph, effort, asked, k).indices
        held = [int(torch.isin(*row).sum()) for row in zip(best, found, strict=True)]
        return cls(index, library, effort, sum(held) / best.numel(), len(held), k, graph)

    def search(self, queries: Float[Tensor, "n d"], k: int) -> TopK:
        """Nearly the best min(k, m) keys of each unit-length query, with the criterion's own scores.

        The row term of CSLS and inverted softmax takes an exact pass over all keys; `best` does without.

        Raises:
            InputError: Queries of another width than the keys, or k < 1.
        """
        return self.exact.comparable(queries, _found(self.exact, self.graph, self.effort, queries, k))

    def best(self, queries: Float[Tensor, "n d"], k: int) -> Int[Tensor, "n k"]:
        """The keys alone of `search`.

        Raises:
            InputError: Queries of another width than the keys, or k < 1.
        """
        return _found(self.exact, self.graph, self.effort, queries, k).indices


def _pays(index: Index, candidates: int) -> bool:
    """Whether a graph that keeps so many candidates compares with fewer keys than there are."""
    return index.keys.shape[0] > _COMPARED * candidates


def _found(index: Index, graph: Graph | None, effort: int, queries: Float[Tensor, "n d"], k: int) -> TopK:
    """What the graph finds, scored as `Index.without_row_term` does it."""
    n, k = queries.shape[0], min(k, index.keys.shape[0])
    # Wrong arguments go the same way, to be refused there.
    fits = k >= 1 and queries.shape[1] == index.keys.shape[1]
    if graph is None or n == 0 or not fits or not _pays(index, max(k, effort)):
        return index.without_row_term(queries, k)
    scores = Scores(queries, index.keys, index.scale, z_bias=index.bias)
    indices = torch.empty(n, k, dtype=torch.int64, device=queries.device)
    values = torch.empty(n, k, device=queries.device)
    lost = torch.empty(n, dtype=torch.bool, device=queries.device)
    for start in track(range(0, n, _BLOCK), "searching"):
        rows = slice(start, min(start + _BLOCK, n))
        ones = torch.ones(rows.stop - start, device=queries.device)
        ids = torch.from_numpy(graph(_widened(queries[rows], ones), k)).to(queries.device)
        lost[rows] = (ids < 0).any(dim=1)
        ids = ids.clamp(min=0)
        found = best_first(TopK(ids, scores.at(rows, ids)), k)
        indices[rows], values[rows] = found.indices, found.scores
    again = lost.nonzero()[:, 0]
    if again.numel():
        whole = index.without_row_term(queries[again], k)
        indices[again], values[again] = whole.indices, whole.scores
    return TopK(indices, values)


def _rows(index: Index) -> np.ndarray:
    """The `[m, d + 1]` keys as a library gets them, float32."""
    if index.bias is None:
        return _widened(index.keys, torch.zeros(index.keys.shape[0], device=index.keys.device))
    column = index.bias / index.scale
    # What all keys have in common changes no ranking, but for a graph it would bring them closer together.
    return _widened(index.keys, column - column.mean())


def _widened(rows: Float[Tensor, "n d"], column: Float[Tensor, "n"]) -> np.ndarray:
    return torch.cat([rows, column[:, None]], dim=1).cpu().numpy()


def _faiss(faiss: Any, rows: np.ndarray, effort: int) -> Graph:
    made = faiss.IndexHNSWFlat(rows.shape[1], _EDGES, faiss.METRIC_INNER_PRODUCT)
    made.hnsw.efConstruction, made.hnsw.efSearch = _CARE, effort
    with _faiss_threads(faiss, 1):
        for block in _blocks(rows):
            made.add(rows[block])

    def ask(queries: np.ndarray, k: int) -> np.ndarray:
        with _faiss_threads(faiss, torch.get_num_threads()):
            ids: np.ndarray = made.search(queries, k)[1]
        return ids

    return ask


@contextmanager
def _faiss_threads(faiss: Any, count: int) -> Iterator[None]:
    """Faiss has one setting for whoever uses it in this process: it is left as it was."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _usearch(usearch: Any, rows: np.ndarray, effort: int) -> Graph:
    made = usearch.Index(
        ndim=rows.shape[1],
        metric="ip",
        dtype="f32",
        connectivity=_EDGES,
        expansion_add=_CARE,
        expansion_search=effort,
    )
    for block in _blocks(rows):
        made.add(np.arange(block.start, block.stop), rows[block], threads=1)

    def ask(queries: np.ndarray, k: int) -> np.ndarray:
        found = made.search(queries, k, threads=torch.get_num_threads())
        # Several queries are answered by a table and how much of each row is filled, one by a full row.
        keys = np.atleast_2d(found.keys).astype(np.int64)
        filled = found.counts if len(queries) > 1 else np.array([keys.shape[1]])
        ids = np.full((len(queries), k), -1, dtype=np.int64)
        ids[:, : keys.shape[1]] = np.where(np.arange(keys.shape[1]) < filled[:, None], keys, -1)
        return ids

    return ask


def _blocks(rows: np.ndarray) -> Iterator[slice]:
    for start in track(range(0, len(rows), _BLOCK), "indexing"):
        yield slice(start, min(start + _BLOCK, len(rows)))


@dataclass(frozen=True)
class _Library:
    """The module of a library, the package that holds it, and what makes a graph of rows with it."""

    module: str
    package: str
    build: Callable[[Any, np.ndarray, int], Graph]

    def imported(self) -> Any:
        try:
            return importlib.import_module(self.module)
        except ImportError as error:
            raise MissingExtraError("approximate search", self.package, "ann") from error


_LIBRARIES = {
    "faiss": _Library("faiss", "faiss-cpu", _faiss),
    "usearch": _Library("usearch.index", "usearch", _usearch),
}
