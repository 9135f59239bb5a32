import pytest
import torch

from isolex.diagnosis import first_answers, held_out_pairs, learning_curve, suspect_rank
from isolex.errors import InputError
from isolex.mapping import Problem, Procrustes, VecMap
from tests.comparisons import assert_same
from tests.planted import planted, unit_gaussian


def wrong_pairs(pairs: torch.Tensor, count: int) -> torch.Tensor:
    """The first pairs turned wrong: each with the target of the next."""
    made = pairs.clone()
    made[:count, 1] = pairs[:count, 1].roll(1)
    return made


class TestHeldOutPairs:
    def test_in_a_planted_space_every_pair_stands_first_both_ways(self) -> None:
        problem, _, _ = planted(seeds=100)
        found = held_out_pairs(Procrustes(), problem)
        assert_same(found.pairs, problem.pairs)
        assert (found.forward == 1).all()
        assert (found.backward == 1).all()
        assert_same(found.answers[:, 0], problem.pairs[:, 1])
        assert (found.precision().right, found.precision().words) == (100, 100)

    def test_wrong_pairs_are_the_suspects_worst_first(self) -> None:
        problem, pairs, _ = planted(400, 12, seeds=300)
        given = wrong_pairs(pairs[:300], 10)
        found = held_out_pairs(Procrustes(), Problem(problem.x, problem.z, given))
        suspects = found.suspects(rank=5)
        assert set(suspects.tolist()) <= set(range(10))
        assert suspects.numel() >= 8
        better = torch.minimum(found.forward, found.backward)[suspects]
        assert (better[:-1] >= better[1:]).all()
        assert found.suspects(3, rank=5).tolist() == suspects[:3].tolist()

    def test_the_word_that_is_ranked_was_not_trained_on(self) -> None:
        """Random spaces with more dimensions than pairs: a map that had seen a pair would have it first."""
        x, z = unit_gaussian(60, 80), unit_gaussian(60, 80, 1)
        problem = Problem(x, z, torch.arange(60).repeat(2, 1).T)
        seen = first_answers(*Procrustes().solve(problem).apply(x, z), problem.pairs)
        assert seen.right == 60
        assert held_out_pairs(Procrustes(), problem).precision().right < 10

    def test_any_translation_of_a_word_counts(self) -> None:
        problem, pairs, _ = planted(seeds=80)
        both = torch.cat([pairs[:80], wrong_pairs(pairs[:80], 80)])
        found = held_out_pairs(Procrustes(), Problem(problem.x, problem.z, both))
        assert (found.precision().right, found.precision().words) == (80, 80)
        assert int((found.forward == 1).sum()) == 80

    def test_precision_of_a_band_of_ranks(self) -> None:
        problem, _, _ = planted(seeds=100)
        found = held_out_pairs(Procrustes(), problem)
        assert found.precision(lowest=20, highest=50).words == 30
        assert found.precision(lowest=90).words == 10
        assert found.precision(lowest=100).words == 0

    def test_one_word_cannot_be_held_out(self) -> None:
        problem, pairs, _ = planted()
        with pytest.raises(InputError, match="got 1 seed words, expected at least 2"):
            held_out_pairs(Procrustes(), Problem(problem.x, problem.z, pairs[:1]))


class TestLearningCurve:
    def test_sizes_grow_to_all_other_pairs(self) -> None:
        problem, _, _ = planted(700, 6, seeds=600)
        points = list(learning_curve(VecMap(), problem))
        assert [point.pairs for point in points] == [25, 50, 100, 250, 480]
        assert {point.found.words for point in points} == {120}

    def test_more_pairs_do_better_in_a_noisy_space(self) -> None:
        problem, _, _ = planted(700, 40, seeds=600, noise=0.1)
        percents = [point.found.percent for point in learning_curve(Procrustes(), problem)]
        assert percents[0] < 50 < percents[-1]

    def test_too_few_words_for_one_to_be_held_out(self) -> None:
        problem, pairs, _ = planted()
        assert list(learning_curve(Procrustes(), Problem(problem.x, problem.z, pairs[:4]))) == []


@pytest.mark.parametrize(("words", "rank"), [(300, 100), (10_000, 1_000), (20_000, 2_000)])
def test_pairs_look_wrong_behind_a_tenth_of_the_vocabulary(words, rank) -> None:
    assert suspect_rank(words) == rank
