import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from isolex.judging import Evidence, gather, judge_evidence, null_problem, restarts
from isolex.judging.restarts import agreement, reseeded, restart
from isolex.judging.thresholds import (
    ALIGNED_AGREEMENT,
    FAILED_AGREEMENT,
    KEPT_PAIRS,
    KEPT_WORDS,
    RESTARTS,
)
from isolex.mapping import (
    RCSLS,
    Adversarial,
    GivenPairs,
    Induction,
    Mapping,
    Problem,
    Procrustes,
    SelfLearning,
    SimilarityDistributions,
    Solved,
    Solver,
    Union,
    VecMap,
)
from tests.comparisons import assert_close, assert_same
from tests.mapping.cases import Fixed, Keeping
from tests.oracles import retrieval as oracle
from tests.planted import gaussian, planted, same_ids, shuffled_pairs, unit_gaussian
from tests.shaped import shaped_problem

WITH_PAIRS = SelfLearning(rounds=10)
WITHOUT_PAIRS = SelfLearning(start=SimilarityDistributions(), final=VecMap(), rounds=15)


class Failing:
    """Procrustes, which fails at first."""

    def __init__(self, fails: int) -> None:
        self.fails, self.calls = fails, 0

    def solve(self, problem: Problem) -> Mapping:
        self.calls += 1
        found = Procrustes().solve(problem)
        return found if self.calls > self.fails else Mapping.one_sided(found.source.flip(1))


def seeded(count: int, **how) -> Problem:
    problem, pairs = shaped_problem(**how)
    return replace(problem, pairs=pairs[:count])


