import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import RCSLS, LeastSquares, Mapping, Problem, Procrustes, VecMap
from isolex.mapping.rcsls import relaxed_csls
from isolex.mapping.validation import Validation
from isolex.progress import listening
from tests.comparisons import assert_close, assert_same
from tests.mapping.cases import Recording
from tests.oracles import relaxed_csls as oracle
from tests.planted import gaussian, partly_shared, planted, same_ids, shuffled_pairs, unit_gaussian

ALL_STEPS = RCSLS(validation=0, steps=6, k=4)


def many_to_many() -> Problem:
    """Words with several translations, words that translate several, and words without any; in float64."""
    x, z = unit_gaussian(14, 4).double(), unit_gaussian(12, 4, 1).double()
    pairs = torch.cat([same_ids(8), torch.tensor([[0, 3], [0, 5], [7, 3], [2, 2]])])
    return Problem(x, z, pairs)


def mean_reciprocal_rank(mapping: Mapping, problem: Problem, pairs: torch.Tensor) -> float:
    x, z = mapping.apply(problem.x, problem.z)
    scores = x[pairs[:, 0]] @ z.T
    own = scores.gather(1, pairs[:, 1:])
    return float((1 / (scores >= own).sum(dim=1)).mean())


class TestLoss:
    @pytest.mark.parametrize("k", [1, 4, 10, 99])
    @pytest.mark.parametrize("weights", [None, torch.linspace(0, 5, 12)])
    def test_agrees_with_its_definition(self, k, weights) -> None:
        plain = many_to_many()
        problem = Problem(plain.x, plain.z, plain.pairs, weights)
        scaled = None if weights is None else problem.weights.double().numpy()
        for seed in range(3):
            w = gaussian(4, 4, seed).double()
            found, _ = relaxed_csls(w, problem, k)
            arrays = (problem.x.numpy(), problem.z.numpy(), problem.pairs.tolist())
            assert_close(found, oracle.loss(w.numpy(), *arrays, k=k, weights=scaled), rtol=1e-6)

    @pytest.mark.parametrize("k", [1, 4, 99])
    @pytest.mark.parametrize("weights", [None, torch.linspace(0, 5, 12)])
    def test_gradient_agrees_with_finite_differences(self, k, weights) -> None:
        """At points this general no two neighbours are so near that a nudge exchanges them."""
        plain = many_to_many()
        problem = Problem(plain.x, plain.z, plain.pairs, weights)
        scaled = None if weights is None else problem.weights.double().numpy()
        for seed in range(3):
            w = gaussian(4, 4, seed).double()
            _, found = relaxed_csls(w, problem, k)
            arrays = (problem.x.numpy(), problem.z.numpy(), problem.pairs.tolist())
            assert_close(
                found, oracle.gradient(w.numpy(), *arrays, k=k, weights=scaled), atol=1e-6, rtol=1e-6
            )

    def test_it_is_a_subgradient_of_a_convex_loss(self) -> None:
        """Everywhere L(V) ≥ L(W) + <G(W), V − W>, also where neighbours change in between."""
        problem = many_to_many()
        for seed in range(20):
            w, v = gaussian(4, 4, seed).double(), gaussian(4, 4, seed + 100).double()
            (at_w, gradient), (at_v, _) = relaxed_csls(w, problem, 3), relaxed_csls(v, problem, 3)
            assert at_v >= at_w + float((gradient * (v - w)).sum()) - 1e-9

    def test_whole_weights_are_repeated_pairs(self) -> None:
        problem = many_to_many()
        counts = torch.tensor([1, 3, 1, 0, 2, 1, 1, 4, 1, 2, 1, 1])
        weighted = Problem(problem.x, problem.z, problem.pairs, counts.double())
        repeated = problem.restricted(torch.arange(12).repeat_interleave(counts))
        w = gaussian(4, 4).double()
        for found, expected in zip(relaxed_csls(w, weighted, 3), relaxed_csls(w, repeated, 3), strict=True):
            assert_close(found, expected)

    def test_homogeneous_of_degree_one(self) -> None:
        problem, w = many_to_many(), gaussian(4, 4).double()
        assert_close(relaxed_csls(5 * w, problem, 3)[0], 5 * relaxed_csls(w, problem, 3)[0])


