import subprocess
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from isolex.errors import InputError, MissingExtraError
from isolex.normalize import unit_rows
from isolex.progress import listening
from isolex.retrieval import CSLS, ApproximateIndex, Index, InvertedSoftmax, NearestNeighbour, approximate
from tests.comparisons import assert_best, assert_close, assert_same
from tests.oracles import retrieval as oracle
from tests.planted import gaussian, unit_gaussian
from tests.shapes import shapes_unchecked
from tests.test_progress import Recorder

LIBRARIES = ["faiss", "usearch"]
CRITERIA = [NearestNeighbour(), CSLS(), InvertedSoftmax()]
KEYS, QUERIES, WIDTH = 3000, 200, 32
LITTLE, MORE = 1, 64


def test_it_is_told_in_a_line() -> None:
    x, z = spaces()
    assert "tensor" not in repr(ApproximateIndex.of(CSLS().index(x, z), queries(), effort=LITTLE))


@cache
def spaces() -> tuple[torch.Tensor, torch.Tensor]:
    """Sources and keys that are noisy copies of the same clustered rows; some keys are the centres."""
    centres = unit_gaussian(60, WIDTH)[torch.arange(KEYS) % 60]
    rows = centres + 0.25 * gaussian(KEYS, WIDTH, 1)
    keys = rows + 0.08 * gaussian(KEYS, WIDTH, 2)
    keys[:60] = centres[:60]
    return unit_rows(rows), unit_rows(keys)


def queries() -> torch.Tensor:
    return spaces()[0][::15].contiguous()


@cache
def exact(criterion) -> Index:
    return criterion.index(*spaces())


@cache
def made(criterion, library: str, effort: int = MORE) -> ApproximateIndex:
    return ApproximateIndex.of(exact(criterion), queries(), library, effort=effort)


@cache
def table(criterion) -> np.ndarray:
    sources, keys = (rows.double().numpy() for rows in spaces())
    asked = queries().double().numpy()
    if isinstance(criterion, CSLS):
        return oracle.csls(sources, keys, asked, criterion.k)
    if isinstance(criterion, InvertedSoftmax):
        return oracle.inverted_softmax(sources, keys, asked, criterion.temperature)
    return asked @ keys.T


def share(found: np.ndarray, best: np.ndarray) -> float:
    return float(
        np.mean([len(set(one) & set(other)) / len(other) for one, other in zip(found, best, strict=True)])
    )


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("criterion", CRITERIA, ids=repr)
class TestEveryCriterion:
    @pytest.mark.parametrize("effort", [LITTLE, MORE])
    def test_recall_is_what_it_says(self, criterion, library, effort) -> None:
        index = made(criterion, library, effort)
        found = index.search(queries(), 10).indices.numpy()
        # Room for two keys whose order float32 and float64 see differently.
        assert index.recall == pytest.approx(share(found, oracle.order(table(criterion))[:, :10]), abs=2e-3)
        assert (index.library, index.sample, index.k, index.effort) == (library, QUERIES, 10, effort)

    def test_more_effort_finds_more(self, criterion, library) -> None:
        little, more = (made(criterion, library, effort).recall for effort in (LITTLE, MORE))
        assert 0.3 < little < 0.99
        assert more > 0.99

    @pytest.mark.parametrize("effort", [LITTLE, MORE])
    @pytest.mark.parametrize("k", [1, 10])
    def test_scores_are_those_of_the_paper(self, criterion, library, effort, k) -> None:
        found = made(criterion, library, effort).search(queries(), k)
        assert found.indices.dtype == torch.int64
        assert found.scores.dtype == torch.float32
        assert found.indices.shape == found.scores.shape == (QUERIES, k)
        ids = found.indices.numpy()
        assert all(len(set(row)) == k for row in ids.tolist())
        assert_close(found.scores, np.take_along_axis(table(criterion), ids, axis=1), atol=1e-4)
        assert (found.scores.diff(dim=1) <= 0).all()

    def test_agrees_with_the_exact_index(self, criterion, library) -> None:
        found, expected = made(criterion, library).search(queries(), 5), exact(criterion).search(queries(), 5)
        same = (found.indices == expected.indices).all(dim=1)
        assert same.float().mean() > 0.9
        assert_close(found.scores[same], expected.scores[same], atol=1e-5)

    def test_best_are_the_keys_of_search(self, criterion, library) -> None:
        index = made(criterion, library)
        assert_same(index.best(queries(), 7), index.search(queries(), 7).indices)

    def test_one_query_alone(self, criterion, library) -> None:
        index, asked = made(criterion, library), queries()[:4]
        for row in range(4):
            assert_same(index.best(asked[row : row + 1], 6)[0], index.best(asked, 6)[row])

    def test_no_queries(self, criterion, library) -> None:
        found = made(criterion, library).search(torch.zeros(0, WIDTH), 3)
        assert found.indices.shape == found.scores.shape == (0, 3)


