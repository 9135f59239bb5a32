import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import Bilinear, Contrastive, Mapping, Problem, Procrustes
from tests.comparisons import assert_close, assert_same, assert_translates
from tests.mapping.cases import Fixed, Recording
from tests.oracles import contrastive as oracle
from tests.planted import gaussian, partly_shared, planted, same_ids, unit_gaussian

SETTINGS = Contrastive(k=3, negatives=4, validation=0, epochs=3)


def many_to_many(weights: torch.Tensor | None = None) -> Problem:
    """Words with several translations, words that translate several, and words without any; in float64."""
    x, z = unit_gaussian(14, 4).double(), unit_gaussian(12, 5, 1).double()
    pairs = torch.cat([same_ids(8), torch.tensor([[0, 3], [0, 5], [7, 3], [2, 4]])])
    return Problem(x, z, pairs, weights)


def as_arrays(problem: Problem) -> tuple[np.ndarray, np.ndarray, list[tuple[int, int]]]:
    pairs = [(int(i), int(j)) for i, j in problem.pairs]
    return problem.x.double().numpy(), problem.z.double().numpy(), pairs


def hardest(settings: Contrastive, maps: list[torch.Tensor], problem: Problem) -> tuple:
    """Retrieval is in float32; the loss that follows may be in float64."""
    single = Problem(problem.x.float(), problem.z.float(), problem.pairs)
    sides = settings._negatives(Mapping(*(one.float() for one in maps)), single)
    return tuple(replace(side, near=side.near.double()) for side in sides)


class TestLoss:
    @pytest.mark.parametrize("weights", [None, torch.linspace(1, 5, 12)])
    @pytest.mark.parametrize("negatives", [1, 4, 99])
    def test_loss_and_gradient_agree_with_the_definition(self, weights, negatives) -> None:
        problem, settings = many_to_many(weights), replace(SETTINGS, negatives=negatives)
        scaled = None if weights is None else problem.weights.double().numpy()
        for seed in range(2):
            maps = [gaussian(4, 3, seed).double(), gaussian(5, 3, seed + 9).double()]
            arrays = [one.numpy() for one in maps]
            found = oracle.hardest(*arrays, *as_arrays(problem), k=3, negatives=negatives)
            expected = (arrays, *as_arrays(problem), found)
            sides = hardest(settings, maps, problem)
            leaves = [one.clone().requires_grad_() for one in maps]
            with torch.enable_grad():
                loss = settings._loss(leaves, problem, torch.arange(12), sides)
                loss.backward()
            kept = {"temperature": settings.temperature, "weights": scaled}
            assert_close(loss.detach(), oracle.loss(*expected, **kept), rtol=1e-5)
            for leaf, gradient in zip(leaves, oracle.gradient(*expected, **kept), strict=True):
                assert_close(leaf.grad, gradient, atol=1e-5, rtol=1e-4)

    @pytest.mark.parametrize("negatives", [3, 99])
    def test_no_negative_is_a_translation(self, negatives) -> None:
        problem = many_to_many()
        known = set(map(tuple, problem.pairs.tolist()))
        maps = [gaussian(4, 3), gaussian(5, 3, 1)]
        left_out = 0
        for side, found in enumerate(hardest(replace(SETTINGS, negatives=negatives), maps, problem)):
            for pair, place in zip(problem.pairs.tolist(), found.place.tolist(), strict=True):
                word = pair[side]
                for key, right in zip(found.keys[place].tolist(), found.right[place].tolist(), strict=True):
                    is_pair = ((word, key) if side == 0 else (key, word)) in known
                    assert right == is_pair
                    left_out += right
        assert left_out > 0

    def test_whole_weights_are_repeated_pairs(self) -> None:
        counts = torch.tensor([1, 3, 1, 2, 2, 1, 1, 4, 1, 2, 1, 1])
        weighted, plain = many_to_many(counts.double()), many_to_many()
        repeated = plain.restricted(torch.arange(12).repeat_interleave(counts))
        maps = [gaussian(4, 3).double(), gaussian(5, 3, 1).double()]
        losses = [
            float(
                SETTINGS._loss(
                    maps,
                    one,
                    torch.arange(len(one.pairs)),
                    hardest(SETTINGS, maps, one),
                )
            )
            for one in (weighted, repeated, plain)
        ]
        assert_close(losses[0], losses[1])
        assert abs(losses[0] - losses[2]) > 1e-3