class TestDescent:
    @pytest.mark.parametrize(
        "start", [Procrustes(), VecMap(), LeastSquares()], ids=lambda s: type(s).__name__
    )
    @pytest.mark.parametrize("seeds", [10, 120])
    def test_without_steps_it_is_its_start(self, start, seeds) -> None:
        problem = planted(noise=0.3, n=150, seeds=seeds)[0]
        found, expected = RCSLS(start=start, steps=0).solve(problem), start.solve(problem)
        assert_same(found.source, expected.source)
        assert_same(found.target, expected.target)

    def test_a_single_step_follows_the_gradient(self) -> None:
        problem = planted(noise=0.3)[0]
        start = Procrustes().solve(problem)
        shared = Problem(*start.apply(problem.x, problem.z), problem.pairs)
        _, gradient = relaxed_csls(torch.eye(6), shared, 4)
        found = replace(ALL_STEPS, steps=1, learning_rate=0.1).solve(problem)
        assert_close(found.source, start.source @ (torch.eye(6) - 0.1 * gradient))
        assert_same(found.target, start.target)

    @pytest.mark.parametrize("rate", [0.1, 10.0, 1e4])
    @pytest.mark.parametrize("spectral", [False, True])
    def test_the_loss_never_rises(self, rate, spectral) -> None:
        problem = planted(noise=0.5)[0]
        trace = replace(ALL_STEPS, learning_rate=rate, spectral=spectral).solve(problem).trace
        assert [row["step"] for row in trace] == list(range(7))
        losses = [row["objective"] for row in trace]
        assert losses == sorted(losses, reverse=True)
        rates = [row["learning_rate"] for row in trace[1:]]
        before = rate
        for (last, now), after in zip(pairwise(losses), rates, strict=True):
            assert after == (before if now < last else before / 2)
            before = after

    def test_the_trace_tells_the_loss_of_the_map(self) -> None:
        problem = planted(noise=0.3)[0]
        found = ALL_STEPS.solve(problem)
        start = Procrustes().solve(problem)
        shared = Problem(*start.apply(problem.x, problem.z), problem.pairs)
        w = torch.linalg.solve(start.source.double(), found.source.double()).float()
        arrays = (shared.x.double().numpy(), shared.z.double().numpy(), shared.pairs.tolist())
        assert_close(found.trace[-1]["objective"], oracle.loss(w.double().numpy(), *arrays, k=4), atol=1e-4)
        assert found.trace[-1]["objective"] < found.trace[0]["objective"]

    def test_the_spectral_constraint_is_kept(self) -> None:
        problem, _ = partly_shared()
        free, bound = ALL_STEPS.solve(problem), replace(ALL_STEPS, spectral=True).solve(problem)
        assert float(torch.linalg.matrix_norm(free.source, 2)) > 1.5
        assert float(torch.linalg.matrix_norm(bound.source, 2)) <= 1 + 1e-5
        # It binds: on the way down the loss runs into the border of the ball.
        assert float(torch.linalg.matrix_norm(bound.source, 2)) > 1 - 1e-3

    def test_more_neighbours_than_words(self) -> None:
        problem = planted(n=8, d=3, seeds=6)[0]
        exact, wide = replace(ALL_STEPS, k=8).solve(problem), replace(ALL_STEPS, k=99).solve(problem)
        assert_same(exact.source, wide.source)