@pytest.mark.parametrize("library", LIBRARIES)
class TestEveryLibrary:
    def test_made_again_it_is_the_same(self, library) -> None:
        index, again = (
            ApproximateIndex.of(exact(CSLS()), queries(), library, sample=50, effort=LITTLE, seed=3)
            for _ in range(2)
        )
        assert (index.recall, index.sample) == (again.recall, again.sample) == (index.recall, 50)
        found, expected = (one.search(queries(), 10) for one in (index, again))
        assert_same(found.indices, expected.indices)
        assert_same(found.scores, expected.scores)

    def test_another_seed_samples_other_queries(self, library) -> None:
        recalls = {
            ApproximateIndex.of(exact(CSLS()), queries(), library, sample=20, effort=LITTLE, seed=seed).recall
            for seed in range(4)
        }
        assert len(recalls) > 1

    def test_what_all_biases_share_makes_no_difference(self, library) -> None:
        index = exact(CSLS())
        moved = ApproximateIndex.of(replace(index, bias=index.bias + 8), queries(), library, effort=MORE)
        assert moved.recall > 0.95

    def test_where_bias_decides(self, library) -> None:
        """Biases that outweigh the cosine: the extra column is what is searched by."""
        bias = gaussian(KEYS, 1, 5)[:, 0]
        index = ApproximateIndex.of(Index(spaces()[1], 0.5, bias), queries(), library, effort=MORE)
        assert index.recall > 0.95
        assert_same(index.best(queries(), 1), index.exact.best(queries(), 1))

    @pytest.mark.parametrize("k", [KEYS, KEYS + 50])
    def test_all_keys(self, library, k) -> None:
        assert_best(made(CSLS(), library).search(queries()[:5], k), table(CSLS())[:5], k)

    @pytest.mark.parametrize("m", [1, 7, 300])
    def test_few_keys_are_searched_exactly(self, library, m) -> None:
        keys = spaces()[1][:m]
        index = ApproximateIndex.of(CSLS().index(spaces()[0], keys), queries(), library)
        assert (index.graph, index.recall, index.sample, index.k) == (None, 1.0, QUERIES, min(10, m))
        assert_same(index.best(queries(), 9), index.exact.best(queries(), 9))

    def test_many_keys_alike(self, library) -> None:
        """Graphs do badly on these, and the recall says it; scores and ids stay sound."""
        keys = unit_gaussian(5, 8).repeat(400, 1)
        index = ApproximateIndex.of(Index(keys), unit_gaussian(40, 8, 1), library, effort=MORE)
        found = index.search(unit_gaussian(40, 8, 1), 20)
        assert all(len(set(row)) == 20 for row in found.indices.tolist())
        assert int(found.indices.min()) >= 0
        assert_close(found.scores, (unit_gaussian(40, 8, 1) @ keys.T).gather(1, found.indices), atol=1e-6)

    def test_what_a_library_does_not_find_is_marked(self, library) -> None:
        rows = np.eye(4, dtype=np.float32)
        made_by = approximate._LIBRARIES[library]
        graph = made_by.build(made_by.imported(), rows, 8)
        for asked in (rows[:1], rows):
            ids = graph(asked, 6)
            assert ids.dtype == np.int64
            assert (np.sort(ids, axis=1) == [-1, -1, 0, 1, 2, 3]).all()
            assert (ids[:, 0] == np.arange(len(asked))).all()

    def test_without_the_package_the_pip_command_is_told(self, library, monkeypatch) -> None:
        monkeypatch.setitem(sys.modules, approximate._LIBRARIES[library].module, None)
        with pytest.raises(
            MissingExtraError, match=r"needs the package .*; run: pip install 'isolex\[ann\]'"
        ):
            ApproximateIndex.of(Index(spaces()[1][:3]), queries(), library)

    def test_progress_is_told(self, library, monkeypatch) -> None:
        monkeypatch.setattr(approximate, "_BLOCK", 100)
        recorder = Recorder()
        with listening(recorder):
            index = ApproximateIndex.of(exact(CSLS()), queries(), library, effort=MORE)
        assert {("start", "indexing", 30), ("start", "searching", 2)} <= set(recorder.heard)
        assert_same(index.best(queries()[:90], 1), exact(CSLS()).best(queries()[:90], 1))


