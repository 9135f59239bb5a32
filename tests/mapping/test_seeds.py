from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from isolex.errors import InputError
from isolex.mapping import (
    GivenPairs,
    Induction,
    Mapping,
    Problem,
    Procrustes,
    SelfLearning,
    SimilarityDistributions,
    Solved,
    Union,
)
from isolex.normalize import unit_rows
from isolex.retrieval import NearestNeighbour
from tests.comparisons import assert_same
from tests.mapping.cases import Fixed
from tests.oracles import retrieval as oracle
from tests.planted import planted, rotation, same_ids, unit_gaussian
from tests.shaped import shaped_problem


def right(found: Tensor, pairs: Tensor) -> float:
    """The share of the found pairs that are true, each target word having one source word."""
    true = dict(pairs.tolist())
    return sum(true.get(i) == j for i, j in found.tolist()) / len(found)


def similarity_profiles(rows: Tensor) -> np.ndarray:
    """Sorted rows of √(XXᵀ), of unit length, centred, of unit length (Artetxe et al. 2018b, section 3.2)."""
    values, vectors = np.linalg.eigh(rows.double().numpy() @ rows.double().numpy().T)
    similarities = vectors @ np.diag(np.sqrt(values.clip(min=0))) @ vectors.T
    profiles = np.sort(similarities, axis=1)
    profiles /= np.linalg.norm(profiles, axis=1, keepdims=True)
    profiles -= profiles.mean(axis=0)
    return profiles / np.linalg.norm(profiles, axis=1, keepdims=True)


def both_ways(x: np.ndarray, z: np.ndarray) -> list[list[int]]:
    table = oracle.csls(x, z, x)
    there = [[i, j] for i, j in enumerate(table.argmax(axis=1).tolist())]
    return there + [[i, j] for j, i in enumerate(table.argmax(axis=0).tolist())]


