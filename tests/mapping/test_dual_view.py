"""Two views of the words under one map: what is induced from both, and what becomes of them on the way."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.judging.held_out import null_problem
from isolex.judging.restarts import restart
from isolex.mapping import Annealing, GivenPairs, Induction, Mapping, Problem, SelfLearning, Solved
from isolex.mapping.induction import Dictionary
from isolex.normalize import unit_rows
from tests.comparisons import assert_close, assert_same, assert_translates
from tests.planted import gaussian, rotation, same_ids, shuffled_pairs, unit_gaussian

D = 20
TURN = rotation(D, 1)
IDENTITY = Mapping.one_sided(torch.eye(3))
LOOPS = {
    "plain": SelfLearning(),
    "keys": SelfLearning(keep=0.3, patience=0, growth=1.5, induction=Induction(dropout="keys")),
    "pairs": SelfLearning(keep=0.4, patience=3),
    "solved": SelfLearning(start=Solved(SelfLearning(rounds=2))),
    "annealing": Annealing(GivenPairs(), rounds=2),
}


def two_views(n: int = 400, *, noise: float, seeds: int = 0, seed: int = 0) -> tuple[Problem, Tensor]:
    """Two views, turned by the same map, each with noise of its own; and all pairs of words."""
    pairs = shuffled_pairs(n, seed)

    def view(number: int) -> tuple[Tensor, Tensor]:
        x, z = unit_gaussian(n, D, number), torch.empty(n, D)
        z[pairs[:, 1]] = unit_rows(x @ TURN + noise / D**0.5 * gaussian(n, D, number + 1))
        return x, z

    (x, z), outputs = view(10 * seed + 2), view(10 * seed + 4)
    return Problem(x, z, pairs[:seeds], outputs=outputs), pairs


def plain(problem: Problem) -> Problem:
    return replace(problem, outputs=None)


def precision(found: Tensor, pairs: Tensor) -> float:
    return float((pairs[found[:, 0], 1] == found[:, 1]).double().mean())


class TestAgreement:
    def test_a_pair_that_only_one_view_says_is_dropped(self) -> None:
        x, z = torch.eye(3), torch.eye(3)
        others = z[[0, 2, 1]]
        both = Problem(x, z, outputs=(x, others))
        assert Induction("forward").between(IDENTITY, plain(both)).pairs.tolist() == [[0, 0], [1, 1], [2, 2]]
        assert Induction("forward").between(IDENTITY, both).pairs.tolist() == [[0, 0]]
        swapped = Problem(x, others, outputs=(x, z))
        assert Induction("forward").between(IDENTITY, swapped).pairs.tolist() == [[0, 0]]

    def test_order_and_repetition_are_those_of_the_first(self) -> None:
        first = Dictionary(torch.tensor([[4, 0], [1, 2], [0, 9], [1, 2]]), 0.5)
        second = Dictionary(torch.tensor([[2, 1], [1, 2], [4, 0]]), 0.7)
        agreed = first.agreeing(second)
        assert agreed.pairs.tolist() == [[4, 0], [1, 2], [1, 2]]
        assert agreed.criterion == 0.5

    def test_nothing_agrees_with_nothing(self) -> None:
        none, some = Dictionary(torch.empty(0, 2).long(), 0.0), Dictionary(same_ids(3), 1.0)
        for first, second in ((none, some), (some, none), (none, none)):
            assert first.agreeing(second).pairs.shape == (0, 2)

    def test_what_both_say_is_oftener_right(self) -> None:
        problem, pairs = two_views(noise=1.2)
        mapping = Mapping.one_sided(TURN)
        alone = Induction().between(mapping, plain(problem)).pairs
        both = Induction().between(mapping, problem).pairs
        assert precision(alone, pairs) < 0.75
        assert precision(both, pairs) > 0.95

    def test_the_criterion_is_that_of_the_input(self) -> None:
        problem, _ = two_views(noise=0.8)
        mapping = Mapping.one_sided(TURN)
        alone, both = (Induction().between(mapping, one) for one in (plain(problem), problem))
        assert both.criterion == alone.criterion

    @pytest.mark.parametrize("dropout", ["pairs", "keys"])
    def test_both_views_leave_the_same_out(self, dropout) -> None:
        problem, _ = two_views(noise=0.1)
        same = replace(problem, outputs=(problem.x, problem.z))
        induction, mapping = Induction(dropout=dropout), Mapping.one_sided(TURN)
        once, twice = generator(7), generator(7)
        for _ in range(2):
            alone = induction.between(mapping, plain(problem), keep=0.3, generator=once)
            assert_same(induction.between(mapping, same, keep=0.3, generator=twice).pairs, alone.pairs)

    def test_a_word_without_an_output_embedding_has_no_pair(self) -> None:
        x = torch.eye(3)
        missing = torch.diag(torch.tensor([1.0, 0.0, 1.0]))
        found = Induction("forward").between(IDENTITY, Problem(x, x, outputs=(missing, x)))
        assert found.pairs.tolist() == [[0, 0], [2, 2]]


class TestSelfLearning:
    @pytest.mark.parametrize("name", LOOPS)
    def test_planted_views_are_recovered(self, name) -> None:
        problem, pairs = two_views(noise=0.3, seeds=25)
        assert_translates(LOOPS[name].solve(problem), problem.x, problem.z, pairs, least=0.9)

    @pytest.mark.parametrize("name", LOOPS)
    def test_twice_the_same_view_is_none(self, name) -> None:
        problem, _ = two_views(noise=0.5, seeds=25)
        same = replace(problem, outputs=(problem.x, problem.z))
        found, expected = (LOOPS[name].solve(one) for one in (same, plain(problem)))
        # Products of twice as many rows are twice as large, but for the last bits.
        assert_close(found.source @ found.target.T, expected.source @ expected.target.T, atol=1e-3)
        assert [row["pairs"] for row in found.trace] == [row["pairs"] for row in expected.trace]

    def test_rounds_are_fitted_to_fewer_and_better_pairs(self) -> None:
        problem, _ = two_views(noise=0.8, seeds=60)
        both, alone = (SelfLearning().solve(one).trace[1]["pairs"] for one in (problem, plain(problem)))
        assert 0 < both < alone

    def test_the_map_is_fitted_to_both_views(self) -> None:
        problem, _ = two_views(noise=0.8, seeds=60)
        (x, z), (first, second) = problem.seeds(), problem.outputs
        x = torch.cat([x, first[problem.pairs[:, 0]]]).double()
        z = torch.cat([z, second[problem.pairs[:, 1]]]).double()
        u, _, vt = torch.linalg.svd(x.T @ z)
        assert_close(SelfLearning(rounds=1).solve(problem).source, (u @ vt).float(), atol=1e-4)


class TestProblem:
    def test_pairs_are_stacked_with_their_weights(self) -> None:
        problem, _ = two_views(noise=0.1, seeds=3)
        weighted = replace(problem, weights=torch.tensor([0.5, 1.0, 1.5]))
        stacked = weighted.stacked()
        assert_close(stacked.weights, torch.tensor([0.5, 1.0, 1.5, 0.5, 1.0, 1.5]))
        own, theirs = weighted.seeds(), replace(problem, x=problem.outputs[0], z=problem.outputs[1]).seeds()
        for rows, first, second in zip(stacked.seeds(), own, theirs, strict=True):
            assert_same(rows, torch.cat([first, second]))
        assert plain(problem).stacked().pairs.shape[0] == 3

    def test_they_go_along(self) -> None:
        problem, _ = two_views(noise=0.1, seeds=30)
        for one in (problem.restricted(torch.arange(5)), problem.weighty()):
            assert one.outputs is problem.outputs

    def test_views_are_changed_alike(self) -> None:
        problem, _ = two_views(noise=0.1, seeds=30)
        changed = problem.changed(lambda rows: rows @ TURN, lambda rows: rows * 2)
        assert_close(changed.x, problem.x @ TURN)
        assert_close(changed.z, problem.z * 2)
        assert_close(changed.outputs[0], problem.outputs[0] @ TURN)
        assert_close(changed.outputs[1], problem.outputs[1] * 2)
        assert plain(problem).changed(target=lambda rows: rows * 2).outputs is None

    def test_a_restart_leaves_the_same_words_out_of_both_views(self) -> None:
        problem, _ = two_views(noise=0.1, seeds=30)
        again = restart(replace(problem, outputs=(problem.x, problem.z)), seed=3)
        assert again.x.shape[0] < problem.x.shape[0]
        assert_same(again.outputs[0], again.x)
        assert_same(again.outputs[1], again.z)

    def test_neither_view_of_a_null_aligns(self) -> None:
        problem, pairs = two_views(noise=0.1)
        null, mapping = null_problem(problem), Mapping.one_sided(TURN)
        for x, z in ((null.x, null.z), null.outputs):
            assert precision(Induction("forward").induce(*mapping.apply(x, z)).pairs, pairs) < 0.1

    @pytest.mark.parametrize(
        ("outputs", "told"),
        [
            ((torch.eye(3), torch.eye(3)), r"got source outputs of shape \[3, 3\], expected \[4, 3\]"),
            ((torch.ones(4, 3), torch.eye(2)), r"got target outputs of shape \[2, 2\], expected \[3, 3\]"),
        ],
    )
    def test_other_shapes(self, outputs, told) -> None:
        with pytest.raises(InputError, match=f"^problem: {told}"):
            Problem(torch.ones(4, 3), torch.eye(3), outputs=outputs)