def answers(mapping: Mapping, x: Tensor, z: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Best CSLS answers of source and of target words, and all cosines."""
    mapped = [rows.double().numpy() for rows in (x @ mapping.source, z @ mapping.target)]
    mapped_x, mapped_z = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in mapped)
    table = oracle.csls(mapped_x, mapped_z, mapped_x)
    return table.argmax(axis=1), table.argmax(axis=0), mapped_x @ mapped_z.T


def criterion_and_cycle(mapping: Mapping, x: Tensor, z: Tensor) -> tuple[float, float]:
    there, back, cosines = answers(mapping, x, z)
    best = cosines[np.arange(len(there)), there].mean(), cosines[back, np.arange(len(back))].mean()
    return float(np.mean(best)), 100 * float((back[there] == np.arange(len(there))).mean())


def overall(solver: Solver, mapping: Mapping, problem: Problem, **options: int) -> float:
    """Of all frequent words."""
    return agreement(solver, mapping, problem, **options)[0]


class TestAgreement:
    @pytest.mark.parametrize("noise", [0.0, 0.6])
    def test_high_where_spaces_align(self, noise) -> None:
        given, alone = seeded(25, noise=noise, seed=4), shaped_problem(noise=noise, seed=4)[0]
        for solver, problem in (WITH_PAIRS, given), (WITHOUT_PAIRS, alone):
            assert overall(solver, solver.solve(problem), problem) > 80

    def test_low_where_they_cannot(self) -> None:
        for solver, problem in (WITH_PAIRS, seeded(25)), (WITHOUT_PAIRS, shaped_problem()[0]):
            null = null_problem(problem)
            assert overall(solver, solver.solve(null), null, restarts=1) < 40

    def test_low_where_the_pairs_mean_nothing(self) -> None:
        problem, pairs = shaped_problem(noise=0.3)
        wrong = replace(problem, pairs=torch.stack([pairs[:25, 0], pairs[100:125, 1]], dim=1))
        assert overall(WITH_PAIRS, WITH_PAIRS.solve(wrong), wrong, restarts=1) < 40

    @pytest.mark.parametrize("frequent", [300, 90])
    def test_definition(self, frequent, monkeypatch) -> None:
        """The other try has another seed and the thinned problem; both answer for all frequent words.

        The source is turned too, which this solver does not notice.
        """
        monkeypatch.setattr(restarts, "FREQUENT_WORDS", frequent)
        problem = seeded(40, noise=1.0)
        solver = SelfLearning(keep=0.5, rounds=3, induction=Induction(dropout="keys"))
        mapping = solver.solve(problem)
        other = replace(solver, seed=8).solve(restart(problem, seed=8))
        x, z = problem.x[:frequent], problem.z[:frequent]
        mine, others = (answers(each, x, z)[0] for each in (mapping, other))
        expected = 100 * float((mine == others).mean())
        assert 5 < expected < 95
        assert_close(overall(solver, mapping, problem, seed=7, restarts=1), expected, atol=0.7)

    def test_the_best_of_the_restarts_counts_and_a_good_one_is_the_last(self) -> None:
        problem = seeded(40)
        good = Procrustes().solve(problem)
        for fails, calls, least, most in (0, 1, 90, 100), (1, 2, 90, 100), (9, 2, 0, 10):
            solver = Failing(fails)
            assert least <= overall(solver, good, problem) <= most
            assert solver.calls == calls
        assert overall(Failing(1), good, problem, restarts=1) < 10

    @pytest.mark.parametrize(("some", "calls"), [(0.0, RESTARTS), (101.0, 2)])
    def test_where_the_first_two_agree_on_hardly_any_word_there_are_no_more(
        self, monkeypatch, some, calls
    ) -> None:
        monkeypatch.setattr(restarts, "HARDLY_ANY_AGREEMENT", some)
        problem, solver = seeded(40), Failing(9)
        overall(solver, Procrustes().solve(problem), problem)
        assert solver.calls == calls

    def test_restarts_differ(self, monkeypatch) -> None:
        monkeypatch.setattr(restarts, "HARDLY_ANY_AGREEMENT", 0.0)
        problem, solver = seeded(40), Keeping()
        wrong = Mapping.one_sided(Procrustes().solve(problem).source.flip(1))
        overall(solver, wrong, problem, restarts=4)
        assert len(solver.seen) == 4
        assert len({tuple(seen.pairs.flatten().tolist()) for seen in solver.seen}) == 4
        for seen in solver.seen:
            assert_close(seen.x.norm(dim=1), torch.ones(len(seen.x)))
            assert not torch.isclose(seen.x[:, :1], problem.x[:, 0], atol=1e-6).any()

    def test_a_map_that_does_not_depend_on_the_problem_agrees_with_nothing(self) -> None:
        problem = seeded(40)
        mapping = Procrustes().solve(problem)
        assert overall(Fixed(mapping), mapping, problem) < 10

    def test_the_seed_decides(self) -> None:
        problem = seeded(20, noise=1.0)
        mapping = WITH_PAIRS.solve(problem)
        first, again, other = (
            overall(WITH_PAIRS, mapping, problem, seed=seed, restarts=1) for seed in (1, 1, 2)
        )
        assert first == again != other

    def test_different_numbers_of_words_and_dimensions(self) -> None:
        problem, pairs = shaped_problem()
        z = torch.cat([problem.z, torch.zeros(300, 3)], dim=1)[:280]
        pairs = pairs[pairs[:, 1] < 280][:60]
        given = Problem(problem.x, z, pairs)
        assert overall(Procrustes(), Procrustes().solve(given), given) > 80
        flipped = Problem(z, problem.x, pairs.flip(1))
        assert overall(Procrustes(), Procrustes().solve(flipped), flipped) > 80

    def test_words_without_a_vector_agree_on_nothing(self) -> None:
        problem = seeded(60)
        x = problem.x.clone()
        x[150:] = 0
        half = Problem(x, problem.z, problem.pairs)
        assert overall(Procrustes(), Procrustes().solve(half), half) == pytest.approx(50, abs=2)
        nothing = Problem(torch.zeros_like(x), problem.z, problem.pairs)
        assert overall(Procrustes(), Procrustes().solve(nothing), nothing) == 0

    def test_few_pairs_are_enough_for_a_restart(self) -> None:
        for count in 1, 2:
            problem, solver = seeded(count), Keeping()
            overall(solver, Mapping.one_sided(torch.eye(20)), problem)
            assert len(solver.seen) == 2
            assert all(len(seen.pairs) == count for seen in solver.seen)

    def test_the_global_generator_is_left_alone(self) -> None:
        problem, state = seeded(40), torch.get_rng_state()
        overall(Procrustes(), Procrustes().solve(problem), problem)
        assert torch.equal(torch.get_rng_state(), state)


def test_agreement_elsewhere_leaves_out_words_whose_answer_is_given(monkeypatch) -> None:
    """Both maps give the answers that 40 pairs give them, and of the other 260 words half the same ones."""
    problem = seeded(40)
    first, second = torch.arange(300), torch.arange(300)
    unnamed = torch.ones(300, dtype=torch.bool)
    unnamed[problem.pairs[:, 0]] = False
    second[unnamed.nonzero()[:130, 0]] += 1
    answered = iter([first, second])
    monkeypatch.setattr(
        restarts, "_answers", lambda *_: restarts._Answers(next(answered), cycle=0.0, criterion=0.0)
    )
    shown = agreement(Procrustes(), Procrustes().solve(problem), problem, restarts=1)
    assert shown == pytest.approx((100 * 170 / 300, 50))


class TestRestart:
    def test_pairs_keep_their_weights_and_those_without_any_do_not_count(self) -> None:
        problem = seeded(40)
        weights = torch.arange(40.0) % 4
        again = restart(replace(problem, weights=weights), seed=1)
        kept = {
            tuple(row): float(weight)
            for row, weight in zip(again.x[again.pairs[:, 0]].tolist(), again.weights.tolist(), strict=True)
        }
        assert len(kept) == len(again.pairs) == 24
        given = replace(problem, weights=weights).weights
        rows = problem.x[problem.pairs[:, 0]].tolist()
        ratios = {
            kept[tuple(row)] / float(own) for row, own in zip(rows, given, strict=True) if tuple(row) in kept
        }
        assert 0 not in kept.values()
        assert max(ratios) == pytest.approx(min(ratios), rel=1e-5)

    def test_words_keep_their_order_and_pairs_their_rows(self) -> None:
        """The first column of either side tells which row it was."""
        n, m, p = 500, 400, 150
        x = torch.cat([torch.arange(1.0, n + 1)[:, None], gaussian(n, 2)], dim=1)
        z = torch.cat([torch.arange(1.0, m + 1)[:, None], gaussian(m, 3)], dim=1)
        pairs = torch.stack([torch.arange(0, n, 3)[:p], shuffled_pairs(m)[:p, 1]], dim=1)
        other = restart(Problem(x, z, pairs), seed=3)
        for rows, full in (other.x, x), (other.z, z):
            kept = rows[:, 0].long() - 1
            assert (kept.diff() > 0).all()
            assert_same(rows, full[kept])
        before = torch.stack([other.x[other.pairs[:, 0], 0], other.z[other.pairs[:, 1], 0]], dim=1) - 1
        as_given = [pair for pair in pairs.tolist() if pair in before.long().tolist()]
        assert before.long().tolist() == as_given

    def test_a_few_of_the_words_and_more_of_the_pairs_are_left_out(self) -> None:
        n, p = 6_000, 2_000
        other = restart(Problem(unit_gaussian(n, 2), unit_gaussian(n, 2, 1), same_ids(n)[:p]))
        assert len(other.pairs) == round(KEPT_PAIRS * p) < p
        for rows in other.x, other.z:
            expected = len(other.pairs) + KEPT_WORDS * (n - len(other.pairs))
            assert len(rows) < n
            assert abs(len(rows) - expected) < 4 * math.sqrt(n * KEPT_WORDS * (1 - KEPT_WORDS))

    def test_sides_are_thinned_each_for_itself(self) -> None:
        x = unit_gaussian(200, 3)
        other = restart(Problem(x, x))
        assert other.x.shape != other.z.shape or not torch.equal(other.x, other.z)

    def test_words_of_the_pairs_are_needed(self) -> None:
        problem = Problem(unit_gaussian(100, 3), unit_gaussian(100, 3, 1), shuffled_pairs(100))
        for seed in range(5):
            other = restart(problem, seed=seed)
            assert len(other.pairs) == round(KEPT_PAIRS * 100)
            assert set(other.pairs[:, 0].tolist()) <= set(range(len(other.x)))
            mapped = {tuple(row) for row in torch.cat(other.seeds(), dim=1).tolist()}
            assert mapped <= {tuple(row) for row in torch.cat(problem.seeds(), dim=1).tolist()}

    def test_repeated_and_many_to_many_pairs(self) -> None:
        pairs = torch.cartesian_prod(torch.arange(5), torch.arange(6)).repeat(2, 1)
        problem = Problem(unit_gaussian(8, 3), unit_gaussian(9, 3, 1), pairs)
        given = torch.cat(problem.seeds(), dim=1).tolist()
        for row in torch.cat(restart(problem).seeds(), dim=1).tolist():
            assert row in given

    @pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
    def test_few_pairs(self, count) -> None:
        problem = Problem(unit_gaussian(30, 3), unit_gaussian(40, 3, 1), shuffled_pairs(30)[:count])
        given = torch.cat(problem.seeds(), dim=1).tolist()
        for seed in range(5):
            kept = torch.cat(restart(problem, seed=seed).seeds(), dim=1).tolist()
            assert len(kept) == math.ceil(KEPT_PAIRS * count)
            assert all(row in given for row in kept)

    def test_without_pairs(self) -> None:
        other = restart(Problem(unit_gaussian(50, 3), unit_gaussian(60, 3)))
        assert other.pairs.shape == (0, 2)
        assert 40 < len(other.x) <= 50
        assert 50 < len(other.z) <= 60

    def test_the_seed_decides_and_nothing_else_changes(self) -> None:
        problem, state = planted()[0], torch.get_rng_state()
        before = problem.x.clone(), problem.z.clone(), problem.pairs.clone()
        first, again, other = (restart(problem, seed=seed) for seed in (1, 1, 2))
        assert_same(first.x, again.x)
        assert_same(first.pairs, again.pairs)
        assert first.pairs.tolist() != other.pairs.tolist()
        assert torch.equal(torch.get_rng_state(), state)
        for now, then in zip((problem.x, problem.z, problem.pairs), before, strict=True):
            assert_same(now, then)


class TestReseeded:
    def test_nested_solvers_are_reached_and_only_their_seeds_change(self) -> None:
        def build(seed: int) -> SelfLearning:
            adversarial = Adversarial(hidden=7, epochs=3, seed=seed)
            coarse = SelfLearning(
                RCSLS(k=3, seed=seed), Solved(adversarial, Induction("union")), keep=0.3, seed=seed
            )
            start = Union((GivenPairs(), Solved(coarse), SimilarityDistributions(33)))
            return SelfLearning(VecMap(dimension=5), start, final=RCSLS(seed=seed), rounds=4, seed=seed)

        assert reseeded(build(1), 9) == build(9)
        assert build(1) != build(9)

    def test_callbacks_go_along(self) -> None:
        rows: list[dict] = []
        reseeded(SelfLearning(callback=rows.append), 3).solve(planted()[0])
        assert rows

    def test_the_solver_itself_is_left_as_it_was(self) -> None:
        solver = SelfLearning(start=Solved(Adversarial(seed=4)), seed=4)
        reseeded(solver, 5)
        assert solver == SelfLearning(start=Solved(Adversarial(seed=4)), seed=4)

    @pytest.mark.parametrize("solver", [Procrustes(), VecMap(dimension=3), Keeping()])
    def test_solvers_without_chance_stay_as_they_are(self, solver) -> None:
        assert reseeded(solver, 5) == solver


class TestGather:
    @pytest.mark.parametrize("noise", [0.3, 1.0])
    def test_figures_by_definition(self, noise) -> None:
        problem = seeded(40, noise=noise)
        mapping = WITH_PAIRS.solve(problem)
        found = gather(WITH_PAIRS, mapping, problem, 12.5, seed=6)
        null = null_problem(problem, seed=6)
        nothing = WITH_PAIRS.solve(null)
        own = criterion_and_cycle(mapping, problem.x, problem.z)
        chance = criterion_and_cycle(nothing, null.x, null.z)
        names = ("agreement", "criterion", "null_criterion", "cycle", "null_cycle")
        expected = 12.5, own[0], chance[0], own[1], chance[1]
        assert_close([getattr(found, name) for name in names], expected, atol=1e-4)
        assert found.null_agreement == overall(WITH_PAIRS, nothing, null, seed=6, restarts=1)
        assert found.lead == pytest.approx(100 * (12.5 - found.null_agreement) / (100 - found.null_agreement))
        assert own[0] > chance[0]
        assert own[1] > chance[1]

    def test_unequal_sides(self) -> None:
        x, z = unit_gaussian(70, 5), unit_gaussian(40, 5, 1)
        problem = Problem(x, z, same_ids(30))
        mapping = Procrustes().solve(problem)
        found = gather(Procrustes(), mapping, problem, 0.0)
        assert_close((found.criterion, found.cycle), criterion_and_cycle(mapping, x, z), atol=1e-4)
        flipped = Mapping(mapping.target, mapping.source)
        back = gather(Fixed(flipped), flipped, Problem(z, x), 0.0)
        assert_close((back.criterion, back.cycle), criterion_and_cycle(flipped, z, x), atol=1e-4)

    def test_only_frequent_words_are_asked(self, monkeypatch) -> None:
        problem = seeded(40, noise=0.5)
        mapping = Procrustes().solve(problem)
        monkeypatch.setattr(restarts, "FREQUENT_WORDS", 90)
        found = gather(Procrustes(), mapping, problem, 0.0)
        expected = criterion_and_cycle(mapping, problem.x[:90], problem.z[:90])
        assert_close((found.criterion, found.cycle), expected, atol=1e-4)

    def test_the_solver_runs_twice_on_the_null(self) -> None:
        problem, solver = seeded(40), Keeping()
        gather(solver, Procrustes().solve(problem), problem, 0.0, seed=2)
        first, second = solver.seen
        null = null_problem(problem, seed=2)
        assert_same(first.x, problem.x)
        assert_same(first.pairs, problem.pairs)
        assert_same(first.z, null.z)
        again = restart(null, seed=3)
        assert_same(second.z, again.z)
        assert_same(second.pairs, again.pairs)

    def test_the_null_has_one_restart(self) -> None:
        """No try finds anything there, so that further ones would cost their time for nothing."""
        problem, solver = seeded(40), Failing(1)
        gather(solver, Procrustes().solve(problem), problem, 0.0)
        assert solver.calls == 2

    def test_words_without_a_vector_come_back_from_nowhere(self) -> None:
        problem = seeded(40)
        x = torch.cat([problem.x, torch.zeros(100, 20)])
        mapping = Procrustes().solve(problem)
        plain = gather(Procrustes(), mapping, problem, 0.0)
        padded = gather(Procrustes(), mapping, Problem(x, problem.z, problem.pairs), 0.0)
        assert_close(padded.cycle, plain.cycle * 300 / 400, atol=1e-3)
        assert_close(padded.criterion, plain.criterion, atol=1e-3)

    def test_no_word_of_zeros_comes_back(self) -> None:
        problem = Problem(torch.zeros(30, 4), unit_gaussian(30, 4), same_ids(9))
        found = gather(Procrustes(), Procrustes().solve(problem), problem, 0.0)
        assert found.cycle == 0

    def test_as_plain_numbers(self) -> None:
        evidence = Evidence(12.345678, 1.23, 0.98765432, 0.5, 100.0, 0.0)
        assert evidence.to_dict() == {
            "agreement": 12.3457,
            "null_agreement": 1.23,
            "criterion": 0.9877,
            "null_criterion": 0.5,
            "cycle": 100.0,
            "null_cycle": 0.0,
        }


def below(border: float) -> float:
    return math.nextafter(border, -math.inf)


@pytest.mark.parametrize(
    ("agreed", "null", "status"),
    [
        (100.0, 0.0, "aligned"),
        (ALIGNED_AGREEMENT, 0.0, "aligned"),
        (ALIGNED_AGREEMENT / 2 + 50, 50.0, "aligned"),
        (below(ALIGNED_AGREEMENT), 0.0, "doubtful"),
        (below(ALIGNED_AGREEMENT / 2 + 50), 50.0, "doubtful"),
        (FAILED_AGREEMENT, 0.0, "doubtful"),
        (FAILED_AGREEMENT / 2 + 50, 50.0, "doubtful"),
        (below(FAILED_AGREEMENT), 0.0, "failed"),
        (below(FAILED_AGREEMENT / 2 + 50), 50.0, "failed"),
        (50.0, 50.0, "failed"),
        (20.0, 90.0, "failed"),
        (0.0, 0.0, "failed"),
        (100.0, 100.0, "failed"),
    ],
)
@pytest.mark.parametrize("criterion", [0.9, 0.1])
def test_judge_evidence(agreed, null, status, criterion) -> None:
    told, reason = judge_evidence(Evidence(agreed, null, criterion, 0.5, 50.0, 40.0))
    assert told == status
    assert f"the same first answer for {agreed:.1f} %" in reason
    assert f"in a space that cannot align: {null:.1f} %" in reason
    assert ("try a seed lexicon" in reason) == (status != "aligned")
    assert ("did not align" in reason) == (status == "failed")
    assert ("too little agreement to rely on" in reason) == (status == "doubtful")
    assert "\n" not in reason


@pytest.mark.parametrize(("noise", "aligned"), [(0.2, True), (None, False)])
def test_the_whole_verdict(noise, aligned) -> None:
    problem = null_problem(shaped_problem()[0]) if noise is None else shaped_problem(noise=noise)[0]
    mapping = WITHOUT_PAIRS.solve(problem)
    agreed = overall(WITHOUT_PAIRS, mapping, problem)
    told, _ = judge_evidence(gather(WITHOUT_PAIRS, mapping, problem, agreed))
    assert (told == "aligned") == aligned
