import math

import pytest
import torch
from scipy import stats

from isolex.judging import HeldOut, cross_validate, held_out, judge, null_problem
from isolex.mapping import Problem, Procrustes
from tests.comparisons import assert_close, assert_same
from tests.mapping.cases import Recording
from tests.planted import planted, shuffled_pairs, unit_gaussian


class TestHeldOut:
    def test_percent(self) -> None:
        assert HeldOut(1, 8).percent == 12.5
        assert math.isnan(HeldOut(0, 0).percent)

    @pytest.mark.parametrize(("right", "words"), [(0, 10), (3, 10), (10, 10), (137, 400), (1, 1)])
    def test_interval_is_wilsons(self, right, words) -> None:
        expected = stats.binomtest(right, words).proportion_ci(method="wilson")
        assert_close(HeldOut(right, words).interval, [100 * expected.low, 100 * expected.high], atol=1e-4)

    def test_nothing_is_known_without_words(self) -> None:
        assert HeldOut(0, 0).interval == (0.0, 100.0)

    def test_text(self) -> None:
        assert str(HeldOut(5, 10)) == "50.0 % (23.7 to 76.3)"


class TestCrossValidate:
    @pytest.mark.parametrize("noise", [0.0, 0.02])
    def test_a_planted_map_is_right_about_every_word(self, noise) -> None:
        assert cross_validate(Procrustes(), planted(noise=noise)[0]) == HeldOut(80, 80)

    def test_only_words_that_are_trusted_are_held_out(self) -> None:
        problem, recording = planted()[0], Recording()
        trusted = problem.pairs[:20, 0]
        assert cross_validate(recording, problem, words=trusted) == HeldOut(20, 20)
        rest = set(problem.pairs[20:, 0].tolist())
        assert all(rest <= seen for seen in recording.seen)
        assert [len(seen) for seen in recording.seen] == [76] * 5

    def test_pairs_that_mean_nothing_are_wrong(self) -> None:
        problem = planted()[0]
        found = cross_validate(Procrustes(), Problem(problem.x, problem.z, shuffled_pairs(80, seed=7)))
        assert found.words == 80
        assert found.percent < 10

    def test_every_word_is_held_out_once_and_never_trained_on_then(self) -> None:
        problem, solver = planted(seeds=83)[0], Recording()
        found = cross_validate(solver, problem)
        words = set(problem.pairs[:, 0].tolist())
        held = [words - seen for seen in solver.seen]
        assert len(held) == held_out.FOLDS
        assert sorted(word for part in held for word in part) == sorted(words)
        assert found.words == 83

    def test_pairs_of_a_word_stay_on_one_side(self) -> None:
        """Each word has a right and a wrong answer; with the wrong ones in training, all would be known."""
        problem = planted()[0]
        wrong = torch.stack([problem.pairs[:, 0], problem.pairs[:, 1].roll(1)], dim=1)
        solver = Recording()
        found = cross_validate(solver, Problem(problem.x, problem.z, torch.cat([problem.pairs, wrong])))
        assert found.words == 80
        assert all(len(seen) == 64 for seen in solver.seen)

    def test_any_translation_of_a_word_is_right(self) -> None:
        problem = planted()[0]
        wrong = torch.stack([problem.pairs[:4, 0], problem.pairs[4:8, 1]], dim=1)
        for pairs in (wrong, problem.pairs), (problem.pairs, wrong):
            both = Problem(problem.x, problem.z, torch.cat(pairs))
            assert cross_validate(Procrustes(), both) == HeldOut(80, 80)

    def test_many_words_are_checked_on_one_fold(self, monkeypatch) -> None:
        monkeypatch.setattr(held_out, "ENOUGH_WORDS", 16)
        solver = Recording()
        assert cross_validate(solver, planted()[0]) == HeldOut(16, 16)
        assert len(solver.seen) == 1

    def test_only_the_frequent_words_are_looked_at(self, monkeypatch) -> None:
        monkeypatch.setattr(held_out, "VOCABULARY", 60)
        problem, solver = planted()[0], Recording()
        inside = (problem.pairs < 60).all(dim=1)
        found = cross_validate(solver, problem)
        assert found.words == int(inside.sum())
        assert set().union(*solver.seen) == set(problem.pairs[inside, 0].tolist())

    def test_rare_words_are_better_than_none(self, monkeypatch) -> None:
        monkeypatch.setattr(held_out, "VOCABULARY", 1)
        problem = planted()[0]
        rare = Problem(problem.x, problem.z, problem.pairs[(problem.pairs > 0).all(dim=1)])
        assert cross_validate(Procrustes(), rare).words == rare.pairs.shape[0]

    def test_weights_go_along(self) -> None:
        """Wrong pairs of no weight do no harm, and count for nothing."""
        problem = planted()[0]
        wrong = shuffled_pairs(40, seed=5) + 80
        mixed = Problem(
            problem.x, problem.z, torch.cat([problem.pairs, wrong]), torch.tensor([1.0] * 80 + [0.0] * 40)
        )
        assert cross_validate(Procrustes(), mixed) == HeldOut(80, 80)

    @pytest.mark.parametrize("seeds", [2, 3, 6])
    def test_few_words(self, seeds) -> None:
        assert cross_validate(Procrustes(), planted(seeds=seeds)[0]).words == seeds

    def test_a_single_word_cannot_be_held_out(self) -> None:
        assert cross_validate(Procrustes(), planted(seeds=1)[0]) == HeldOut(0, 0)

    def test_what_is_picked_and_what_judges_are_different_words(self) -> None:
        problem = planted(seeds=83)[0]
        words = set(problem.pairs[:, 0].tolist())
        held = {}
        for part in ("choice", "verdict"):
            solver = Recording()
            found = cross_validate(solver, problem, part=part)
            held[part] = set().union(*(words - seen for seen in solver.seen))
            assert found.words == len(held[part])
        assert held["choice"] | held["verdict"] == words
        assert not held["choice"] & held["verdict"]

    def test_the_seed_decides_the_folds(self) -> None:
        problem, solvers = planted()[0], [Recording() for _ in range(3)]
        for solver, seed in zip(solvers, (1, 1, 2), strict=True):
            cross_validate(solver, problem, seed=seed)
        assert solvers[0].seen == solvers[1].seen != solvers[2].seen


