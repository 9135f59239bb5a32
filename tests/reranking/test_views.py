import numpy as np
import torch

from isolex.normalize import unit_rows
from isolex.reranking.views import Neighbourhoods, View, own_neighbours
from isolex.retrieval import InvertedSoftmax


def random_view(n: int = 40, m: int = 30, depth: int = 8) -> View:
    draws = torch.Generator().manual_seed(0)
    x, z = (unit_rows(torch.randn(size, 6, generator=draws)) for size in (n, m))
    return View.of("one", x, z, depth=depth, softmax=4)


VIEW = random_view()
COSINES = VIEW.x @ VIEW.z.T
CSLS = 2 * COSINES - COSINES.topk(10, 1).values.mean(1)[:, None] - COSINES.topk(10, 0).values.mean(0)
ROWS, KEYS = (grid.flatten() for grid in torch.meshgrid(torch.arange(40), torch.arange(30), indexing="ij"))


def test_scores_of_all_pairs():
    found = VIEW.signals(ROWS, KEYS)
    assert torch.allclose(found["cosine"].view(40, 30), COSINES, atol=1e-5)
    assert torch.allclose(found["csls"].view(40, 30), CSLS, atol=1e-5)


def test_margins_are_to_the_best_other_answer():
    found = VIEW.signals(ROWS, KEYS)
    for margins, scores in (
        (found["margin"].view(40, 30), CSLS),
        (found["margin_back"].view(40, 30).T, CSLS.T),
    ):
        for row in range(len(scores)):
            for key in range(scores.shape[1]):
                others = torch.cat([scores[row, :key], scores[row, key + 1 :]])
                assert abs(margins[row, key] - (scores[row, key] - others.max())) < 1e-5


def test_ranks_end_at_the_depth():
    found = VIEW.signals(ROWS, KEYS)
    ranks = (CSLS[:, None, :] > CSLS[:, :, None] + 1e-6).sum(dim=2).clamp(max=8)
    assert torch.equal(found["rank"].view(40, 30).long(), ranks)
    back = (CSLS.T[:, None, :] > CSLS.T[:, :, None] + 1e-6).sum(dim=2).clamp(max=8)
    assert torch.equal(found["rank_back"].view(40, 30).T.long(), back)


def test_shares_of_a_whole_list_are_one():
    share = VIEW.signals(ROWS, KEYS)["share"].view(40, 30)
    assert torch.allclose(share.gather(1, VIEW.there.indices).sum(1), torch.ones(40), atol=1e-4)


def test_hubness_counts_lists():
    found = VIEW.hubness(ROWS, KEYS)
    lists = torch.stack([(VIEW.there.indices == key).any(dim=1).sum() for key in range(30)])
    assert torch.allclose(found["target_lists"].view(40, 30)[0], lists.float().log1p())
    assert torch.allclose(found["target_mean"].view(40, 30)[0], COSINES.topk(10, 0).values.mean(0), atol=1e-5)


def test_without_inverted_softmax_there_are_only_the_best_by_csls():
    plain, rows = View.of("one", VIEW.x, VIEW.z, depth=5, softmax=0), np.arange(3)
    assert plain.softmax is None
    found, whole = (
        {
            pair
            for part in view.proposed(rows, best=5, softmax=2, backward=3)
            for pair in zip(*map(np.ndarray.tolist, part), strict=True)
        }
        for view in (plain, VIEW)
    )
    assert found < whole


def test_lists_by_inverted_softmax():
    for found, expected in zip(VIEW.softmax, InvertedSoftmax(30.0).both(VIEW.x, VIEW.z, 4), strict=True):
        assert torch.equal(found.indices, expected.indices)


def test_candidates_both_ways_by_both_criteria():
    rows = np.array([3, 17, 20])
    pairs = {
        (row, key)
        for parts in VIEW.proposed(rows, best=5, softmax=2, backward=3)
        for row, key in zip(*parts, strict=True)
    }
    (there, back), softmax = (VIEW.there, VIEW.back), InvertedSoftmax(30.0).both(VIEW.x, VIEW.z, 3)
    expected = {
        (row, key)
        for row in rows
        for key in range(30)
        if key in there.indices[row, :5]
        or key in softmax[0].indices[row, :2]
        or row in back.indices[key, :3]
        or row in softmax[1].indices[key, :3]
    }
    assert pairs == expected


def test_a_single_target_word():
    view = random_view(m=1)
    found = view.signals(torch.arange(40), torch.zeros(40, dtype=torch.int64))
    assert (found["rank"] == 0).all()
    assert (found["margin"].abs() < 1e-5).all()


_DRAWS = torch.Generator().manual_seed(0)
X = unit_rows(torch.randn(60, 5, generator=_DRAWS))


def test_a_word_is_not_its_own_neighbour():
    near = own_neighbours(X)
    cosines = (X @ X.T).fill_diagonal_(-2)
    assert near.shape == (60, 10)
    assert torch.equal(near, cosines.topk(10, dim=1).indices)


def test_words_with_the_same_vector_are_neighbours():
    doubled = torch.cat([X, X])
    near = own_neighbours(doubled)
    assert not (near == torch.arange(120)[:, None]).any()
    assert (near[60:] == torch.arange(60)[:, None]).any(dim=1).all()


def test_fewer_words_than_neighbours():
    assert own_neighbours(X[:4]).shape == (4, 3)


def test_true_pairs_of_the_same_space_are_consistent():
    view = View.of("one", X, X, depth=5, softmax=5)
    near, pairs = own_neighbours(X), torch.arange(20).repeat(2, 1).T
    neighbourhoods = Neighbourhoods.of(view, near, near, pairs)
    rows = torch.arange(60)
    true, wrong = neighbourhoods.signals(rows, rows), neighbourhoods.signals(rows, rows.roll(7))
    assert (true["shared"] == 10).all()
    # Seed pairs that stand where they should move nothing.
    assert torch.allclose(true["moved"], torch.ones(60), atol=1e-5)
    assert torch.allclose(true["moved_back"], torch.ones(60), atol=1e-5)
    for name, values in true.items():
        assert values.mean() > wrong[name].mean() + 0.3, name


def test_seed_words_pull_what_is_near_them():
    turned = torch.roll(X, 1, dims=1)
    view = View.of("one", X, turned, depth=5, softmax=5)
    near, near_z, pairs = own_neighbours(X), own_neighbours(turned), torch.arange(50).repeat(2, 1).T
    rows = torch.arange(60)
    found = Neighbourhoods.of(view, near, near_z, pairs).signals(rows, rows)
    assert found["moved"][50:].mean() > view.signals(rows, rows)["cosine"][50:].mean() + 0.2
