"""The spaces that are measured on, before any method sees them."""

import pytest
import torch

from benchmarks.spaces import SpacePair, gaussian_like, known_pairs, noisy, permuted, planted
from isolex.datasets import DataFolder
from isolex.normalize import unit_rows
from isolex.samples import sample
from tests.comparisons import assert_close, assert_same
from tests.planted import gaussian, rotation, unit_gaussian

WORDS = 800


@pytest.fixture(scope="module")
def vectors():
    return sample().target


def cosines_of_pairs(problem, shared):
    """Of two relations: cos(x_i, x_j) with cos(z_i, z_j), which a rotation leaves alone."""
    x, z = problem.x[shared[:, 0]], problem.z[shared[:, 1]]
    return x @ x.T, z @ z.T


def test_without_noise_and_gaps_it_is_a_rotation_of_the_rows_in_another_order(vectors):
    problem, shared = planted(vectors, WORDS, 0, cosine=1.0, missing=0.0)
    assert_same(shared[:, 0], torch.arange(WORDS))
    assert not torch.equal(shared[:, 1], torch.arange(WORDS))
    assert_same(shared[:, 1].sort().values, torch.arange(WORDS))
    assert_close(*cosines_of_pairs(problem, shared), atol=2e-2)


@pytest.mark.parametrize("missing", [0.1, 0.4])
def test_so_many_words_are_missing_on_each_side(vectors, missing):
    problem, shared = planted(vectors, WORDS, 0, missing=missing)
    for rows in (problem.x, problem.z):
        assert abs(rows.shape[0] / WORDS - (1 - missing)) < 0.06
    assert abs(shared.shape[0] / WORDS - (1 - missing) ** 2) < 0.08


def test_noise_leaves_the_cosine_asked_for(vectors):
    clean, noisy = (planted(vectors, WORDS, 0, cosine=cosine, missing=0.0)[0].z for cosine in (1.0, 0.7))
    # Normalisation takes another mean from noisy rows.
    assert abs(float((unit_rows(clean) * unit_rows(noisy)).sum(dim=1).mean()) - 0.7) < 0.05


class TestChanges:
    @pytest.mark.parametrize("cosine", [0.9, 0.6])
    def test_noise_leaves_the_mean_cosine_that_is_asked_for(self, cosine) -> None:
        rows = 3 * gaussian(2000, 40, 5)
        made = unit_rows(noisy(rows, 0, cosine=cosine))
        assert_close((made * unit_rows(rows)).sum(dim=1).mean(), cosine, atol=0.01)

    def test_noise_of_both_sides_is_not_the_same(self) -> None:
        rows = unit_gaussian(2000, 40, 5)
        one, other = (unit_rows(noisy(rows, seed, cosine=0.8)) for seed in (0, 1))
        assert_close((one * other).sum(dim=1).mean(), 0.64, atol=0.01)
        assert_same(noisy(rows, 0, cosine=0.8), noisy(rows, 0, cosine=0.8))

    def test_permuted_columns_keep_their_values_and_lose_their_rows(self) -> None:
        """Up to the rows' length, so they are all as long here."""
        rows = gaussian(500, 9).sign() * torch.arange(1.0, 10)
        made = permuted(rows, 1) * torch.arange(1.0, 10).norm()
        assert_close(made.sort(dim=0).values, rows.sort(dim=0).values, atol=1e-4)
        assert float((made.sign() == rows.sign()).double().mean()) < 0.6
        assert not torch.equal(permuted(rows, 1), permuted(rows, 2))

    def test_gaussian_rows_keep_mean_and_covariance(self) -> None:
        rows = gaussian(5000, 4).abs() * torch.tensor([3.0, 1.0, 0.5, 2.0]) @ rotation(4) + 1
        made = gaussian_like(rows, 1)
        assert made.shape == rows.shape
        assert_close(made.mean(dim=0), rows.mean(dim=0), atol=0.1)
        assert_close(made.T.cov(), rows.T.cov(), atol=0.15)
        assert not torch.equal(made, gaussian_like(rows, 2))


class TestSpacePairs:
    @pytest.fixture
    def folder(self, data) -> DataFolder:
        return DataFolder(data)

    def test_words_and_both_changes_reach_the_spaces(self, folder) -> None:
        pair = SpacePair(
            "xx-yy",
            "changed",
            1000,
            source=lambda rows, seed: rows + seed,
            target=lambda rows, seed: seed - rows,
        )
        task, (x, y) = pair.task(folder), folder.vectors("xx-yy")
        assert (task.pair, task.source.words, task.target.words) == ("xx-yy", x.words, y.words)
        assert_close(task.source.matrix, x.matrix)
        assert_close(task.target.matrix, 1 - y.matrix)

    def test_all_words_and_pairs_unless_told_otherwise(self, folder) -> None:
        task = SpacePair("xx-yy", "all words").task(folder)
        assert (len(task.source), len(task.target)) == (300, 300)
        assert task.train.pairs == folder.dictionary("xx-yy", "train").pairs

    def test_training_pairs_are_in_both_vocabularies_and_drawn(self, folder) -> None:
        cut = SpacePair("xx-yy", "120 words", 120).task(folder)
        assert len(cut.train) == len(known_pairs(cut)) == 120
        some = SpacePair("xx-yy", "40 pairs", 120, train_pairs=40).task(folder).train
        assert len(some) == 40
        assert set(some) < set(cut.train)
        assert set(some) != set(cut.train.pairs[:40])