class TestDescent:
    @pytest.mark.parametrize("start", [Bilinear(), Procrustes()], ids=lambda one: type(one).__name__)
    def test_without_epochs_it_is_its_start(self, start) -> None:
        problem = planted(noise=0.3, n=200, seeds=150)[0]
        found, expected = Contrastive(start, epochs=0, validation=0.3).solve(problem), start.solve(problem)
        assert_same(found.source, expected.source)
        assert_same(found.target, expected.target)

    def test_the_trace_begins_with_the_loss_of_the_start(self) -> None:
        """In a single batch the objective of the first epoch is that of the start, up to its scale."""
        problem = planted(noise=0.3)[0]
        found = replace(SETTINGS, epochs=2).solve(problem)
        start = Bilinear().solve(problem)
        maps = [one.double().numpy() for one in (start.source, start.target)]
        negatives = oracle.hardest(*maps, *as_arrays(problem), k=3, negatives=4)
        expected = oracle.loss(maps, *as_arrays(problem), negatives, temperature=SETTINGS.temperature)
        assert [row["epoch"] for row in found.trace] == [0, 1, 2]
        assert_close(found.trace[1]["objective"], expected, rtol=1e-4)

    def test_the_first_epoch_lowers_the_objective(self) -> None:
        problem = partly_shared()[0]
        objectives = [row["objective"] for row in replace(SETTINGS, epochs=2).solve(problem).trace[1:]]
        assert objectives[1] < objectives[0]

    def test_words_that_no_step_has_seen_are_translated_better(self) -> None:
        problem, unseen = partly_shared()

        def rank(solver) -> float:
            x, z = solver.solve(problem).apply(problem.x, problem.z)
            scores = x[unseen[:, 0]] @ z.T
            return float((1 / (scores >= scores.gather(1, unseen[:, 1:])).sum(dim=1)).mean())

        solver = Contrastive(Procrustes(), epochs=15, validation=0, learning_rate=0.03)
        assert rank(solver) > rank(Procrustes()) + 0.1

    def test_more_negatives_and_neighbours_than_words(self) -> None:
        problem = planted(n=8, d=3, seeds=6, noise=0.1)[0]
        exact = replace(SETTINGS, negatives=8, k=8).solve(problem)
        wide = replace(SETTINGS, negatives=99, k=99).solve(problem)
        assert_same(exact.source, wide.source)
        assert_same(exact.target, wide.target)

    def test_one_pair(self) -> None:
        problem = planted(n=20, d=4, seeds=1)[0]
        found = SETTINGS.solve(problem)
        assert torch.isfinite(found.source).all()
        assert torch.isfinite(found.target).all()
        x, z = problem.x[problem.pairs[:, 0]], problem.z[problem.pairs[:, 1]]
        assert_translates(found, x, z, same_ids(1))

    def test_without_pairs(self) -> None:
        """Also where the start needs none."""
        problem = Problem(unit_gaussian(9, 3), unit_gaussian(9, 3))
        with pytest.raises(InputError, match="no seed pairs"):
            Contrastive(Fixed(Mapping(torch.eye(3), torch.eye(3)))).solve(problem)

    def test_pairs_of_weight_zero_are_no_translations(self) -> None:
        problem = planted(noise=0.3)[0]
        kept = torch.arange(80) < 60
        zero = Problem(problem.x, problem.z, problem.pairs, kept.float())
        assert_close(SETTINGS.solve(zero).source, SETTINGS.solve(problem.restricted(kept)).source, atol=1e-4)

    def test_the_seed_decides_the_order_of_pairs(self) -> None:
        problem = planted(noise=0.3)[0]
        first, again, other = (replace(SETTINGS, batch=16, seed=seed).solve(problem) for seed in (1, 1, 2))
        assert_same(first.source, again.source)
        assert_same(first.target, again.target)
        assert first.trace == again.trace
        assert not torch.equal(first.source, other.source)

    def test_the_global_generator_is_left_alone(self) -> None:
        state = torch.get_rng_state()
        SETTINGS.solve(planted()[0])
        assert torch.equal(torch.get_rng_state(), state)


class TestValidation:
    def test_where_nothing_is_to_gain_no_epoch_is_taken(self) -> None:
        problem = planted(n=300, seeds=250)[0]
        found, expected = Contrastive().solve(problem), Bilinear().solve(problem)
        assert_same(found.source, expected.source)
        assert_same(found.target, expected.target)
        # Three tries without gain, then the final run of none.
        assert [row["epoch"] for row in found.trace] == [0, 1, 2, 3, 0]

    def test_held_out_words_are_not_trained_on_until_the_final_run(self) -> None:
        problem, start = partly_shared()[0], Recording()
        Contrastive(start, epochs=1).solve(problem)
        every = set(problem.pairs[:, 0].tolist())
        assert len(every - start.seen[0]) == 25
        assert start.seen == [start.seen[0], every]

    def test_too_few_words_to_hold_out(self) -> None:
        found = Contrastive(epochs=2).solve(planted(n=200, seeds=199)[0])  # a tenth of them are 19
        assert [row["epoch"] for row in found.trace] == [0, 1, 2]
        assert not any("held_out_mrr" in row for row in found.trace)


@pytest.mark.parametrize(
    "settings",
    [
        {"negatives": 0},
        {"batch": 0},
        {"k": 0},
        {"epochs": -1},
        {"temperature": 0},
        {"temperature": math.inf},
        {"learning_rate": 0},
        {"learning_rate": math.nan},
        {"validation": 1},
        {"validation": -0.1},
    ],
)
def test_unusable_settings(settings) -> None:
    with pytest.raises(InputError, match="Contrastive: "):
        Contrastive(**settings)
