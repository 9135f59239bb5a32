"""What holds for every solver."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from isolex.arrays import generator
from isolex.mapping import Bilinear, Bootstrapping, Contrastive, Mapping, Problem, Solver
from isolex.normalize import unit_rows
from tests.comparisons import assert_same, assert_same_scores, assert_translates
from tests.mapping.cases import SOLVERS
from tests.planted import gaussian, planted, rotation, same_ids, shuffled_pairs, unit_gaussian

pytestmark = pytest.mark.parametrize("name", SOLVERS)


@pytest.fixture
def solver(name) -> Solver:
    return SOLVERS[name]


def weighted(problem: Problem, weights: Tensor | None) -> Problem:
    return Problem(problem.x, problem.z, problem.pairs, weights)


def noisy(**sizes) -> Problem:
    return planted(noise=0.1, **sizes)[0]


def for_pairs_times(solver: Solver, factor: float) -> Solver:
    """The same solver where each pair stands there so many times.

    A ridge is in units of one pair of mean weight, so more pairs need as much more of it, but for `Bilinear`,
    which takes means over pairs. `Bootstrapping` weighs each given pair against an induced one.
    """
    if isinstance(solver, Bootstrapping):
        return replace(solver, weight=solver.weight / factor)
    if isinstance(solver, Bilinear) or not hasattr(solver, "ridge"):
        return solver
    return replace(solver, ridge=solver.ridge * factor)


def for_columns_times(solver: Solver, factor: float) -> Solver:
    """The same solver where the same variance is spread over so many times the columns.

    The ridge of `Bilinear` is in units of the mean eigenvalues of both sides, and the learning rate of
    `Contrastive` in those of a rotation's entries.
    """
    if isinstance(solver, Bilinear):
        return replace(solver, ridge=solver.ridge * factor**2)
    if isinstance(solver, Bootstrapping | Contrastive):
        solver = replace(solver, start=for_columns_times(solver.start, factor))
    if isinstance(solver, Contrastive):
        return replace(solver, learning_rate=solver.learning_rate * factor**0.5)
    return solver


def permutation(n: int, seed: int = 0) -> Tensor:
    return torch.randperm(n, generator=generator(seed))


class TestPlanted:
    @pytest.mark.parametrize("noise", [0.0, 0.02])
    def test_a_rotation_translates_words_that_were_held_out(self, solver, noise) -> None:
        problem, pairs, _ = planted(noise=noise)
        mapping = solver.solve(problem)
        assert_translates(mapping, problem.x, problem.z, pairs, least=1.0 if noise == 0 else 0.95)
        assert mapping.source.dtype == mapping.target.dtype == torch.float32

    def test_other_directions_than_the_pairs_say_give_chance(self, solver) -> None:
        """The pairs decide, not the rows: seeds of another planted map do not translate these words."""
        problem, pairs, _ = planted()
        wrong = Problem(problem.x, problem.z, shuffled_pairs(80, seed=9))
        x, z = solver.solve(wrong).apply(problem.x, problem.z)
        right = (x @ z.T).argmax(dim=1)[pairs[:, 0]] == pairs[:, 1]
        assert float(right.double().mean()) < 0.3


class TestInvariants:
    def test_the_same_twice_and_inputs_untouched(self, solver) -> None:
        problem = weighted(noisy(), torch.rand(80, generator=generator(1)))
        before = [problem.x.clone(), problem.z.clone(), problem.pairs.clone(), problem.weights.clone()]
        first, second = solver.solve(problem), solver.solve(problem)
        assert_same(first.source, second.source)
        assert_same(first.target, second.target)
        for now, then in zip((problem.x, problem.z, problem.pairs, problem.weights), before, strict=True):
            assert_same(now, then)

    def test_order_of_pairs(self, solver) -> None:
        problem = noisy()
        other = problem.restricted(permutation(80))
        assert_same_scores(solver.solve(other), solver.solve(problem), problem.x, problem.z)

    def test_order_of_rows(self, solver) -> None:
        problem = noisy()
        to_x, to_z = permutation(120, 1), permutation(120, 2)
        pairs = torch.stack([to_x.argsort()[problem.pairs[:, 0]], to_z.argsort()[problem.pairs[:, 1]]], dim=1)
        other = Problem(problem.x[to_x], problem.z[to_z], pairs)
        assert_same_scores(solver.solve(other), solver.solve(problem), problem.x, problem.z)

    def test_turning_either_space(self, solver) -> None:
        if isinstance(solver, Contrastive):
            pytest.skip("the steps of Adam depend on the axes")
        problem = noisy()
        turns = rotation(6, 7), rotation(6, 8)
        turned = solver.solve(Problem(problem.x @ turns[0], problem.z @ turns[1], problem.pairs))
        found = Mapping.two_sided(turns[0] @ turned.source, turns[1] @ turned.target)
        assert_same_scores(found, solver.solve(problem), problem.x, problem.z, atol=1e-3)

    def test_whole_weights_are_repeated_pairs(self, solver) -> None:
        problem = noisy()
        counts = torch.randint(1, 4, (80,), generator=generator(3))
        repeated = problem.restricted(torch.arange(80).repeat_interleave(counts))
        found = solver.solve(weighted(problem, counts.float()))
        expected = for_pairs_times(solver, float(counts.float().mean())).solve(repeated)
        assert_same_scores(found, expected, problem.x, problem.z)

    def test_pairs_of_weight_zero_are_as_dropped(self, solver) -> None:
        problem = noisy()
        kept = torch.rand(80, generator=generator(4)) < 0.6
        found = solver.solve(weighted(problem, kept.float()))
        expected = solver.solve(problem.restricted(kept))
        assert_same_scores(found, expected, problem.x, problem.z)

    @pytest.mark.parametrize("factor", [1e-6, 0.5, 1e6])
    def test_only_ratios_of_weights_matter(self, solver, factor) -> None:
        problem, weights = noisy(), torch.rand(80, generator=generator(5)) + 0.1
        one, other = weighted(problem, weights), weighted(problem, factor * weights)
        assert_same_scores(solver.solve(other), solver.solve(one), problem.x, problem.z)

    def test_equal_weights_are_none(self, solver) -> None:
        problem = noisy()
        found = solver.solve(weighted(problem, torch.full((80,), 3.0)))
        assert_same_scores(found, solver.solve(problem), problem.x, problem.z)

    def test_weights_in_double_precision(self, solver) -> None:
        problem, weights = noisy(), torch.rand(80, generator=generator(6))
        single, double = weighted(problem, weights), weighted(problem, weights.double())
        assert_same_scores(solver.solve(double), solver.solve(single), problem.x, problem.z)

    def test_weights_matter(self, solver) -> None:
        problem = noisy()
        plain = solver.solve(problem)
        uneven = solver.solve(weighted(problem, torch.linspace(0, 10, 80) ** 2))
        with pytest.raises(AssertionError):
            assert_same_scores(uneven, plain, problem.x, problem.z, atol=1e-3)


def with_zero_rows() -> Problem:
    problem = planted()[0]
    x, z = problem.x.clone(), problem.z.clone()
    x[100:], z[problem.pairs[:5, 1]] = 0, 0  # rows outside the seed, and targets of five pairs
    return Problem(x, z, problem.pairs)


def all_zero() -> Problem:
    return Problem(torch.zeros(20, 4), torch.zeros(20, 4), same_ids(20))


def constant_rows() -> Problem:
    return Problem(torch.ones(20, 4) / 2, torch.ones(20, 4) / 2, same_ids(20))


def repeated_pairs() -> Problem:
    problem = planted()[0]
    return problem.restricted(torch.arange(80).repeat(3))


def many_to_many() -> Problem:
    problem = planted()[0]
    return Problem(problem.x, problem.z, torch.cartesian_prod(torch.arange(8), torch.arange(8)))


def rank_deficient() -> Problem:
    x = unit_rows(gaussian(60, 2) @ gaussian(2, 6, 1))
    return Problem(x, x @ rotation(6, 2), same_ids(40))


def fewer_pairs_than_dimensions() -> Problem:
    return planted(n=40, d=12, seeds=5)[0]


def single_pair() -> Problem:
    return planted(n=40, d=6, seeds=1)[0]


def one_word_a_side() -> Problem:
    return Problem(unit_gaussian(1, 3), unit_gaussian(1, 3, 1), same_ids(1))


def one_dimension() -> Problem:
    x = torch.tensor([[1.0], [-1.0], [1.0], [-1.0]])
    return Problem(x, -x, same_ids(4))


def wider_target() -> Problem:
    return planted(d=5, e=9)[0]


def narrower_target() -> Problem:
    return planted(d=9, e=5)[0]


def tiny_vocabulary() -> Problem:
    """Fewer words than neighbours."""
    return planted(n=3, d=2, seeds=3)[0]


DEGENERATE = [
    with_zero_rows,
    all_zero,
    constant_rows,
    repeated_pairs,
    many_to_many,
    rank_deficient,
    fewer_pairs_than_dimensions,
    single_pair,
    one_word_a_side,
    one_dimension,
    wider_target,
    narrower_target,
    tiny_vocabulary,
]


class TestDegenerate:
    @pytest.mark.parametrize("make", DEGENERATE, ids=lambda make: make.__name__)
    def test_maps_are_finite_and_moderate(self, solver, make) -> None:
        problem = make()
        mapping = solver.solve(problem)
        (d, p), (e, q) = mapping.source.shape, mapping.target.shape
        assert (d, e) == (problem.x.shape[1], problem.z.shape[1])
        assert p == q >= 1
        # Unit rows stay of moderate size: nothing was divided by a direction that is not there.
        for rows, side in (problem.x, mapping.source), (problem.z, mapping.target):
            assert torch.isfinite(side).all()
            assert float((rows @ side).abs().max()) < 20

    @pytest.mark.parametrize("make", [rank_deficient, repeated_pairs, wider_target, with_zero_rows])
    def test_seeds_are_still_translated(self, solver, make) -> None:
        problem = make()
        x, z = solver.solve(problem).apply(problem.x, problem.z)
        seeds_x, seeds_z = x[problem.pairs[:, 0]], z[problem.pairs[:, 1]]
        kept = seeds_z.any(dim=1)
        cosines = (seeds_x * seeds_z).sum(dim=1)[kept]
        assert float(cosines.median()) > 0.85

    def test_directions_without_variance_change_nothing(self, solver) -> None:
        """Three empty columns more on either side."""
        problem = noisy()
        if hasattr(solver, "ratio"):
            solver = replace(solver, ratio=1.0)  # a share of the columns, empty or not
        in_wide = for_columns_times(solver, 1.5)
        wide = [torch.cat([side, torch.zeros(120, 3)], dim=1) for side in (problem.x, problem.z)]
        found = in_wide.solve(Problem(*wide, problem.pairs))
        cut = Mapping.two_sided(found.source[:6], found.target[:6])
        expected = solver.solve(problem)
        assert_same_scores(cut, expected, problem.x, problem.z, atol=1e-3)

    def test_zero_rows_stay_zero(self, solver) -> None:
        problem = with_zero_rows()
        x, z = solver.solve(problem).apply(problem.x, problem.z)
        assert not x[100:].any()
        assert not z[problem.pairs[:5, 1]].any()

    def test_repeated_pairs_change_nothing(self, solver) -> None:
        problem = noisy()
        thrice = for_pairs_times(solver, 3).solve(problem.restricted(torch.arange(80).repeat(3)))
        assert_same_scores(thrice, solver.solve(problem), problem.x, problem.z)