@pytest.mark.parametrize("k", [1, 4])
def test_rows_that_miss_answers_are_searched_exactly(k) -> None:
    index = exact(CSLS())

    def graph(asked: np.ndarray, count: int) -> np.ndarray:
        ids = np.tile(np.arange(count), (len(asked), 1))
        ids[::2, -1] = -1
        return ids

    found = replace(made(CSLS(), "faiss"), graph=graph).search(queries(), k)
    expected = index.search(queries(), k)
    assert_same(found.indices[::2], expected.indices[::2])
    assert_close(found.scores[::2], expected.scores[::2], atol=1e-5)
    assert (found.indices[1::2].sort(dim=1).values == torch.arange(k)).all()


def test_equal_scores_stand_by_key_id() -> None:
    keys = unit_gaussian(100, 6).repeat(20, 1)

    def graph(asked: np.ndarray, count: int) -> np.ndarray:
        return np.tile([701, 1, 301, 201], (len(asked), 1))

    index = ApproximateIndex(Index(keys), "faiss", 1, 1.0, 1, 4, graph)
    assert index.best(unit_gaussian(3, 6, 1), 4).tolist() == [[1, 201, 301, 701]] * 3


def test_the_threads_of_faiss_stay_as_they_were() -> None:
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    try:
        ApproximateIndex.of(exact(CSLS()), queries(), "faiss", effort=LITTLE)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(before)


def test_the_libraries_are_loaded_only_when_asked_for() -> None:
    code = "import sys, isolex.retrieval; sys.exit(bool({'faiss', 'usearch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestRefused:
    @pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
    def test_scales_that_turn_the_order(self, scale) -> None:
        with pytest.raises(
            InputError, match=f"got an index of scale {scale}, expected a finite number over 0"
        ):
            ApproximateIndex.of(Index(spaces()[1], scale), queries())

    def test_a_library_that_is_none(self) -> None:
        with pytest.raises(InputError, match=r"did you mean 'faiss'.* choose from faiss, usearch"):
            ApproximateIndex.of(Index(spaces()[1]), queries(), "fais")

    @pytest.mark.parametrize("name", ["k", "sample", "effort"])
    def test_counts(self, name) -> None:
        with pytest.raises(InputError, match=f"got 0 for {name}, expected at least 1"):
            ApproximateIndex.of(Index(spaces()[1]), queries(), **{name: 0})

    def test_nothing_to_measure_on(self) -> None:
        with pytest.raises(InputError, match="got 0 for queries"):
            ApproximateIndex.of(Index(spaces()[1]), torch.zeros(0, WIDTH))

    def test_no_keys(self) -> None:
        with pytest.raises(InputError, match="got no keys"):
            ApproximateIndex.of(Index(torch.zeros(0, WIDTH)), queries())

    @pytest.mark.parametrize("k", [0, -2])
    def test_k_of_a_search(self, k) -> None:
        for ask in (made(CSLS(), "faiss").search, made(CSLS(), "faiss").best):
            with pytest.raises(InputError, match=f"got k = {k}"):
                ask(queries(), k)

    def test_dimensions_that_differ(self) -> None:
        with shapes_unchecked(), pytest.raises(InputError, match="queries of 3 and keys of 32 columns"):
            ApproximateIndex.of(Index(spaces()[1]), torch.ones(2, 3))
        with shapes_unchecked(), pytest.raises(InputError, match="queries of 3 and keys of 32 columns"):
            made(CSLS(), "faiss").search(torch.ones(2, 3), 1)