class TestNullProblem:
    def test_columns_keep_their_values_and_rows_lose_theirs(self) -> None:
        problem = Problem(
            unit_gaussian(50, 4), unit_gaussian(50, 4, 1), shuffled_pairs(30), torch.linspace(0.1, 1, 30)
        )
        before = problem.z.clone()
        null = null_problem(problem)
        assert_same(problem.z, before)
        assert_same(null.x, problem.x)
        assert_same(null.pairs, problem.pairs)
        assert_close(null.weights, problem.weights)
        assert_close(null.z.norm(dim=1), torch.ones(50))
        # Rows are made unit again, which changes values but no signs.
        assert_close((null.z > 0).sum(dim=0), (problem.z > 0).sum(dim=0))
        assert (null.z > 0).tolist() != (problem.z > 0).tolist()

    def test_it_cannot_be_aligned(self) -> None:
        problem = planted()[0]
        assert cross_validate(Procrustes(), problem).percent == 100
        assert cross_validate(Procrustes(), null_problem(problem)).percent < 10

    def test_seeded(self) -> None:
        problem = planted()[0]
        assert_same(null_problem(problem, seed=3).z, null_problem(problem, seed=3).z)
        assert not torch.equal(null_problem(problem, seed=3).z, null_problem(problem, seed=4).z)


@pytest.mark.parametrize(
    ("found", "null", "status", "says"),
    [
        (HeldOut(180, 200), HeldOut(0, 200), "aligned", "90.0 %"),
        (HeldOut(20, 200), HeldOut(0, 200), "aligned", "10.0 %"),
        (HeldOut(19, 200), HeldOut(0, 200), "doubtful", "weak"),
        (HeldOut(8, 200), HeldOut(0, 200), "doubtful", "weak"),  # little, but more than the null
        (HeldOut(1, 200), HeldOut(0, 200), "failed", "did not align"),
        (HeldOut(0, 200), HeldOut(0, 200), "failed", "did not align"),
        (HeldOut(0, 30), HeldOut(0, 30), "doubtful", "not clearly better"),  # so few would not show 10 %
        (HeldOut(7, 47), HeldOut(0, 47), "doubtful", "not clearly better"),  # 15 %, and by chance perhaps
        (HeldOut(9, 9), HeldOut(0, 9), "doubtful", "only 9 seed words"),
        (HeldOut(0, 0), HeldOut(0, 0), "doubtful", "only 0 seed words"),
        (HeldOut(10, 10), HeldOut(0, 10), "aligned", "100.0 %"),
    ],
)
def test_judge(found, null, status, says) -> None:
    told, reason = judge(found, null)
    assert told == status
    assert says in reason