class TestValidation:
    def test_directions_that_the_spaces_share_gain_weight(self) -> None:
        """Private directions mislead a rotation; words that no step has seen are translated better after."""
        problem, unseen = partly_shared()
        before = mean_reciprocal_rank(Procrustes().solve(problem), problem, unseen)
        after = mean_reciprocal_rank(RCSLS().solve(problem), problem, unseen)
        assert after > before + 0.1

    def test_as_many_steps_are_taken_as_held_out_words_gain_from(self) -> None:
        problem, _ = partly_shared()
        trace = RCSLS().solve(problem).trace
        tried = [row["held_out_mrr"] for row in trace if "held_out_mrr" in row]
        taken = [row["step"] for row in trace if "held_out_mrr" not in row]
        assert taken == list(range(int(np.argmax(tried)) + 1))
        assert len(taken) > 1

    def test_where_nothing_is_to_gain_no_step_is_taken(self) -> None:
        problem = planted(n=200, seeds=150)[0]
        found, expected = RCSLS().solve(problem), Procrustes().solve(problem)
        assert_same(found.source, expected.source)
        # Three tries without gain, then the final run of none.
        assert [row["step"] for row in found.trace] == [0, 1, 2, 3, 0]

    def test_noise_alone_gains_nothing(self) -> None:
        problem = planted(n=200, seeds=150)[0]
        unrelated = Problem(problem.x, problem.z, shuffled_pairs(150, seed=9))
        expected = Procrustes().solve(unrelated)
        assert_same(RCSLS().solve(unrelated).source, expected.source)

    def test_a_gain_within_its_standard_error_is_none(self) -> None:
        problem = planted(n=300, seeds=200, noise=0.4, seed=9)[0]
        trace = RCSLS(learning_rate=1.0).solve(problem).trace
        tried = [row["held_out_mrr"] for row in trace if "held_out_mrr" in row]
        assert max(tried) > tried[0] + 0.01
        assert [row["step"] for row in trace if "held_out_mrr" not in row] == [0]

    def test_held_out_words_are_not_trained_on_until_the_final_run(self) -> None:
        problem, start = partly_shared()[0], Recording()
        solver = RCSLS(start=start, steps=2)
        solver.solve(problem)
        every = set(problem.pairs[:, 0].tolist())
        held = set(problem.pairs[Validation(solver.validation, solver.seed)._held_out(problem), 0].tolist())
        assert start.seen == [every - held, every]
        assert len(held) == 50

    def test_too_few_words_to_hold_out(self) -> None:
        problem = planted(n=150, seeds=99, noise=0.3)[0]  # a fifth of them are 19
        found = RCSLS(steps=3).solve(problem)
        assert [row["step"] for row in found.trace] == [0, 1, 2, 3]
        assert not any("held_out_mrr" in row for row in found.trace)

    def test_no_share_to_hold_out(self) -> None:
        found = RCSLS(steps=3, validation=0).solve(planted(n=200, seeds=150)[0])
        assert [row["step"] for row in found.trace] == [0, 1, 2, 3]

    def test_pairs_of_a_word_are_held_out_together(self) -> None:
        pairs = torch.cat([same_ids(120), torch.stack([torch.arange(120), torch.arange(120).flip(0)], dim=1)])
        problem = Problem(unit_gaussian(120, 4), unit_gaussian(120, 4, 1), pairs)
        held = Validation(share=0.2, seed=0)._held_out(problem)
        assert torch.equal(held[:120], held[120:])
        assert int(held[:120].sum()) == 24

    def test_the_seed_decides_which_words_and_nothing_else(self) -> None:
        problem, _ = partly_shared()
        first, again, other = (RCSLS(seed=seed).solve(problem) for seed in (1, 1, 2))
        assert_same(first.source, again.source)
        assert first.trace == again.trace
        assert first.trace[0]["held_out_mrr"] != other.trace[0]["held_out_mrr"]
        fixed = [replace(ALL_STEPS, seed=seed).solve(problem) for seed in (1, 2)]
        assert_same(fixed[0].source, fixed[1].source)

    def test_the_global_generator_is_left_alone(self) -> None:
        state = torch.get_rng_state()
        RCSLS(steps=2).solve(partly_shared()[0])
        assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    "settings",
    [
        {"k": 0},
        {"steps": -1},
        {"learning_rate": 0},
        {"learning_rate": math.nan},
        {"validation": 1},
        {"validation": -0.1},
        {"validation": math.nan},
    ],
)
def test_unusable_settings(settings) -> None:
    with pytest.raises(InputError, match="RCSLS: got"):
        RCSLS(**settings)


def test_steps_are_told_to_listeners() -> None:
    labels: list[str] = []

    class Listener:
        def start(self, label: str, total: int) -> object:
            labels.append(f"{label} {total}")
            return None

        def advance(self, loop: object) -> None: ...

        def finish(self, loop: object) -> None: ...

    with listening(Listener()):
        ALL_STEPS.solve(planted()[0])
    assert "RCSLS steps 6" in labels
