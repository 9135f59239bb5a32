import torch

from isolex.normalize import unit_rows
from isolex.reranking.neighbours import Neighbourhoods, own_neighbours
from isolex.reranking.views import View

DRAWS = torch.Generator().manual_seed(0)
X = unit_rows(torch.randn(60, 5, generator=DRAWS))


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
