import math

import pytest
import torch

from isolex.diagnosis import procrustes_residual, relational_similarity
from isolex.errors import InputError
from isolex.mapping import Procrustes
from tests.comparisons import assert_close
from tests.diagnosis.cases import clustered, degraded, float64, increases, order, turned
from tests.oracles import diagnosis as oracle
from tests.planted import gaussian, planted, rotation, same_ids, shuffled_pairs, unit_gaussian

BOTH = pytest.mark.parametrize("measure", [relational_similarity, procrustes_residual])


@BOTH
class TestBoth:
    def test_agrees_with_its_definition(self, measure) -> None:
        problem, _, _ = planted(noise=0.5, seeds=30)
        expected = getattr(oracle, measure.__name__)(*float64(*problem.seeds()))
        assert_close(measure(problem.x, problem.z, problem.pairs), expected, atol=1e-10)

    def test_order_of_rows_and_of_pairs_does_not_matter(self, measure) -> None:
        problem, _, _ = planted(noise=0.5, seeds=30)
        there, back = order(120), order(120, 3)
        moved = torch.stack(
            [there.argsort()[problem.pairs[:, 0]], back.argsort()[problem.pairs[:, 1]]], dim=1
        )
        found = measure(problem.x[there], problem.z[back], moved[order(30)])
        assert_close(found, measure(problem.x, problem.z, problem.pairs), atol=1e-10)

    def test_a_turn_of_either_space_does_not_matter(self, measure) -> None:
        problem, _, _ = planted(noise=0.5, seeds=30)
        found = measure(problem.x @ rotation(6, 7), problem.z @ rotation(6, 8), problem.pairs)
        assert_close(found, measure(problem.x, problem.z, problem.pairs), atol=1e-6)

    @pytest.mark.parametrize("bad", [[0, 60], [60, 0], [-1, 0], [0, -1]])
    def test_ids_outside_the_matrices(self, measure, bad) -> None:
        pairs = torch.cat([same_ids(10), torch.tensor([bad])])
        with pytest.raises(InputError, match=r"(source|target) ids from .* expected 0 to 59"):
            measure(clustered(), clustered(), pairs)

    def test_no_pairs(self, measure) -> None:
        with pytest.raises(InputError, match="pairs, expected at least"):
            measure(clustered(), clustered(), torch.zeros(0, 2, dtype=torch.int64))


class TestRelationalSimilarity:
    @pytest.mark.parametrize(("d", "e"), [(5, 5), (5, 9), (30, 12)])
    def test_isometric_spaces_are_at_one(self, d, e) -> None:
        small = unit_gaussian(20, min(d, e))
        x, z = small @ rotation(min(d, e), 1, d), small @ rotation(min(d, e), 2, e)
        assert_close(relational_similarity(x, z, same_ids(20)), 1, atol=1e-10)

    def test_noise_lowers_it(self) -> None:
        values = degraded(lambda x, z: relational_similarity(x, z, same_ids(60)))
        assert increases(values[::-1])

    def test_wrong_pairs_are_at_zero(self) -> None:
        x = clustered()
        found = [relational_similarity(x, x, shuffled_pairs(60, seed)) for seed in range(20)]
        assert abs(sum(found) / 20) < 0.05

    def test_cosines_the_other_way_round_are_at_minus_one(self) -> None:
        """Where those of x are c, those of z are 0.3 − c / 2."""
        x = torch.tensor([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.6, 0.8]])
        table = x.double() @ x.double().T
        z = torch.linalg.cholesky((0.3 - table / 2).fill_diagonal_(1)).float()
        assert_close(relational_similarity(x, z, same_ids(3)), -1, atol=1e-6)

    def test_lengths_of_rows_do_not_matter(self) -> None:
        problem, _, _ = planted(noise=0.5, seeds=30)
        longer = torch.linspace(0.1, 9, 120)[:, None] * problem.x
        expected = relational_similarity(problem.x, problem.z, problem.pairs)
        assert_close(relational_similarity(longer, 3 * problem.z, problem.pairs), expected, atol=1e-6)

    def test_pairs_count_once(self) -> None:
        problem, _, _ = planted(noise=0.5, seeds=30)
        often = torch.cat([problem.pairs, problem.pairs[:7], problem.pairs[3:4]])
        expected = relational_similarity(problem.x, problem.z, problem.pairs)
        assert relational_similarity(problem.x, problem.z, often) == expected

    def test_words_may_stand_in_several_pairs(self) -> None:
        x, z = unit_gaussian(5, 3), unit_gaussian(5, 3, 1)
        pairs = torch.tensor([[0, 0], [0, 1], [1, 1], [4, 2]])
        expected = oracle.relational_similarity(*float64(x[pairs[:, 0]], z[pairs[:, 1]]))
        assert_close(relational_similarity(x, z, pairs), expected, atol=1e-10)

    def test_the_first_distinct_pairs_are_used(self) -> None:
        problem, _, _ = planted(noise=0.5, seeds=30)
        often = problem.pairs.repeat_interleave(2, dim=0)
        found = relational_similarity(problem.x, problem.z, often, limit=10)
        assert found == relational_similarity(problem.x, problem.z, problem.pairs[:10])

    @pytest.mark.parametrize("pairs", [[[0, 0]], [[0, 0], [1, 1], [0, 0], [1, 1]]])
    def test_too_few_pairs(self, pairs) -> None:
        with pytest.raises(InputError, match=r"got [12] distinct pairs, expected at least 3"):
            relational_similarity(clustered(), clustered(), torch.tensor(pairs))

    def test_unusable_limit(self) -> None:
        with pytest.raises(InputError, match="got limit 2, expected at least 3"):
            relational_similarity(clustered(), clustered(), same_ids(9), limit=2)

    @pytest.mark.parametrize(
        "alike", [torch.eye(9), torch.eye(9) @ rotation(9), torch.ones(9, 4), torch.zeros(9, 2)]
    )
    def test_cosines_that_are_all_the_same(self, alike) -> None:
        with pytest.raises(InputError, match="source rows whose cosines are all the same"):
            relational_similarity(alike, clustered(), same_ids(9))
        with pytest.raises(InputError, match="target rows whose cosines are all the same"):
            relational_similarity(clustered(), alike, same_ids(9))

    def test_a_zero_row_has_cosine_zero_with_all(self) -> None:
        x = torch.cat([torch.zeros(1, 4), unit_gaussian(8, 4)])
        z = torch.cat([torch.zeros(1, 4), unit_gaussian(8, 4, 1)])
        assert math.isfinite(relational_similarity(x, z, same_ids(9)))