class TestSimilarityDistributions:
    @pytest.mark.parametrize("sizes", [(70, 70), (70, 50), (50, 70)])
    def test_definition(self, sizes) -> None:
        """Of two spaces that have nothing to do with each other, of different dimensions."""
        x, z = unit_gaussian(sizes[0], 7), unit_gaussian(sizes[1], 4, 1)
        found = SimilarityDistributions().pairs(Problem(x, z))
        profiles = similarity_profiles(x[:50] if 50 in sizes else x), similarity_profiles(z[: min(sizes)])
        assert found.tolist() == both_ways(*profiles)
        assert found.dtype == torch.int64

    @pytest.mark.parametrize("quantiles", [None, 60])
    @pytest.mark.parametrize("width", [20, 26])
    def test_a_turned_and_shuffled_space_matches_itself(self, quantiles, width) -> None:
        """Whatever its dimension: columns of nothing leave similarities as they are."""
        problem, pairs = shaped_problem()
        wide = torch.cat([problem.x, torch.zeros(300, width - 20)], dim=1) @ rotation(width, 5)
        found = SimilarityDistributions(quantiles=quantiles).pairs(Problem(wide, problem.z))
        assert found.shape == (600, 2)
        assert right(found, pairs) == 1

    def test_noise_leaves_a_part_of_it(self) -> None:
        problem, pairs = shaped_problem(noise=0.3)
        for quantiles in None, 100:
            found = SimilarityDistributions(quantiles=quantiles).pairs(problem)
            assert 0.1 < right(found, pairs) < 0.9

    def test_pairs_of_the_problem_do_not_matter(self) -> None:
        problem, pairs = shaped_problem(60, 5)
        with_pairs = replace(problem, pairs=pairs.flip(0)[:20])
        seed = SimilarityDistributions()
        assert_same(seed.pairs(with_pairs), seed.pairs(problem))

    def test_only_the_most_frequent_words_are_compared(self) -> None:
        x, z = unit_gaussian(80, 6), unit_gaussian(90, 6, 1)
        found = SimilarityDistributions(vocabulary=40).pairs(Problem(x, z))
        assert found.tolist() == both_ways(similarity_profiles(x[:40]), similarity_profiles(z[:40]))

    def test_more_quantiles_than_words_are_all(self) -> None:
        problem = Problem(unit_gaussian(50, 4), unit_gaussian(50, 4, 1))
        whole = SimilarityDistributions().pairs(problem)
        assert_same(SimilarityDistributions(quantiles=50).pairs(problem), whole)
        assert_same(SimilarityDistributions(quantiles=9_999).pairs(problem), whole)

    @pytest.mark.parametrize(("quantiles", "least"), [(2, 2), (3, 2), (10, 9), (60, 40)])
    def test_quantiles_are_points_of_the_sorted_rows_near_their_ends(
        self, quantiles, least, monkeypatch
    ) -> None:
        profiles = profiles_of(unit_gaussian(200, 6), quantiles, monkeypatch)
        assert least <= profiles.shape[1] <= quantiles

    def test_they_are_the_denser_the_nearer_to_the_ends(self, monkeypatch) -> None:
        """Rows whose sorted similarities are evenly spaced tell where the points were taken."""
        monkeypatch.setattr(
            "isolex.mapping.seeds.svd",
            lambda rows: (torch.linspace(0, 1, 101)[:, None].double(), torch.ones(1).double(), None),
        )
        monkeypatch.setattr("isolex.mapping.seeds.unit_rows", lambda rows: rows)
        profiles = profiles_of(torch.ones(101, 1), 20, monkeypatch)
        places = (100 * (profiles[100] - profiles[0])).round().long()
        assert places[0] == 0
        assert places[-1] == 100
        gaps = places.diff()
        assert gaps[0] == gaps[-1] == 1
        assert (gaps[len(gaps) // 2 - 1 : len(gaps) // 2 + 1] > 5).all()

    @pytest.mark.parametrize("words", [1, 2, 3])
    @pytest.mark.parametrize("quantiles", [None, 2])
    def test_hardly_any_words(self, words, quantiles) -> None:
        found = SimilarityDistributions(quantiles=quantiles).pairs(
            Problem(unit_gaussian(words, 4), unit_gaussian(words + 1, 4))
        )
        assert found.shape[0] <= 2 * words
        assert found.numel() == 0 or int(found.max()) < words

    def test_zero_rows(self) -> None:
        problem, pairs = shaped_problem()
        x = problem.x.clone()
        x[[3, 250]] = 0
        found = SimilarityDistributions().pairs(Problem(x, problem.z))
        assert right(found, pairs) > 0.9
        nothing = SimilarityDistributions().pairs(Problem(torch.zeros(30, 4), torch.zeros(30, 4)))
        assert nothing.shape == (0, 2)

    @pytest.mark.parametrize("settings", [{"vocabulary": 1}, {"quantiles": 1}, {"quantiles": -3}])
    def test_unusable_settings(self, settings) -> None:
        with pytest.raises(InputError, match=r"SimilarityDistributions: got vocabulary .* at least 2"):
            SimilarityDistributions(**settings)


class TestGivenPairs:
    def test_they_are_those_of_the_problem(self) -> None:
        problem = planted()[0]
        assert GivenPairs().pairs(problem) is problem.pairs

    def test_without_any(self) -> None:
        with pytest.raises(InputError, match="got no seed pairs"):
            GivenPairs().pairs(shaped_problem(30, 4)[0])


class TestSolved:
    def test_pairs_are_induced_where_the_solver_maps_to(self) -> None:
        problem, pairs, turn = planted()
        maps = Fixed(Mapping.two_sided(3 * turn, torch.eye(6)))
        induction = Induction("union", NearestNeighbour())
        found = Solved(maps, induction).pairs(problem)
        assert_same(found[:120], pairs)
        assert right(found, pairs) == 1
        elsewhere = Solved(Fixed(Mapping.one_sided(torch.eye(6))), induction).pairs(problem)
        assert_same(elsewhere, induction.induce(problem.x, unit_rows(problem.z)).pairs)

    def test_mutual_answers_by_default(self) -> None:
        problem, _, turn = planted(noise=0.2)
        found = Solved(Fixed(Mapping.one_sided(turn))).pairs(problem)
        expected = Induction("mutual").induce(*Mapping.one_sided(turn).apply(problem.x, problem.z)).pairs
        assert_same(found, expected)
        assert 0 < len(found) < 120

    def test_another_self_learning(self) -> None:
        problem, pairs = shaped_problem()
        found = Solved(SelfLearning(start=SimilarityDistributions())).pairs(problem)
        assert 290 < len(found) <= 300
        assert right(found, pairs) == 1

    def test_a_solver_that_needs_pairs_gets_those_of_the_problem(self) -> None:
        problem, pairs, _ = planted()
        assert right(Solved(Procrustes()).pairs(problem), pairs) == 1
        with pytest.raises(InputError, match="got no seed pairs"):
            Solved(Procrustes()).pairs(Problem(problem.x, problem.z))


class TestUnion:
    def test_one_after_the_other_and_double_ones_twice(self) -> None:
        problem, pairs, turn = planted(seeds=10)
        solved = Solved(Fixed(Mapping.one_sided(turn)))
        found = Union((GivenPairs(), solved, GivenPairs())).pairs(problem)
        assert_same(found[:10], pairs[:10])
        assert_same(found[10:-10], solved.pairs(problem))
        assert_same(found[-10:], pairs[:10])

    def test_seeds_that_find_nothing(self) -> None:
        problem = Problem(torch.zeros(9, 2), torch.zeros(9, 2), same_ids(4))
        assert_same(Union((SimilarityDistributions(), GivenPairs())).pairs(problem), same_ids(4))

    def test_a_seed_that_fails_is_not_passed_over(self) -> None:
        with pytest.raises(InputError, match="got no seed pairs"):
            Union((SimilarityDistributions(), GivenPairs())).pairs(shaped_problem(30, 4)[0])


def profiles_of(rows: Tensor, quantiles: int, monkeypatch) -> Tensor:
    """What `SimilarityDistributions` compares words by."""
    seen: list[Tensor] = []
    induce = Induction.induce

    def noting(self, x, z, **how):
        seen.append(x)
        return induce(self, x, z, **how)

    monkeypatch.setattr(Induction, "induce", noting)
    SimilarityDistributions(quantiles=quantiles).pairs(Problem(rows, rows))
    return seen[0]