class TestProcrustesResidual:
    def test_isometric_spaces_are_at_zero(self) -> None:
        problem, _, _ = planted()
        assert_close(procrustes_residual(problem.x, problem.z, problem.pairs), 0, atol=1e-6)
        for seed in range(10):  # rounding takes it no lower
            x = unit_gaussian(20, 6, seed)
            assert 0 <= procrustes_residual(x, x, same_ids(20)) < 1e-12
        mirrored = problem.z * torch.tensor([-1.0, 1, 1, 1, 1, 1])
        assert_close(procrustes_residual(problem.x, mirrored, problem.pairs), 0, atol=1e-6)

    def test_noise_takes_spaces_apart(self) -> None:
        assert increases(degraded(lambda x, z: procrustes_residual(x, z, same_ids(60))))

    def test_it_is_what_the_solver_leaves(self) -> None:
        problem, _, _ = planted(noise=0.5)
        (x, z), w = problem.seeds(), Procrustes().solve(problem).source
        left = float((x @ w - z).square().sum() / z.square().sum())
        assert_close(procrustes_residual(problem.x, problem.z, problem.pairs), left)

    def test_between_zero_and_two_for_unit_rows(self) -> None:
        """Two where XᵀZ = 0: each row of x is paired with a row of z and with its opposite."""
        x, z = torch.eye(3).repeat(2, 1), unit_gaussian(3, 3)
        assert_close(procrustes_residual(x, torch.cat([z, -z]), same_ids(6)), 2, atol=1e-6)
        for seed in range(5):
            assert 0 <= procrustes_residual(clustered(), unit_gaussian(60, 8, seed), same_ids(60)) <= 2

    def test_lengths_count(self) -> None:
        """Of twice the length, exactly mapped but for that: ‖X − 2X‖² / ‖2X‖²."""
        x = clustered()
        assert_close(procrustes_residual(x, 2 * turned(x), same_ids(60)), 0.25)
        assert_close(procrustes_residual(3 * x, turned(x), same_ids(60)), 4)

    def test_a_pair_that_is_given_twice_counts_twice(self) -> None:
        x, z = clustered(), unit_gaussian(60, 8, 5)
        pairs = torch.cat([same_ids(20), same_ids(5)])
        expected = oracle.procrustes_residual(*float64(x[pairs[:, 0]], z[pairs[:, 1]]))
        assert_close(procrustes_residual(x, z, pairs), expected, atol=1e-10)

    @pytest.mark.parametrize("p", [1, 3])
    def test_fewer_pairs_than_dimensions(self, p) -> None:
        x, z = gaussian(p, 8), gaussian(p, 8, 1)
        expected = oracle.procrustes_residual(*float64(x, z))
        assert_close(procrustes_residual(x, z, same_ids(p)), expected, atol=1e-10)

    def test_zero_rows(self) -> None:
        with pytest.raises(InputError, match="target rows that are all zero"):
            procrustes_residual(clustered(), torch.zeros(60, 8), same_ids(60))
        assert_close(procrustes_residual(torch.zeros(60, 8), clustered(), same_ids(60)), 1)

    def test_different_dimensions(self) -> None:
        with pytest.raises(InputError, match="got 8 and 7 dimensions"):
            procrustes_residual(clustered(), unit_gaussian(60, 7), same_ids(60))
